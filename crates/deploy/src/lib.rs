//! Makes the cloud match the service: desired, observe, plan, apply, verify, prune.
//!
//! A deployment goes through five steps. [`desired()`] is a pure function from the service to every resource that it shall
//! have. [`observe()`] reads what is there. [`plan()`] compares the two; the [`Plan`] is data that leaves no choice to
//! [`apply()`], which carries it out, each step as soon as those that it needs are done. [`Site`] repeats the three until
//! a plan has nothing left to do. There is no state file: names are deterministic, ownership is a tag, truth is what the API
//! answers. Progress is told as [`Event`]s.
//!
//! What this crate must not know: the command line (it prints nothing), the embedded cloud (it meets it through the SDK's
//! endpoint, like AWS), and how zips are built.

mod apply;
mod converge;
mod deployments;
mod desired;
mod diff;
mod error;
mod event;
#[cfg(test)]
mod fixtures;
pub mod limits;
mod observe;
mod one_function;
mod order;
mod parallel;
mod pinned;
mod plan;
pub mod policy;
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

pub use apply::apply;
pub use converge::Site;
pub use deployments::{Deployment, FunctionVersions, Held, Versions};
pub use desired::{Artefact, Desired, desired};
pub use error::DeployError;
pub use event::{Doing, Event, Events};
pub use observe::{Known, Observed, observe, observe_function, running};
pub use one_function::{Extent, Part, plan_function};
pub use plan::{Change, Foreign, Plan, plan};
pub use prune::{KEEP, Pruning, Version, Why, prune};
pub use pruned::{after_deploy, carry_out as delete_versions};
pub use remove::removal;
pub use report::{Completeness, Deployed, Report};
pub use resource::Resource;
pub use rollback::{NoSuchDeployment, NoWayBack, find, rollback};
pub use versions::{Running, running as executions_in_flight, versions};
