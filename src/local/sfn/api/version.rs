//! PublishStateMachineVersion, ListStateMachineVersions and DeleteStateMachineVersion.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::{Value, json};

use super::{Answer, page};
use crate::local::Cloud;
use crate::local::error::ServiceError;
use crate::local::http::Request;
use crate::local::records::Change;
use crate::local::sfn::machine::{Alias, Machine, Revision, Row, Version, seconds};
use crate::local::sfn::names::MachineReference;
use crate::local::sfn::refusal;

/// The longest token (API model, `PageToken`).
const MAX_TOKEN: usize = 1024;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Publish {
    state_machine_arn: String,
    revision_id: Option<String>,
    description: Option<String>,
}

/// Publishes the current revision; the same version again when it is published already.
pub(super) async fn publish(cloud: &Arc<Cloud>, request: &Request) -> Answer {
    let input: Publish = request.json()?;
    let reference = MachineReference::parse(&input.state_machine_arn)?;
    let missing = || refusal::machine_missing(&reference.arn);
    refusal::at_most(input.description.as_deref().unwrap_or_default(), "description", 256)?;
    let published = cloud.step_functions.records.change(|rows| {
        let Some(Row::Machine(machine)) = rows.get(&reference.key).filter(|_| reference.qualifier.is_none()) else {
            return Err(missing());
        };
        let current = match rows.get(&Revision::key(&reference.key, machine.revision)) {
            Some(Row::Revision(revision)) => revision.id.as_deref().unwrap_or("INITIAL"),
            _ => return Err(missing()),
        };
        if input.revision_id.as_deref().is_some_and(|expected| expected != current) {
            let message = "The current State Machine revision id does not match the one that was specified.";
            return Err(ServiceError::bad_request("ConflictException", message));
        }
        let mut machine = machine.clone();
        let version = machine.publish(input.description, request.received_at);
        let answer = item(&machine, &version);
        Ok((vec![Change::Put(reference.key.clone(), Row::Machine(machine))], answer))
    });
    published.await
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct List {
    state_machine_arn: String,
    max_results: Option<i64>,
    next_token: Option<String>,
}

/// Newest first.
pub(super) fn list(cloud: &Arc<Cloud>, request: &Request) -> Answer {
    let input: List = request.json()?;
    let reference = MachineReference::parse(&input.state_machine_arn)?;
    let size = refusal::page_size(input.max_results)?;
    let before: Option<u64> = page::place(input.next_token.as_deref(), MAX_TOKEN)?;
    let machine =
        cloud.step_functions.machine(&reference.key).ok_or_else(|| refusal::machine_missing(&reference.arn))?;
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
pub(super) async fn delete(cloud: &Arc<Cloud>, request: &Request) -> Answer {
    let input: Delete = request.json()?;
    let reference = MachineReference::parse(&input.state_machine_version_arn)?;
    let deleted = cloud.step_functions.records.change(|rows| {
        let Some(Row::Machine(machine)) = rows.get(&reference.key) else {
            return Ok((Vec::new(), json!({})));
        };
        refuse_routed(machine, reference.qualifier.as_deref())?;
        let mut machine = machine.clone();
        let named = |version: &Version| reference.qualifier.as_deref() == Some(version.number.to_string().as_str());
        machine.versions.retain(|version| !named(version));
        Ok((vec![Change::Put(reference.key.clone(), Row::Machine(machine))], json!({})))
    });
    deleted.await
}

/// A version that an alias leads to is not deleted.
fn refuse_routed(machine: &Machine, version: Option<&str>) -> Result<(), ServiceError> {
    let number = version.and_then(|version| version.parse::<u64>().ok());
    let leads_there = |alias: &&Alias| alias.routes.iter().any(|route| Some(route.version) == number);
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
