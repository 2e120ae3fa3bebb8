//! An execution that has ended, as its service tells of it.

use aws::Aws;
use aws::executions::{self, ExecutionDetail, Status};
use model::names::Arn;
use simulate::Observed;

use crate::cli::error::CliError;
use crate::cli::make::test::record::{self, recorded_children};

/// Reads an execution that has ended.
///
/// # Errors
/// A call failed.
pub(in crate::cli::make) async fn observed(aws: &Aws, detail: &ExecutionDetail) -> Result<Observed, CliError> {
    let arn: &Arn = &detail.execution.execution_arn;
    let events = executions::history_after(aws, arn, 0).await?;
    let children = recorded_children(aws, &events).await?;
    let value = |text: &Option<String>| text.as_deref().and_then(|text| serde_json::from_str(text).ok());
    Ok(Observed {
        outcome: outcome(detail),
        started_at: detail.execution.start_date,
        ended_at: detail.execution.stop_date.unwrap_or(detail.execution.start_date),
        input: value(&detail.input).unwrap_or_default(),
        events: events.iter().map(record::event).collect(),
        children: children.into_iter().map(|child| (child.map_state, child.index, child.events)).collect(),
    })
}

fn outcome(detail: &ExecutionDetail) -> asl::Outcome {
    let failure = || asl::Failure { error: detail.error.clone(), cause: detail.cause.clone() };
    match detail.execution.status {
        Status::Succeeded => {
            asl::Outcome::Succeeded { output: detail.output.clone().unwrap_or_else(|| "null".to_owned()).into() }
        }
        Status::TimedOut => asl::Outcome::TimedOut,
        Status::Aborted => asl::Outcome::Aborted(failure()),
        _ => asl::Outcome::Failed(failure()),
    }
}
