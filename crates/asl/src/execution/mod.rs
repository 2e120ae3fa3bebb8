//! A running execution: a value that takes inputs and answers with effects.

mod branch;
mod data;
mod effect;
mod fault;
mod input;
mod jitter;
mod join;
mod map;
mod retry;
mod start;
mod states;
mod step;
mod stored;
mod task;
mod unfinished;

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::definition::Budget;
use crate::definition::StateMachine;
use crate::definition::{ChildType, FlowIndex, MapMode, StateKind};
use crate::document::Document;
use crate::history::Status;
use crate::quotas::{MAX_EXECUTION_S, MAX_EXPRESS_S, MAX_PAYLOAD_BYTES};
use crate::timestamp;
use branch::{Branch, BranchId};
use map::map_run::MapRun;
use step::Step;
use stored::Format;

pub use data::decision::{ConditionTaken, Decision, Decisions, Way};
pub use data::inspection::{ErrorDetails, Inspection};
pub use effect::{Effect, Outcome};
pub use input::{IllegalInput, Input};
pub use map::children::{ChildId, ChildRequest, MapRunCounts, MapRunId, MapRunSummary};
pub use start::{ExecutionContext, Start, StartBuilder, StartError};
pub use states::state_test::{StateOutcome, StateProgress, StateStatus, StateTest, StateTestSetup, TestedState};
pub use states::waits::{StateWait, StateWaitReason};
pub use task::{TaskId, TaskPhase, TaskPurpose, TaskRequest};
pub use unfinished::fork::{ForkError, ForkPoint, ForkedState, KeptResults, PastEvent, TakenOver};
pub use unfinished::redrive::NotRedrivable;

/// An execution: everything that must survive a restart, and nothing that grows with the history.
///
/// It is stored with serde, as JSON for instance. What is stored begins with [`Execution::FORMAT`], the version of the format:
/// an older version is read, a newer one is refused.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Execution {
    #[serde(default)]
    format: Format,
    #[serde(alias = "about")]
    context: ExecutionContext,
    input: Document,
    seed: u64,
    status: Status,
    last_event_id: u64,
    last_task_id: u64,
    last_branch_id: u32,
    /// The latest `now` seen: the history never goes back in time.
    latest: Timestamp,
    times_out_at: Timestamp,
    /// The execution's own branch, and those inside Parallel and Map states.
    /// Boxed, because a node of the map has room for eleven values.
    #[serde(deserialize_with = "branch::with_outer_variables")]
    branches: BTreeMap<BranchId, Box<Branch>>,
    /// What a redrive goes on with, once it has ended without success.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty", deserialize_with = "branch::with_outer_variables")]
    unfinished: BTreeMap<BranchId, Box<Branch>>,
}

impl Execution {
    /// Starts an execution and runs it until it has to wait.
    ///
    /// # Errors
    /// When the input is not JSON or too large.
    pub fn start(machine: &StateMachine, start: Start) -> Result<(Self, Vec<Effect>), StartError> {
        Self::start_flow(machine, (FlowIndex(0), machine.timeout_s.unwrap_or(MAX_EXECUTION_S)), start, None)
    }

    /// Starts an execution as [`start`](Self::start) does, and notes its decisions.
    ///
    /// # Errors
    /// As [`start`](Self::start).
    pub fn start_noting(
        machine: &StateMachine,
        start: Start,
        decisions: &Decisions,
    ) -> Result<(Self, Vec<Effect>), StartError> {
        let flow = (FlowIndex(0), machine.timeout_s.unwrap_or(MAX_EXECUTION_S));
        Self::start_flow(machine, flow, start, Some(decisions))
    }

    /// Starts a child of a Map Run: an execution of the item processor of the named Map state.
    ///
    /// # Errors
    /// When the input is not JSON or too large, or the machine has no such Map state.
    pub fn start_child(
        machine: &StateMachine,
        map_state: &str,
        start: Start,
    ) -> Result<(Self, Vec<Effect>), StartError> {
        Self::start_flow(machine, Self::child_flow(machine, map_state)?, start, None)
    }

    /// Starts a child as [`start_child`](Self::start_child) does, and notes its decisions.
    ///
    /// # Errors
    /// As [`start_child`](Self::start_child).
    pub fn start_child_noting(
        machine: &StateMachine,
        map_state: &str,
        start: Start,
        decisions: &Decisions,
    ) -> Result<(Self, Vec<Effect>), StartError> {
        Self::start_flow(machine, Self::child_flow(machine, map_state)?, start, Some(decisions))
    }

