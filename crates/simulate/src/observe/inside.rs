//! What came of the branches and iterations inside a state, where another judge can't run them.

use std::collections::BTreeMap;

use asl::{EventDetails, HistoryEvent, Outcome};
use serde_json::Value;

use crate::run::{Run, Subject};

/// The results inside a Parallel or Map state that was entered the `nth` time (from 0) in a run of the engine; none where it did
/// not come to them all. `state` is its definition.
pub(super) fn results_inside(run: &Run, name: &str, nth: usize, state: &Value) -> Option<Value> {
    let inside = within(run, name, nth);
    match state.get("Branches").and_then(Value::as_array) {
        Some(branches) => branches.iter().map(|branch| of_branch(&inside, branch)).collect::<Option<Vec<_>>>(),
        None => of_iterations(run, &inside, name),
    }
    .map(Value::Array)
}

/// Puts what the engine saw inside Parallel and Map states into a run of somebody who sees these as a whole.
pub fn with_inside(mut run: Run, engine: &Run, subject: &Subject) -> Run {
    let is_outermost = |name: &str| subject.outermost.iter().any(|state| state == name);
    let mut history = Vec::new();
    let mut entries: BTreeMap<String, usize> = BTreeMap::new();
    for event in std::mem::take(&mut run.history) {
        if let EventDetails::StateEntered { name, .. } = &event.details {
            let nth = entries.entry(name.to_string()).or_default();
            let inner = within(engine, name, *nth).into_iter().filter(|event| match &event.details {
                EventDetails::StateEntered { name, .. } => !is_outermost(name),
                _ => false,
            });
            *nth += 1;
            let inner: Vec<HistoryEvent> = inner.cloned().collect();
            history.push(event);
            history.extend(inner);
        } else {
            history.push(event);
        }
    }
    run.history = history;
    run.children.clone_from(&engine.children);
    run.calls.extend(engine.calls.iter().filter(|call| !is_outermost(&call.state)).cloned());
    run.decisions.extend(engine.decisions.iter().filter(|decision| !is_outermost(&decision.state)).cloned());
    run
}

/// The events of a run between the `nth` entry into a state (from 0) and its exit.
fn within<'r>(run: &'r Run, name: &str, nth: usize) -> Vec<&'r HistoryEvent> {
    let is_entry =
        |event: &&HistoryEvent| matches!(&event.details, EventDetails::StateEntered { name: of, .. } if **of == *name);
    let Some(entered) = run.history.iter().filter(is_entry).nth(nth).map(|event| event.id) else { return Vec::new() };
    let left = |event: &&HistoryEvent| {
        event.id > entered && matches!(&event.details, EventDetails::StateExited { name: of, .. } if **of == *name)
    };
    let end = run.history.iter().find(left).map_or(u64::MAX, |event| event.id);
    run.history.iter().filter(|event| event.id > entered && event.id < end).collect()
}

/// The output of the last of a branch's own states.
fn of_branch(inside: &[&HistoryEvent], branch: &Value) -> Option<Value> {
    let states = branch.get("States")?.as_object()?;
    inside.iter().rev().find_map(|event| match &event.details {
        EventDetails::StateExited { name, output, .. } if states.contains_key(&**name) => {
            serde_json::from_str(output).ok()
        }
        _ => None,
    })
}

fn of_iterations(run: &Run, inside: &[&HistoryEvent], name: &str) -> Option<Vec<Value>> {
    let length = inside.iter().find_map(|event| match &event.details {
        EventDetails::MapStateStarted { length } => Some(*length),
        _ => None,
    })?;
    let mut results: BTreeMap<u64, Value> = BTreeMap::new();
    for event in inside {
        let EventDetails::MapIterationSucceeded(iteration) = &event.details else { continue };
        let last = inside.iter().find(|it| it.id == event.previous_event_id)?;
        if let EventDetails::StateExited { output, .. } = &last.details {
            results.insert(iteration.index, serde_json::from_str(output).ok()?);
        }
    }
    for child in &run.children {
        let [(state, index)] = child.place.as_slice() else { continue };
        if let (true, Some(Outcome::Succeeded { output })) = (**state == *name, &child.outcome) {
            results.insert(*index, serde_json::from_str(output).ok()?);
        }
    }
    let all = usize::try_from(length).is_ok_and(|length| length == results.len());
    all.then(|| results.into_values().collect())
}
