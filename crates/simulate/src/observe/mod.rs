//! What another judge than the engine saw of a case: an execution in the embedded cloud or on AWS, or its states one by one. It is
//! held against the same expectations, and against the engine.

mod compare;
mod history;
mod inside;
mod stands;

use asl::{Decision, HistoryEvent, Outcome, TaskResource, Way};
use jiff::Timestamp;
use serde_json::Value;

use crate::record::RecordedEvent;
use crate::run::{Call, ChildRun, Run};
pub use compare::compare;
pub use inside::with_inside;
pub use stands::{Stand, stand};

/// An execution as somebody else ran it.
#[derive(Clone, Debug)]
pub struct Observed {
    /// How it ended.
    pub outcome: Outcome,
    /// When it started.
    pub started_at: Timestamp,
    /// When it ended.
    pub ended_at: Timestamp,
    /// What it was started with.
    pub input: Value,
    /// Its history.
    pub events: Vec<RecordedEvent>,
    /// The children of its Map Runs, in the order of their starts: the Map state, the index, and the history.
    pub children: Vec<(String, u64, Vec<RecordedEvent>)>,
}

impl Observed {
    /// The run that was observed, as far as it can be told from outside: which rule or clause was taken can't.
    pub fn run(&self) -> Run {
        let history = history::of(&self.events);
        let children: Vec<ChildRun> = self
            .children
            .iter()
            .map(|(state, index, events)| ChildRun {
                place: vec![(state.as_str().into(), *index)],
                history: history::of(events),
                outcome: None,
            })
            .collect();
        let mut calls = calls(&self.events, None);
        for (number, (_, _, events)) in self.children.iter().enumerate() {
            calls.extend(self::calls(events, Some(number)));
        }
        let decisions = calls.iter().filter(|call| call.attempt > 0);
        let decisions = decisions.map(|call| Decision { state: call.state.as_str().into(), way: Way::Retry(0) });
        Run {
            outcome: Some(self.outcome.clone()),
            problem: None,
            started_at: self.started_at,
            ended_at: self.ended_at,
            input: self.input.clone(),
            decisions: decisions.collect(),
            history,
            observed_types: Some(self.events.iter().map(|event| event.kind.clone()).collect()),
            children,
            calls,
            conditions: std::collections::BTreeSet::new(),
        }
    }
}

/// The calls that a history tells of, with the number of attempts before each in its state.
fn calls(events: &[RecordedEvent], child: Option<usize>) -> Vec<Call> {
    let mut calls = Vec::new();
    let mut attempts: std::collections::BTreeMap<u64, u64> = std::collections::BTreeMap::new();
    for event in events.iter().filter(|event| event.kind.ends_with("Scheduled")) {
        let Some((entered, state)) = history::state_of(events, event) else { continue };
        let attempt = attempts.entry(entered).or_default();
        let input = event.input.clone().unwrap_or_default().to_string();
        calls.push(Call {
            state,
            resource: TaskResource::Lambda { arn: String::new() },
            place: Vec::new(),
            attempt: *attempt,
            input: input.into(),
            at: event.at,
            child,
            event: event.id,
            answered_by: None,
        });
        *attempt += 1;
    }
    calls
}

/// The states that were entered in a history, in order.
fn path(history: &[HistoryEvent]) -> Vec<&str> {
    history
        .iter()
        .filter_map(|event| match &event.details {
            asl::EventDetails::StateEntered { name, .. } => Some(&**name),
            _ => None,
        })
        .collect()
}

#[cfg(test)]
mod tests;
