//! Tests of one state: it runs alone, on the engine that runs executions, and says what each step of its data flow gave.

mod error;
mod inside;
mod tested;

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::definition::{STATE_ON_ITS_OWN, StateIndex, StateKind};
use crate::document::Document;
use crate::execution::branch::{Branch, BranchId, BranchStatus};
use crate::execution::data::inspection::{self, Inspection, Probe};
use crate::execution::data::variables::Variables;
use crate::execution::fault::{self, Fault};
use crate::execution::start::Start;
use crate::execution::step::{Step, Transition};
use crate::execution::task::{TaskPurpose, TaskRequest};
use crate::execution::{Execution, StartError};
use crate::history::{EventDetails, Failure};

pub use tested::TestedState;

/// What the test of a state is given beside the state's input.
#[derive(Clone, Debug, Default)]
pub struct StateTestSetup {
    /// The variables that the state can read.
    pub variables: Map<String, Value>,
    /// The whole Context Object, in place of the one that an execution has.
    pub context: Option<Value>,
    /// How often the retrier that takes an error was used before.
    pub retries: u64,
    /// How many iterations of a Map state have failed.
    pub failed_iterations: Option<u64>,
    /// What the item reader of a Map state has read.
    pub item_reader_data: Option<String>,
}

/// How far the test of a state has come.
#[derive(Clone, Debug, PartialEq)]
pub enum StateProgress {
    /// It calls its resource: report what that gives with [`StateTest::succeed`] or [`StateTest::fail`].
    Calls(Box<TaskRequest>),
    /// It waits for its iterations or branches, which do not run: their result is given with [`StateTest::succeed`], and an error with
    /// [`StateTest::fail`].
    WaitsForInside,
    /// It waits until then, and goes on with [`StateTest::wake`].
    Waits(Timestamp),
    /// It has ended.
    Ended(Box<StateOutcome>),
}

/// What came of a state.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct StateOutcome {
    /// How it ended.
    pub status: StateStatus,
    /// Its output, as JSON text.
    pub output: Option<Arc<str>>,
    /// The state that follows.
    pub next_state: Option<Arc<str>>,
    /// Its error.
    pub failure: Option<Failure>,
    /// What each step of its data flow gave.
    pub inspection: Inspection,
}

/// How a state ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StateStatus {
    /// With an output.
    Succeeded,
    /// With an error that nothing takes.
    Failed,
    /// With an error after which a retrier tries again.
    Retriable,
    /// With an error that a catcher takes.
    CaughtError,
}

/// The test of a state, under way.
#[derive(Debug)]
pub struct StateTest {
    tested: TestedState,
    execution: Execution,
    branch: Box<Branch>,
    probe: Probe,
    retries: u64,
    failed_iterations: Option<u64>,
    item_reader_data: Option<String>,
    /// How many items a Map state has.
    items: u64,
}

/// What a state came to, before it is known whether anything handles an error.
type Came = Result<Transition, Fault>;

impl TestedState {
    /// Runs the state on the input of a start, alone, until something has to happen outside.
    ///
    /// # Errors
    /// When the input is not JSON or too large.
    pub fn begin(self, start: Start, setup: StateTestSetup) -> Result<(StateTest, StateProgress), StartError> {
        let now = start.now;
        let at = self.at;
        let probe = Probe::with_context(setup.context);
        let (execution, input) = Execution::of_one_state(start)?;
        let mut variables = Variables::default();
        variables.set(setup.variables.into_iter().map(|(name, value)| (Arc::from(name), Document::of(value))));
        let mut branch = Box::new(Branch::new(BranchId(0), at, input, variables, now));
        if setup.retries > 0 {
            branch.attempts = vec![setup.retries];
        }
        let mut test = StateTest {
            tested: self,
            execution,
            branch,
            probe,
            retries: setup.retries,
            failed_iterations: setup.failed_iterations,
            item_reader_data: setup.item_reader_data,
            items: 0,
        };
        let came = test.enter(now);
        let progress = test.settle(came, now);
        Ok((test, progress))
    }
}

impl StateTest {
    /// When the call that it waits for takes too long, by its `TimeoutSeconds` or `HeartbeatSeconds`: then [`wake`](Self::wake) is due.
    pub fn times_out_at(&self) -> Option<Timestamp> {
        match self.branch.status {
            BranchStatus::Task(_) => self.branch.due(),
            _ => None,
        }
    }

    /// What it calls, or has inside, has given this JSON text.
    pub fn succeed(&mut self, result: &str, now: Timestamp) -> StateProgress {
        let came = match std::mem::replace(&mut self.branch.status, BranchStatus::Running) {
            BranchStatus::Task(task) => self.on_step(now, |step, branch| {
                if let Ok(result) = Document::parse(result) {
                    inspection::note(step.probe, &result, |found| &mut found.result);
                }
                let started = step.task_started(branch, task.clone(), None);
                started.and_then(|_| step.task_succeeded(branch, &task, result.to_owned()))
            }),
            _ => self.end_of_inside(result, now),
        };
        self.settle(came, now)
    }

