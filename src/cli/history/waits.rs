//! The Wait states that running executions stand in.

use std::collections::BTreeMap;

use tokio::task::JoinSet;

use super::waiting::{Waiting, waiting};
use crate::cli::error::CliError;
use aws::executions::{self, Execution, Status};
use aws::retry::Patience;
use aws::{Aws, AwsError};
use model::names::Arn;

/// How many waiting executions get a countdown: each costs two calls.
const COUNTDOWNS: usize = 40;

/// What executions wait for, as far as it could be read.
#[derive(Debug, Default)]
pub(crate) struct Waits {
    /// Those that stand in a Wait state.
    pub(crate) known: BTreeMap<Arn, Waiting>,
    /// Those of which it is not known, each with the call that failed.
    pub(crate) unread: BTreeMap<Arn, AwsError>,
    /// How many more run, which were not asked for.
    pub(crate) not_asked: usize,
}

/// The Wait states that running executions stand in. A command does not fail for one that can't be read; it says so with
/// [`Waits::notes`].
pub(crate) async fn waits(aws: &Aws, found: &[Execution]) -> Waits {
    // The list itself is worth more than its countdowns: they are not waited for as long.
    let aws = aws.with_patience(Patience::Brief);
    let mut reading = JoinSet::new();
    let running: Vec<&Execution> = found.iter().filter(|execution| execution.status == Status::Running).collect();
    for execution in running.iter().take(COUNTDOWNS) {
        let aws = aws.clone();
        let arn = execution.execution_arn.clone();
        reading.spawn(async move {
            let (events, definition) =
                tokio::join!(executions::history_tail(&aws, &arn), executions::definition(&aws, &arn));
            let wait = events.and_then(|events| {
                // A definition that is no JSON can't be deployed; without one the moment is not known.
                let definition = serde_json::from_str(&definition?).ok();
                Ok(waiting(&events, definition.as_ref()))
            });
            (arn, wait)
        });
    }
    let mut waits = Waits { not_asked: running.len().saturating_sub(COUNTDOWNS), ..Waits::default() };
    for (arn, wait) in reading.join_all().await {
        match wait {
            Ok(Some(wait)) => drop(waits.known.insert(arn, wait)),
            Ok(None) => {}
            // It has ended and is forgotten since it was listed.
            Err(error) if error.is_not_found() => {}
            Err(error) => drop(waits.unread.insert(arn, error)),
        }
    }
    waits
}

impl Waits {
    /// What is to be said about waits that are not shown.
    pub(crate) fn notes(&self) -> Vec<String> {
        let unread = self.unread.values().next().map(|error| {
            let why = CliError::from(error.clone()).message;
            match self.unread.len() {
                1 => format!("What 1 execution waits for could not be read: {why}"),
                count => format!("What {count} executions wait for could not be read: {why}"),
            }
        });
        let not_asked = (self.not_asked > 0).then(|| {
            format!("Only the first {COUNTDOWNS} that run were asked what they wait for; {} more run.", self.not_asked)
        });
        unread.into_iter().chain(not_asked).collect()
    }
}
