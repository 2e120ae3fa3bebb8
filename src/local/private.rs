//! The cloud's own paths, `/_workshop/...`: is it there, and end it.

use std::sync::Arc;

use hyper::Method;
use serde_json::json;

use super::Cloud;
use super::http::{Request, Response};

/// A header that a page in a browser cannot send without asking first, which is never granted.
pub(crate) const GUARD_HEADER: &str = "x-workshop";
/// Answers who is there.
pub(crate) const HEALTH_PATH: &str = "/_workshop/health";
/// Ends the cloud.
pub(crate) const SHUTDOWN_PATH: &str = "/_workshop/shutdown";

/// Answers a private path.
pub(crate) fn handle(cloud: &Arc<Cloud>, request: &Request) -> Response {
    match (&request.method, request.path.as_str()) {
        (&Method::GET, HEALTH_PATH) => Response::json(
            200,
            &json!({
                "status": "running",
                "version": env!("CARGO_PKG_VERSION"),
                "pid": std::process::id(),
                "startedAt": cloud.started_at,
                "endpoint": cloud.endpoint(),
            }),
        ),
        (&Method::POST, SHUTDOWN_PATH) if request.header(GUARD_HEADER).is_some() => {
            cloud.stop.give();
            Response::json(202, &json!({ "status": "stopping" }))
        }
        (&Method::POST, SHUTDOWN_PATH) => Response::json(
            403,
            &json!({ "message": format!("Ending the embedded cloud needs the header {GUARD_HEADER}.") }),
        ),
        _ => Response::json(404, &json!({ "message": "The embedded cloud has no such path." })),
    }
}
