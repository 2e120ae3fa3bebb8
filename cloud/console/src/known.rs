//! What is kept of histories: enough of each event to tell how states stand.

use graph::{Event, Statuses};
use serde_json::Value;

/// How many histories are kept.
const KEPT: usize = 4;

/// The histories that were shown last, the newest at the end.
#[derive(Debug, Default)]
pub(crate) struct Histories {
    kept: Vec<History>,
}

/// One of them.
#[derive(Debug, Clone, Default)]
pub(crate) struct History {
    execution_arn: String,
    events: Vec<Seen>,
}

/// An event without its data.
#[derive(Debug, Clone)]
struct Seen {
    id: i64,
    previous_event_id: i64,
    kind: String,
    state: Option<String>,
}

impl Histories {
    /// What is known of an execution's history.
    pub(crate) fn of(&self, execution_arn: &str) -> History {
        let known = self.kept.iter().find(|kept| kept.execution_arn == execution_arn).cloned();
        known.unwrap_or_else(|| History { execution_arn: execution_arn.to_owned(), events: Vec::new() })
    }

    /// Keeps what is known of one, and forgets what was shown longest ago.
    pub(crate) fn keep(&mut self, history: History) {
        self.kept.retain(|kept| kept.execution_arn != history.execution_arn);
        self.kept.push(history);
        let too_many = self.kept.len().saturating_sub(KEPT);
        self.kept.drain(..too_many);
    }
}

impl History {
    /// The number of the last event that is known; 0 for none.
    pub(crate) fn last(&self) -> i64 {
        self.events.last().map_or(0, |event| event.id)
    }

    /// Adds events as the API gives them, oldest first.
    pub(crate) fn extend(&mut self, events: &[Value]) {
        self.events.extend(events.iter().map(Seen::of));
    }

    /// How the states stand.
    pub(crate) fn statuses(&self) -> Statuses {
        Statuses::of(self.events.iter().map(Seen::event))
    }
}

impl Seen {
    fn of(event: &Value) -> Self {
        let number = |name: &str| event[name].as_i64().unwrap_or(0);
        let kind = event["type"].as_str().unwrap_or_default().to_owned();
        let details = ["stateEnteredEventDetails", "stateExitedEventDetails"];
        let name = details.iter().find_map(|details| event[details]["name"].as_str());
        let state = name.or_else(|| event["evaluationFailedEventDetails"]["state"].as_str()).map(str::to_owned);
        Self { id: number("id"), previous_event_id: number("previousEventId"), kind, state }
    }

    fn event(&self) -> Event<'_> {
        // Events at the beginning of an execution name none before them.
        let before = if self.previous_event_id == 0 { self.id - 1 } else { self.previous_event_id };
        Event { id: self.id, previous_event_id: before, kind: &self.kind, state: self.state.as_deref() }
    }
}
