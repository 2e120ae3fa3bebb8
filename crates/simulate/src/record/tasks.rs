//! The tasks in a history: which state called, in which iteration, and how it was answered.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use serde_json::Value;

use super::recorded::RecordedEvent;

/// A task that was called.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct RecordedTask {
    pub(super) state: String,
    /// The iteration of the innermost Map state.
    pub(super) index: Option<u64>,
    pub(super) after: SignedDuration,
    pub(super) submitted: Option<Value>,
    pub(super) ended: Ended,
}

/// How a task ended.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Ended {
    Succeeded(Value),
    Failed {
        error: Option<String>,
        cause: Option<String>,
    },
    /// It timed out, or was stopped.
    Never,
}

/// A history, with ways through it.
pub(super) struct History<'e> {
    events: &'e [RecordedEvent],
    by_id: BTreeMap<u64, &'e RecordedEvent>,
    following: BTreeMap<u64, Vec<&'e RecordedEvent>>,
}

impl<'e> History<'e> {
    pub(super) fn of(events: &'e [RecordedEvent]) -> Self {
        let by_id = events.iter().map(|event| (event.id, event)).collect();
        let mut following: BTreeMap<u64, Vec<&RecordedEvent>> = BTreeMap::new();
        for event in events {
            following.entry(event.previous).or_default().push(event);
        }
        Self { events, by_id, following }
    }

    /// The tasks, in the order in which they were scheduled.
    pub(super) fn tasks(&self) -> Vec<RecordedTask> {
        let scheduled = self.events.iter().filter(|event| {
            matches!(event.kind.as_str(), "TaskScheduled" | "LambdaFunctionScheduled" | "ActivityScheduled")
        });
        scheduled.filter_map(|event| self.task(event)).collect()
    }

    fn task(&self, scheduled: &RecordedEvent) -> Option<RecordedTask> {
        let state = self.before(scheduled).find(|event| event.kind.ends_with("StateEntered"))?.state.clone()?;
        let mut submitted = None;
        let mut latest = scheduled;
        let ended = loop {
            let next = self.following.get(&latest.id).into_iter().flatten().find(|event| is_of_task(&event.kind));
            let Some(event) = next else { break Ended::Never };
            latest = event;
            match event.kind.as_str() {
                "TaskSubmitted" => submitted = event.output.clone(),
                kind if kind.ends_with("Started") => {}
                kind if kind.ends_with("Succeeded") => {
                    break Ended::Succeeded(event.output.clone().unwrap_or(Value::Null));
                }
                kind if kind.ends_with("TimedOut") => break Ended::Never,
                _ => break Ended::Failed { error: event.error.clone(), cause: event.cause.clone() },
            }
        };
        let after = latest.at.duration_since(scheduled.at).max(SignedDuration::ZERO);
        Some(RecordedTask { state, index: self.iteration(scheduled), after, submitted, ended })
    }

    /// The events that led to one, the latest first.
    fn before(&self, event: &RecordedEvent) -> impl Iterator<Item = &'e RecordedEvent> {
        let first = self.by_id.get(&event.previous).copied();
        std::iter::successors(first, |event| self.by_id.get(&event.previous).copied().filter(|it| it.id < event.id))
    }

    fn iteration(&self, event: &RecordedEvent) -> Option<u64> {
        let mut ended_inside = 0_u32;
        for before in self.before(event) {
            match before.kind.as_str() {
                "MapIterationSucceeded" | "MapIterationFailed" | "MapIterationAborted" => ended_inside += 1,
                "MapIterationStarted" if ended_inside > 0 => ended_inside -= 1,
                "MapIterationStarted" => return before.iteration,
                _ => {}
            }
        }
        None
    }
}

fn is_of_task(kind: &str) -> bool {
    let rest = ["Task", "LambdaFunction", "Activity"].iter().find_map(|start| kind.strip_prefix(start));
    let known =
        ["Started", "StartFailed", "Submitted", "SubmitFailed", "Succeeded", "Failed", "TimedOut", "ScheduleFailed"];
    rest.is_some_and(|rest| known.contains(&rest))
}
