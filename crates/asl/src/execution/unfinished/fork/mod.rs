//! Fork: a new execution begins where another one was, by the other's history.

mod containers;
mod event;
mod past;
mod point;
mod take_over;

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::definition::{FlowIndex, StateMachine};
use crate::execution::Execution;
use crate::execution::effect::Effect;
use crate::execution::start::{Start, StartError};
use crate::execution::step::Step;
use crate::history::EventDetails;
use crate::quotas::MAX_EXECUTION_S;
pub use event::PastEvent;
pub use point::ForkPoint;

/// What a fork takes over.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct TakenOver {
    /// The states that begin: with the input that they had, or another one.
    pub begins: Vec<ForkedState>,
    /// The states whose other branches or iterations have kept what they had come to: how many results each.
    pub results: Vec<KeptResults>,
    /// The names of the variables that the states which begin see.
    pub variables: Vec<String>,
}

/// A state that begins in a fork.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct ForkedState {
    /// Its name.
    pub state: String,
    /// The Parallel and Map states around it with the branch or iteration, the outermost first: `Each[2]`.
    pub inside: Vec<String>,
    /// The event of the other execution with which it was entered there.
    pub entered_event_id: u64,
    /// Whether it had not ended there: what it calls is called again.
    pub was_open: bool,
    /// Whether it is a distributed Map state, all of whose items are processed again.
    pub runs_children_again: bool,
}

/// Results that a Parallel or Map state keeps in a fork.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct KeptResults {
    /// The state's name.
    pub state: String,
    /// How many of its branches or iterations had ended.
    pub count: u64,
}

/// Why a history can't be forked there, or not with this definition.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ForkError {
    /// The history has no such event.
    #[error("the history has no event {event}: its last one is {last}")]
    NoSuchEvent {
        /// The event that was asked for.
        event: u64,
        /// The newest one.
        last: u64,
    },
    /// No state was entered by then.
    #[error("by event {event} the execution has entered no state")]
    NothingEntered {
        /// The event that was asked for.
        event: u64,
    },
    /// What went in or came out was left out or cut off.
    #[error("the history does not have {what} of event {event}: it was recorded without data, or cut off")]
    NoPayload {
        /// The event.
        event: u64,
        /// What is missing.
        what: &'static str,
    },
    /// It can't be told where in the definition an event belongs.
    #[error("event {event} is of the state '{state}', which can't be found in the definition that the history is of")]
    Unclear {
        /// The event.
        event: u64,
        /// The state.
        state: String,
    },
    /// The definition does not have a state where the execution was.
    #[error("the definition has no state '{state}'{inside} to begin with")]
    NoState {
        /// The state.
        state: String,
        /// Where it was, as the rest of a clause.
        inside: String,
    },
    /// What was inside a state can't go on there.
    #[error("'{state}' is a Parallel or Map state in the history, and not in this definition")]
    NothingInside {
        /// The state.
        state: String,
    },
    /// The Map state has fewer items than it had.
    #[error("the Map state '{state}' has no item {index} with this definition, which the execution had begun")]
    NoItem {
        /// The Map state.
        state: String,
        /// The item's index.
        index: u64,
    },
    /// An input is given, and it is not said for which of several states.
    #[error(
        "an input is for one state, and at event {event} the execution is in {count}; name an event of one of them"
    )]
    SeveralStates {
        /// The event that was asked for.
        event: u64,
        /// How many states begin.
        count: usize,
    },
    /// A payload is not JSON.
    #[error("{what} is not JSON: {reason}")]
    NotJson {
        /// Which one.
        what: String,
        /// What the JSON reader said.
        reason: String,
    },
    /// The execution can't start.
    #[error(transparent)]
    Start(#[from] StartError),
}

impl Execution {
    /// Starts an execution where another one was, and runs it until it has to wait. What had ended in branches and iterations
    /// beside it is taken over; what is entered has events of its own. Attempts and time limits count from the beginning.
    ///
    /// # Errors
    /// When the machine does not have the states that begin, or the start is refused.
    pub fn fork(machine: &StateMachine, start: Start, point: &ForkPoint) -> Result<(Self, Vec<Effect>), ForkError> {
        let now = start.now;
        let (mut execution, input) = Self::new(machine.timeout_s.unwrap_or(MAX_EXECUTION_S), start)?;
        let mut step = Step::new(machine, &mut execution, now);
        let role_arn = Arc::clone(&step.execution.context.role_arn);
        step.record(0, EventDetails::ExecutionStarted { input: Arc::clone(input.text()), role_arn });
        step.take_over(&point.place, FlowIndex(0))?;
        step.run_due();
        let effects = step.finish();
        execution.input = execution.input.text_only();
        Ok((execution, effects))
    }
}
