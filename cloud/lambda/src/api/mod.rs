//! The handlers of Lambda's operations.

pub(crate) mod absent;
mod access;
pub(crate) mod alias;
mod checks;
pub(crate) mod create;
pub(crate) mod delete;
pub(crate) mod invocation;
pub(crate) mod list;
pub(crate) mod permission;
mod progress;
pub(crate) mod settings;
pub(crate) mod tag;
pub(crate) mod update;
pub(crate) mod url;
pub(crate) mod version;

pub(crate) use access::{named, policy_resource};
pub(crate) use invocation::MAX_EVENT_BYTES;
