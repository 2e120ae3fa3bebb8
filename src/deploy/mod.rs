//! Makes the cloud match the service: observe what is there, plan what to do, do it, and tell it as events (data).

mod apply;
mod converge;
mod deployments;
mod desired;
mod diff;
mod error;
mod event;
#[cfg(test)]
mod fixtures;
pub(crate) mod limits;
mod observe;
mod one_function;
mod order;
mod parallel;
mod pinned;
mod plan;
pub(crate) mod policy;
mod prune;
mod pruned;
mod remove;
mod report;
mod resource;
mod rollback;
mod spec;
mod versions;
#[cfg(test)]
mod versions_fixture;
mod wait;

pub(crate) use apply::apply;
pub(crate) use converge::Site;
pub(crate) use deployments::{Deployment, FunctionVersions, Held, Versions};
pub(crate) use desired::{Artefact, Desired, desired};
pub(crate) use error::DeployError;
pub(crate) use event::{Doing, Event, Events};
pub(crate) use observe::{Known, Observed, observe, observe_function, running};
pub(crate) use one_function::{Extent, Part, plan_function};
pub(crate) use plan::{Change, Foreign, Plan, plan};
pub(crate) use prune::{KEEP, Pruning, Version, Why, prune};
pub(crate) use pruned::{after_deploy, carry_out as delete_versions};
pub(crate) use remove::removal;
pub(crate) use report::{Completeness, Deployed, Report};
pub(crate) use resource::Resource;
pub(crate) use rollback::{NoSuchDeployment, NoWayBack, find, rollback};
pub(crate) use versions::{Running, running as executions_in_flight, versions};
