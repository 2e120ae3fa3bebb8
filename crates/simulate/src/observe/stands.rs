//! What a state's call came to in the engine's run, for another judge that runs the state alone.

use asl::HistoryEvent;
use serde_json::Value;

use super::inside::results_inside;
use crate::run::Run;

/// What takes the place of what a state calls, or has inside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stand {
    /// A result, as JSON text.
    Result(String),
    /// An error.
    Error {
        /// Its name.
        error: Option<String>,
        /// Its cause.
        cause: Option<String>,
    },
}

/// What the attempt of a state came to that was entered the `nth` time, both from 0; none when the engine did not get there.
/// `state` is its definition.
pub fn stand(run: &Run, name: &str, state: &Value, nth: usize, attempt: usize) -> Option<Stand> {
    let entered: Vec<&HistoryEvent> = run.history.iter().filter(|event| is_of(event, "StateEntered", name)).collect();
    let first = entered.get(nth)?.id;
    let mut left = run.history.iter().filter(|event| event.id > first && is_of(event, "StateExited", name));
    let last = left.next().map_or(u64::MAX, |event| event.id);
    let inside = run.history.iter().filter(|event| event.id > first && event.id < last);
    if state.get("Type").and_then(Value::as_str) != Some("Task") {
        let mut failed = inside.clone().filter(|event| is_failure(&event.type_name())).filter_map(failure);
        return match results_inside(run, name, nth, state) {
            Some(results) => Some(Stand::Result(results.to_string())),
            None => failed.next_back(),
        };
    }
    let own = inside.filter(|event| run.entry_of(event.id) == Some(first));
    let ends = own.filter_map(|event| {
        let kind = event.type_name();
        if is_failure(&kind) { failure(event) } else { result(event).filter(|_| kind.ends_with("Succeeded")) }
    });
    ends.into_iter().nth(attempt)
}

fn is_of(event: &HistoryEvent, ending: &str, name: &str) -> bool {
    event.type_name().ends_with(ending) && member(event, "name").as_deref() == Some(name)
}

fn is_failure(kind: &str) -> bool {
    let of_task = ["Task", "LambdaFunction", "Activity"].iter().any(|start| kind.starts_with(start));
    of_task && (kind.ends_with("Failed") || kind.ends_with("TimedOut"))
}

fn member(event: &HistoryEvent, name: &str) -> Option<String> {
    let (_, details) = event.details.to_api()?;
    details.get(name)?.as_str().map(str::to_owned)
}

fn failure(event: &HistoryEvent) -> Option<Stand> {
    Some(Stand::Error { error: member(event, "error"), cause: member(event, "cause") })
}

fn result(event: &HistoryEvent) -> Option<Stand> {
    member(event, "output").map(Stand::Result)
}
