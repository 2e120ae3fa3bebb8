//! ListStateMachines and ListExecutions.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::sync::Arc;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{Answer, page};
use crate::local::Cloud;
use crate::local::error::ServiceError;
use crate::local::http::Request;
use crate::local::past::View;
use crate::local::sfn::execution::{ExecutionKey, Summary};
use crate::local::sfn::machine::{Kind, Machine, Row, seconds};
use crate::local::sfn::names::{MachineReference, MapRunReference};
use crate::local::sfn::refusal::{self, validation};

/// The states a list can be narrowed to, in the order of AWS's own message.
const STATUSES: [&str; 6] = ["SUCCEEDED", "TIMED_OUT", "PENDING_REDRIVE", "ABORTED", "FAILED", "RUNNING"];

/// The longest token of a list of executions (API model, `ListExecutionsPageToken`).
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
    let after: Option<String> = page::place(input.next_token.as_deref(), page::MAX_TOKEN)?;
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
                "type": machine.kind.api_name(),
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
    let listed = Listed::of(cloud, &input)?;
    let wanted = |summary: &Summary| {
        input.status_filter.as_deref().is_none_or(|status| status == summary.status.api_name())
            && listed.version.is_none_or(|number| summary.version == Some(number))
            && listed.alias.as_deref().is_none_or(|alias| summary.alias.as_deref() == Some(alias))
            && listed.map_run.as_deref().is_none_or(|id| summary.map_run.as_deref() == Some(id))
    };
    let place = place.map(|(started_at, sequence)| (Reverse(started_at), Reverse(sequence)));
    let mut found: Vec<(String, Summary)> = {
        let index = cloud.step_functions.index();
        let as_of = View::as_of();
        let seen = index.after(&listed.key, place).filter_map(|(name, summary)| Some((name, seen(summary, as_of)?)));
        let all = seen.filter(|(_, summary)| wanted(summary));
        all.take(size + 1).map(|(name, summary)| (name.to_owned(), summary.into_owned())).collect()
    };
    let more = found.len() > size;
    found.truncate(size);
    let map_run_arn = input.map_run_arn.as_deref();
    let shown: Vec<Value> = found.iter().map(|(name, summary)| item(&listed.key, name, summary, map_run_arn)).collect();
    let mut answer = json!({ "executions": shown });
    if let (true, Some((_, last))) = (more, found.last()) {
        answer["nextToken"] = json!(page::token(&(last.started_at, last.sequence))?);
    }
    Ok(answer)
}

/// An execution as a list shows it that tells of a moment: those that had not begun are not in it.
fn seen(summary: &Summary, as_of: Option<Timestamp>) -> Option<Cow<'_, Summary>> {
    let Some(moment) = as_of else {
        return Some(Cow::Borrowed(summary));
    };
    if summary.started_at > moment {
        return None;
    }
    if summary.stopped_at.is_none_or(|stopped_at| stopped_at <= moment) {
        return Some(Cow::Borrowed(summary));
    }
    Some(Cow::Owned(Summary { status: asl::Status::Running, stopped_at: None, ..summary.clone() }))
}

/// Whose executions are listed.
struct Listed {
    /// The machine's key, or that of its Map Runs' children.
    key: String,
    version: Option<u64>,
    alias: Option<String>,
    map_run: Option<String>,
}

impl Listed {
    fn of(cloud: &Cloud, input: &ListExecutions) -> Result<Self, ServiceError> {
        if input.redrive_filter.is_some() {
            return Err(ServiceError::not_implemented("states:ListExecutions with a redriveFilter"));
        }
        match (&input.state_machine_arn, &input.map_run_arn) {
            (Some(_), Some(_)) => Err(validation("Only one of a state machine ARN and a Map Run ARN can be specified")),
            (None, None) => Err(validation("Either a state machine ARN or a Map Run ARN must be specified")),
            (Some(arn), None) => Self::of_machine(cloud, &MachineReference::parse(arn)?),
            (None, Some(arn)) => {
                let run = MapRunReference::parse(arn)?;
                super::map_run::find(cloud, &run)?;
                Ok(Self { key: run.machine, version: None, alias: None, map_run: Some(run.id) })
            }
        }
    }

    fn of_machine(cloud: &Cloud, reference: &MachineReference) -> Result<Self, ServiceError> {
        let missing = || refusal::machine_missing(&reference.arn);
        let machine = cloud.step_functions.machine(&reference.key).ok_or_else(missing)?;
        if machine.kind == Kind::Express {
            return Err(refusal::wrong_type());
        }
        let alias = reference.qualifier.clone().filter(|qualifier| machine.alias(qualifier).is_some());
        let version = match &reference.qualifier {
            Some(qualifier) if alias.is_none() => Some(machine.version(qualifier).ok_or_else(missing)?.number),
            _ => None,
        };
        Ok(Self { key: reference.key.clone(), version, alias, map_run: None })
    }
}

fn item(machine: &str, name: &str, summary: &Summary, map_run_arn: Option<&str>) -> Value {
    let key = ExecutionKey::new(machine, name);
    let machine_arn = key.machine_arn();
    let mut item = Map::new();
    item.insert("executionArn".into(), json!(key.arn()));
    item.insert("stateMachineArn".into(), json!(machine_arn));
    if let Some(arn) = map_run_arn {
        item.insert("mapRunArn".into(), json!(arn));
    }
    item.insert("name".into(), json!(name));
    item.insert("status".into(), json!(summary.status.api_name()));
    item.insert("startDate".into(), seconds(summary.started_at));
    if let Some(stopped_at) = summary.stopped_at {
        item.insert("stopDate".into(), seconds(stopped_at));
    }
    if let Some(version) = summary.version {
        item.insert("stateMachineVersionArn".into(), json!(format!("{machine_arn}:{version}")));
    }
    if let Some(alias) = &summary.alias {
        item.insert("stateMachineAliasArn".into(), json!(format!("{machine_arn}:{alias}")));
    }
    item.insert("redriveCount".into(), json!(0));
    Value::Object(item)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_that_lags_shows_executions_as_they_were() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let summary = Summary {
            status: asl::Status::Succeeded,
            started_at: at(10),
            stopped_at: Some(at(20)),
            revision: 0,
            version: None,
            alias: None,
            map_run: None,
            sequence: 1,
        };
        let status = |as_of| seen(&summary, as_of).map(|seen| (seen.status, seen.stopped_at));
        assert_eq!(status(Some(at(9))), None);
        assert_eq!(status(Some(at(10))), Some((asl::Status::Running, None)));
        assert_eq!(status(Some(at(20))), Some((asl::Status::Succeeded, Some(at(20)))));
        assert_eq!(status(None), status(Some(at(20))));
    }
}
