//! What API Gateway answers by itself: a status and a word.

use cloud_core::{Request, Response};
use serde_json::json;

use crate::model::Api;

/// The largest body an HTTP API takes.
pub(super) const BODY_LIMIT_BYTES: usize = 10 * 1024 * 1024;

/// An answer with a message.
pub(super) fn message(status: u16, text: &str) -> Response {
    Response::json(status, &json!({ "message": text }))
}

/// The answer to a request that the API could not serve; the client is not told why, the trace is.
pub(super) fn failed(api: &Api, request: &Request, error: &str) -> Response {
    tracing::warn!(error, api = api.facts.api_id, request_id = request.id, "an API answered 500");
    message(500, "Internal Server Error")
}

/// The answer when the function is throttled or takes too long.
pub(super) fn unavailable(api: &Api, request: &Request, error: &str) -> Response {
    tracing::warn!(error, api = api.facts.api_id, request_id = request.id, "an API answered 503");
    message(503, "Service Unavailable")
}

/// The answer to who did not say who he is.
pub(super) fn unauthorized() -> Response {
    message(401, "Unauthorized")
}

/// The answer to who may not.
pub(super) fn forbidden() -> Response {
    message(403, "Forbidden")
}
