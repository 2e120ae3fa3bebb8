//! State machine definitions: what was written, read and checked.

mod choice;
mod fields;
mod finding;
mod graph;
mod machine;
mod state;
mod task;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::intrinsic::Expression;
use crate::path::{Path, ReferencePath};
use crate::resource::TaskResource;
use crate::template::Template;

pub(crate) use choice::{Condition, Operand, Operator, Order};
pub(crate) use finding::Findings;
pub use finding::{DefinitionError, Finding, FindingKind};
pub(crate) use task::{Catcher, Jitter, Retrier};

/// A state machine that can be run.
#[derive(Clone, Debug, PartialEq)]
pub struct StateMachine {
    pub(crate) start_at: String,
    pub(crate) timeout_s: Option<u64>,
    pub(crate) states: BTreeMap<String, State>,
}

/// The type of a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the names are the language's own")]
pub enum StateType {
    Task,
    Wait,
    Pass,
    Succeed,
    Fail,
    Choice,
}

impl StateType {
    /// The name as a definition spells it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Task => "Task",
            Self::Wait => "Wait",
            Self::Pass => "Pass",
            Self::Succeed => "Succeed",
            Self::Fail => "Fail",
            Self::Choice => "Choice",
        }
    }
}

/// A path that may be `null`: then an empty object stands in for what it would have read.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum DataPath {
    Path(Path),
    Null,
}

/// Where a result goes.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum ResultPath {
    Path(ReferencePath),
    /// `null`: the result is dropped and the input goes on.
    Discard,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Transition {
    Next(String),
    End,
}

/// A state: what all have in common, and what its type brings.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct State {
    pub(crate) input_path: DataPath,
    pub(crate) output_path: DataPath,
    pub(crate) kind: StateKind,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum StateKind {
    Pass(Pass),
    Task(Box<Task>),
    Wait { until: WaitUntil, then: Transition },
    Choice { rules: Vec<Rule>, default: Option<String> },
    Succeed,
    Fail { error: Option<Text>, cause: Option<Text> },
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Pass {
    pub(crate) parameters: Option<Template>,
    pub(crate) result: Option<Value>,
    pub(crate) result_path: ResultPath,
    pub(crate) then: Transition,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Task {
    pub(crate) resource: TaskResource,
    pub(crate) parameters: Option<Template>,
    pub(crate) result_selector: Option<Template>,
    pub(crate) result_path: ResultPath,
    pub(crate) timeout: Option<Seconds>,
    pub(crate) heartbeat: Option<Seconds>,
    pub(crate) retriers: Vec<Retrier>,
    pub(crate) catchers: Vec<Catcher>,
    pub(crate) then: Transition,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum WaitUntil {
    Seconds(u64),
    SecondsPath(Path),
    Timestamp(Timestamp),
    TimestampPath(Path),
}

/// A number of seconds, given or read from the input.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Seconds {
    Fixed(u64),
    Path { field: &'static str, path: Path },
}

/// A text, given or computed from the input.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Text {
    Fixed(String),
    Computed { field: &'static str, expression: Expression },
}

/// One rule of a Choice state.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Rule {
    pub(crate) condition: Condition,
    pub(crate) next: String,
}

impl State {
    pub(crate) fn state_type(&self) -> StateType {
        match self.kind {
            StateKind::Pass(_) => StateType::Pass,
            StateKind::Task(_) => StateType::Task,
            StateKind::Wait { .. } => StateType::Wait,
            StateKind::Choice { .. } => StateType::Choice,
            StateKind::Succeed => StateType::Succeed,
            StateKind::Fail { .. } => StateType::Fail,
        }
    }
}

impl StateMachine {
    /// The state that an execution begins in.
    pub fn start_at(&self) -> &str {
        &self.start_at
    }

    /// All states with their types, by name.
    pub fn states(&self) -> impl Iterator<Item = (&str, StateType)> {
        self.states.iter().map(|(name, state)| (name.as_str(), state.state_type()))
    }

    /// The Task states with what they call, by name: a driver checks here that it can serve them all.
    pub fn resources(&self) -> impl Iterator<Item = (&str, &TaskResource)> {
        self.states.iter().filter_map(|(name, state)| match &state.kind {
            StateKind::Task(task) => Some((name.as_str(), &task.resource)),
            _ => None,
        })
    }
}
