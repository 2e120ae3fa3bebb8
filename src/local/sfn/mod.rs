//! Step Functions: the seam only; the state machines themselves are not here yet.

use std::sync::Arc;

use super::Cloud;
use super::error::ServiceError;
use super::http::{Request, Response};
use super::store::{Store, StoreError};

/// All state machines and executions.
pub(crate) struct StepFunctions {}

impl StepFunctions {
    /// Loads them; nothing runs before [`StepFunctions::resume`].
    pub(crate) fn open(_store: &Store) -> Result<Self, StoreError> {
        Ok(Self {})
    }

    /// Continues every execution that was running when the cloud ended; called once, when the cloud is ready to serve.
    pub(crate) fn resume(&self, _cloud: &Arc<Cloud>) {}

    /// Stops driving executions; they continue when the cloud starts again.
    pub(crate) async fn stop(&self) {}
}

/// Answers one Step Functions operation.
pub(crate) async fn handle(_cloud: &Arc<Cloud>, operation: &str, _request: &Request) -> Result<Response, ServiceError> {
    Err(ServiceError::not_implemented(&format!("states:{operation}")))
}
