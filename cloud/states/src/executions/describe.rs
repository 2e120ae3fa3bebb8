//! An execution as `DescribeExecution` answers it.

use asl::{Failure, Outcome};
use serde_json::{Map, Value, json};

use super::redrive;
use crate::rows::execution::{ExecutionKey, ExecutionRow, ExecutionState};
use crate::rows::machine::seconds;
use crate::states::States;

/// An execution as `DescribeExecution` answers it, with its payloads or without.
pub(crate) fn describe_row(
    states: &States,
    key: &ExecutionKey,
    row: &ExecutionRow,
    included: bool,
) -> Map<String, Value> {
    let (_, name) = key.parts();
    let machine_arn = key.machine_arn();
    let mut answer = Map::new();
    answer.insert("executionArn".into(), json!(key.arn()));
    answer.insert("stateMachineArn".into(), json!(machine_arn));
    answer.insert("name".into(), json!(name));
    answer.insert("status".into(), json!(row.head.status.api_name()));
    answer.insert("startDate".into(), seconds(row.head.started_at));
    if let Some(stopped_at) = row.head.stopped_at {
        answer.insert("stopDate".into(), seconds(stopped_at));
    }
    if let Some(version) = row.head.version {
        answer.insert("stateMachineVersionArn".into(), json!(format!("{machine_arn}:{version}")));
    }
    if let Some(child) = &row.map_child {
        answer.insert("mapRunArn".into(), json!(child.map_run_arn));
    }
    if let Some(alias) = &row.head.alias {
        answer.insert("stateMachineAliasArn".into(), json!(format!("{machine_arn}:{alias}")));
    }
    match &row.state {
        ExecutionState::Running(execution) => data(&mut answer, "input", execution.input(), included),
        ExecutionState::Ended(end) => {
            data(&mut answer, "input", &end.input, included);
            ended(&mut answer, &end.outcome, included);
        }
    }
    redrive::describe(states, key, row, &mut answer);
    answer
}

fn ended(answer: &mut Map<String, Value>, outcome: &Outcome, included: bool) {
    match outcome {
        Outcome::Succeeded { output } => data(answer, "output", output, included),
        Outcome::Failed(failure) | Outcome::Aborted(failure) if included => failed(answer, failure),
        Outcome::Failed(_) | Outcome::Aborted(_) | Outcome::TimedOut => {}
    }
}

fn data(answer: &mut Map<String, Value>, member: &str, json_text: &str, included: bool) {
    if included {
        answer.insert(member.into(), json!(json_text));
    }
    answer.insert(format!("{member}Details"), json!({ "included": included }));
}

fn failed(answer: &mut Map<String, Value>, failure: &Failure) {
    for (member, text) in [("error", &failure.error), ("cause", &failure.cause)] {
        if let Some(text) = text {
            answer.insert(member.into(), json!(text));
        }
    }
}
