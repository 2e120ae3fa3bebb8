//! The events of parallel branches: what the recording did to them, and comparing them in any order.

use serde_json::{Value, json};

const ENDS: [&str; 4] =
    ["ParallelStateSucceeded", "ParallelStateAborted", "ParallelStateExited", "ParallelStateFailed"];

/// Does to a history what the recording did: events inside a Parallel state lose their ids, and what lies between the first end
/// of such a state and the next end is dropped.
pub(crate) fn strip(value: &mut Value) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                match member {
                    Value::Array(events) if name == "events" => strip_events(events),
                    other => strip(other),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(strip),
        _ => {}
    }
}

fn strip_events(events: &mut Vec<Value>) {
    let mut start = 0;
    let mut inside = false;
    let mut collected = Vec::new();
    let mut at = 0;
    while at < events.len() {
        match events[at]["type"].as_str() {
            None => inside = false,
            Some(end) if ENDS.contains(&end) => {
                events.splice(start..at, collected.iter().cloned());
                inside = false;
            }
            Some("ParallelStateStarted") => (inside, start, collected) = (true, at + 1, Vec::new()),
            Some(_) if inside => {
                events[at]["id"] = json!([0]);
                events[at]["previousEventId"] = 0.into();
                collected.push(events[at].clone());
            }
            Some(_) => {}
        }
        at += 1;
    }
}

/// Whether an event is one whose place among its neighbours means nothing.
pub(crate) fn is_loose(event: Option<&Value>) -> bool {
    event.is_some_and(|event| event["id"] == json!([0]))
}
