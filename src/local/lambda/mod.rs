//! Lambda: the seam only; the functions themselves are not here yet.

use std::sync::Arc;

use bytes::Bytes;

use super::Cloud;
use super::data_dir::DataDir;
use super::error::ServiceError;
use super::http::{Request, Response};
use super::store::{Store, StoreError};

/// All functions and the processes that run them.
pub(crate) struct Functions {}

/// What one invocation gave.
#[derive(Debug, Clone)]
pub(crate) struct Invocation {
    /// The invocation's request id.
    pub(crate) request_id: String,
    /// The function's answer, or the error document.
    pub(crate) payload: Bytes,
    /// `Unhandled` when the function failed.
    pub(crate) function_error: Option<String>,
    /// The last 4 KiB of the log.
    pub(crate) log_tail: Vec<u8>,
    /// `$LATEST` or a version's number.
    pub(crate) executed_version: String,
}

impl Functions {
    /// Loads them; no process is started.
    pub(crate) fn open(_store: &Store, _data_dir: &DataDir) -> Result<Self, StoreError> {
        Ok(Self {})
    }

    /// Runs a function, named by name or ARN, and waits for its answer. A function that fails is an answer, not an error.
    pub(crate) async fn invoke(
        &self,
        _cloud: &Arc<Cloud>,
        _name_or_arn: &str,
        _payload: Bytes,
    ) -> Result<Invocation, ServiceError> {
        Err(ServiceError::not_implemented("lambda:Invoke"))
    }

    /// Whether the function's resource policy lets this service invoke it for this source.
    pub(crate) fn may_invoke(&self, _function: &str, _principal: &str, _source_arn: &str) -> bool {
        false
    }

    /// Ends every function's process.
    pub(crate) async fn stop(&self) {}
}

/// Answers one Lambda request.
pub(crate) async fn handle(_cloud: &Arc<Cloud>, request: &Request) -> Result<Response, ServiceError> {
    Err(ServiceError::not_implemented(&format!("lambda: {} {}", request.method, request.path)))
}
