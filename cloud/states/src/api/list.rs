//! ListStateMachines and ListExecutions.

use std::ops::Bound;
use std::sync::Arc;

use cloud_core::{Page, Request, ServiceError};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::answer::Answer;
use super::page;
use crate::executions::{self, ListFilter, PENDING_REDRIVE};
use crate::rows::execution::{ExecutionHead, ExecutionKey};
use crate::rows::machine::{Kind, Row, seconds};
use crate::states::States;
use crate::wire::errors::{self, validation};
use crate::wire::names::{MachineReference, MapRunReference};

/// A filter for executions that were redriven.
const REDRIVEN: &str = "REDRIVEN";

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ListMachines {
    max_results: Option<usize>,
    next_token: Option<String>,
}

/// By name, as AWS lists them.
pub(crate) async fn machines(states: &Arc<States>, request: &Request) -> Answer {
    let input: ListMachines = request.json()?;
    let size = errors::page_size(input.max_results);
    let after: Option<String> = page::place(input.next_token.as_deref())?;
    let prefix = request.location().key("");
    let after = after.map(|name| request.location().key(&name));
    let machines = states.machines.read(|rows| {
        let from = after.map_or_else(|| Bound::Included(prefix.clone()), Bound::Excluded);
        let here = rows.range((from, Bound::Unbounded)).take_while(|(key, _)| key.starts_with(&prefix));
        let machines = here.filter_map(|(_, row)| match row {
            Row::Machine(machine) => Some(machine.clone()),
            Row::Revision(_) => None,
        });
        Page::take(machines, size)
    });
    let shown: Vec<Value> = machines
        .items
        .iter()
        .map(|machine| {
            json!({
                "stateMachineArn": machine.arn(),
                "name": machine.name,
                "type": machine.kind.api_name(),
                "creationDate": seconds(machine.created_at),
            })
        })
        .collect();
    let mut answer = json!({ "stateMachines": shown });
    if let Some(last) = machines.last_before_more() {
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
    max_results: Option<usize>,
    next_token: Option<String>,
}

/// The latest first: by the end of what has ended, and the start or redrive of what runs.
pub(crate) async fn executions(states: &Arc<States>, request: &Request) -> Answer {
    let input: ListExecutions = request.json()?;
    let size = errors::page_size(input.max_results);
    let place: Option<(Timestamp, u64)> = page::place(input.next_token.as_deref())?;
    let filter = filter(states, request, &input)?;
    let page = executions::list(states, &filter, place, size)?;
    let map_run_arn = input.map_run_arn.as_deref();
    let shown: Vec<Value> = page.items.iter().map(|(name, head)| item(&filter, name, head, map_run_arn)).collect();
    let mut answer = json!({ "executions": shown });
    if let Some((_, last)) = page.last_before_more() {
        answer["nextToken"] = json!(page::token(&(last.listed_at(), last.sequence))?);
    }
    Ok(answer)
}

/// Which executions are asked for.
fn filter(states: &States, request: &Request, input: &ListExecutions) -> Result<ListFilter, ServiceError> {
    let is_pending = input.status_filter.as_deref() == Some(PENDING_REDRIVE);
    if is_pending && input.map_run_arn.is_none() {
        // The text is ours.
        return Err(validation("A statusFilter of PENDING_REDRIVE needs a Map Run ARN"));
    }
    if input.redrive_filter.is_some() && input.map_run_arn.is_none() {
        // "If you provide a state machine ARN in redriveFilter, the API returns a validation exception" (API reference,
        // ListExecutions). The text is ours.
        return Err(validation("A redriveFilter needs a Map Run ARN"));
    }
    let filter = match (&input.state_machine_arn, &input.map_run_arn) {
        (Some(_), Some(_)) => {
            return Err(validation("Only one of a state machine ARN and a Map Run ARN can be specified"));
        }
        (None, None) => return Err(validation("Either a state machine ARN or a Map Run ARN must be specified")),
        (Some(arn), None) => of_machine(states, &MachineReference::of(request, arn)?)?,
        (None, Some(arn)) => {
            let run = MapRunReference::of(request, arn)?;
            let row = super::map_run::find(states, &run)?;
            let pending_redrive = super::map_run::pending_redrive(states, &row)?;
            ListFilter { machine: run.machine, map_run: Some(run.id), pending_redrive, ..ListFilter::default() }
        }
    };
    let redriven = input.redrive_filter.as_deref().map(|filter| filter == REDRIVEN);
    Ok(ListFilter { status: input.status_filter.clone(), redriven, ..filter })
}

fn of_machine(states: &States, reference: &MachineReference) -> Result<ListFilter, ServiceError> {
    let missing = || states.no_machine(&reference.key, || errors::machine_missing(&reference.arn));
    states.with_machine(&reference.key, |machine| {
        let machine = machine.ok_or_else(missing)?;
        if machine.kind == Kind::Express {
            return Err(errors::wrong_type());
        }
        let alias = reference.qualifier.clone().filter(|qualifier| machine.alias(qualifier).is_some());
        let version = match &reference.qualifier {
            Some(qualifier) if alias.is_none() => Some(machine.version(qualifier).ok_or_else(missing)?.number),
            _ => None,
        };
        Ok(ListFilter { machine: reference.key.clone(), version, alias, ..ListFilter::default() })
    })
}

/// The resource of ListExecutions: the state machine, or the Map Run.
pub(crate) fn resource(request: &Request) -> Option<String> {
    request.member("stateMachineArn").or_else(|| request.member("mapRunArn"))
}

fn item(filter: &ListFilter, name: &str, head: &ExecutionHead, map_run_arn: Option<&str>) -> Value {
    let key = ExecutionKey::new(&filter.machine, name);
    let machine_arn = key.machine_arn();
    let mut item = Map::new();
    item.insert("executionArn".into(), json!(if head.is_express { key.express_arn() } else { key.arn() }));
    item.insert("stateMachineArn".into(), json!(machine_arn));
    if let Some(arn) = map_run_arn {
        item.insert("mapRunArn".into(), json!(arn));
        item.insert("itemCount".into(), json!(head.items.unwrap_or(1)));
    }
    item.insert("name".into(), json!(name));
    item.insert("status".into(), json!(filter.status(name, head)));
    item.insert("startDate".into(), seconds(head.started_at));
    if let Some(stopped_at) = head.stopped_at {
        item.insert("stopDate".into(), seconds(stopped_at));
    }
    if let Some(version) = head.version {
        item.insert("stateMachineVersionArn".into(), json!(format!("{machine_arn}:{version}")));
    }
    if let Some(alias) = &head.alias {
        item.insert("stateMachineAliasArn".into(), json!(format!("{machine_arn}:{alias}")));
    }
    item.insert("redriveCount".into(), json!(head.redrive_count()));
    if let Some(redriven) = &head.redriven {
        item.insert("redriveDate".into(), seconds(redriven.at));
    }
    Value::Object(item)
}
