//! DescribeMapRun, ListMapRuns and UpdateMapRun.

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::sync::Arc;

use asl::{Input, MapRunCounts, MapRunSummary};
use cloud_core::{Request, ServiceError};
use cloud_store::Range;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::answer::Answer;
use super::page;
use crate::driver::Message;
use crate::rows::MAP_RUNS;
use crate::rows::execution::{ExecutionKey, ExecutionState, MapRunRow};
use crate::rows::machine::seconds;
use crate::states::States;
use crate::wire::errors::{self, validation};
use crate::wire::names::{ExecutionReference, MapRunReference};

/// A Map Run, as far as it is now.
pub(crate) fn find(states: &States, reference: &MapRunReference) -> Result<MapRunRow, ServiceError> {
    let key = ExecutionKey::new(&reference.machine, &reference.id).row();
    let row = states.store.get(MAP_RUNS, &key)?.ok_or_else(|| errors::resource_missing(&reference.arn))?;
    latest(states, row)
}

/// A Map Run under way is in the execution that runs it; one that has ended stays as it was.
fn latest(states: &States, row: MapRunRow) -> Result<MapRunRow, ServiceError> {
    if row.summary.status != asl::Status::Running {
        return Ok(row);
    }
    let execution = states.execution(&row.execution)?;
    let live = match execution.map(|execution| execution.state) {
        Some(ExecutionState::Running(execution)) => execution.map_runs().find(|run| run.arn == row.summary.arn),
        _ => None,
    };
    Ok(MapRunRow { summary: live.unwrap_or_else(|| row.summary.clone()), ..row })
}

/// The children of a Map Run that wait to be redriven, by name.
pub(crate) fn pending_redrive(states: &States, row: &MapRunRow) -> Result<BTreeSet<String>, ServiceError> {
    if row.summary.executions.pending_redrive == 0 {
        return Ok(BTreeSet::new());
    }
    let execution = states.execution(&row.execution)?.map(|execution| execution.state);
    let Some(ExecutionState::Running(execution)) = execution else { return Ok(BTreeSet::new()) };
    Ok(execution.children_to_redrive(row.summary.id).map(str::to_owned).collect())
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Describe {
    map_run_arn: String,
}

pub(crate) async fn describe(states: &Arc<States>, request: &Request) -> Answer {
    let reference = MapRunReference::of(request, &request.json::<Describe>()?.map_run_arn)?;
    let row = find(states, &reference)?;
    let run = &row.summary;
    let mut answer = Map::new();
    answer.insert("mapRunArn".into(), json!(run.arn));
    answer.insert("executionArn".into(), json!(row.execution.arn()));
    answer.insert("status".into(), json!(run.status.api_name()));
    answer.insert("startDate".into(), seconds(run.started_at));
    if let Some(stopped_at) = run.stopped_at {
        answer.insert("stopDate".into(), seconds(stopped_at));
    }
    answer.insert("maxConcurrency".into(), json!(run.max_concurrency));
    answer.insert("toleratedFailurePercentage".into(), json!(run.tolerated_failure_percentage));
    answer.insert("toleratedFailureCount".into(), json!(run.tolerated_failure_count));
    answer.insert("itemCounts".into(), counts(&run.items));
    answer.insert("executionCounts".into(), counts(&run.executions));
    answer.insert("redriveCount".into(), json!(run.redrive_count));
    if let Some(redriven_at) = run.redriven_at {
        answer.insert("redriveDate".into(), seconds(redriven_at));
    }
    Ok(Value::Object(answer))
}

fn counts(counts: &MapRunCounts) -> Value {
    json!({
        "pending": counts.pending,
        "running": counts.running,
        "succeeded": counts.succeeded,
        "failed": counts.failed,
        "timedOut": counts.timed_out,
        "aborted": counts.aborted,
        "total": counts.total,
        "resultsWritten": counts.results_written,
        "failuresNotRedrivable": counts.failures_not_redrivable,
        "pendingRedrive": counts.pending_redrive,
    })
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct List {
    execution_arn: String,
    max_results: Option<usize>,
    next_token: Option<String>,
}

/// The Map Runs of an execution, newest first.
pub(crate) async fn list(states: &Arc<States>, request: &Request) -> Answer {
    let input: List = request.json()?;
    let reference = ExecutionReference::of(request, &input.execution_arn)?;
    let size = errors::page_size(input.max_results);
    let after: usize = page::place(input.next_token.as_deref())?.unwrap_or(0);
    let key = ExecutionKey::new(&reference.machine, &reference.name);
    if !states.has_execution(&key)? {
        return Err(errors::execution_missing(&reference.arn));
    }
    let mut runs: Vec<MapRunSummary> = Vec::new();
    let prefix = format!("{}:", reference.machine);
    states.store.snapshot()?.scan_tolerant::<MapRunRow>(MAP_RUNS, Range::prefix(&prefix), |row_key, row| {
        match row {
            Ok(row) if row.execution == key => runs.push(row.summary),
            Ok(_) => {}
            Err(reason) => states.unreadable.note(MAP_RUNS, row_key, &reason),
        }
        ControlFlow::Continue(())
    })?;
    runs.sort_by_key(|run| std::cmp::Reverse((run.started_at, run.id)));
    let shown: Vec<Value> = runs.iter().skip(after).take(size).map(|run| item(&key, run)).collect();
    let mut answer = json!({ "mapRuns": shown });
    if runs.len() > after + size {
        answer["nextToken"] = json!(page::token(&(after + size))?);
    }
    Ok(answer)
}

fn item(execution: &ExecutionKey, run: &MapRunSummary) -> Value {
    let machine = run.arn.rsplit_once(':').map_or(&*run.arn, |(start, _)| start);
    let mut item = json!({
        "executionArn": execution.arn(),
        "mapRunArn": run.arn,
        "stateMachineArn": machine.replacen(":mapRun:", ":stateMachine:", 1),
        "startDate": seconds(run.started_at),
    });
    if let Some(stopped_at) = run.stopped_at {
        item["stopDate"] = seconds(stopped_at);
    }
    item
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Update {
    map_run_arn: String,
    max_concurrency: Option<u64>,
    tolerated_failure_count: Option<u64>,
    tolerated_failure_percentage: Option<f64>,
}

/// Changes the limits of a Map Run under way; what the request leaves out stays.
pub(crate) async fn update(states: &Arc<States>, request: &Request) -> Answer {
    let input: Update = request.json()?;
    if input.tolerated_failure_percentage.is_some_and(|percentage| !(0.0..=100.0).contains(&percentage)) {
        return Err(validation("toleratedFailurePercentage must be between 0 and 100"));
    }
    let row = find(states, &MapRunReference::of(request, &input.map_run_arn)?)?;
    let change = Input::UpdateMapRun {
        map_run: row.summary.id,
        max_concurrency: input.max_concurrency,
        tolerated_failure_count: input.tolerated_failure_count,
        tolerated_failure_percentage: input.tolerated_failure_percentage,
    };
    let driver = &states.driver;
    let taken = driver.ask(&row.execution, |reply| Message::Tell(change, reply)).await?;
    if taken {
        return Ok(json!({}));
    }
    Err(validation(format!("The Map Run {} has ended; its limits can no longer be changed.", input.map_run_arn)))
}
