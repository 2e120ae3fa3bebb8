//! State machine definitions: what was written, read and checked.

mod choice;
mod dynamic;
mod express;
mod fields;
mod graph;
mod json;
mod machine;
mod map;
mod redefinition;
mod state;
mod step_budget;
mod task;
#[cfg(test)]
mod tests;
mod variable;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::document::Document;
use crate::finding::Finding;
use crate::intrinsic::Expression;
use crate::path::{Path, ReferencePath};
use crate::resource::TaskResource;
use crate::template::Template;

pub(crate) use choice::{Condition, Operand, Operator, Order};
pub(crate) use graph::ends;
pub(crate) use machine::STATE_ON_ITS_OWN;
pub use map::ChildType;
pub(crate) use map::{
    Distributed, ItemBatcher, ItemFormat, ItemReader, Items, ManifestType, Map, MapMode, ONLY_DISTRIBUTED, OutputType,
    ReaderTransformation, ResultWriter, Transformation,
};
pub(crate) use step_budget::Budget;
pub(crate) use task::{Catcher, Jitter, Recovery, Retrier, Route};

/// A state machine that can be run.
#[derive(Clone, Debug, PartialEq)]
pub struct StateMachine {
    pub(crate) timeout_s: Option<u64>,
    /// Every state of every flow; names are unique over all of them.
    pub(crate) states: Vec<State>,
    /// The machine itself first, then the branches and iterations inside it.
    pub(crate) flows: Vec<Flow>,
    pub(crate) warnings: Vec<Finding>,
    /// Activities, by ARN, that are known not to exist.
    pub(crate) missing_activities: BTreeSet<String>,
    /// How much its executions do in a step.
    pub(crate) step_budget: Budget,
    /// Whether Map Runs wait for their turn once they have started.
    pub(crate) queues_map_runs: bool,
}

/// Where a state is in [`StateMachine::states`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct StateIndex(pub(crate) u32);

/// Where a flow is in [`StateMachine::flows`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct FlowIndex(pub(crate) u32);

/// A graph of states with a start: the machine itself, a branch of a Parallel state, what a Map state does with an item.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Flow {
    /// Where it is written: empty, or `/States/P/Branches[0]`.
    pub(crate) location: String,
    pub(crate) start_at: Target,
    pub(crate) states: BTreeMap<Arc<str>, StateIndex>,
}

/// The state that a transition leads to.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Target {
    pub(crate) name: Arc<str>,
    /// Known once the flow's transitions were checked.
    pub(crate) state: StateIndex,
}

/// The language of the expressions in a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum QueryLanguage {
    /// Paths, payload templates and intrinsic functions.
    JsonPath,
    /// Texts such as `{% $states.input %}`.
    Jsonata,
}

impl QueryLanguage {
    /// The name as a definition spells it.
    pub fn name(self) -> &'static str {
        match self {
            Self::JsonPath => "JSONPath",
            Self::Jsonata => "JSONata",
        }
    }

    /// The field that has what a call is given.
    pub(crate) fn arguments(self) -> &'static str {
        match self {
            Self::JsonPath => "Parameters",
            Self::Jsonata => "Arguments",
        }
    }
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
    Parallel,
    Map,
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
            Self::Parallel => "Parallel",
            Self::Map => "Map",
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
pub(crate) enum NextOrEnd {
    Next(Target),
    End,
}

/// A state: what all have in common, and what its type brings.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct State {
    pub(crate) name: Arc<str>,
    /// The flow that it belongs to.
    pub(crate) flow: FlowIndex,
    pub(crate) data: DataFlow,
    pub(crate) kind: StateKind,
}

