//! Makes the cloud match the service: observe what is there, plan what to do, do it, and tell it as events (data).

mod apply;
mod desired;
mod diff;
mod error;
mod event;
#[cfg(test)]
mod fixtures;
mod observe;
mod order;
mod parallel;
mod plan;
mod policy;
mod remove;
mod report;
mod resource;
mod spec;
mod wait;

pub(crate) use apply::{Applied, apply};
pub(crate) use desired::{Artefact, desired};
pub(crate) use error::DeployError;
pub(crate) use event::{Doing, Event, Events};
pub(crate) use observe::{Observed, observe, running};
pub(crate) use plan::{Plan, plan};
pub(crate) use remove::removal;
pub(crate) use report::{Completeness, Deployed, Report};
