//! The page's JSON: what each path answers.

mod actions;
mod changes;
mod data_flow;
mod endpoints;
mod execution;
mod executions;
mod functions;
mod home;
mod listing;
mod logs;
mod machine;
mod map_run;
mod parameters;
mod role;
mod search;

use std::sync::Arc;

use cloud_core::{Request, Response, ServiceError};
use hyper::Method;
use serde_json::json;

use crate::cloud::Cloud;
use parameters::asked_location;

/// Answers a path below `api/`.
pub(crate) async fn answer(cloud: &Arc<Cloud>, path: &str, request: &Request) -> Response {
    let answered = match request.method {
        Method::GET => read(cloud, path, request).await,
        _ => change(cloud, path, request).await,
    };
    answered.unwrap_or_else(|error| failed(&error))
}

async fn read(cloud: &Arc<Cloud>, path: &str, request: &Request) -> Result<Response, ServiceError> {
    let value = match path {
        "changes" => return Ok(changes::stream(cloud, request)),
        "execution" => return execution::execution(cloud, request).await,
        "details" => execution::details(cloud, request).await,
        "whole" => execution::whole(cloud, request).await,
        "history" => execution::history(cloud, request).await,
        "home" => home::home(cloud, &asked_location(request)).await,
        "machine" => machine::machine(cloud, request).await,
        "executions" => executions::executions(cloud, request).await,
        "map-run" => map_run::map_run(cloud, request).await,
        "map-state" => map_run::map_state(cloud, request).await,
        "function" => functions::function(cloud, request).await,
        "lines" => logs::lines(cloud, request).await,
        "invocation" => logs::invocation(cloud, request).await,
        "role" => role::role(cloud, request).await,
        "search" => search::search(cloud, request).await,
        _ => return Err(no_such_path()),
    };
    value.map(|value| Response::json(200, &value))
}

async fn change(cloud: &Cloud, path: &str, request: &Request) -> Result<Response, ServiceError> {
    let value = match path {
        "start" => actions::start(cloud, request).await,
        "stop" => actions::stop(cloud, request).await,
        "redrive" => actions::redrive(cloud, request).await,
        "fork" => actions::fork(cloud, request).await,
        "map-run" => actions::update_map_run(cloud, request).await,
        "skip" => actions::skip(cloud, request).await,
        "clock" => actions::move_clock(cloud, request).await,
        "token" => actions::answer_task(cloud, request).await,
        "invoke" => functions::invoke(cloud, request).await,
        "data-flow" => data_flow::data_flow(cloud, request).await,
        _ => return Err(no_such_path()),
    };
    value.map(|value| Response::json(200, &value))
}

fn no_such_path() -> ServiceError {
    ServiceError::new(404, "NotFound", "The console has no such path.")
}

fn failed(error: &ServiceError) -> Response {
    Response::json(error.status, &json!({ "code": error.code, "message": error.message }))
}
