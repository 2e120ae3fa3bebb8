//! `states:startExecution`: starting another execution, and waiting for its end.

use std::sync::Arc;

use asl::{Input, Outcome, Pattern, TaskRequest, TaskResource};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::casing::upper_first;
use super::{CallFault, Caller, http_date};
use crate::local::Cloud;
use crate::local::error::ServiceError;
use crate::local::sfn::api::{StartAsked, begin_execution, describe_row};
use crate::local::sfn::execution::{ExecutionKey, ExecutionRow, Origin};

/// The length of AWS's answer but for the ARN in it. The moment is in seconds with microseconds, as Java writes a double; one
/// that ends in zeros would be shorter.
const ANSWER_AROUND_ARN: usize = r#"{"executionArn":"","startDate":1.733332500123456E9}"#.len();

/// What a `states:startExecution` task gives as parameters.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Parameters<'a> {
    state_machine_arn: Option<String>,
    name: Option<String>,
    #[serde(borrow)]
    input: Option<&'a RawValue>,
}

/// Starts an execution. One that the task waits for tells the task itself of its start and its end; else the answer of
/// `StartExecution` is the output.
pub(super) async fn start(
    cloud: &Arc<Cloud>,
    caller: &Caller,
    request: &TaskRequest,
    pattern: Pattern,
) -> Result<Option<String>, CallFault> {
    let parameters: Parameters<'_> =
        serde_json::from_str(&request.input).map_err(|error| CallFault::parameters(request, &error.to_string()))?;
    let Some(state_machine_arn) = parameters.state_machine_arn else {
        let why = "The field 'StateMachineArn' is required but was missing";
        return Err(CallFault::parameters(request, why));
    };
    let is_awaited = pattern == Pattern::RunAJob;
    let execution = caller.execution.clone();
    let origin = execution.map(|execution| Origin { execution, task: request.task, is_awaited });
    let asked = StartAsked {
        state_machine_arn,
        name: parameters.name.or_else(|| origin.as_ref().map(child_name)),
        input: parameters.input.and_then(input_text),
        origin,
    };
    let begun = begin_execution(cloud, asked).await.map_err(|error| service_failure(&error))?;
    Ok((!is_awaited).then(|| started(&begun.arn, begun.started_at)))
}

/// The input of the new execution: a text is taken for JSON text, anything else is the input itself.
fn input_text(given: &RawValue) -> Option<String> {
    match serde_json::from_str(given.get()) {
        Ok(Value::Null) => None,
        Ok(Value::String(text)) => Some(text),
        Ok(_) | Err(_) => Some(given.get().to_owned()),
    }
}

/// The name of an execution that was given none: always the same for the same task, so that a task that is begun again
/// finds what it has started. It looks like the random one that AWS gives.
fn child_name(origin: &Origin) -> String {
    let digest = Sha256::digest(format!("{}/{}", origin.execution.row(), origin.task.0));
    let mut bytes = [0; 16];
    bytes.iter_mut().zip(digest).for_each(|(to, from)| *to = from);
    uuid::Builder::from_random_bytes(bytes).into_uuid().to_string()
}

/// The answer of `StartExecution` as a task's output shows it.
pub(in crate::local::sfn) fn started(arn: &str, started_at: Timestamp) -> String {
    let request_id = uuid::Uuid::new_v4().to_string();
    let length = (ANSWER_AROUND_ARN + arn.len()).to_string();
    let date = http_date();
    let headers = [
        ("x-amzn-RequestId", request_id.as_str()),
        ("connection", "keep-alive"),
        ("Content-Length", &length),
        ("Date", &date),
        ("Content-Type", "application/x-amz-json-1.0"),
    ];
    let metadata = asl::SdkMetadata::new(&headers, &request_id, 200);
    json!({
        "ExecutionArn": arn,
        "SdkHttpMetadata": metadata.http,
        "SdkResponseMetadata": metadata.response,
        "StartDate": started_at.as_millisecond(),
    })
    .to_string()
}

/// What a task is told of the end of the execution that it waits for.
pub(in crate::local::sfn) fn settle(request: &TaskRequest, child: &ExecutionKey, row: &ExecutionRow) -> Input {
    let task = request.task;
    let reads_json =
        matches!(&request.resource, TaskResource::Service { resource, .. } if resource.ends_with(".sync:2"));
    let mut members: Vec<(String, Value)> = describe_row(child, row, true)
        .into_iter()
        .map(|(name, value)| match (name.as_str(), value) {
            ("startDate" | "stopDate", Value::Number(seconds)) => (name, milliseconds(&seconds)),
            ("input" | "output", Value::String(text)) if reads_json => {
                (name, serde_json::from_str(&text).unwrap_or(Value::Null))
            }
            ("inputDetails" | "outputDetails", _) => (name, json!({ "Included": true })),
            (_, value) => (name, value),
        })
        .map(|(name, value)| (upper_first(&name), value))
        .collect();
    members.sort_by(|(one, _), (other, _)| one.cmp(other));
    let description = Value::Object(members.into_iter().collect()).to_string();
    match row.outcome() {
        Some(Outcome::Succeeded { .. }) => Input::TaskSucceeded { task, output: description },
        _ => Input::TaskFailed { task, error: Some("States.TaskFailed".to_owned()), cause: Some(description) },
    }
}

/// A moment as the optimised integrations show it.
#[allow(clippy::cast_possible_truncation, reason = "milliseconds since 1970 are far below 2^63")]
fn milliseconds(seconds: &serde_json::Number) -> Value {
    json!((seconds.as_f64().unwrap_or_default() * 1000.0).round() as i64)
}

fn service_failure(error: &ServiceError) -> CallFault {
    let request_id = uuid::Uuid::new_v4();
    let cause = format!(
        "{} (Service: AWSStepFunctions; Status Code: {}; Error Code: {}; Request ID: {request_id}; Proxy: null)",
        error.message, error.status, error.code
    );
    let suffix = if error.code.ends_with("Exception") { "" } else { "Exception" };
    CallFault::new(&format!("StepFunctions.{}{suffix}", error.code), cause)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_input_is_a_text_or_the_thing_itself() {
        let text = |json: &str| input_text(serde_json::from_str(json).unwrap());
        assert_eq!(text(r#""{\"a\": 1}""#), Some(r#"{"a": 1}"#.to_owned()));
        assert_eq!(text(r#"{"a": 1.0}"#), Some(r#"{"a": 1.0}"#.to_owned()));
        assert_eq!(text("null"), None);
    }

    #[test]
    fn a_task_always_gives_its_child_the_same_name() {
        let origin = |task| Origin {
            execution: ExecutionKey::new("us-east-1/m", "e"),
            task: asl::TaskId(task),
            is_awaited: true,
        };
        assert_eq!(child_name(&origin(1)), child_name(&origin(1)));
        assert_ne!(child_name(&origin(1)), child_name(&origin(2)));
        assert_eq!(child_name(&origin(1)).len(), 36);
    }
}
