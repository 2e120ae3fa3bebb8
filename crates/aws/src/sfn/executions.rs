//! Executions of state machines: listed, described, read back, stopped.

use aws_sdk_sfn::types::{ExecutionListItem, ExecutionStatus};
use jiff::Timestamp;
use serde::Serialize;

use crate::client::connect::Aws;
use crate::error::{AwsError, or_absent};
use crate::retry::Patience;
use crate::sfn::history::HistoryEvent;
pub use crate::sfn::past::past_events;
use crate::sfn::timestamp::timestamp;
use model::names::Arn;

const SERVICE: &str = "Step Functions";

/// How many events one call of GetExecutionHistory may answer (its documented maximum).
const HISTORY_PAGE: i32 = 1000;

/// How an execution stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Status {
    /// It runs or waits.
    Running,
    /// It reached its end.
    Succeeded,
    /// It ended in an error that nothing caught.
    Failed,
    /// It took longer than it may.
    TimedOut,
    /// Somebody stopped it.
    Aborted,
    /// It failed and is to be run again from there.
    PendingRedrive,
    /// A status that did not exist when this program was written.
    Unknown,
}

/// One execution, as a list shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Execution {
    /// Its ARN.
    #[serde(serialize_with = "as_text")]
    pub execution_arn: Arn,
    /// The ARN of its state machine.
    #[serde(serialize_with = "as_text")]
    pub state_machine_arn: Arn,
    /// Its name.
    pub name: String,
    /// How it stands.
    pub status: Status,
    /// When it began.
    pub start_date: Timestamp,
    /// When it ended, if it has.
    pub stop_date: Option<Timestamp>,
    /// How often it was redriven.
    pub redrive_count: i32,
    /// When it was redriven last, if it was.
    pub redrive_date: Option<Timestamp>,
}

/// One execution with what went in and came out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ExecutionDetail {
    /// What a list shows of it.
    #[serde(flatten)]
    pub execution: Execution,
    /// Its input, as JSON text.
    pub input: Option<String>,
    /// Its output, as JSON text, when it succeeded.
    pub output: Option<String>,
    /// The error's name, when it failed.
    pub error: Option<String>,
    /// Why, when it failed or was stopped.
    pub cause: Option<String>,
}

impl Status {
    /// As AWS spells it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Running => "RUNNING",
            Self::Succeeded => "SUCCEEDED",
            Self::Failed => "FAILED",
            Self::TimedOut => "TIMED_OUT",
            Self::Aborted => "ABORTED",
            Self::PendingRedrive => "PENDING_REDRIVE",
            Self::Unknown => "UNKNOWN",
        }
    }

    fn of(status: &ExecutionStatus) -> Self {
        match status {
            ExecutionStatus::Running => Self::Running,
            ExecutionStatus::Succeeded => Self::Succeeded,
            ExecutionStatus::Failed => Self::Failed,
            ExecutionStatus::TimedOut => Self::TimedOut,
            ExecutionStatus::Aborted => Self::Aborted,
            ExecutionStatus::PendingRedrive => Self::PendingRedrive,
            _ => Self::Unknown,
        }
    }
}

impl Execution {
    /// From an item of a list.
    pub(crate) fn of(item: &ExecutionListItem) -> Self {
        Self {
            execution_arn: Arn::new(item.execution_arn()),
            state_machine_arn: Arn::new(item.state_machine_arn()),
            name: item.name().to_owned(),
            status: Status::of(item.status()),
            start_date: timestamp(item.start_date()),
            stop_date: item.stop_date().map(timestamp),
            redrive_count: item.redrive_count().unwrap_or_default(),
            redrive_date: item.redrive_date().map(timestamp),
        }
    }
}

/// The newest executions of a state machine, at most `limit`, and whether there are more.
///
/// # Errors
/// The state machine does not exist, or the call failed.
pub async fn list(
    aws: &Aws,
    state_machine: &Arn,
    status: Option<Status>,
    limit: usize,
) -> Result<(Vec<Execution>, bool), AwsError> {
    let mut found = Vec::new();
    let mut token = None;
    loop {
        let page_size = i32::try_from((limit - found.len()).clamp(1, 1000)).unwrap_or(1000);
        let call = aws.sfn.list_executions().state_machine_arn(state_machine.as_str()).max_results(page_size);
        let call = call.set_status_filter(status.map(|status| ExecutionStatus::from(status.as_str())));
        let page = call.set_next_token(token).send().await.map_err(AwsError::from_sdk(SERVICE, "ListExecutions"))?;
        found.extend(page.executions().iter().map(Execution::of));
        token = page.next_token().map(str::to_owned);
        if token.is_none() || found.len() >= limit {
            let more = token.is_some() || found.len() > limit;
            found.truncate(limit);
            return Ok((found, more));
        }
    }
}

/// The executions of a state machine that have not ended; none for a state machine that does not exist, and none for an
/// express one, whose executions can't be listed.
///
/// # Errors
/// The call failed.
pub async fn running(aws: &Aws, state_machine: &Arn) -> Result<Vec<Execution>, AwsError> {
    let found = list(aws, state_machine, Some(Status::Running), usize::MAX).await;
    if found.as_ref().is_err_and(|error| error.is("StateMachineTypeNotSupported")) {
        return Ok(Vec::new());
    }
    Ok(or_absent(found)?.map_or_else(Vec::new, |(executions, _)| executions))
}

