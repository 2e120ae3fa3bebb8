//! StartExecution, DescribeExecution, StopExecution and RedriveExecution.

use std::sync::Arc;

use cloud_core::Request;
use serde::Deserialize;
use serde_json::{Value, json};

use super::answer::Answer;
use crate::driver::Message;
use crate::executions::{self, StartRequest, describe_row};
use crate::rows::execution::ExecutionKey;
use crate::rows::machine::seconds;
use crate::states::States;
use crate::wire::errors;
use crate::wire::names::{self, ExecutionReference};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Start {
    state_machine_arn: String,
    name: Option<String>,
    input: Option<String>,
}

/// Starts an execution; it is durable when this answers.
pub(crate) async fn start(states: &Arc<States>, request: &Request) -> Answer {
    let Start { state_machine_arn, name, input } = request.json()?;
    names::check_account(request, &state_machine_arn)?;
    let asked = StartRequest { state_machine_arn, name, input, started_by: None, mocks: None };
    let started = executions::start(states, asked).await?;
    Ok(json!({"executionArn": started.arn, "startDate": seconds(started.started_at)}))
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Describe {
    execution_arn: String,
    included_data: Option<String>,
}

pub(crate) async fn describe(states: &Arc<States>, request: &Request) -> Answer {
    let input: Describe = request.json()?;
    let reference = ExecutionReference::of(request, &input.execution_arn)?;
    let included = errors::wants_data(input.included_data.as_deref());
    let missing = || errors::execution_missing(&reference.arn);
    states
        .with_machine(&reference.machine, |machine| machine.map(drop))
        .ok_or_else(|| states.no_machine(&reference.machine, missing))?;
    let key = ExecutionKey::new(&reference.machine, &reference.name);
    let row = states.kept_execution(&key)?.ok_or_else(missing)?;
    Ok(Value::Object(describe_row(states, &key, &row, included)))
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Stop {
    execution_arn: String,
    error: Option<String>,
    cause: Option<String>,
}

/// Stops an execution; one that has ended already is answered with the moment at which it did.
pub(crate) async fn stop(states: &Arc<States>, request: &Request) -> Answer {
    let input: Stop = request.json()?;
    let reference = ExecutionReference::of(request, &input.execution_arn)?;
    let key = ExecutionKey::new(&reference.machine, &reference.name);
    if !states.has_execution(&key)? {
        return Err(errors::execution_missing(&reference.arn));
    }
    let stop = |reply| Message::Stop { error: input.error, cause: input.cause, reply: Some(reply) };
    let stopped_at = states.driver.ask(&key, stop).await?;
    Ok(json!({ "stopDate": seconds(stopped_at) }))
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Redrive {
    execution_arn: String,
    client_token: Option<String>,
}

/// Has an execution that ended without success go on where it had not finished.
pub(crate) async fn redrive(states: &Arc<States>, request: &Request) -> Answer {
    let Redrive { execution_arn, client_token } = request.json()?;
    let reference = ExecutionReference::of(request, &execution_arn)?;
    // A Map Run's child goes on with its Map Run; the text is AWS's (measured by others).
    if reference.machine.rsplit('/').next().is_some_and(|machine| machine.contains(':')) {
        return Err(errors::validation("Labeled Execution ARNs are not supported for this API"));
    }
    let key = ExecutionKey::new(&reference.machine, &reference.name);
    if !states.has_execution(&key)? {
        return Err(errors::execution_missing(&reference.arn));
    }
    executions::check_room(states, &key)?;
    let redrive = |reply| Message::Redrive { token: client_token, reply };
    let redriven_at = states.driver.ask(&key, redrive).await?;
    Ok(json!({ "redriveDate": seconds(redriven_at) }))
}
