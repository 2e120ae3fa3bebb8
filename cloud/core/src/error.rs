//! The error of one AWS operation; the protocol gives it its shape on the wire.

use serde_json::Value;

use cloud_store::StoreError;

/// What a service answers instead of a result: AWS's code and text.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{code}: {message}")]
pub struct ServiceError {
    /// HTTP status.
    pub status: u16,
    /// AWS's error code, such as `ResourceNotFoundException`.
    pub code: String,
    /// AWS's text.
    pub message: String,
    /// Further members of the error's shape, such as `reason`.
    pub extra: Vec<(String, Value)>,
}

impl ServiceError {
    /// An error with its own HTTP status.
    pub fn new(status: u16, code: impl Into<String>, message: impl Into<String>) -> Self {
        Self { status, code: code.into(), message: message.into(), extra: Vec::new() }
    }

    /// The client's fault: status 400.
    pub fn bad_request(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self::new(400, code, message)
    }

    /// An operation of AWS that the embedded cloud does not have, named as IAM names it (`states:CreateActivity`).
    pub fn not_implemented(operation: &str) -> Self {
        Self::new(501, "NotImplemented", format!("The embedded cloud does not implement {operation} yet."))
    }

    /// A fault of the embedded cloud itself.
    pub fn internal(message: impl Into<String>) -> Self {
        Self::new(500, "InternalFailure", message)
    }

    /// Adds a member to the error's shape.
    #[must_use]
    pub fn with(mut self, member: &str, value: impl Into<Value>) -> Self {
        self.extra.push((member.to_owned(), value.into()));
        self
    }
}

impl From<StoreError> for ServiceError {
    fn from(error: StoreError) -> Self {
        Self::internal(error.to_string())
    }
}
