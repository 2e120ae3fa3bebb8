//! The cloud's own paths, `/_workshop/...`: is it there, which of AWS's delays does it show, and end it.

use hyper::Method;
use serde_json::json;

use cloud_core::{ConsistencySettings, Request, Response};

use super::composition::Cloud;

/// What all of them begin with.
pub(crate) const PREFIX: &str = "/_workshop/";
/// A header that a page in a browser cannot send without asking first, which is never granted.
pub(crate) const GUARD_HEADER: &str = "x-workshop";
/// Answers who is there.
pub(crate) const HEALTH_PATH: &str = "/_workshop/health";
/// Ends the cloud.
pub(crate) const SHUTDOWN_PATH: &str = "/_workshop/shutdown";

/// Tells and sets what of AWS's eventual consistency is shown.
pub(crate) const EVENTUAL_PATH: &str = "/_workshop/eventual";

/// Answers a private path.
pub(crate) fn handle(cloud: &Cloud, request: &Request) -> Response {
    match (&request.method, request.path.as_str()) {
        (&Method::GET, HEALTH_PATH) => Response::json(
            200,
            &json!({
                "status": "running",
                "version": env!("CARGO_PKG_VERSION"),
                "pid": std::process::id(),
                "startedAt": cloud.started_at,
                "endpoint": cloud.endpoint(),
                "eventual": cloud.faults.settings().to_json(),
                "sandbox": cloud.sandbox.get(),
            }),
        ),
        (&Method::GET, EVENTUAL_PATH) => Response::json(200, &cloud.faults.settings().to_json()),
        (&Method::POST, SHUTDOWN_PATH) | (&Method::PUT, EVENTUAL_PATH) if request.header(GUARD_HEADER).is_none() => {
            let message = format!("Changing the embedded cloud needs the header {GUARD_HEADER}.");
            Response::json(403, &json!({ "message": message }))
        }
        (&Method::POST, SHUTDOWN_PATH) => {
            cloud.stop.give();
            Response::json(202, &json!({ "status": "stopping" }))
        }
        (&Method::PUT, EVENTUAL_PATH) => set(cloud, &request.body),
        _ => Response::json(404, &json!({ "message": "The embedded cloud has no such path." })),
    }
}

/// Sets what is shown: all that the body names is on, and nothing else.
fn set(cloud: &Cloud, body: &[u8]) -> Response {
    match String::from_utf8_lossy(body).parse::<ConsistencySettings>() {
        Ok(settings) => {
            cloud.faults.set(settings);
            Response::json(200, &settings.to_json())
        }
        Err(error) => Response::json(400, &json!({ "message": error.to_string() })),
    }
}
