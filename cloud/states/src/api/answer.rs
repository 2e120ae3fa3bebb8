//! What an operation answers with.

use cloud_core::ServiceError;
use serde_json::Value;

/// An operation's answer, or its error.
pub(crate) type Answer = Result<Value, ServiceError>;
