//! The children of Map Runs: executions of their own, started, stopped and told of by the execution that runs the map.

mod express;
pub(super) mod open_map_runs;
pub(super) mod turns;

use std::sync::Arc;

use asl::{Input, Outcome};
use cloud_core::ServiceError;

use super::loaded::Loaded;
use super::message::Message;
use crate::recovery::{MapChildStart, Work};
use crate::rows::execution::{ExecutionHead, ExecutionKey, ExecutionRow, ExecutionState, MapChild};
use crate::rows::format::FormatVersion;
use crate::states::States;
use crate::wire::errors;

/// Starts a child, unless it is there already. An express one runs in memory, and again after a restart.
pub(super) fn begin(states: &Arc<States>, start: MapChildStart) {
    let driver = &states.driver;
    let work = start.work();
    if start.is_express() {
        let parent = start.parent().clone();
        let run = express::run(Arc::clone(states), start);
        return driver.in_flight.begin(&parent, work, states.clock.work(run));
    }
    match start.key() {
        Ok(key) => {
            driver.children.link(start.parent(), work, &key);
            driver.post(&key, Message::StartMapChild(Box::new(start)));
        }
        Err(error) => notify_ended(states, start.parent(), start.child(), MapChildStart::failed(&error)),
    }
}

/// Tells the execution that runs the map how a child has ended.
pub(super) fn notify_ended(states: &Arc<States>, parent: &ExecutionKey, child: asl::ChildId, outcome: Outcome) {
    let ended = Input::ChildEnded { child, outcome };
    states.driver.post(parent, Message::Input(ended));
}

/// Tells the execution that runs the map that a child, which had ended so, can't be redriven.
pub(super) fn notify_not_redrivable(
    states: &Arc<States>,
    parent: &ExecutionKey,
    child: asl::ChildId,
    outcome: Outcome,
) {
    states.driver.children.unlink(parent, Work::Child(child));
    states.driver.post(parent, Message::Input(Input::ChildNotRedrivable { child, outcome }));
}

/// Creates a child's execution.
pub(super) fn create(
    states: &Arc<States>,
    key: &ExecutionKey,
    start: &MapChildStart,
) -> Result<(Loaded, Vec<asl::Effect>), ServiceError> {
    let (machine, _) = key.parts();
    let sequence = states.index().begin_start(machine);
    let now = states.clock.now();
    let created = states.compiled(machine, start.revision()).and_then(|compiled| {
        let definition = states.definition(&compiled);
        let started = asl::Execution::start_child(&definition, start.map_state(), start.start(now));
        drop(definition);
        let (execution, effects) = started.map_err(|error| errors::invalid_input(&error.to_string()))?;
        let head = ExecutionHead {
            map_run: start.map_run_id(),
            items: start.items(),
            ..ExecutionHead::starting(now, start.revision(), sequence)
        };
        let place = MapChild {
            execution: start.parent().clone(),
            child: start.child(),
            map_run_arn: Arc::clone(start.map_run_arn()),
        };
        let row = ExecutionRow {
            format: FormatVersion,
            head,
            started_by: None,
            map_child: Some(Box::new(place)),
            redrive_tokens: None,
            mocks: start.mocks().map(|mocks| Box::new(mocks.for_child())),
            next_wake: None,
            has_work: false,
            state: ExecutionState::Running(Box::new(execution)),
        };
        Ok((Loaded::new(row, compiled), effects))
    });
    if created.is_err() {
        states.index().end(machine);
    }
    created
}