/// Whether an execution of a state machine has not ended. Express executions can't be listed and end by themselves within
/// minutes.
///
/// # Errors
/// The call failed.
pub async fn any_running(aws: &Aws, state_machine: &Arn) -> Result<bool, AwsError> {
    match list(aws, state_machine, Some(Status::Running), 1).await {
        Err(error) if error.is_not_found() || error.is("StateMachineTypeNotSupported") => Ok(false),
        found => Ok(!found?.0.is_empty()),
    }
}

/// One execution; none when there is no such execution.
///
/// # Errors
/// The call failed.
pub async fn describe(aws: &Aws, execution: &Arn) -> Result<Option<ExecutionDetail>, AwsError> {
    let call = aws.sfn.describe_execution().execution_arn(execution.as_str());
    let answer = call.send().await.map_err(AwsError::from_sdk(SERVICE, "DescribeExecution"));
    let Some(answer) = or_absent(answer)? else { return Ok(None) };
    let name = answer.name().map_or_else(|| execution.last_part().to_owned(), str::to_owned);
    Ok(Some(ExecutionDetail {
        execution: Execution {
            execution_arn: Arn::new(answer.execution_arn()),
            state_machine_arn: Arn::new(answer.state_machine_arn()),
            name,
            status: Status::of(answer.status()),
            start_date: timestamp(answer.start_date()),
            stop_date: answer.stop_date().map(timestamp),
            redrive_count: answer.redrive_count().unwrap_or_default(),
            redrive_date: answer.redrive_date().map(timestamp),
        },
        input: answer.input().map(str::to_owned),
        output: answer.output().map(str::to_owned),
        error: answer.error().map(str::to_owned),
        cause: answer.cause().map(str::to_owned),
    }))
}

/// The definition that an execution runs on, which may be older than its state machine's.
///
/// # Errors
/// The execution does not exist, or the call failed.
pub async fn definition(aws: &Aws, execution: &Arn) -> Result<String, AwsError> {
    let call = aws.sfn.describe_state_machine_for_execution().execution_arn(execution.as_str());
    let answer = call.send().await.map_err(AwsError::from_sdk(SERVICE, "DescribeStateMachineForExecution"))?;
    Ok(answer.definition().to_owned())
}

/// The history of an execution after the event `known` (0 for all of it), oldest first.
///
/// It is read from its end, so that following a long execution costs one short call a time.
///
/// # Errors
/// The execution does not exist, or the call failed.
pub async fn history_after(aws: &Aws, execution: &Arn, known: i64) -> Result<Vec<HistoryEvent>, AwsError> {
    let mut found: Vec<HistoryEvent> = Vec::new();
    let mut token = None;
    let page_size = if known == 0 { HISTORY_PAGE } else { 50 };
    loop {
        let call = aws.sfn.get_execution_history().execution_arn(execution.as_str()).reverse_order(true);
        let call = call.max_results(page_size).set_next_token(token);
        let page = call.send().await.map_err(AwsError::from_sdk(SERVICE, "GetExecutionHistory"))?;
        found.extend(page.events().iter().map(HistoryEvent::of).filter(|event| event.id > known));
        token = page.next_token().map(str::to_owned);
        let reached = found.last().is_none_or(|oldest| oldest.id <= known + 1);
        if token.is_none() || (known > 0 && reached) {
            found.sort_by_key(|event| event.id);
            found.dedup_by_key(|event| event.id);
            return Ok(found);
        }
    }
}

/// The newest few events of an execution, oldest first: enough to see what it does now.
///
/// # Errors
/// The execution does not exist, or the call failed.
pub async fn history_tail(aws: &Aws, execution: &Arn) -> Result<Vec<HistoryEvent>, AwsError> {
    let call = aws.sfn.get_execution_history().execution_arn(execution.as_str()).reverse_order(true).max_results(20);
    let page = call.send().await.map_err(AwsError::from_sdk(SERVICE, "GetExecutionHistory"))?;
    let mut events: Vec<HistoryEvent> = page.events().iter().map(HistoryEvent::of).collect();
    events.sort_by_key(|event| event.id);
    Ok(events)
}

/// Stops an execution and answers when it ended.
///
/// # Errors
/// The execution does not exist, or the call failed.
pub async fn stop(
    aws: &Aws,
    execution: &Arn,
    error: Option<String>,
    cause: Option<String>,
) -> Result<Timestamp, AwsError> {
    let call = aws.sfn.stop_execution().execution_arn(execution.as_str()).set_error(error).set_cause(cause);
    let answer = call.send().await.map_err(AwsError::from_sdk(SERVICE, "StopExecution"))?;
    Ok(timestamp(answer.stop_date()))
}

/// Has an execution that ended without success go on where it had not finished, and answers when it was redriven.
///
/// # Errors
/// The execution does not exist or can't be redriven, or the call failed.
pub async fn redrive(aws: &Aws, execution: &Arn) -> Result<Timestamp, AwsError> {
    let call = aws.sfn.redrive_execution().execution_arn(execution.as_str());
    let answer = call.send().await.map_err(AwsError::from_sdk(SERVICE, "RedriveExecution"))?;
    Ok(timestamp(answer.redrive_date()))
}

/// Stops an execution. A refusal for throttling is told at once: whoever stops many paces them all.
///
/// # Errors
/// The execution does not exist, or the call failed.
pub async fn stop_paced(aws: &Aws, execution: &Arn, cause: &str) -> Result<(), AwsError> {
    let call = aws.sfn.stop_execution().execution_arn(execution.as_str()).cause(cause);
    let answer = call.customize().interceptor(Patience::Paced).send().await;
    answer.map(|_| ()).map_err(AwsError::from_sdk(SERVICE, "StopExecution"))
}

fn as_text<S: serde::Serializer>(arn: &Arn, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(arn.as_str())
}
