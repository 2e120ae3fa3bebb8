//! What a task that waits for an execution needs of its role beside the start, to look at its end and to stop it ([policies]),
//! and what it is told of that end.
//!
//! [policies]: https://docs.aws.amazon.com/step-functions/latest/dg/stepfunctions-iam.html

use asl::{Input, Outcome, TaskRequest, TaskResource};
use cloud_core::ServiceError;
use serde_json::{Value, json};

use super::acting::{Acting, Wanted};
use super::caller::Caller;
use super::casing::upper_first;
use super::states_fault::denied;
use crate::executions::describe_row;
use crate::rows::execution::{ExecutionKey, ExecutionRow};
use crate::states::States;

/// What the task is told of the end of the execution that it waited for, which its role has to be allowed to describe. (That the
/// refusal is named as that of the start is a guess.)
pub(crate) fn ended(
    states: &States,
    caller: &Caller,
    request: &TaskRequest,
    child: &ExecutionKey,
    row: &ExecutionRow,
) -> Input {
    let acting = match Acting::of(states, caller, request.credentials.as_deref()) {
        Ok(acting) => acting,
        Err(fault) => return fault.input(request),
    };
    match acting.permit(states, "states:DescribeExecution", &child.arn(), &Wanted::unknown()) {
        Ok(()) => task_result(states, request, child, row),
        Err(refused) => denied(states, &refused).input(request),
    }
}

/// Whether the role of an execution may stop what one of its tasks waited for. The task is over: nobody is told why not but the
/// log, and the child goes on.
pub(crate) fn may_stop(states: &States, caller: &Caller, child: &ExecutionKey) -> bool {
    let stopped = Acting::of(states, caller, None)
        .map_err(|fault| ServiceError::bad_request("AccessDeniedException", fault.cause))
        .and_then(|acting| {
            let permitted = acting.permit(states, "states:StopExecution", &child.arn(), &Wanted::unknown());
            permitted.map_err(|refused| ServiceError::bad_request("AccessDeniedException", refused.to_string()))
        });
    match stopped {
        Ok(()) => true,
        Err(error) => {
            tracing::warn!(%error, child = child.arn(), "an execution that a task waited for is not stopped with it");
            false
        }
    }
}

/// What a task is told of the end of the execution that it waits for.
fn task_result(states: &States, request: &TaskRequest, child: &ExecutionKey, row: &ExecutionRow) -> Input {
    let task = request.task;
    let reads_json =
        matches!(&request.resource, TaskResource::Service { resource, .. } if resource.ends_with(".sync:2"));
    let mut members: Vec<(String, Value)> = describe_row(states, child, row, true)
        .into_iter()
        .map(|(name, value)| match (name.as_str(), value) {
            ("startDate" | "stopDate" | "redriveDate", Value::Number(seconds)) => (name, milliseconds(&seconds)),
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
