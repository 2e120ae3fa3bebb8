//! API Gateway v2: HTTP APIs, as the control plane describes them and as their endpoints run.

use std::sync::Arc;

use super::Cloud;
use super::error::ServiceError;
use super::http::{Request, Response};
use super::store::{Store, StoreError};

/// All HTTP APIs.
pub(crate) struct Apis {}

impl Apis {
    /// Loads them.
    pub(crate) fn open(_store: &Store) -> Result<Self, StoreError> {
        Ok(Self {})
    }
}

/// Answers one request to the control plane.
pub(crate) async fn handle(
    _cloud: &Arc<Cloud>,
    request: &Request,
) -> Result<Response, ServiceError> {
    Err(ServiceError::not_implemented(&format!(
        "apigateway: {} {}",
        request.method, request.path
    )))
}

/// Answers one request to an API's endpoint.
pub(crate) async fn execute(_cloud: &Arc<Cloud>, _api_id: &str, _request: &Request) -> Response {
    Response::json(404, &serde_json::json!({ "message": "Not Found" }))
}
