//! AWS through its SDK: how the clients are made and what their errors mean; one file per service.

pub(crate) mod apis;
pub(crate) mod connect;
pub(crate) mod error;
pub(crate) mod http;
pub(crate) mod iam;
pub(crate) mod lambda;
pub(crate) mod logs;
pub(crate) mod sfn;

pub(crate) use connect::{Aws, Target};
pub(crate) use error::{AwsError, AwsErrorKind};

/// A resource's tags.
pub(crate) type Tags = std::collections::BTreeMap<String, String>;
