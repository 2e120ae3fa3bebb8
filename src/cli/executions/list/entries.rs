//! What is listed: the newest executions of some state machines, with what is known of each.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;

use super::table::Table;
use crate::cli::error::CliError;
use crate::cli::global::Global;
use crate::cli::history::failure::Failure;
use crate::cli::history::failures::failures;
use crate::cli::history::recent::{Recent, recent};
use crate::cli::history::waiting::Waiting;
use crate::cli::history::waits::waits;
use crate::cli::session::Session;
use aws::executions::{Execution, Status};
use model::names::{Arn, Key};

/// A line of the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Entry {
    /// The state machine, as the service file names it.
    pub(super) machine: String,
    #[serde(flatten)]
    pub(super) execution: Execution,
    /// The Wait state that it stands in.
    pub(super) waits_in: Option<String>,
    /// When that ends.
    pub(super) waits_until: Option<Timestamp>,
    /// Why neither is known, where a call failed.
    pub(super) wait_error: Option<String>,
    /// Where and why it did not succeed, for the newest that did not.
    pub(super) failure: Option<Failure>,
}

/// The list, which can be read again and again. What does not change any more is not asked for twice.
pub(super) struct Listing<'a> {
    pub(super) session: &'a Session,
    global: &'a Global,
    keys: Vec<Key>,
    status: Option<Status>,
    limit: usize,
    waits: BTreeMap<Arn, Waiting>,
    failures: BTreeMap<Arn, Failure>,
    notes: Vec<String>,
}

impl<'a> Listing<'a> {
    /// Of some state machines; at most `limit` of each.
    pub(super) fn new(
        session: &'a Session,
        global: &'a Global,
        keys: Vec<Key>,
        status: Option<Status>,
        limit: u32,
    ) -> Self {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let waits = BTreeMap::new();
        let failures = BTreeMap::new();
        Self { session, global, keys, status, limit, waits, failures, notes: Vec::new() }
    }

    /// What is to be said about what could not be read the last time.
    pub(super) fn notes(&self) -> &[String] {
        &self.notes
    }

    /// How it is shown.
    pub(super) fn table(&self, zone: &TimeZone) -> Table {
        Table { zone: zone.clone(), with_machines: self.session.project.service.state_machines.len() > 1 }
    }

    /// The executions, newest first, and whether there are more.
    ///
    /// # Errors
    /// Nothing is deployed, or they can't be listed.
    pub(super) async fn read(&mut self) -> Result<(Vec<Entry>, bool), CliError> {
        let (found, more) = self.newest().await?;
        let aws = &self.session.aws;
        let now = aws.now().await;
        let is_over = |wait: &Waiting| wait.until.is_none_or(|until| until <= now);
        let is_running =
            |arn: &Arn| found.iter().any(|(_, it)| it.execution_arn == *arn && it.status == Status::Running);
        self.waits.retain(|arn, wait| is_running(arn) && !is_over(wait));
        let unknown = |execution: &&Execution| !self.waits.contains_key(&execution.execution_arn);
        let asked: Vec<Execution> = found.iter().map(|(_, it)| it).filter(unknown).cloned().collect();
        let unknown = |execution: &&Execution| !self.failures.contains_key(&execution.execution_arn);
        let failed: Vec<&Execution> = found.iter().map(|(_, it)| it).filter(unknown).collect();
        let (mut waits, failures) = tokio::join!(waits(aws, &asked), failures(aws, &failed));
        self.notes = waits.notes();
        self.waits.append(&mut waits.known);
        match failures {
            Ok(mut read) => self.failures.append(&mut read),
            Err(error) => {
                let why = CliError::from(error).message;
                self.notes.push(format!("Why executions failed could not be read: {why}"));
            }
        }
        let entry = |(machine, execution): (String, Execution)| {
            let arn = &execution.execution_arn;
            let wait = self.waits.get(arn);
            Entry {
                machine,
                waits_in: wait.map(|wait| wait.state.clone()),
                waits_until: wait.and_then(|wait| wait.until),
                wait_error: waits.unread.remove(arn).map(|error| CliError::from(error).message),
                failure: self.failures.get(arn).cloned(),
                execution,
            }
        };
        Ok((found.into_iter().map(entry).collect(), more))
    }

    async fn newest(&self) -> Result<(Vec<(String, Execution)>, bool), CliError> {
        let Recent { executions, any_more } =
            recent(self.session, self.global, &self.keys, self.status, self.limit).await?;
        let mut all: Vec<_> = executions.into_iter().map(|(key, execution)| (key.to_string(), execution)).collect();
        all.sort_by(|(_, one), (_, other)| (other.start_date, &other.name).cmp(&(one.start_date, &one.name)));
        Ok((all, any_more))
    }
}
