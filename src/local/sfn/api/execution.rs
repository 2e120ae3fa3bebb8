//! DescribeExecution and StopExecution.

use std::sync::Arc;

use asl::{Failure, Outcome, Status};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::Answer;
use crate::local::Cloud;
use crate::local::http::Request;
use crate::local::sfn::driver::Message;
use crate::local::sfn::execution::{ExecutionKey, ExecutionRow, Stage};
use crate::local::sfn::machine::seconds;
use crate::local::sfn::names::ExecutionReference;
use crate::local::sfn::refusal;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Describe {
    execution_arn: String,
    included_data: Option<String>,
}

pub(super) fn describe(cloud: &Arc<Cloud>, request: &Request) -> Answer {
    let input: Describe = request.json()?;
    let reference = ExecutionReference::parse(&input.execution_arn)?;
    let included = refusal::wants_data(input.included_data.as_deref())?;
    let missing = || refusal::execution_missing(&reference.arn);
    cloud.step_functions.machine(&reference.machine).ok_or_else(missing)?;
    let key = ExecutionKey::new(&reference.machine, &reference.name);
    let row = cloud.step_functions.row(cloud, &key)?.ok_or_else(missing)?;
    Ok(Value::Object(describe_row(&key, &row, included)))
}

/// An execution as `DescribeExecution` answers it, with its payloads or without.
pub(in crate::local::sfn) fn describe_row(
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
    answer.insert("status".into(), json!(row.summary.status.api_name()));
    answer.insert("startDate".into(), seconds(row.summary.started_at));
    if let Some(stopped_at) = row.summary.stopped_at {
        answer.insert("stopDate".into(), seconds(stopped_at));
    }
    if let Some(version) = row.summary.version {
        answer.insert("stateMachineVersionArn".into(), json!(format!("{machine_arn}:{version}")));
    }
    if let Some(item) = &row.item {
        answer.insert("mapRunArn".into(), json!(item.map_run_arn));
    }
    if let Some(alias) = &row.summary.alias {
        answer.insert("stateMachineAliasArn".into(), json!(format!("{machine_arn}:{alias}")));
    }
    match &row.stage {
        Stage::Running(execution) => data(&mut answer, "input", execution.input(), included),
        Stage::Ended { input, outcome } => {
            data(&mut answer, "input", input, included);
            ended(&mut answer, outcome, included);
        }
    }
    redrive(&mut answer, row.summary.status);
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

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Stop {
    execution_arn: String,
    error: Option<String>,
    cause: Option<String>,
}

/// Stops an execution; one that has ended already is answered with the moment at which it did.
pub(super) async fn stop(cloud: &Arc<Cloud>, request: &Request) -> Answer {
    let input: Stop = request.json()?;
    let reference = ExecutionReference::parse(&input.execution_arn)?;
    refusal::at_most(input.error.as_deref().unwrap_or_default(), "error", 256)?;
    refusal::at_most(input.cause.as_deref().unwrap_or_default(), "cause", 32_768)?;
    if cloud.step_functions.index().get(&reference.machine, &reference.name).is_none() {
        return Err(refusal::execution_missing(&reference.arn));
    }
    let key = ExecutionKey::new(&reference.machine, &reference.name);
    let stop = |reply| Message::Stop { error: input.error, cause: input.cause, reply: Some(reply) };
    let stopped_at = cloud.step_functions.driver.ask(cloud, &key, stop).await?;
    Ok(json!({ "stopDate": seconds(stopped_at) }))
}
