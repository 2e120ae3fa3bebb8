//! PublishStateMachineVersion, ListStateMachineVersions and DeleteStateMachineVersion.

use std::sync::Arc;

use cloud_core::{Change, Request, ServiceError};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::api::answer::Answer;
use crate::api::page::{self, OfMachine};
use crate::rows::machine::{Alias, Machine, Revision, Row, Version, seconds};
use crate::states::States;
use crate::wire::errors;
use crate::wire::names::MachineReference;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Publish {
    state_machine_arn: String,
    revision_id: Option<String>,
    description: Option<String>,
}

/// Publishes the current revision; the same version again when it is published already.
pub(crate) async fn publish(states: &Arc<States>, request: &Request) -> Answer {
    let input: Publish = request.json()?;
    let reference = MachineReference::of(request, &input.state_machine_arn)?;
    let missing = || states.no_machine(&reference.key, || errors::machine_missing(&reference.arn));
    let published = states.machines.change(|rows| {
        let Some(Row::Machine(machine)) = rows.get(&reference.key).filter(|_| reference.qualifier.is_none()) else {
            return Err(missing());
        };
        if machine.deleting {
            return Err(errors::machine_deleting(&machine.arn()));
        }
        let current = match rows.get(&Revision::key(&reference.key, machine.revision)) {
            Some(Row::Revision(revision)) => revision.id.as_deref().unwrap_or("INITIAL"),
            _ => return Err(states.machines.missing(&Revision::key(&reference.key, machine.revision), missing)),
        };
        if input.revision_id.as_deref().is_some_and(|expected| expected != current) {
            let message = "The current State Machine revision id does not match the one that was specified.";
            return Err(ServiceError::bad_request("ConflictException", message));
        }
        let mut machine = machine.clone();
        let version = machine.publish(input.description, request.received_at)?;
        let answer = item(&machine, &version);
        Ok((vec![Change::Put(reference.key.clone(), Row::Machine(machine))], answer))
    });
    published.await
}

/// Newest first.
pub(crate) async fn list(states: &Arc<States>, request: &Request) -> Answer {
    let OfMachine { reference, machine, size, from: before } = OfMachine::<u64>::read(states, request)?;
    if reference.qualifier.is_some() {
        return Err(errors::machine_missing(&reference.arn));
    }
    let newest = machine.versions.iter().rev().filter(|version| before.is_none_or(|before| version.number < before));
    let mut found: Vec<&Version> = newest.take(size + 1).collect();
    let more = found.len() > size;
    found.truncate(size);
    let shown: Vec<Value> = found.iter().map(|version| item(&machine, version)).collect();
    let mut answer = json!({ "stateMachineVersions": shown });
    if let (true, Some(last)) = (more, found.last()) {
        answer["nextToken"] = json!(page::token(&last.number)?);
    }
    Ok(answer)
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Delete {
    state_machine_version_arn: String,
}

/// Deletes a version; one that is not there is deleted already, as on AWS. Its executions run on.
pub(crate) async fn delete(states: &Arc<States>, request: &Request) -> Answer {
    let input: Delete = request.json()?;
    let reference = MachineReference::of(request, &input.state_machine_version_arn)?;
    let number = reference.qualifier.as_deref().and_then(|qualifier| qualifier.parse::<u64>().ok());
    let number = number.ok_or_else(|| errors::no_version(&reference.arn))?;
    let deleted = states.machines.change(|rows| {
        let Some(Row::Machine(machine)) = rows.get(&reference.key) else {
            states.machines.refuse_unreadable(&reference.key)?;
            return Ok((Vec::new(), json!({})));
        };
        refuse_routed(machine, number)?;
        let mut machine = machine.clone();
        machine.versions.retain(|version| version.number != number);
        Ok((vec![Change::Put(reference.key.clone(), Row::Machine(machine))], json!({})))
    });
    deleted.await
}

/// A version that an alias leads to is not deleted.
fn refuse_routed(machine: &Machine, number: u64) -> Result<(), ServiceError> {
    let leads_there = |alias: &&Alias| alias.routes.iter().any(|route| route.version == number);
    let names: Vec<&str> = machine.aliases.iter().filter(leads_there).map(|alias| alias.name.as_str()).collect();
    if names.is_empty() {
        return Ok(());
    }
    let message = format!(
        "Version to be deleted must not be referenced by an alias. Current list of aliases referencing this version: [{}]",
        names.join(", ")
    );
    Err(ServiceError::bad_request("ConflictException", message))
}

fn item(machine: &Machine, version: &Version) -> Value {
    json!({
        "stateMachineVersionArn": machine.version_arn(version.number),
        "creationDate": seconds(version.created_at),
    })
}