    /// What it calls, or has inside, has failed.
    pub fn fail(&mut self, failure: Failure, now: Timestamp) -> StateProgress {
        let came = match std::mem::replace(&mut self.branch.status, BranchStatus::Running) {
            BranchStatus::Task(task) => self.on_step(now, |step, branch| {
                let started = step.task_started(branch, task.clone(), None);
                started.and_then(|_| step.task_failed(branch, &task, failure))
            }),
            _ => Err(Fault::Error(failure)),
        };
        self.settle(came, now)
    }

    /// The time has come for which it waits, or at which it times out.
    pub fn wake(&mut self, now: Timestamp) -> StateProgress {
        let came = match std::mem::replace(&mut self.branch.status, BranchStatus::Running) {
            BranchStatus::Task(task) => self.on_step(now, |step, branch| step.task_timed_out(branch, &task)),
            BranchStatus::Waiting { .. } => self.on_step(now, |step, branch| {
                let state = step.state_of(branch)?;
                step.complete(branch, state, None)
            }),
            status => {
                self.branch.status = status;
                Ok(Transition::Wait)
            }
        };
        self.settle(came, now)
    }

    /// It has taken as long as a test may: nothing handles that.
    pub fn give_up(&self) -> StateOutcome {
        self.outcome(StateStatus::Failed, None, None, Some(fault::timed_out()))
    }

    fn enter(&mut self, now: Timestamp) -> Came {
        self.probe.map_item = self.item_around();
        let role_arn = Arc::clone(&self.execution.context.role_arn);
        let entered = self.on_step(now, |step, branch| {
            let input = Arc::clone(branch.input.text());
            step.emit_beside(0, EventDetails::ExecutionStarted { input: Arc::clone(&input), role_arn })?;
            let state = step.state_of(branch)?;
            branch.state = STATE_ON_ITS_OWN.into();
            inspection::note(step.probe, &branch.input, |found| &mut found.input);
            let name = Arc::clone(&branch.state);
            let entered = EventDetails::StateEntered { state_type: state.state_type(), name, input };
            step.emit(branch, entered)?;
            match &state.kind {
                StateKind::Map(_) | StateKind::Parallel(_) => Ok(None),
                _ => step.execute(branch, state).map(Some),
            }
        })?;
        match entered {
            Some(transition) => Ok(transition),
            None => self.begin_inside(now),
        }
    }

    /// Says what a state came to; an error is retried or caught.
    fn settle(&mut self, came: Came, now: Timestamp) -> StateProgress {
        match came {
            Ok(Transition::Wait) => match &self.branch.status {
                BranchStatus::Waiting { until } => StateProgress::Waits(*until),
                BranchStatus::Task(task) if task.request.purpose == TaskPurpose::State => {
                    StateProgress::Calls(Box::new(task.request.clone()))
                }
                _ => StateProgress::WaitsForInside,
            },
            Ok(Transition::Enter { state, input }) => {
                self.ended(StateStatus::Succeeded, Some(&input), Some(state), None)
            }
            Ok(Transition::Succeed { output }) => self.ended(StateStatus::Succeeded, Some(&output), None, None),
            Ok(Transition::Fail(failure)) => self.ended(StateStatus::Failed, None, None, Some(failure)),
            Err(fault) => self.handle(fault, now),
        }
    }

    fn ended(
        &self,
        status: StateStatus,
        output: Option<&Document>,
        next: Option<StateIndex>,
        failure: Option<Failure>,
    ) -> StateProgress {
        StateProgress::Ended(Box::new(self.outcome(status, output, next, failure)))
    }

    fn outcome(
        &self,
        status: StateStatus,
        output: Option<&Document>,
        next: Option<StateIndex>,
        failure: Option<Failure>,
    ) -> StateOutcome {
        let next_state = next.and_then(|next| self.tested.machine.state(next)).map(|state| Arc::clone(&state.name));
        let mut inspection = self.probe.found();
        let variables: Map<String, Value> =
            self.branch.variables.own().map(|(name, value)| (name.to_owned(), value.value().clone())).collect();
        if !variables.is_empty() {
            inspection.variables = Some(Arc::clone(Document::of(Value::Object(variables)).text()));
        }
        let output = output.map(|output| Arc::clone(output.text()));
        StateOutcome { status, output, next_state, failure, inspection }
    }

    fn on_step<R>(&mut self, now: Timestamp, act: impl FnOnce(&mut Step<'_>, &mut Branch) -> R) -> R {
        let mut step = Step::new(&self.tested.machine, &mut self.execution, now);
        step.probe = Some(&self.probe);
        act(&mut step, &mut self.branch)
    }
}