    /// The flow of a Map state's children, and how many seconds each has.
    fn child_flow(machine: &StateMachine, map_state: &str) -> Result<(FlowIndex, u64), StartError> {
        let state = machine.states.iter().find(|state| &*state.name == map_state).map(|state| &state.kind);
        let Some(StateKind::Map(map)) = state else {
            return Err(StartError::NoSuchMap { state: map_state.to_owned() });
        };
        let time_s = match &map.mode {
            MapMode::Distributed(distributed) if distributed.children == ChildType::Express => MAX_EXPRESS_S,
            _ => MAX_EXECUTION_S,
        };
        Ok((map.processor, time_s))
    }

    /// An execution that has not begun, with its input.
    fn new(time_s: u64, start: Start) -> Result<(Self, Document), StartError> {
        let size_bytes = start.input.len();
        if size_bytes > MAX_PAYLOAD_BYTES {
            return Err(StartError::InputTooLarge { size_bytes });
        }
        let input =
            Document::parse(start.input).map_err(|problem| StartError::InputNotJson { reason: problem.to_string() })?;
        let execution = Self {
            format: Format,
            context: start.context,
            input: input.clone(),
            seed: start.seed,
            status: Status::Running,
            last_event_id: 0,
            last_task_id: 0,
            last_branch_id: 0,
            latest: start.now,
            times_out_at: timestamp::later(start.now, time_s.min(MAX_EXECUTION_S).saturating_mul(1000)),
            branches: BTreeMap::new(),
            unfinished: BTreeMap::new(),
        };
        Ok((execution, input))
    }

    /// An execution in which one state is run alone.
    fn of_one_state(start: Start) -> Result<(Self, Document), StartError> {
        Self::new(MAX_EXPRESS_S, start)
    }

    fn start_flow(
        machine: &StateMachine,
        (flow, time_s): (FlowIndex, u64),
        start: Start,
        decisions: Option<&Decisions>,
    ) -> Result<(Self, Vec<Effect>), StartError> {
        let now = start.now;
        let (mut execution, input) = Self::new(time_s, start)?;
        let mut step = Step::new(machine, &mut execution, now);
        step.decisions = decisions;
        step.begin(flow, input);
        step.run_due();
        let effects = step.finish();
        execution.input = execution.input.text_only();
        for branch in execution.branches.values_mut() {
            if Arc::ptr_eq(branch.input.text(), execution.input.text()) {
                branch.input = execution.input.clone();
            }
        }
        Ok((execution, effects))
    }

    /// Applies an input and runs until the execution has to wait again, or has done as much as one step may.
    ///
    /// Timers that are due at `now` fire as well, whatever the input is. An execution that [has more](Self::has_more) to do
    /// goes on with [`Input::Wake`]; it takes every other input before that.
    ///
    /// # Errors
    /// When the input is illegal in the present state of the execution, which is then unchanged.
    pub fn handle(
        &mut self,
        machine: &StateMachine,
        input: Input,
        now: Timestamp,
    ) -> Result<Vec<Effect>, IllegalInput> {
        self.take(machine, input, now, None)
    }

    /// Applies an input as [`handle`](Self::handle) does, and notes the decisions that come of it.
    ///
    /// # Errors
    /// As [`handle`](Self::handle).
    pub fn handle_noting(
        &mut self,
        machine: &StateMachine,
        input: Input,
        now: Timestamp,
        decisions: &Decisions,
    ) -> Result<Vec<Effect>, IllegalInput> {
        self.take(machine, input, now, Some(decisions))
    }

    fn take(
        &mut self,
        machine: &StateMachine,
        input: Input,
        now: Timestamp,
        decisions: Option<&Decisions>,
    ) -> Result<Vec<Effect>, IllegalInput> {
        input::check(self, machine, &input)?;
        // Only a wake-up goes on with what is left over, so that many inputs at a time do not add up to a long step.
        let goes_on = matches!(input, Input::Wake) || !self.has_more();
        let mut step = Step::new(machine, self, now);
        step.decisions = decisions;
        if !goes_on {
            step.budget = Budget::none();
        }
        step.apply(input);
        step.run_due();
        Ok(step.finish())
    }

    /// Whether the last step ended before everything was done that can be done now: [`Input::Wake`] is due at once.
    pub fn has_more(&self) -> bool {
        let is_left_over =
            |branch: &Branch| branch.is_ready() || branch.map_run().is_some_and(|run| run.can_begin_next());
        self.status == Status::Running && self.branches.values().any(|branch| is_left_over(branch))
    }

