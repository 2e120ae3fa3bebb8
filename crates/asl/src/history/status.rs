//! The status of an execution: a fold of its history.

use serde::{Deserialize, Serialize};

use super::{EventDetails, HistoryEvent};

/// The status of an execution as `DescribeExecution` reports it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Status {
    /// Started and not ended.
    Running,
    /// Ended with an output.
    Succeeded,
    /// Ended with an error.
    Failed,
    /// Ended by a timeout.
    TimedOut,
    /// Ended by a request to stop.
    Aborted,
}

/// Why a list of events is not a valid history.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidHistory {
    /// The first event must be `ExecutionStarted`, and only the first.
    #[error("event {id} of the history is {found}, but a history has ExecutionStarted first and nowhere else")]
    Start {
        /// The event's id.
        id: u64,
        /// Its type.
        found: String,
    },
    /// Ids are consecutive from 1.
    #[error(
        "the history has event {found} where event {expected} belongs: an event is missing, repeated or out of order"
    )]
    Gap {
        /// The id that would have followed.
        expected: u64,
        /// The id that was there.
        found: u64,
    },
    /// Only an execution that has ended without success is redriven.
    #[error("event {id} of the history is ExecutionRedriven, but the execution had not ended without success")]
    Redriven {
        /// The event's id.
        id: u64,
    },
    /// The execution has ended.
    #[error("event {id} of the history comes after the execution's end")]
    AfterTheEnd {
        /// The event's id.
        id: u64,
    },
}

impl Status {
    /// The name in the API: `RUNNING`, `TIMED_OUT`.
    pub fn api_name(self) -> &'static str {
        match self {
            Self::Running => "RUNNING",
            Self::Succeeded => "SUCCEEDED",
            Self::Failed => "FAILED",
            Self::TimedOut => "TIMED_OUT",
            Self::Aborted => "ABORTED",
        }
    }

    /// The status after one more event; `before` is `None` at the beginning.
    ///
    /// # Errors
    /// When such an event cannot happen in that status.
    pub fn after(before: Option<Self>, event: &HistoryEvent) -> Result<Self, InvalidHistory> {
        let starts = matches!(event.details, EventDetails::ExecutionStarted { .. });
        let is_redriven = matches!(event.details, EventDetails::ExecutionRedriven { .. });
        match before {
            None if !starts => Err(InvalidHistory::Start { id: event.id, found: event.type_name() }),
            Some(Self::Failed | Self::TimedOut | Self::Aborted) if is_redriven => Ok(Self::Running),
            Some(_) if is_redriven => Err(InvalidHistory::Redriven { id: event.id }),
            Some(Self::Running) if starts => Err(InvalidHistory::Start { id: event.id, found: event.type_name() }),
            None | Some(Self::Running) => Ok(match event.details {
                EventDetails::ExecutionSucceeded { .. } => Self::Succeeded,
                EventDetails::ExecutionFailed(_) => Self::Failed,
                EventDetails::ExecutionTimedOut(_) => Self::TimedOut,
                EventDetails::ExecutionAborted(_) => Self::Aborted,
                _ => Self::Running,
            }),
            Some(_) => Err(InvalidHistory::AfterTheEnd { id: event.id }),
        }
    }

    /// The status after a whole history, `None` for an empty one.
    ///
    /// # Errors
    /// When the history is invalid: a gap, a wrong first event, an event after the end.
    pub fn of<'a>(history: impl IntoIterator<Item = &'a HistoryEvent>) -> Result<Option<Self>, InvalidHistory> {
        let mut status = None;
        for (expected, event) in (1..).zip(history) {
            if event.id != expected {
                return Err(InvalidHistory::Gap { expected, found: event.id });
            }
            status = Some(Self::after(status, event)?);
        }
        Ok(status)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::Failure;
    use jiff::Timestamp;

    fn event(id: u64, details: EventDetails) -> HistoryEvent {
        HistoryEvent { id, previous_event_id: id - 1, timestamp: Timestamp::UNIX_EPOCH, details }
    }

    fn started() -> EventDetails {
        EventDetails::ExecutionStarted { input: "{}".into(), role_arn: "role".into() }
    }

    #[test]
    fn folds_a_history() {
        let end = || EventDetails::ExecutionAborted(Failure::default());
        let ok = [event(1, started()), event(2, end())];
        assert_eq!(Status::of(&ok), Ok(Some(Status::Aborted)));
        assert_eq!(Status::of(&ok[..1]), Ok(Some(Status::Running)));
        assert_eq!(Status::of(&[]), Ok(None));
    }

    #[test]
    fn refuses_what_cannot_have_happened() {
        let end = || EventDetails::ExecutionSucceeded { output: "{}".into() };
        assert!(matches!(Status::of(&[event(1, end())]), Err(InvalidHistory::Start { id: 1, .. })));
        assert!(matches!(
            Status::of(&[event(1, started()), event(2, started())]),
            Err(InvalidHistory::Start { id: 2, .. })
        ));
        assert!(matches!(
            Status::of(&[event(1, started()), event(3, end())]),
            Err(InvalidHistory::Gap { expected: 2, found: 3 })
        ));
        let after = [event(1, started()), event(2, end()), event(3, end())];
        assert!(matches!(Status::of(&after), Err(InvalidHistory::AfterTheEnd { id: 3 })));
    }

    #[test]
    fn only_what_ended_without_success_is_redriven() {
        let redriven = || EventDetails::ExecutionRedriven { redrive_count: 1 };
        let failed = EventDetails::ExecutionFailed(Failure::default());
        let history = [event(1, started()), event(2, failed), event(3, redriven())];
        assert_eq!(Status::of(&history), Ok(Some(Status::Running)));
        assert_eq!(Status::of(&[event(1, started()), event(2, redriven())]), Err(InvalidHistory::Redriven { id: 2 }));
        let succeeded = EventDetails::ExecutionSucceeded { output: "{}".into() };
        let history = [event(1, started()), event(2, succeeded), event(3, redriven())];
        assert_eq!(Status::of(&history), Err(InvalidHistory::Redriven { id: 3 }));
    }
}
