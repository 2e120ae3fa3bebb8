//! Where and why executions that are listed failed.

use std::collections::BTreeMap;

use aws::executions::{self, Execution, Status};
use aws::retry::Patience;
use aws::{Aws, AwsError};
use model::names::Arn;
use tokio::task::JoinSet;

use super::failure::Failure;

/// How many failed executions are asked why: each costs a call.
const ASKED: usize = 40;

/// The failures of those that did not succeed, as far as they can be read; the newest are asked first. A list does not fail
/// for one that can't be read: that it failed is in its status.
pub(crate) async fn failures(aws: &Aws, found: &[&Execution]) -> Result<BTreeMap<Arn, Failure>, AwsError> {
    let aws = aws.with_patience(Patience::Brief);
    let mut reading = JoinSet::new();
    let failed = found
        .iter()
        .filter(|execution| matches!(execution.status, Status::Failed | Status::TimedOut | Status::Aborted));
    for execution in failed.take(ASKED) {
        let aws = aws.clone();
        let arn = execution.execution_arn.clone();
        reading.spawn(async move { (executions::history_tail(&aws, &arn).await, arn) });
    }
    let mut failures = BTreeMap::new();
    for (events, arn) in reading.join_all().await {
        match events {
            Ok(events) => failures.extend(Failure::of(&events).map(|failure| (arn, failure))),
            // Forgotten since it was listed.
            Err(error) if error.is_not_found() => {}
            Err(error) => return Err(error),
        }
    }
    Ok(failures)
}
