//! The inputs that a mock's answer becomes, in the shapes that the services give.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::{ExecutionEnd, MockAnswer as Answer};
use crate::execution::{Input, TaskPurpose, TaskRequest};
use crate::lambda::{InvocationResponse, task_result};
use crate::resource::{Pattern, TaskResource};

/// An id as services give it, where nothing depends on its value.
const REQUEST_ID: &str = "00000000-0000-4000-8000-000000000000";

/// What the service says when it accepts a task that it answers later; none for a task that is answered at once.
pub fn submitted(submitted: Option<&Value>, request: &TaskRequest) -> Option<Input> {
    let has_two_steps =
        matches!(request.resource, TaskResource::Service { pattern: Pattern::RunAJob | Pattern::WaitForCallback, .. });
    let output = submitted.map_or_else(|| "{}".to_owned(), Value::to_string);
    has_two_steps.then_some(Input::TaskSubmitted { task: request.task, output })
}

/// The end of a task; none when it never ends.
///
/// # Errors
/// Why the answer does not fit the task, as the rest of a sentence. What others answer is none of its own.
pub fn end(answer: &Answer, request: &TaskRequest, ends_at: Timestamp) -> Result<Option<Input>, String> {
    let task = request.task;
    match answer {
        Answer::Never => Ok(None),
        Answer::Return(value) => Ok(Some(Input::TaskSucceeded { task, output: result(request, value) })),
        Answer::Throw { error, cause } => {
            Ok(Some(Input::TaskFailed { task, error: error.clone(), cause: cause.clone() }))
        }
        Answer::Payload(payload) if calls_lambda(&request.resource) => Ok(Some(invoked(request, payload))),
        Answer::Payload(_) => Err("`payload` is for a Lambda function; write the task's result as `return`".to_owned()),
        Answer::Execution(ended) => execution(request, ended, ends_at).map(Some),
        Answer::Function(_) | Answer::Cloud => Err("what it calls has to answer".to_owned()),
    }
}

/// A result in the shape that the engine takes it: an item reader's is the text of an object.
fn result(request: &TaskRequest, value: &Value) -> String {
    let lists = matches!(&request.resource, TaskResource::Service { resource, .. } if resource == "listObjectsV2");
    match (request.purpose, value) {
        (TaskPurpose::ReadItems, Value::String(_)) => value.to_string(),
        (TaskPurpose::ReadItems, _) if !lists => Value::from(value.to_string()).to_string(),
        _ => value.to_string(),
    }
}

fn calls_lambda(resource: &TaskResource) -> bool {
    match resource {
        TaskResource::Lambda { .. } => true,
        TaskResource::Service { resource_type, pattern, .. } => {
            resource_type == "lambda" && *pattern == Pattern::RequestResponse
        }
        TaskResource::Activity { .. } => false,
    }
}

fn invoked(request: &TaskRequest, payload: &Value) -> Input {
    let payload = payload.to_string();
    let response = InvocationResponse {
        payload: &payload,
        is_error: false,
        executed_version: "$LATEST",
        request_id: REQUEST_ID,
        trace_id: "Root=1-00000000-000000000000000000000000;Sampled=0",
        http_date: "Thu, 01 Jan 2026 00:00:00 GMT",
        log_result: None,
    };
    task_result(request, &response)
}

/// The end of a child execution, as `states:startExecution.sync` tells of it. Its members are those of `DescribeExecution`.
fn execution(request: &TaskRequest, ended: &ExecutionEnd, ends_at: Timestamp) -> Result<Input, String> {
    let TaskResource::Service { resource_type, resource, .. } = &request.resource else {
        return Err("`execution` is for a task that starts an execution".to_owned());
    };
    if resource_type != "states" || !resource.starts_with("startExecution.sync") {
        return Err(
            "`execution` is for states:startExecution.sync and .sync:2; write the result as `return`".to_owned()
        );
    }
    let reads_json = resource.ends_with(".sync:2");
    let payload = |value: &Value| if reads_json { value.clone() } else { Value::from(value.to_string()) };
    let parameters: Value = serde_json::from_str(&request.input).unwrap_or_default();
    let machine = parameters.get("StateMachineArn").and_then(Value::as_str).unwrap_or_default();
    let name = parameters.get("Name").and_then(Value::as_str).unwrap_or("child");
    let given = parameters.get("Input").cloned().unwrap_or_else(|| json!({}));
    let input = match given {
        Value::String(text) => serde_json::from_str(&text).unwrap_or(Value::Null),
        other => other,
    };
    let details = json!({ "Included": true });
    let mut members = Map::new();
    if let ExecutionEnd::Failed { error, cause } = ended {
        members.extend(cause.iter().map(|cause| ("Cause".to_owned(), Value::from(cause.as_str()))));
        members.extend(error.iter().map(|error| ("Error".to_owned(), Value::from(error.as_str()))));
    }
    let arn = format!("{}:{name}", machine.replacen(":stateMachine:", ":execution:", 1));
    members.insert("ExecutionArn".into(), arn.into());
    members.insert("Input".into(), payload(&input));
    members.insert("InputDetails".into(), details.clone());
    members.insert("Name".into(), name.into());
    if let ExecutionEnd::Succeeded(output) = ended {
        members.insert("Output".into(), payload(output));
        members.insert("OutputDetails".into(), details);
    }
    members.insert("RedriveCount".into(), 0.into());
    members.insert("StartDate".into(), ends_at.as_millisecond().into());
    members.insert("StateMachineArn".into(), machine.into());
    let status = if matches!(ended, ExecutionEnd::Succeeded(_)) { "SUCCEEDED" } else { "FAILED" };
    members.insert("Status".into(), status.into());
    members.insert("StopDate".into(), ends_at.as_millisecond().into());
    let description = Value::Object(members).to_string();
    Ok(match ended {
        ExecutionEnd::Succeeded(_) => Input::TaskSucceeded { task: request.task, output: description },
        ExecutionEnd::Failed { .. } => Input::TaskFailed {
            task: request.task,
            error: Some("States.TaskFailed".to_owned()),
            cause: Some(description),
        },
    })
}
