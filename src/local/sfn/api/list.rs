//! ListStateMachines and ListExecutions.

use std::cmp::Reverse;
use std::sync::Arc;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{Answer, page};
use crate::local::Cloud;
use crate::local::error::ServiceError;
use crate::local::http::Request;
use crate::local::sfn::execution::Summary;
use crate::local::sfn::machine::{Machine, Row, seconds};
use crate::local::sfn::names::MachineReference;
use crate::local::sfn::refusal::{self, validation};

/// The states a list can be narrowed to, in the order of AWS's own message.
const STATUSES: [&str; 6] = ["SUCCEEDED", "TIMED_OUT", "PENDING_REDRIVE", "ABORTED", "FAILED", "RUNNING"];

/// The longest tokens (API model, `PageToken` and `ListExecutionsPageToken`).
const MAX_TOKEN: usize = 1024;
const MAX_EXECUTIONS_TOKEN: usize = 3096;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ListMachines {
    max_results: Option<i64>,
    next_token: Option<String>,
}

/// By name, as AWS lists them.
pub(super) fn machines(cloud: &Arc<Cloud>, request: &Request) -> Answer {
    let input: ListMachines = request.json()?;
    let size = refusal::page_size(input.max_results)?;
    let after: Option<String> = page::place(input.next_token.as_deref(), MAX_TOKEN)?;
    let prefix = request.region().key("");
    let mut machines: Vec<Machine> = cloud.step_functions.records.read(|rows| {
        let here = rows.range(prefix.clone()..).take_while(|(key, _)| key.starts_with(&prefix));
        here.filter_map(|(_, row)| match row {
            Row::Machine(machine) => Some(machine.clone()),
            Row::Revision(_) => None,
        })
        .filter(|machine| after.as_ref().is_none_or(|after| machine.name > *after))
        .collect()
    });
    machines.sort_by(|one, other| one.name.cmp(&other.name));
    let more = machines.len() > size;
    machines.truncate(size);
    let shown: Vec<Value> = machines
        .iter()
        .map(|machine| {
            json!({
                "stateMachineArn": machine.arn(),
                "name": machine.name,
                "type": "STANDARD",
                "creationDate": seconds(machine.created_at),
            })
        })
        .collect();
    let mut answer = json!({ "stateMachines": shown });
    if let (true, Some(last)) = (more, machines.last()) {
        answer["nextToken"] = json!(page::token(&last.name)?);
    }
    Ok(answer)
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ListExecutions {
    state_machine_arn: Option<String>,
    map_run_arn: Option<String>,
    status_filter: Option<String>,
    redrive_filter: Option<String>,
    max_results: Option<i64>,
    next_token: Option<String>,
}

/// Newest first.
pub(super) fn executions(cloud: &Arc<Cloud>, request: &Request) -> Answer {
    let input: ListExecutions = request.json()?;
    let size = refusal::page_size(input.max_results)?;
    let place: Option<(Timestamp, u64)> = page::place(input.next_token.as_deref(), MAX_EXECUTIONS_TOKEN)?;
    if let Some(status) = &input.status_filter {
        refusal::one_of(status, "statusFilter", &STATUSES)?;
    }
    let reference = reference(&input)?;
    let missing = || refusal::machine_missing(&reference.arn);
    let machine = cloud.step_functions.machine(&reference.key).ok_or_else(missing)?;
    let version = match &reference.qualifier {
        Some(qualifier) => Some(machine.version(qualifier).ok_or_else(missing)?.number),
        None => None,
    };
    let wanted = |summary: &Summary| {
        input.status_filter.as_deref().is_none_or(|status| status == summary.status.api_name())
            && version.is_none_or(|number| summary.version == Some(number))
    };
    let place = place.map(|(started_at, sequence)| (Reverse(started_at), Reverse(sequence)));
    let mut found: Vec<(String, Summary)> = {
        let index = cloud.step_functions.index();
        let all = index.after(&reference.key, place).filter(|(_, summary)| wanted(summary));
        all.take(size + 1).map(|(name, summary)| (name.to_owned(), summary.clone())).collect()
    };
    let more = found.len() > size;
    found.truncate(size);
    let shown: Vec<Value> = found.iter().map(|(name, summary)| item(&machine, name, summary)).collect();
    let mut answer = json!({ "executions": shown });
    if let (true, Some((_, last))) = (more, found.last()) {
        answer["nextToken"] = json!(page::token(&(last.started_at, last.sequence))?);
    }
    Ok(answer)
}

fn reference(input: &ListExecutions) -> Result<MachineReference, ServiceError> {
    if input.map_run_arn.is_some() {
        return Err(ServiceError::not_implemented("states:ListExecutions of a Map Run"));
    }
    if input.redrive_filter.is_some() {
        return Err(ServiceError::not_implemented("states:ListExecutions with a redriveFilter"));
    }
    match &input.state_machine_arn {
        Some(arn) => MachineReference::parse(arn),
        None => Err(validation("Either a state machine ARN or a Map Run ARN must be specified")),
    }
}

fn item(machine: &Machine, name: &str, summary: &Summary) -> Value {
    let mut item = Map::new();
    item.insert("executionArn".into(), json!(machine.execution_arn(name)));
    item.insert("stateMachineArn".into(), json!(machine.arn()));
    item.insert("name".into(), json!(name));
    item.insert("status".into(), json!(summary.status.api_name()));
    item.insert("startDate".into(), seconds(summary.started_at));
    if let Some(stopped_at) = summary.stopped_at {
        item.insert("stopDate".into(), seconds(stopped_at));
    }
    if let Some(version) = summary.version {
        item.insert("stateMachineVersionArn".into(), json!(machine.version_arn(version)));
    }
    item.insert("redriveCount".into(), json!(0));
    Value::Object(item)
}
