//! A history as it was recorded, as the engine has histories: what cases look at is in it, and every event has its type.

use std::collections::BTreeMap;
use std::sync::Arc;

use asl::{EventDetails, Failure, HistoryEvent, MapIteration, StateType};
use serde_json::Value;

use crate::record::RecordedEvent;

const TYPES: [StateType; 8] = [
    StateType::Task,
    StateType::Wait,
    StateType::Pass,
    StateType::Succeed,
    StateType::Fail,
    StateType::Choice,
    StateType::Parallel,
    StateType::Map,
];

/// The events that can be told of in the engine's own form.
pub(super) fn of(events: &[RecordedEvent]) -> Vec<HistoryEvent> {
    events
        .iter()
        .filter_map(|event| {
            Some(HistoryEvent {
                id: event.id,
                previous_event_id: event.previous,
                timestamp: event.at,
                details: details(event)?,
            })
        })
        .collect()
}

/// The state that an event belongs to: the event with which it was entered, and its name.
pub(super) fn state_of(events: &[RecordedEvent], event: &RecordedEvent) -> Option<(u64, String)> {
    let mut event = event;
    // A chain is never longer than the history.
    for _ in 0..events.len() {
        if event.kind.ends_with("StateEntered") {
            return Some((event.id, event.state.clone()?));
        }
        let before = events.binary_search_by_key(&event.previous, |event| event.id).ok()?;
        event = events.get(before)?;
    }
    None
}

fn text(value: Option<&Value>) -> Arc<str> {
    value.map(Value::to_string).unwrap_or_default().into()
}

fn state_type(kind: &str, ending: &str) -> Option<StateType> {
    let name = kind.strip_suffix(ending)?;
    TYPES.into_iter().find(|known| known.name() == name)
}

fn details(event: &RecordedEvent) -> Option<EventDetails> {
    let failure = || Failure { error: event.error.clone(), cause: event.cause.clone() };
    let name = || event.state.as_deref().unwrap_or_default().into();
    let iteration = || MapIteration::new(name(), event.iteration.unwrap_or_default());
    if let Some(state_type) = state_type(&event.kind, "StateEntered") {
        return Some(EventDetails::StateEntered { state_type, name: name(), input: text(event.input.as_ref()) });
    }
    if let Some(state_type) = state_type(&event.kind, "StateExited") {
        let assigned: BTreeMap<String, Arc<str>> =
            event.assigned.iter().map(|(name, value)| (name.clone(), value.to_string().into())).collect();
        return Some(EventDetails::StateExited {
            state_type,
            name: name(),
            output: text(event.output.as_ref()),
            assigned,
        });
    }
    let iterated: Option<fn(MapIteration) -> EventDetails> = match event.kind.as_str() {
        "MapIterationStarted" => Some(EventDetails::MapIterationStarted),
        "MapIterationSucceeded" => Some(EventDetails::MapIterationSucceeded),
        "MapIterationFailed" => Some(EventDetails::MapIterationFailed),
        "MapIterationAborted" => Some(EventDetails::MapIterationAborted),
        _ => None,
    };
    if let Some(of) = iterated {
        return Some(of(iteration()));
    }
    Some(match event.kind.as_str() {
        "ExecutionStarted" => {
            EventDetails::ExecutionStarted { input: text(event.input.as_ref()), role_arn: Arc::from("") }
        }
        "ExecutionSucceeded" => EventDetails::ExecutionSucceeded { output: text(event.output.as_ref()) },
        "ExecutionFailed" => EventDetails::ExecutionFailed(failure()),
        "ExecutionAborted" => EventDetails::ExecutionAborted(failure()),
        "ExecutionTimedOut" => EventDetails::ExecutionTimedOut(failure()),
        _ => return None,
    })
}
