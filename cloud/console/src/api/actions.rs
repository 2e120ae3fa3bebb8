//! What the page changes: it starts executions, stops, redrives and forks them, answers tasks that wait for somebody, and moves time.

use cloud_core::{ExecutionFork, Request, ServiceError};
use serde_json::{Value, json};

use super::parameters::location_of;
use crate::cloud::Cloud;

/// Starts an execution: the body is StartExecution's input, with `sync` for an express one that is waited for.
pub(super) async fn start(cloud: &Cloud, request: &Request) -> Result<Value, ServiceError> {
    let mut input: Value = request.json()?;
    let is_waited_for = input.as_object_mut().and_then(|members| members.remove("sync")).is_some();
    let operation = if is_waited_for { "StartSyncExecution" } else { "StartExecution" };
    pass_on(cloud, &input, operation, "stateMachineArn").await
}

/// Stops one: the body is StopExecution's input.
pub(super) async fn stop(cloud: &Cloud, request: &Request) -> Result<Value, ServiceError> {
    pass_on(cloud, &request.json()?, "StopExecution", "executionArn").await
}

/// Has one go on where it had not finished: the body is RedriveExecution's input.
pub(super) async fn redrive(cloud: &Cloud, request: &Request) -> Result<Value, ServiceError> {
    pass_on(cloud, &request.json()?, "RedriveExecution", "executionArn").await
}

/// Starts one where another was: the body has `executionArn`, and `atEvent`, `input` and `name` where these are meant.
pub(super) async fn fork(cloud: &Cloud, request: &Request) -> Result<Value, ServiceError> {
    let asked: Value = request.json()?;
    let text = |member: &str| asked[member].as_str().filter(|text| !text.is_empty()).map(str::to_owned);
    let fork = ExecutionFork {
        execution_arn: text("executionArn").unwrap_or_default(),
        at_event: asked["atEvent"].as_u64(),
        input: text("input"),
        name: text("name"),
    };
    let forked = cloud.handles.waits.fork(fork).await?;
    Ok(json!({ "executionArn": forked.execution_arn, "begins": forked.begins }))
}

/// Changes the limits of a Map Run: the body is UpdateMapRun's input.
pub(super) async fn update_map_run(cloud: &Cloud, request: &Request) -> Result<Value, ServiceError> {
    pass_on(cloud, &request.json()?, "UpdateMapRun", "mapRunArn").await
}

/// Ends the waits and backoffs of one: the body has `executionArn`.
pub(super) async fn skip(cloud: &Cloud, request: &Request) -> Result<Value, ServiceError> {
    let input: Value = request.json()?;
    let skipped = cloud.handles.waits.skip(input["executionArn"].as_str().unwrap_or_default()).await?;
    Ok(json!({ "skipped": skipped }))
}

/// Moves the clock: the body has `advanceMs`.
pub(super) async fn move_clock(cloud: &Cloud, request: &Request) -> Result<Value, ServiceError> {
    let input: Value = request.json()?;
    let missing =
        || ServiceError::bad_request("ValidationException", "The member advanceMs is no count of milliseconds.");
    let by_ms = input["advanceMs"].as_u64().ok_or_else(missing)?;
    Ok(json!({ "now": cloud.handles.mover.advance(by_ms).await? }))
}

/// Answers the task of a token: the body has `executionArn`, `taskToken`, and `output`, or `error` and `cause`, or neither,
/// which is a heartbeat.
pub(super) async fn answer_task(cloud: &Cloud, request: &Request) -> Result<Value, ServiceError> {
    let mut input: Value = request.json()?;
    let location = location_of(input["executionArn"].as_str().unwrap_or_default())?;
    if let Some(members) = input.as_object_mut() {
        members.remove("executionArn");
    }
    let operation = match (input.get("output"), input.get("error")) {
        (Some(_), _) => "SendTaskSuccess",
        (None, Some(_)) => "SendTaskFailure",
        (None, None) => "SendTaskHeartbeat",
    };
    cloud.states(&location, operation, &input).await
}

async fn pass_on(cloud: &Cloud, input: &Value, operation: &str, of: &str) -> Result<Value, ServiceError> {
    let location = location_of(input[of].as_str().unwrap_or_default())?;
    cloud.states(&location, operation, input).await
}
