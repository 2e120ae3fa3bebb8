//! StartExecution.

use std::sync::Arc;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::json;

use super::Answer;
use crate::local::Cloud;
use crate::local::error::ServiceError;
use crate::local::http::Request;
use crate::local::sfn::driver::{Message, StartRequest};
use crate::local::sfn::execution::{ExecutionKey, Origin};
use crate::local::sfn::machine::{Kind, Machine, seconds};
use crate::local::sfn::names::{MachineReference, check_name};
use crate::local::sfn::refusal::{self, invalid_input, validation};
use crate::local::sfn::{express, json_complaint};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Start {
    state_machine_arn: String,
    name: Option<String>,
    input: Option<String>,
}

/// Starts an execution; it is durable when this answers.
pub(super) async fn start(cloud: &Arc<Cloud>, request: &Request) -> Answer {
    let Start { state_machine_arn, name, input } = request.json()?;
    let begun = begin_execution(cloud, StartAsked { state_machine_arn, name, input, origin: None }).await?;
    Ok(json!({"executionArn": begun.arn, "startDate": seconds(begun.started_at)}))
}

/// An execution to start, as it was asked for.
#[derive(Debug)]
pub(in crate::local::sfn) struct StartAsked {
    /// A state machine, or a version of one.
    pub(in crate::local::sfn) state_machine_arn: String,
    /// A random one when there is none.
    pub(in crate::local::sfn) name: Option<String>,
    /// JSON text; an empty object when there is none.
    pub(in crate::local::sfn) input: Option<String>,
    /// The task that asks, if one does.
    pub(in crate::local::sfn) origin: Option<Origin>,
}

/// An execution that was started.
#[derive(Debug)]
pub(in crate::local::sfn) struct Begun {
    pub(in crate::local::sfn) arn: String,
    pub(in crate::local::sfn) started_at: Timestamp,
}

/// What is asked for, checked: which revision to run, under which name, with which input.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) key: String,
    pub(super) machine: Machine,
    pub(super) revision: u64,
    pub(super) version: Option<u64>,
    pub(super) alias: Option<Box<str>>,
    pub(super) name: String,
    pub(super) input: String,
}

/// Starts an execution.
pub(in crate::local::sfn) async fn begin_execution(
    cloud: &Arc<Cloud>,
    asked: StartAsked,
) -> Result<Begun, ServiceError> {
    let plan = plan(cloud, &asked.state_machine_arn, asked.name, asked.input)?;
    if plan.machine.kind == Kind::Express {
        // Nobody could tell the task when it ends.
        if asked.origin.is_some_and(|origin| origin.is_awaited) {
            return Err(refusal::wrong_type());
        }
        return express::start(cloud, express::Run::new(&plan.machine, plan.revision, plan.name, plan.input)).await;
    }
    let arn = plan.machine.execution_arn(&plan.name);
    let start = Box::new(StartRequest {
        arn: arn.clone(),
        input: plan.input,
        revision: plan.revision,
        version: plan.version,
        alias: plan.alias,
        origin: asked.origin,
    });
    let key = ExecutionKey::new(&plan.key, &plan.name);
    let started_at = cloud.step_functions.driver.ask(cloud, &key, |reply| Message::Start(start, reply)).await?;
    Ok(Begun { arn, started_at })
}

/// Checks what is asked for.
pub(super) fn plan(
    cloud: &Cloud,
    state_machine_arn: &str,
    name: Option<String>,
    input: Option<String>,
) -> Result<Plan, ServiceError> {
    let reference = MachineReference::parse(state_machine_arn)?;
    let name = name.unwrap_or_else(|| uuid::Uuid::new_v4().to_string());
    check_name(&name)?;
    let input = input.unwrap_or_else(|| "{}".to_owned());
    check_input(&input)?;
    let missing = || refusal::machine_missing(&reference.arn);
    let machine = cloud.step_functions.active_machine(&reference.key, missing)?;
    let alias = reference.qualifier.as_deref().and_then(|qualifier| machine.alias(qualifier));
    let picked = alias.and_then(|alias| alias.pick(uuid::Uuid::new_v4().as_u64_pair().1));
    let qualifier = picked.map(|version| version.to_string()).or(reference.qualifier);
    let (revision, version) = match &qualifier {
        None => (machine.revision, None),
        Some(qualifier) => {
            let missing = || refusal::machine_missing(state_machine_arn);
            let version = machine.version(qualifier).ok_or_else(missing)?;
            (version.revision, Some(version.number))
        }
    };
    let alias = alias.map(|alias| alias.name.as_str().into());
    Ok(Plan { key: reference.key, machine, revision, version, alias, name, input })
}

fn check_input(input: &str) -> Result<(), ServiceError> {
    if input.len() > asl::MAX_PAYLOAD_BYTES {
        let most = asl::MAX_PAYLOAD_BYTES;
        return Err(validation(format!(
            "1 validation error detected: Value at 'input' failed to satisfy constraint: Member must have length less than or equal to {most}"
        )));
    }
    let valid = serde_json::from_str::<serde::de::IgnoredAny>(input);
    valid.map(drop).map_err(|error| invalid_input(&json_complaint::of_input(input, &error.to_string())))
}
