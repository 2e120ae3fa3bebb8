//! The page's JSON: what each path answers.

mod actions;
mod changes;
mod execution;
mod home;
mod machine;
mod parameters;

use cloud_core::{Request, Response, ServiceError};
use hyper::Method;
use serde_json::json;

use crate::cloud::Cloud;
use parameters::asked_location;

/// Answers a path below `api/`.
pub(crate) async fn answer(cloud: &Cloud, path: &str, request: &Request) -> Response {
    let answered = match (&request.method, path) {
        (&Method::GET, "changes") => return changes::stream(cloud, request).await,
        (&Method::GET, "home") => home::home(cloud, &asked_location(request)).await,
        (&Method::GET, "machine") => machine::machine(cloud, request).await,
        (&Method::GET, "execution") => execution::execution(cloud, request).await,
        (&Method::GET, "events") => execution::events(cloud, request).await,
        (&Method::GET, "log") => execution::log(cloud, request).await,
        (&Method::POST, "start") => actions::start(cloud, request).await,
        (&Method::POST, "stop") => actions::stop(cloud, request).await,
        (&Method::POST, "redrive") => actions::redrive(cloud, request).await,
        (&Method::POST, "token") => actions::answer_task(cloud, request).await,
        _ => return Response::json(404, &json!({ "message": "The console has no such path." })),
    };
    match answered {
        Ok(value) => Response::json(200, &value),
        Err(error) => failed(&error),
    }
}

fn failed(error: &ServiceError) -> Response {
    Response::json(error.status, &json!({ "code": error.code, "message": error.message }))
}
