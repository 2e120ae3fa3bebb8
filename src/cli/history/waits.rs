//! The Wait states that running executions stand in.

use std::collections::BTreeMap;

use tokio::task::JoinSet;

use super::waiting::{Waiting, waiting};
use crate::cli::ui::TARGET;
use aws::executions::{self, Execution, Status};
use aws::{Aws, AwsError};
use model::names::Arn;

/// How many waiting executions get a countdown: each costs two calls.
const COUNTDOWNS: usize = 40;

/// The Wait states that running executions stand in. One that can't be read is left out: the list does not fail for it.
pub(crate) async fn waits(aws: &Aws, found: &[Execution]) -> BTreeMap<Arn, Waiting> {
    let mut reading = JoinSet::new();
    for execution in found.iter().filter(|execution| execution.status == Status::Running).take(COUNTDOWNS) {
        let aws = aws.clone();
        let arn = execution.execution_arn.clone();
        reading.spawn(async move {
            let (events, definition) =
                tokio::join!(executions::history_tail(&aws, &arn), executions::definition(&aws, &arn));
            let events = or_trace(events)?;
            let definition = or_trace(definition).and_then(|text| serde_json::from_str(&text).ok());
            Some((arn, waiting(&events, definition.as_ref())?))
        });
    }
    reading.join_all().await.into_iter().flatten().collect()
}

/// A failure only costs the countdown; `--verbose` shows it.
fn or_trace<T>(result: Result<T, AwsError>) -> Option<T> {
    let trace = |error: &AwsError| {
        tracing::warn!(target: TARGET, %error, "the wait of an execution is not shown");
    };
    result.inspect_err(trace).ok()
}
