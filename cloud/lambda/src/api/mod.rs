//! The handlers of Lambda's operations.

pub(crate) mod absent;
mod access;
pub(crate) mod alias;
pub(crate) mod create;
pub(crate) mod delete;
pub(crate) mod invocation;
mod limits;
pub(crate) mod list;
mod logging;
pub(crate) mod permission;
mod progress;
mod role;
pub(crate) mod tag;
pub(crate) mod update;
pub(crate) mod version;

pub(crate) use access::named;