/// What happens to a payload on its way through a state, in the state's query language.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum DataFlow {
    JsonPath(Box<JsonPathFlow>),
    Jsonata(Box<JsonataFlow>),
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct JsonPathFlow {
    pub(crate) input_path: DataPath,
    /// Of Pass, Task and Parallel; a Map state's are its item selector.
    pub(crate) parameters: Option<Template>,
    pub(crate) result_selector: Option<Template>,
    pub(crate) result_path: ResultPath,
    pub(crate) output_path: DataPath,
    pub(crate) assign: Option<Template>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct JsonataFlow {
    pub(crate) arguments: Option<jsonata::Template>,
    pub(crate) output: Option<jsonata::Template>,
    pub(crate) assign: Option<jsonata::Template>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum StateKind {
    Pass { result: Option<Document>, then: NextOrEnd },
    Task(Box<Task>),
    Wait { until: WaitUntil, then: NextOrEnd },
    Choice { rules: Vec<Rule>, default: Option<Target> },
    Succeed,
    Fail { error: Option<Dynamic<String>>, cause: Option<Dynamic<String>> },
    Parallel(Box<Parallel>),
    Map(Box<Map>),
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Task {
    pub(crate) resource: TaskResource,
    /// The partition of the resource's ARN.
    pub(crate) partition: String,
    /// `Credentials.RoleArn`: the role that the task is called with.
    pub(crate) role_arn: Option<Dynamic<String>>,
    pub(crate) timeout: Option<Dynamic<u64>>,
    pub(crate) heartbeat: Option<Dynamic<u64>>,
    pub(crate) recovery: Recovery,
    pub(crate) then: NextOrEnd,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Parallel {
    pub(crate) branches: Vec<FlowIndex>,
    pub(crate) recovery: Recovery,
    pub(crate) then: NextOrEnd,
}

/// A template in the query language of its state.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum LanguageTemplate {
    JsonPath(Template),
    Jsonata(jsonata::Template),
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum WaitUntil {
    Seconds(Dynamic<u64>),
    Timestamp(Dynamic<Timestamp>),
}

/// The value of a dynamic field: a literal, or found when the state runs. `field` is the name in the definition, for errors.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Dynamic<T> {
    Literal(T),
    /// By a path; `ErrorPath`, `CausePath` and `RoleArn.$` take an intrinsic function as well.
    Path {
        field: &'static str,
        expression: Expression,
    },
    Expression {
        field: &'static str,
        expression: jsonata::Expression,
    },
}

/// One rule of a Choice state.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Rule {
    pub(crate) test: Test,
    pub(crate) route: Route,
}

/// What decides a rule.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Test {
    Condition(Condition),
    /// `Condition` in JSONata: an expression, or a fixed truth.
    Expression(Dynamic<bool>),
}

impl State {
    pub(crate) fn state_type(&self) -> StateType {
        match self.kind {
            StateKind::Pass { .. } => StateType::Pass,
            StateKind::Task(_) => StateType::Task,
            StateKind::Wait { .. } => StateType::Wait,
            StateKind::Choice { .. } => StateType::Choice,
            StateKind::Succeed => StateType::Succeed,
            StateKind::Fail { .. } => StateType::Fail,
            StateKind::Parallel(_) => StateType::Parallel,
            StateKind::Map(_) => StateType::Map,
        }
    }

    pub(crate) fn is_jsonata(&self) -> bool {
        matches!(self.data, DataFlow::Jsonata(_))
    }
}

impl StateKind {
    /// The retriers and catchers of a state that can have them.
    pub(crate) fn recovery(&self) -> Option<&Recovery> {
        match self {
            Self::Task(task) => Some(&task.recovery),
            Self::Parallel(parallel) => Some(&parallel.recovery),
            Self::Map(map) => Some(&map.recovery),
            _ => None,
        }
    }
}

impl StateMachine {
    /// AWS's warnings about a definition that it accepts.
    pub fn warnings(&self) -> &[Finding] {
        &self.warnings
    }

    /// The machine as it runs while these activities, by ARN, do not exist: a Task state that needs one of them fails before
    /// anything is scheduled.
    #[must_use]
    pub fn without_activities(mut self, missing: BTreeSet<String>) -> Self {
        self.missing_activities = missing;
        self
    }

    /// The machine with a time limit for its executions, in seconds: an express state machine has five minutes. A shorter
    /// `TimeoutSeconds` stays.
    #[must_use]
    pub fn with_time_limit(mut self, limit_s: u64) -> Self {
        self.timeout_s = Some(self.timeout_s.unwrap_or(limit_s).min(limit_s));
        self
    }

    /// The machine with another bound on the steps of its executions than 500 events and 512 KiB of payloads: a step ends
    /// before a state is entered, or a child of a Map Run started, once it has made so many events or payloads of so many
    /// bytes. At least 1 of each.
    #[must_use]
    pub fn with_step_bound(mut self, events: usize, payload_bytes: usize) -> Self {
        self.step_budget = Budget::of(events.max(1), payload_bytes.max(1));
        self
    }

    /// The machine with Map Runs that wait, once they have started, until [`crate::Input::OpenMapRun`] gives each its turn. AWS has
    /// them wait when an account has too many open ones; without this, none waits.
    #[must_use]
    pub fn with_queued_map_runs(mut self) -> Self {
        self.queues_map_runs = true;
        self
    }

    /// The state that an execution starts in.
    pub fn start_at(&self) -> &str {
        self.flows.first().map_or("", |flow| &flow.start_at.name)
    }

    /// All states with their types, by name, those inside Parallel and Map states too.
    pub fn states(&self) -> impl Iterator<Item = (&str, StateType)> {
        self.states.iter().map(|state| (&*state.name, state.state_type()))
    }

    /// The Task states with the resources that they call: a driver checks here that it supports them all.
    pub fn resources(&self) -> impl Iterator<Item = (&str, &TaskResource)> {
        self.states.iter().filter_map(|state| match &state.kind {
            StateKind::Task(task) => Some((&*state.name, &task.resource)),
            _ => None,
        })
    }

    pub(crate) fn state(&self, index: StateIndex) -> Option<&State> {
        self.states.get(usize::try_from(index.0).ok()?)
    }

    pub(crate) fn flow(&self, index: FlowIndex) -> Option<&Flow> {
        self.flows.get(usize::try_from(index.0).ok()?)
    }

    /// Where a state is written, as AWS writes it: `/States/P/Branches[0]/States/A`.
    pub(crate) fn location(&self, state: &State) -> String {
        let flow = self.flow(state.flow).map_or("", |flow| &flow.location);
        format!("{flow}/States/{}", state.name)
    }
}
