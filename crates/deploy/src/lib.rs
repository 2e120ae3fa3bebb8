//! Makes the cloud match the service: desired, observe, plan, apply, verify, prune.
//!
//! A deployment goes through five steps. [`desired()`] is a pure function from the service to every resource that it should
//! have. [`observe()`] reads what exists. [`plan()`] compares the two; the [`Plan`] is data that leaves no choice to
//! [`apply()`], which applies it, each step as soon as those that it needs are done. [`Deployer`] repeats the three until
//! a plan has nothing left to do. There is no state file: names are deterministic, ownership is a tag, truth is what the API
//! answers. Progress is reported as [`Event`]s.
//!
//! What this crate must not know: the command line (it prints nothing), the embedded cloud (it meets it through the SDK's
//! endpoint, like AWS), and how zips are built.

mod apply;
mod converge;
mod desired;
mod error;
mod event;
#[cfg(test)]
mod fixtures;
pub mod limits;
mod observe;
mod parallel;
mod plan;
pub mod policy;
mod report;
mod retry;
mod trace;
mod versions;

pub use apply::probe::{EndpointState, probe_endpoint};
pub use apply::{Applied, apply};
pub use converge::{Deployer, Removal};
pub use desired::artefact::Artefact;
pub use desired::resource::Resource;
pub use desired::{Desired, desired, spec};
pub use error::DeployError;
pub use event::{Action, Event, Events, WaitingFor};
pub use limits::breach::Breach;
pub use observe::{
    Doubt, Grant, Observed, ObservedActivity, ObservedApi, ObservedFunction, ObservedLogGroup, ObservedRole,
    ObservedStateMachine, Owner, Ownership, RecentChanges, Unread, Writer, observe, observe_function,
    running_executions,
};
pub use plan::diff::{Difference, Field};
pub use plan::one_function::{FunctionScope, ObservedPart, plan_function};
pub use plan::remove::plan_removal;
pub use plan::{Change, ForeignResources, Identity, Plan, Step, plan};
pub use report::{Completeness, ConsoleLink, Deployed, Endpoint, Report, states_page};
pub use trace::TARGET;
pub use versions::deployments::{DeployedVersion, Deployment, FunctionVersions, MachineVersions, Versions};
pub use versions::prune::{
    DEFAULT_KEEP, KeepReason, Selection, Version, delete_versions, prune_after_deploy, select_versions,
};
pub use versions::read::{ExecutionGroup, ExecutionsInFlight, executions_in_flight, read_versions};
pub use versions::rollback::{MissingVersions, NoSuchDeployment, find_deployment, plan_rollback};
