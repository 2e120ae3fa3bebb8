//! What each step of a state's data flow gave: the state is run once more with what it was given and what its call answered, by
//! TestState, which calls nothing then.

use cloud_core::{Request, ServiceError};
use serde_json::{Value, json};

use super::parameters::location_of;
use crate::cloud::Cloud;

/// The members of the body that TestState takes as they are.
const PASSED_ON: [&str; 4] = ["input", "context", "variables", "stateConfiguration"];

/// The body has `executionArn`, `state`, `input`, and `result`, or `error` and `cause`, of what the state called; also `variables`,
/// `context` and `stateConfiguration` as TestState takes them. The answer is TestState's.
pub(super) async fn data_flow(cloud: &Cloud, request: &Request) -> Result<Value, ServiceError> {
    let body: Value = request.json()?;
    let arn = &body["executionArn"];
    let location = location_of(arn.as_str().unwrap_or_default())?;
    let described =
        cloud.states(&location, "DescribeStateMachineForExecution", &json!({ "executionArn": arn })).await?;
    let mut input = json!({
        "definition": described["definition"],
        "stateName": body["state"],
        "inspectionLevel": "DEBUG",
    });
    for member in PASSED_ON {
        if let Some(value) = body.get(member) {
            input[member] = value.clone();
        }
    }
    // The answers of real calls need not have the shape that the API's model gives.
    let mock = if body["result"].is_string() {
        json!({ "result": body["result"], "fieldValidationMode": "NONE" })
    } else if body["error"].is_string() {
        json!({ "errorOutput": { "error": body["error"], "cause": body["cause"] } })
    } else {
        Value::Null
    };
    if mock.is_null() {
        // Without what stands for the call it would be made.
        let state_type = body["type"].as_str().unwrap_or_default();
        if !["Pass", "Choice", "Succeed", "Fail"].contains(&state_type) {
            let text = "What the state called has not answered yet.";
            return Err(ServiceError::bad_request("ValidationException", text));
        }
        if let Some(members) = input.as_object_mut() {
            members.remove("context");
        }
    } else {
        input["mock"] = mock;
    }
    cloud.states(&location, "TestState", &input).await
}
