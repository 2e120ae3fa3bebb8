//! `states:startExecution`: starting another execution, and waiting for its end.

use std::sync::Arc;

use asl::{Pattern, SdkMetadata, TaskRequest};
use cloud_core::ServiceError;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::acting::{Acting, Wanted};
use super::call_fault::CallFault;
use super::caller::Caller;
use super::http_date::http_date;
use super::states_fault::{denied, service_failure};
use crate::driver::STORE_PAUSE;
use crate::executions::{self, StartRequest, StartedExecution};
use crate::rows::execution::{ExecutionKey, StartedBy};
use crate::states::States;
use crate::wire::errors;
use crate::wire::names::{MachineReference, is_in};

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
    states: &Arc<States>,
    caller: &Caller,
    acting: &Acting<'_>,
    request: &TaskRequest,
    pattern: Pattern,
) -> Result<Option<String>, CallFault> {
    let parameters: Parameters<'_> =
        serde_json::from_str(&request.input).map_err(|error| CallFault::parameters(request, &error.to_string()))?;
    let Some(state_machine_arn) = parameters.state_machine_arn else {
        let why = "The field 'StateMachineArn' is required but was missing";
        return Err(CallFault::parameters(request, why));
    };
    let machine = crate::operations::unqualified(&state_machine_arn);
    let tags = || crate::operations::resource_tags(states, machine);
    let qualifier = state_machine_arn.strip_prefix(machine).and_then(|rest| rest.strip_prefix(':'));
    let wanted = Wanted { policy: None, tags: &tags, qualifier };
    if let Err(refused) = acting.permit(states, "states:StartExecution", machine, &wanted) {
        return Err(denied(states, &refused));
    }
    // Another account's is started through a role of that account, another region's not at all.
    if !is_in(&acting.location, &state_machine_arn) {
        let missing = errors::machine_missing(&state_machine_arn);
        return Err(service_failure(&missing, &states.random.uuid().to_string()));
    }
    let is_awaited = pattern == Pattern::RunAJob;
    let execution = caller.execution.clone();
    let started_by = execution.map(|execution| StartedBy { execution, task: request.task, is_awaited });
    let start = StartRequest {
        state_machine_arn,
        name: parameters.name.or_else(|| started_by.as_ref().map(child_name)),
        input: parameters.input.and_then(input_text),
        started_by,
        mocks: None,
    };
    match start_in_the_end(states, start).await {
        Ok(new) => Ok((!is_awaited).then(|| started(states, &new.arn, new.started_at))),
        Err(error) => Err(service_failure(&error, &states.random.uuid().to_string())),
    }
}

/// Starts an execution; while the store takes nothing, again and again: a full disk delays a task and does not fail it. A
/// second start of the same task finds the first.
async fn start_in_the_end(states: &Arc<States>, start: StartRequest) -> Result<StartedExecution, ServiceError> {
    loop {
        match executions::start(states, start.clone()).await {
            Err(error) if errors::is_not_written(&error) => states.clock.machine().sleep(STORE_PAUSE).await,
            started => return started,
        }
    }
}

/// The key of the execution that a task starts, or has started.
pub(crate) fn child_key(request: &TaskRequest, started_by: &StartedBy) -> Option<ExecutionKey> {
    let parameters: Parameters<'_> = serde_json::from_str(&request.input).ok()?;
    let machine = MachineReference::parse(&parameters.state_machine_arn?).ok()?;
    let name = parameters.name.unwrap_or_else(|| child_name(started_by));
    Some(ExecutionKey::new(&machine.key, &name))
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
fn child_name(started_by: &StartedBy) -> String {
    let digest = Sha256::digest(format!("{}/{}", started_by.execution.row(), started_by.task.0));
    let mut bytes = [0; 16];
    bytes.iter_mut().zip(digest).for_each(|(to, from)| *to = from);
    uuid::Builder::from_random_bytes(bytes).into_uuid().to_string()
}

/// The answer of `StartExecution` as a task's output shows it.
pub(crate) fn started(states: &States, arn: &str, started_at: Timestamp) -> String {
    let request_id = states.random.uuid().to_string();
    let length = (ANSWER_AROUND_ARN + arn.len()).to_string();
    let date = http_date(&states.clock);
    let headers = [
        ("x-amzn-RequestId", request_id.as_str()),
        ("connection", "keep-alive"),
        ("Content-Length", &length),
        ("Date", &date),
        ("Content-Type", "application/x-amz-json-1.0"),
    ];
    let metadata = SdkMetadata::new(&headers, &request_id, 200);
    json!({
        "ExecutionArn": arn,
        "SdkHttpMetadata": metadata.http,
        "SdkResponseMetadata": metadata.response,
        "StartDate": started_at.as_millisecond(),
    })
    .to_string()
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
        let started_by = |task| StartedBy {
            execution: ExecutionKey::new("us-east-1/m", "e"),
            task: asl::TaskId(task),
            is_awaited: true,
        };
        assert_eq!(child_name(&started_by(1)), child_name(&started_by(1)));
        assert_ne!(child_name(&started_by(1)), child_name(&started_by(2)));
        assert_eq!(child_name(&started_by(1)).len(), 36);
    }
}
