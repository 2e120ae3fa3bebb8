//! An execution as `DescribeExecution` answers it.

use asl::{Failure, Outcome, Status};
use serde_json::{Map, Value, json};

use crate::rows::execution::{ExecutionKey, ExecutionRow, ExecutionState};
use crate::rows::machine::seconds;

/// An execution as `DescribeExecution` answers it, with its payloads or without.
pub(crate) fn describe_row(key: &ExecutionKey, row: &ExecutionRow, included: bool) -> Map<String, Value> {
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
        ExecutionState::Ended { input, outcome } => {
            data(&mut answer, "input", input, included);
            ended(&mut answer, outcome, included);
        }
    }
    redrive(&mut answer, row.head.status);
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

/// Whether `RedriveExecution` could continue it on AWS.
fn redrive(answer: &mut Map<String, Value>, status: Status) {
    answer.insert("redriveCount".into(), json!(0));
    if matches!(status, Status::Running | Status::Succeeded) {
        let reason = format!("Execution is {} and cannot be redriven", status.api_name());
        answer.insert("redriveStatus".into(), json!("NOT_REDRIVABLE"));
        answer.insert("redriveStatusReason".into(), json!(reason));
    } else {
        answer.insert("redriveStatus".into(), json!("REDRIVABLE"));
    }
}
