//! The operations on what is set beside a function's versions.

pub(crate) mod concurrency;
pub(crate) mod event_invoke;
pub(crate) mod provisioned;
pub(crate) mod runtime_management;
