//! Why an execution, or a part of it, failed: as one line; and in which state.

use aws::history::HistoryEvent;
use serde::Serialize;
use serde_json::Value;

use super::waiting::is_end;

/// How an execution that did not succeed ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Failure {
    /// The state in which it ended, where that is known.
    pub(crate) state: Option<String>,
    /// The error's name.
    pub(crate) error: Option<String>,
    /// Why.
    pub(crate) cause: Option<String>,
}

impl Failure {
    /// How the last of some events (oldest first) says that the execution failed, if it does.
    pub(crate) fn of(events: &[HistoryEvent]) -> Option<Self> {
        let end = events.last().filter(|event| is_end(&event.kind) && event.kind != "ExecutionSucceeded")?;
        Some(Self { state: failed_state(events, end), error: end.error.clone(), cause: end.cause.clone() })
    }

    /// Where and why, as one line.
    pub(crate) fn line(&self) -> Option<String> {
        let why = failure_text(self.error.as_deref(), self.cause.as_deref());
        match (&self.state, why) {
            (Some(state), Some(why)) => Some(format!("{state}: {why}")),
            (Some(state), None) => Some(format!("in {state}")),
            (None, why) => why,
        }
    }
}

/// The state that the events before the end lead back to: the innermost one.
fn failed_state(events: &[HistoryEvent], end: &HistoryEvent) -> Option<String> {
    let mut event = end;
    loop {
        let id = event.previous_event();
        // Ids only go down, so that a history which is not well formed ends this too.
        event = events.iter().rev().find(|earlier| earlier.id == id && earlier.id < event.id)?;
        if event.kind.ends_with("StateEntered") {
            return event.state.clone();
        }
    }
}

/// Why something failed, in one line: a function's own message where the cause is a function's error.
pub(crate) fn event_failure(event: &HistoryEvent) -> Option<String> {
    failure_text(event.error.as_deref(), event.cause.as_deref())
}

/// An error and its cause as one line.
pub(crate) fn failure_text(error: Option<&str>, cause: Option<&str>) -> Option<String> {
    let cause = cause.map(|cause| {
        let parsed: Option<Value> = serde_json::from_str(cause).ok();
        let message = parsed.as_ref().and_then(|value| value.get("errorMessage")?.as_str());
        message.unwrap_or(cause).trim().replace('\n', " ")
    });
    match (error.filter(|error| !error.is_empty()), cause.filter(|cause| !cause.is_empty())) {
        (Some(error), Some(cause)) => Some(format!("{error}: {cause}")),
        (Some(error), None) => Some(error.to_owned()),
        (None, cause) => cause,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(id: i64, previous_event_id: i64, kind: &str, state: Option<&str>) -> HistoryEvent {
        HistoryEvent {
            id,
            previous_event_id,
            timestamp: "2026-11-22T08:00:00Z".parse().unwrap(),
            kind: kind.to_owned(),
            state: state.map(str::to_owned),
            ..HistoryEvent::default()
        }
    }

    #[test]
    fn the_state_that_failed_is_the_innermost() {
        let mut events = vec![
            event(1, 0, "ExecutionStarted", None),
            event(2, 0, "ParallelStateEntered", Some("Both")),
            event(3, 2, "ParallelStateStarted", None),
            event(4, 3, "TaskStateEntered", Some("Charge")),
            event(5, 3, "WaitStateEntered", Some("Brief")),
            event(6, 4, "TaskFailed", None),
            event(7, 6, "ParallelStateFailed", None),
            event(8, 7, "ExecutionFailed", None),
        ];
        events[7].error = Some("Declined".to_owned());
        events[7].cause = Some(r#"{"errorMessage":"no\nmoney","errorType":"Declined"}"#.to_owned());
        let failure = Failure::of(&events).unwrap();
        assert_eq!(failure.line().as_deref(), Some("Charge: Declined: no money"));
        assert_eq!(Failure::of(&events[..7]), None);
        let tail = Failure::of(&events[6..]).unwrap();
        assert_eq!(tail.state, None, "what led to it is not among the events");
    }
}
