//! DescribeStateMachine and DescribeStateMachineForExecution.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::Answer;
use crate::local::Cloud;
use crate::local::http::Request;
use crate::local::sfn::execution::ExecutionKey;
use crate::local::sfn::machine::{Revision, seconds};
use crate::local::sfn::names::{ExecutionReference, MachineReference};
use crate::local::sfn::refusal;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Describe {
    state_machine_arn: String,
    included_data: Option<String>,
}

pub(super) fn machine(cloud: &Arc<Cloud>, request: &Request) -> Answer {
    let input: Describe = request.json()?;
    let included = refusal::wants_data(input.included_data.as_deref())?;
    let reference = MachineReference::parse(&input.state_machine_arn)?;
    let (machine, revision) = cloud.step_functions.resolve(&reference)?;
    let version = reference.qualifier.as_deref().and_then(|qualifier| machine.version(qualifier));
    let mut answer = members(&revision, included);
    answer.insert("stateMachineArn".into(), json!(reference.arn));
    answer.insert("name".into(), json!(machine.name));
    answer.insert("status".into(), json!(if machine.deleting { "DELETING" } else { "ACTIVE" }));
    answer.insert("type".into(), json!(machine.kind.api_name()));
    answer.insert("creationDate".into(), seconds(version.map_or(machine.created_at, |version| version.created_at)));
    if let Some(description) = version.and_then(|version| version.description.as_ref()) {
        answer.insert("description".into(), json!(description));
    }
    Ok(Value::Object(answer))
}

/// What every description has. Without the data there is a definition still, but an empty one (API model,
/// `DescribeStateMachineOutput`).
fn members(revision: &Revision, included: bool) -> Map<String, Value> {
    let mut members = revision.describe();
    if !included {
        members.insert("definition".into(), json!("{}"));
    }
    members
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ForExecution {
    execution_arn: String,
    included_data: Option<String>,
}

/// The revision that an execution runs, whatever has become of its state machine since.
pub(super) fn for_execution(cloud: &Arc<Cloud>, request: &Request) -> Answer {
    let input: ForExecution = request.json()?;
    let included = refusal::wants_data(input.included_data.as_deref())?;
    let reference = ExecutionReference::parse(&input.execution_arn)?;
    let missing = || refusal::execution_missing(&reference.arn);
    let summary = cloud.step_functions.index().get(&reference.machine, &reference.name).cloned().ok_or_else(missing)?;
    let machine = cloud.step_functions.machine(&reference.machine).ok_or_else(missing)?;
    let revision = cloud.step_functions.revision(&reference.machine, summary.revision)?;
    let mut answer = members(&revision, included);
    answer.insert("stateMachineArn".into(), json!(machine.arn()));
    answer.insert("name".into(), json!(machine.name));
    answer.insert("updateDate".into(), seconds(revision.updated_at));
    if let Some(run) = &summary.map_run {
        let children = ExecutionKey::new(&reference.machine, &reference.name).machine_arn();
        answer
            .insert("mapRunArn".into(), json!(format!("{}:{run}", children.replacen(":stateMachine:", ":mapRun:", 1))));
        answer.insert("label".into(), json!(children.rsplit('/').next()));
    }
    Ok(Value::Object(answer))
}
