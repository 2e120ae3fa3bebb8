//! AWS through its SDK: how the clients are made and what their errors mean; one file per service.

pub(crate) mod aliases;
pub(crate) mod apis;
pub(crate) mod connect;
pub(crate) mod endpoint;
pub(crate) mod error;
pub(crate) mod executions;
#[cfg(test)]
mod failure_tests;
pub(crate) mod function_versions;
pub(crate) mod history;
pub(crate) mod http;
pub(crate) mod iam;
pub(crate) mod inventory;
pub(crate) mod invoke;
pub(crate) mod lambda;
mod limits;
pub(crate) mod log_events;
pub(crate) mod logs;
pub(crate) mod machine_versions;
mod meaning;
pub(crate) mod region;
pub(crate) mod sfn;

pub(crate) use connect::{Aws, Target};
pub(crate) use error::{AwsError, AwsErrorKind};

/// A resource's tags.
pub(crate) type Tags = std::collections::BTreeMap<String, String>;
