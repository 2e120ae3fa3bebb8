//! What the page changes: it starts executions, stops and redrives them, and answers tasks that wait for somebody.

use cloud_core::{Request, ServiceError};
use serde_json::{Value, json};

use super::parameters::location_of;
use crate::cloud::Cloud;

/// Starts an execution: the body is StartExecution's input.
pub(super) async fn start(cloud: &Cloud, request: &Request) -> Result<Value, ServiceError> {
    pass_on(cloud, request, "StartExecution", "stateMachineArn").await
}

/// Stops one: the body is StopExecution's input.
pub(super) async fn stop(cloud: &Cloud, request: &Request) -> Result<Value, ServiceError> {
    pass_on(cloud, request, "StopExecution", "executionArn").await
}

/// Has one go on where it had not finished: the body is RedriveExecution's input.
pub(super) async fn redrive(cloud: &Cloud, request: &Request) -> Result<Value, ServiceError> {
    pass_on(cloud, request, "RedriveExecution", "executionArn").await
}

/// Answers the task of a token: the body has `executionArn`, `taskToken`, and `output`, or `error` and `cause`.
pub(super) async fn answer_task(cloud: &Cloud, request: &Request) -> Result<Value, ServiceError> {
    let input: Value = request.json()?;
    let location = location_of(input["executionArn"].as_str().unwrap_or_default())?;
    let token = &input["taskToken"];
    if let Some(output) = input.get("output") {
        let answer = json!({ "taskToken": token, "output": output });
        return cloud.states(&location, "SendTaskSuccess", &answer).await;
    }
    let answer = json!({ "taskToken": token, "error": input["error"], "cause": input["cause"] });
    cloud.states(&location, "SendTaskFailure", &answer).await
}

async fn pass_on(cloud: &Cloud, request: &Request, operation: &str, of: &str) -> Result<Value, ServiceError> {
    let input: Value = request.json()?;
    let location = location_of(input[of].as_str().unwrap_or_default())?;
    cloud.states(&location, operation, &input).await
}
