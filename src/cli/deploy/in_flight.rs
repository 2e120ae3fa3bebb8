//! Executions that have not ended while their state machine changes: how many, and until when they wait.

use jiff::Timestamp;
use serde::Serialize;

use crate::cli::error::CliError;
use crate::cli::history::waits::waits;
use crate::cli::session::Session;
use crate::cli::time::moment;
use crate::cli::ui::{Tone, Ui, toned};
use aws::executions::{self, Execution};
use deploy::{Change, Plan, Resource};
use model::names::Key;

/// Executions that go on with the definition that they began with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct InFlight {
    /// How many have not ended.
    pub(crate) count: usize,
    /// When the last of the waits ends that are known.
    pub(crate) waits_until: Option<Timestamp>,
    /// When that was so, on the cloud's clock.
    #[serde(skip)]
    pub(crate) now: Timestamp,
}

impl InFlight {
    /// The executions of the state machines that a plan changes; none when nothing runs or nobody knows. A deployment
    /// does not fail for this: it says what could not be read.
    pub(crate) async fn of(session: &Session, ui: &Ui, plan: &Plan) -> Option<Self> {
        let changed = plan.steps.iter().filter(|step| matches!(step.change, Change::Update(..)));
        let mut running = Vec::new();
        for step in changed {
            if let Resource::StateMachine(key) = &step.resource {
                running.extend(running_of(session, ui, key).await?);
            }
        }
        if running.is_empty() {
            return None;
        }
        let waits = waits(&session.aws, &running).await;
        waits.notes().iter().for_each(|note| ui.note_beside_progress(toned(Tone::Warning, note)));
        let waits_until = waits.known.into_values().filter_map(|wait| wait.until).max();
        let now = session.aws.now().await;
        Some(Self { count: running.len(), waits_until, now })
    }

    /// What to tell the user.
    pub(crate) fn sentence(&self) -> String {
        let now = self.now;
        let (goes, it) = match self.count {
            1 => {
                ("1 execution has not ended and goes on with the definition that it began with".to_owned(), "it waits")
            }
            count => (
                format!("{count} executions have not ended and go on with the definition that they began with"),
                "the last wait ends",
            ),
        };
        match self.waits_until.filter(|until| *until > now) {
            Some(until) if self.count == 1 => {
                format!("{goes}; {it} until {until:.0} ({}).", moment::relative(until, now))
            }
            Some(until) => format!("{goes}; {it} at {until:.0} ({}).", moment::relative(until, now)),
            None => format!("{goes}."),
        }
    }
}

/// The executions of a state machine that have not ended. A failure only costs the sentence about them, and is told.
async fn running_of(session: &Session, ui: &Ui, key: &Key) -> Option<Vec<Execution>> {
    match executions::running(&session.aws, &session.stack.state_machine_arn(key)).await {
        Ok(found) => Some(found),
        Err(error) => {
            let why = CliError::from(error).message;
            let note =
                format!("Which executions go on with the definition that they began with could not be read: {why}");
            ui.note_beside_progress(toned(Tone::Warning, note));
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_said_how_many_and_until_when() {
        let now: Timestamp = "2026-11-22T08:00:00Z".parse().unwrap();
        let told = |count, until: Option<&str>| {
            InFlight { count, waits_until: until.and_then(|until| until.parse().ok()), now }.sentence()
        };
        insta::assert_snapshot!(told(1, Some("2026-11-22T09:00:00.2Z")), @"1 execution has not ended and goes on with the definition that it began with; it waits until 2026-11-22T09:00:00Z (in 1 h).");
        insta::assert_snapshot!(told(12, Some("2026-11-24T08:00:00Z")), @"12 executions have not ended and go on with the definition that they began with; the last wait ends at 2026-11-24T08:00:00Z (in 2 d).");
        insta::assert_snapshot!(told(2, None), @"2 executions have not ended and go on with the definition that they began with.");
    }
}
