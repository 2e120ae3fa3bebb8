//! The cloud's own paths, `/_workshop/...`: is it there, which of AWS's delays does it show, and end it.

use std::path::Path;

use hyper::Method;
use serde_json::json;

use cloud_core::{ConsistencySettings, Request, Response, Topic};
use cloud_states::{ForkRequest, MockedStart};

use super::composition::Cloud;
use super::time::{Aim, MoveError};

/// What all of them begin with.
pub(crate) const PREFIX: &str = "/_workshop/";
/// A header that a page in a browser cannot send without asking first, which is never granted.
pub(crate) const GUARD_HEADER: &str = "x-workshop";
/// Answers who is there.
pub(crate) const HEALTH_PATH: &str = "/_workshop/health";
/// Ends the cloud.
pub(crate) const SHUTDOWN_PATH: &str = "/_workshop/shutdown";

/// Tells the cloud's time, and moves it.
pub(crate) const TIME_PATH: &str = "/_workshop/time";
/// Ends the waits that an execution is in.
pub(crate) const SKIP_PATH: &str = "/_workshop/skip";
/// Starts an execution where another one was.
pub(crate) const FORK_PATH: &str = "/_workshop/fork";
/// Starts an execution whose tasks mocks answer.
pub(crate) const MOCKED_START_PATH: &str = "/_workshop/mocked-start";
/// Writes a backup to the file that the body names.
pub(crate) const BACKUP_PATH: &str = "/_workshop/backup";
/// Has its clock stand still.
pub(crate) const STAND_STILL_PATH: &str = "/_workshop/time/stand-still";

/// Tells and sets what of AWS's eventual consistency is shown.
pub(crate) const EVENTUAL_PATH: &str = "/_workshop/eventual";

/// Has policies decide what roles may do (`on`), or not (`off`).
pub(crate) const IAM_PATH: &str = "/_workshop/iam";

/// Answers a private path.
pub(crate) async fn handle(cloud: &Cloud, request: &Request) -> Response {
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
                "iam": if cloud.iam.is_enforced() { "on" } else { "off" },
                "time": cloud.time.report(),
                "unreadableValues": cloud.unreadable_rows(),
                "sandbox": cloud.sandbox.get(),
            }),
        ),
        (&Method::GET, EVENTUAL_PATH) => Response::json(200, &cloud.faults.settings().to_json()),
        // A page in a browser, the console's too: the console has paths of its own for what it changes.
        (&Method::POST | &Method::PUT, _) if request.header("origin").is_some() => {
            let message = "Only programs change the embedded cloud by this path; its page has paths of its own.";
            Response::json(403, &json!({ "message": message }))
        }
        (
            &Method::POST,
            SHUTDOWN_PATH | TIME_PATH | STAND_STILL_PATH | SKIP_PATH | FORK_PATH | MOCKED_START_PATH | BACKUP_PATH,
        )
        | (&Method::PUT, EVENTUAL_PATH | IAM_PATH)
            if request.header(GUARD_HEADER).is_none() =>
        {
            let message = format!("Changing the embedded cloud needs the header {GUARD_HEADER}.");
            Response::json(403, &json!({ "message": message }))
        }
        (&Method::POST, SHUTDOWN_PATH) => {
            cloud.stop.give();
            Response::json(202, &json!({ "status": "stopping" }))
        }
        (&Method::GET, TIME_PATH) => Response::json(200, &json!(cloud.time.report())),
        (&Method::POST, TIME_PATH) => move_time(cloud, request).await,
        (&Method::POST, STAND_STILL_PATH) => match cloud.time.stand_still().await {
            Ok(()) => {
                cloud.changes.mark(|| [Topic::settings()]);
                Response::json(200, &json!(cloud.time.report()))
            }
            Err(error) => failed(500, &error.to_string()),
        },
        (&Method::POST, BACKUP_PATH) => {
            match cloud.back_up(Path::new(&*String::from_utf8_lossy(&request.body))).await {
                Ok(contents) => Response::json(200, &json!(contents)),
                Err(error) => failed(500, &error.to_string()),
            }
        }
        (&Method::POST, SKIP_PATH) => match cloud.skip(&String::from_utf8_lossy(&request.body)).await {
            Ok(states) => Response::json(200, &json!({ "skipped": states })),
            Err(error) => failed(error.status, &error.message),
        },
        (&Method::PUT, IAM_PATH) => enforce(cloud, &request.body),
        (&Method::POST, FORK_PATH) => fork(cloud, &request.body).await,
        (&Method::POST, MOCKED_START_PATH) => start_mocked(cloud, &request.body).await,
        (&Method::PUT, EVENTUAL_PATH) => set(cloud, &request.body),
        _ => Response::json(404, &json!({ "message": "The embedded cloud has no such path." })),
    }
}

/// Starts an execution where another one was, as the body says.
async fn fork(cloud: &Cloud, body: &[u8]) -> Response {
    let asked = match serde_json::from_slice::<ForkRequest>(body) {
        Ok(asked) => asked,
        Err(error) => return failed(400, &format!("This asks for no fork: {error}.")),
    };
    match cloud.fork(asked).await {
        Ok(forked) => Response::json(200, &json!(forked)),
        Err(error) => failed(error.status, &error.message),
    }
}

/// Starts an execution with the mocks that the body has.
async fn start_mocked(cloud: &Cloud, body: &[u8]) -> Response {
    let asked = match serde_json::from_slice::<MockedStart>(body) {
        Ok(asked) => asked,
        Err(error) => return failed(400, &format!("This starts no execution with mocks: {error}.")),
    };
    match cloud.start_mocked(asked).await {
        Ok(arn) => Response::json(200, &json!({ "executionArn": arn })),
        Err(error) => failed(error.status, &error.message),
    }
}

/// Moves the cloud's clock to where the body says.
async fn move_time(cloud: &Cloud, request: &Request) -> Response {
    let aim = match serde_json::from_slice::<Aim>(&request.body) {
        Ok(aim) => aim,
        Err(error) => return failed(400, &format!("This is no way to move a clock: {error}.")),
    };
    let given_up = async {
        tokio::select! {
            () = request.gone() => {}
            () = cloud.stop.given() => {}
        }
    };
    let moved = cloud.time.move_clock(aim, given_up).await;
    cloud.changes.mark(|| [Topic::settings()]);
    match moved {
        Ok(moved) => Response::json(200, &json!(moved)),
        Err(error @ MoveError::Store { .. }) => failed(500, &error.to_string()),
        Err(error) => failed(409, &error.to_string()),
    }
}

/// Has policies decide, or not.
fn enforce(cloud: &Cloud, body: &[u8]) -> Response {
    match body {
        b"on" => cloud.iam.enforce(true),
        b"off" => cloud.iam.enforce(false),
        _ => return failed(400, "IAM is on or off."),
    }
    Response::json(200, &json!({ "iam": if cloud.iam.is_enforced() { "on" } else { "off" } }))
}

fn failed(status: u16, message: &str) -> Response {
    Response::json(status, &json!({ "message": message }))
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
