//! DescribeStateMachine and DescribeStateMachineForExecution.

use std::sync::Arc;

use cloud_core::{Request, ServiceError};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::api::answer::Answer;
use crate::rows::execution::ExecutionKey;
use crate::rows::machine::{Machine, Revision, Version, seconds};
use crate::states::States;
use crate::wire::errors;
use crate::wire::names::{ExecutionReference, MachineReference};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Describe {
    state_machine_arn: String,
    included_data: Option<String>,
}

pub(crate) async fn machine(states: &Arc<States>, request: &Request) -> Answer {
    let input: Describe = request.json()?;
    let included = errors::wants_data(input.included_data.as_deref());
    let reference = MachineReference::of(request, &input.state_machine_arn)?;
    let (machine, revision) = resolve(states, &reference)?;
    let version = reference.qualifier.as_deref().and_then(|qualifier| described(&machine, qualifier));
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

/// The version that a qualifier means: itself, or that to which an alias leads most of what is started.
fn described<'m>(machine: &'m Machine, qualifier: &str) -> Option<&'m Version> {
    machine.version(qualifier).or_else(|| {
        let routes = &machine.alias(qualifier)?.routes;
        let most = routes.iter().rev().max_by_key(|route| route.weight)?;
        machine.version(&most.version.to_string())
    })
}

/// The machine that an ARN names, and the revision: its version's where it names one, else the current one.
fn resolve(states: &States, reference: &MachineReference) -> Result<(Machine, Revision), ServiceError> {
    let missing = || states.no_machine(&reference.key, || errors::machine_missing(&reference.arn));
    let machine = states.machine(&reference.key).ok_or_else(missing)?;
    let number = match &reference.qualifier {
        None => machine.revision,
        Some(qualifier) => described(&machine, qualifier).ok_or_else(missing)?.revision,
    };
    let revision = states.revision(&reference.key, number)?;
    Ok((machine, revision))
}

/// What every description has. Without the data there is a definition still, but an empty one (API model,
/// `DescribeStateMachineOutput`).
fn members(revision: &Revision, included: bool) -> Map<String, Value> {
    let mut members = revision.describe();
    if included {
        members.extend(variable_references(&revision.definition));
    } else {
        members.insert("definition".into(), json!("{}"));
    }
    members
}

/// `variableReferences`, which a definition without variables does not have (recorded).
fn variable_references(definition: &str) -> Option<(String, Value)> {
    let definition: Value = serde_json::from_str(definition).ok()?;
    let references = asl::variable_references(&definition).into_iter();
    let references: Map<String, Value> = references.map(|(state, names)| (state.to_owned(), json!(names))).collect();
    (!references.is_empty()).then(|| ("variableReferences".to_owned(), Value::Object(references)))
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ForExecution {
    execution_arn: String,
    included_data: Option<String>,
}

/// The revision that an execution runs, whatever has become of its state machine since.
pub(crate) async fn for_execution(states: &Arc<States>, request: &Request) -> Answer {
    let input: ForExecution = request.json()?;
    let included = errors::wants_data(input.included_data.as_deref());
    let reference = ExecutionReference::of(request, &input.execution_arn)?;
    let missing = || errors::execution_missing(&reference.arn);
    let key = ExecutionKey::new(&reference.machine, &reference.name);
    let head = states.kept_execution(&key)?.ok_or_else(missing)?.head;
    let machine = states.machine(&reference.machine).ok_or_else(|| states.no_machine(&reference.machine, missing))?;
    let revision = states.revision(&reference.machine, head.revision)?;
    let mut answer = members(&revision, included);
    answer.insert("stateMachineArn".into(), json!(machine.arn()));
    answer.insert("name".into(), json!(machine.name));
    answer.insert("updateDate".into(), seconds(revision.updated_at));
    if let Some(run) = &head.map_run {
        let children = key.machine_arn();
        answer
            .insert("mapRunArn".into(), json!(format!("{}:{run}", children.replacen(":stateMachine:", ":mapRun:", 1))));
        answer.insert("label".into(), json!(children.rsplit('/').next()));
    }
    Ok(Value::Object(answer))
}
