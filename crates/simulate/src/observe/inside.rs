//! What came of the branches and iterations inside a state, where another judge can't run them.

use std::collections::BTreeMap;

use asl::{EventDetails, HistoryEvent, Outcome};
use serde_json::Value;

use crate::run::Run;

/// The results inside a Parallel or Map state that was entered the `nth` time (from 0) in a run of the engine; none where it did
/// not come to them all. `state` is its definition.
pub(super) fn results_inside(run: &Run, name: &str, nth: usize, state: &Value) -> Option<Value> {
    let is_it =
        |event: &&HistoryEvent| matches!(&event.details, EventDetails::StateEntered { name: of, .. } if **of == *name);
    let entered = run.history.iter().filter(is_it).nth(nth)?.id;
    let left = |event: &&HistoryEvent| {
        event.id > entered && matches!(&event.details, EventDetails::StateExited { name: of, .. } if **of == *name)
    };
    let end = run.history.iter().find(left).map_or(u64::MAX, |event| event.id);
    let inside: Vec<&HistoryEvent> = run.history.iter().filter(|it| it.id > entered && it.id < end).collect();
    match state.get("Branches").and_then(Value::as_array) {
        Some(branches) => branches.iter().map(|branch| of_branch(&inside, branch)).collect::<Option<Vec<_>>>(),
        None => of_iterations(run, &inside, name),
    }
    .map(Value::Array)
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
