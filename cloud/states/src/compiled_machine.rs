//! A revision of a state machine, ready to run.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;

use cloud_core::{Account, Location};

use super::log_destination::LogDestination;
use super::rows::machine::{Kind, Machine, Revision};

/// A revision, ready to run.
#[derive(Debug)]
pub(crate) struct CompiledMachine {
    definition: asl::StateMachine,
    /// The activities that it names, by ARN.
    activities: BTreeSet<String>,
    account: Account,
    pub(crate) role_arn: Arc<str>,
    /// Where its executions are logged, if they are.
    pub(crate) log_destination: Option<LogDestination>,
}

impl CompiledMachine {
    /// Makes a parsed definition ready to run as a revision of a state machine.
    pub(crate) fn new(
        definition: asl::StateMachine,
        revision: &Revision,
        machine: &Machine,
        log_destination: Option<LogDestination>,
    ) -> Self {
        let definition = match machine.kind {
            Kind::Standard => definition.with_queued_map_runs(),
            Kind::Express => definition.with_time_limit(asl::MAX_EXPRESS_S),
        };
        let activities = definition.resources().filter_map(|(_, resource)| match resource {
            asl::TaskResource::Activity { arn } => Some(arn.clone()),
            _ => None,
        });
        Self {
            activities: activities.collect(),
            account: Location::from_key_prefix(&machine.location).account().clone(),
            role_arn: revision.role_arn.as_str().into(),
            log_destination,
            definition,
        }
    }

    /// The definition as it was parsed.
    pub(crate) fn parsed(&self) -> &asl::StateMachine {
        &self.definition
    }

    /// The definition as it runs now: activities that do not exist are known to it.
    pub(crate) fn definition(&self, has_activity: impl Fn(&str) -> bool) -> Cow<'_, asl::StateMachine> {
        // Another account's activities are not found.
        let is_foreign = |arn: &str| Account::of_arn(arn).is_some_and(|account| account != self.account);
        let missing = |arn: &&String| is_foreign(arn) || !has_activity(arn);
        if !self.activities.iter().any(|arn| missing(&arn)) {
            return Cow::Borrowed(&self.definition);
        }
        let missing = self.activities.iter().filter(missing).cloned().collect();
        Cow::Owned(self.definition.clone().without_activities(missing))
    }
}
