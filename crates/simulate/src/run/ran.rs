//! What came of a case: histories, calls, decisions, and why it could not go on.

use std::collections::BTreeSet;
use std::sync::Arc;

use asl::{ConditionTaken, Decision, EventDetails, HistoryEvent, Outcome, TaskResource, Way};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value};

use super::subject::Subject;

/// What came of a case.
#[derive(Clone, Debug)]
pub struct Run {
    /// How it ended; none when it could not go on.
    pub outcome: Option<Outcome>,
    /// Why it could not go on.
    pub problem: Option<Problem>,
    /// The virtual time at which it started.
    pub started_at: Timestamp,
    /// The virtual time at which it ended.
    pub ended_at: Timestamp,
    /// What it was started with.
    pub input: Value,
    /// Its history.
    pub history: Vec<HistoryEvent>,
    /// The types of its events, where the history does not have them all.
    pub observed_types: Option<Vec<String>>,
    /// The children of its Map Runs, in the order of their starts.
    pub children: Vec<ChildRun>,
    /// Every call of a task, in order.
    pub calls: Vec<Call>,
    /// Every decision, of children too.
    pub decisions: Vec<Decision>,
    /// The conditions `?:` of expressions that were evaluated, of children too.
    pub conditions: BTreeSet<ConditionTaken>,
}

/// The child of a Map Run.
#[derive(Clone, Debug)]
pub struct ChildRun {
    /// The Map state, and the child's index.
    pub place: Vec<(Arc<str>, u64)>,
    /// Its history.
    pub history: Vec<HistoryEvent>,
    /// How it ended; none when it was stopped before.
    pub outcome: Option<Outcome>,
}

/// A call of a task.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// The state, or `NAME/ItemReader` and `NAME/ResultWriter`.
    pub state: String,
    /// What it calls.
    pub resource: TaskResource,
    /// The Map states around it, with the indices of the iterations; the outermost first.
    pub place: Vec<(Arc<str>, u64)>,
    /// 0 for the first attempt.
    pub attempt: u64,
    /// What it is called with, as JSON text.
    pub input: Arc<str>,
    /// When.
    pub at: Timestamp,
    /// The child of a Map Run that makes it, by its place in [`Run::children`].
    pub child: Option<usize>,
    /// The event that scheduled it; 0 for what has none.
    pub event: u64,
    /// The line of the mock that answers it; none when there is none.
    pub answered_by: Option<usize>,
}

/// Why a run could not go on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// A task has no mock.
    #[error("`{state}` calls {target}, and no mock answers it")]
    NoMock {
        /// The state.
        state: String,
        /// What it calls.
        target: String,
        /// What it calls it with, as JSON text.
        input: Arc<str>,
        /// The lines of a test file that would answer it.
        advice: String,
    },
    /// All of a state's mocks were for other calls, or have answered before.
    #[error("call {number} of `{state}`{place}, attempt {attempt}, is more than its {count} mocks answer")]
    UsedUp {
        /// The state.
        state: String,
        /// Which call of the state it is, from 1.
        number: u64,
        /// In which iterations, as the rest of a sentence.
        place: String,
        /// 0 for the first attempt.
        attempt: u64,
        /// How many mocks the state has.
        count: usize,
        /// What it calls it with, as JSON text.
        input: Arc<str>,
    },
    /// A mock is of no use to what the task calls.
    #[error("the mock of `{state}` on line {line} does not fit: {why}")]
    Unfit {
        /// The state.
        state: String,
        /// The mock's line.
        line: usize,
        /// Why.
        why: String,
    },
    /// What a mock leaves to others was not answered.
    #[error("the mock of `{state}` on line {line} leaves it to others, and there is no answer: {why}")]
    NotAnswered {
        /// The state.
        state: String,
        /// The mock's line.
        line: usize,
        /// Why.
        why: String,
    },
    /// The execution can't start.
    #[error("the execution can't start: {0}")]
    NoStart(String),
    /// The engine refused what it was given.
    #[error("the engine refused an input: {0}")]
    Engine(String),
    /// It goes on for too long.
    #[error("the run is given up after {0} steps: it does not end")]
    Endless(u64),
}

impl Run {
    /// How long it took, in virtual time.
    pub fn duration(&self) -> SignedDuration {
        self.ended_at.duration_since(self.started_at)
    }

    /// Its output, if it succeeded.
    pub fn output(&self) -> Option<Value> {
        match &self.outcome {
            Some(Outcome::Succeeded { output }) => serde_json::from_str(output).ok(),
            _ => None,
        }
    }

    /// The types of its events, in order.
    pub fn event_types(&self) -> Vec<String> {
        let own = || self.history.iter().map(HistoryEvent::type_name).collect();
        self.observed_types.clone().unwrap_or_else(own)
    }

    /// The event with which the state was entered that an event belongs to.
    pub(crate) fn entry_of(&self, event: u64) -> Option<u64> {
        let mut id = event;
        // A chain is never longer than the history.
        for _ in 0..self.history.len() {
            let place = self.history.binary_search_by_key(&id, |event| event.id).ok()?;
            let event = self.history.get(place)?;
            if entered(event).is_some() {
                return Some(event.id);
            }
            id = event.previous_event_id;
        }
        None
    }

    /// The states that were entered, in order; those of Map Runs' children after those of the execution itself.
    pub fn path(&self) -> Vec<&str> {
        let histories = std::iter::once(&self.history).chain(self.children.iter().map(|child| &child.history));
        histories.flatten().filter_map(entered).collect()
    }

    /// How often a state was tried again.
    pub fn retries(&self, state: &str) -> u64 {
        let is_retry = |it: &&Decision| &*it.state == state && matches!(it.way, Way::Retry(_));
        self.decisions.iter().filter(is_retry).fold(0, |count, _| count + 1)
    }

    /// The variables of the whole execution as they were at its end.
    pub fn variables(&self, subject: &Subject) -> Map<String, Value> {
        let mut variables = Map::new();
        for event in &self.history {
            let EventDetails::StateExited { name, assigned, .. } = &event.details else { continue };
            if subject.outermost.iter().any(|state| **state == **name) {
                let read =
                    assigned.iter().filter_map(|(name, json)| Some((name.clone(), serde_json::from_str(json).ok()?)));
                variables.extend(read);
            }
        }
        variables
    }
}

fn entered(event: &HistoryEvent) -> Option<&str> {
    match &event.details {
        EventDetails::StateEntered { name, .. } => Some(name),
        _ => None,
    }
}
