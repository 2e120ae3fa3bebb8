//! What each step of a state's data flow gave: the state is run once more with what it was given and what its call answered, by
//! TestState, which calls nothing then.

use cloud_core::{Location, Request, ServiceError};
use serde_json::{Value, json};

use super::parameters::location_of;
use crate::cloud::Cloud;

/// The members of the body that TestState takes as they are.
const PASSED_ON: [&str; 4] = ["input", "context", "variables", "stateConfiguration"];

/// How many branches or iterations may have their outputs put together.
const RESULTS: usize = 1_000;

/// The body has `executionArn`, `state`, `input`, and `result`, or `error` and `cause`, of what the state called; of a Parallel or Map
/// state `results` instead: the events with which its branches or iterations ended, in their order. `inputEvent` and `resultEvent` name events whose texts
/// the page has not whole. Also `variables`,
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
    if let Some(text) = text_of(cloud, &location, &body, "inputEvent").await? {
        input["input"] = json!(text);
    }
    let results = match text_of(cloud, &location, &body, "resultEvent").await? {
        Some(result) => Some(result),
        None => results(cloud, &location, &body).await?,
    };
    // The answers of real calls need not have the shape that the API's model gives.
    let mock = if body["result"].is_string() || results.is_some() {
        json!({ "result": results.as_deref().map_or_else(|| body["result"].clone(), Value::from), "fieldValidationMode": "NONE" })
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
    let mut answer = cloud.states(&location, "TestState", &input).await?;
    // What is put together here TestState does not tell of such states.
    if let Some(results) = results
        && answer["inspectionData"]["result"].is_null()
    {
        answer["inspectionData"]["result"] = json!(results);
    }
    Ok(answer)
}

/// The input or output of the event that a member names: texts that the page has not whole.
async fn text_of(
    cloud: &Cloud,
    location: &Location,
    body: &Value,
    member: &str,
) -> Result<Option<String>, ServiceError> {
    let Some(id) = body[member].as_i64() else { return Ok(None) };
    let events = cloud.whole_details(location, body["executionArn"].as_str().unwrap_or_default(), &[id]).await?;
    let details = events.iter().filter_map(Value::as_object).flat_map(|event| event.values());
    let text = |details: &Value| details["input"].as_str().or_else(|| details["output"].as_str()).map(str::to_owned);
    Ok(details.filter(|details| details.is_object()).find_map(text))
}

/// What the branches or iterations of a state gave, as its result is made of them.
async fn results(cloud: &Cloud, location: &Location, body: &Value) -> Result<Option<String>, ServiceError> {
    let Some(ended) = body["results"].as_array() else { return Ok(None) };
    if ended.len() > RESULTS {
        let text = format!("Its result has {} parts; those of more than {RESULTS} are not put together.", ended.len());
        return Err(ServiceError::bad_request("ValidationException", text));
    }
    let ids: Vec<i64> = ended.iter().filter_map(Value::as_i64).collect();
    let arn = body["executionArn"].as_str().unwrap_or_default();
    let events = cloud.whole_details(location, arn, &ids).await?;
    let output = |id: &i64| {
        let event = events.iter().find(|event| event["id"].as_i64() == Some(*id))?;
        event["stateExitedEventDetails"]["output"].as_str()
    };
    let missing = || ServiceError::bad_request("ValidationException", "A branch or an iteration has no output.");
    let outputs = ids.iter().map(output).collect::<Option<Vec<&str>>>().ok_or_else(missing)?;
    // Each is JSON already.
    Ok(Some(format!("[{}]", outputs.join(","))))
}
