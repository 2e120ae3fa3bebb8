//! StartExecution.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::json;

use super::Answer;
use crate::local::Cloud;
use crate::local::error::ServiceError;
use crate::local::http::Request;
use crate::local::sfn::driver::{Message, StartRequest};
use crate::local::sfn::execution::ExecutionKey;
use crate::local::sfn::json_complaint;
use crate::local::sfn::machine::seconds;
use crate::local::sfn::names::{MachineReference, check_name};
use crate::local::sfn::refusal::{self, invalid_input, validation};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Start {
    state_machine_arn: String,
    name: Option<String>,
    input: Option<String>,
}

/// Starts an execution; it is durable when this answers.
pub(super) async fn start(cloud: &Arc<Cloud>, request: &Request) -> Answer {
    let input: Start = request.json()?;
    let reference = MachineReference::parse(&input.state_machine_arn)?;
    let name = match input.name {
        Some(name) => name,
        None => uuid::Uuid::new_v4().to_string(),
    };
    check_name(&name)?;
    let payload = input.input.unwrap_or_else(|| "{}".to_owned());
    check_input(&payload)?;
    let missing = || refusal::machine_missing(&reference.arn);
    let machine = cloud.step_functions.active_machine(&reference.key, missing)?;
    let (revision, version) = match &reference.qualifier {
        None => (machine.revision, None),
        Some(qualifier) => {
            let version = machine.version(qualifier).ok_or_else(missing)?;
            (version.revision, Some(version.number))
        }
    };
    let arn = machine.execution_arn(&name);
    let start = Box::new(StartRequest { arn: arn.clone(), input: payload, revision, version });
    let key = ExecutionKey::new(&reference.key, &name);
    let started_at = cloud.step_functions.driver.ask(cloud, &key, |reply| Message::Start(start, reply)).await?;
    Ok(json!({"executionArn": arn, "startDate": seconds(started_at)}))
}

/// StartSyncExecution is for express state machines, and every state machine here is a standard one.
pub(super) fn start_sync(cloud: &Arc<Cloud>, request: &Request) -> Answer {
    let input: Start = request.json()?;
    let reference = MachineReference::parse(&input.state_machine_arn)?;
    cloud.step_functions.active_machine(&reference.key, || refusal::machine_missing(&reference.arn))?;
    let message = "This operation is not supported by this type of state machine";
    Err(ServiceError::bad_request("StateMachineTypeNotSupported", message))
}

fn check_input(input: &str) -> Result<(), ServiceError> {
    if input.len() > asl::MAX_PAYLOAD_BYTES {
        let most = asl::MAX_PAYLOAD_BYTES;
        return Err(validation(format!(
            "1 validation error detected: Value at 'input' failed to satisfy constraint: Member must have length less than or equal to {most}"
        )));
    }
    let valid = serde_json::from_str::<serde::de::IgnoredAny>(input);
    valid.map(drop).map_err(|error| invalid_input(&json_complaint::of(input, &error.to_string())))
}