    /// The instant at which [`Input::Wake`] is due next: one that has passed when it [has more](Self::has_more) to do,
    /// `None` once the execution has ended.
    pub fn next_wake(&self) -> Option<Timestamp> {
        if self.status != Status::Running {
            return None;
        }
        if self.has_more() {
            return Some(self.latest);
        }
        let timers = self.branches.values().filter_map(|branch| branch.due());
        Some(timers.fold(self.times_out_at, Timestamp::min))
    }

    /// The instant at which the execution goes on by itself: a Wait ends, or the backoff before a retry, or its time limit
    /// is reached before that. `None` while all that it waits for is up to others.
    pub fn next_wait(&self) -> Option<Timestamp> {
        if self.has_more() {
            return Some(self.latest);
        }
        let first = self.branches.values().filter_map(|branch| branch.goes_on_at()).min();
        first.map(|first| first.min(self.times_out_at))
    }

    /// The states that [`Input::Skip`] ends the waiting of: Wait states, and states whose next attempt is due later. One for
    /// each branch and iteration.
    pub fn waiting_states(&self) -> impl Iterator<Item = &str> {
        self.branches.values().filter(|branch| branch.goes_on_at().is_some()).map(|branch| &*branch.state)
    }

    /// The execution's status; always the same as [`Status::of`] its history.
    pub fn status(&self) -> Status {
        self.status
    }

    /// What the Context Object says about the execution.
    pub fn context(&self) -> &ExecutionContext {
        &self.context
    }

    /// The input that it was started with, as it was written.
    pub fn input(&self) -> &str {
        self.input.text()
    }

    /// The id of the newest event.
    pub fn last_event_id(&self) -> u64 {
        self.last_event_id
    }

    /// The running tasks with their phases: what a driver resumes after a restart.
    pub fn running_tasks(&self) -> impl Iterator<Item = (&TaskRequest, TaskPhase)> {
        self.branches.values().filter_map(|branch| branch.task()).map(|task| (&task.request, task.phase))
    }

    /// Where a running task is: the Parallel and Map states around its state with the index of its branch or iteration, the
    /// outermost first. A child of a Map Run knows nothing of what is around it.
    pub fn place_of(&self, task: TaskId) -> Vec<(Arc<str>, u64)> {
        let branches = self.branches.values();
        let mut inner = branches.into_iter().find(|branch| branch.task().is_some_and(|it| it.request.task == task));
        let mut place = Vec::new();
        while let Some(position) = inner.and_then(|branch| branch.position) {
            inner = self.branches.get(&position.parent);
            let around = inner.map(|branch| Arc::clone(&branch.state)).unwrap_or_default();
            place.push((around, position.index));
        }
        place.reverse();
        place
    }

    /// The running children of Map Runs: what a driver resumes, or starts, after a restart.
    pub fn running_children(&self) -> impl Iterator<Item = ChildRequest> {
        self.branches.values().filter_map(|branch| branch.map_run()).flat_map(MapRun::requests)
    }

    /// The running Map Runs with their counts.
    pub fn map_runs(&self) -> impl Iterator<Item = MapRunSummary> {
        self.branches.values().filter_map(|branch| branch.map_run()).map(|run| run.summary(Status::Running, None))
    }

    /// The Map Runs that wait for [`Input::OpenMapRun`].
    pub fn queued_map_runs(&self) -> impl Iterator<Item = MapRunId> {
        let runs = self.branches.values().filter_map(|branch| branch.map_run());
        runs.filter(|run| run.is_queued).map(|run| run.id)
    }

    /// The names of the children of a Map Run that wait to be redriven.
    pub fn children_to_redrive(&self, map_run: MapRunId) -> impl Iterator<Item = &str> {
        let mut runs = self.branches.values().filter_map(|branch| branch.map_run());
        runs.find(|run| run.id == map_run).into_iter().flat_map(MapRun::names_to_redrive)
    }

    /// The seed of its random numbers; the seeds of its children follow from it.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// The states that the execution is in, with the instant until which a Wait state waits.
    pub fn current_states(&self) -> impl Iterator<Item = (&str, Option<Timestamp>)> {
        let entered = self.branches.values().filter(|branch| !branch.is_ready());
        entered.map(|branch| (&*branch.state, branch.waits_until()))
    }
}
