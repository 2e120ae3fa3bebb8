//! A running execution: a value that takes inputs and answers with effects.

mod branch;
mod choice;
mod context;
mod dataflow;
mod fault;
mod input;
mod jitter;
mod recover;
mod states;
mod task;
mod timer;
mod turn;

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{Failure, HistoryEvent, StateMachine, Status};
use branch::{Branch, BranchId};
use turn::Turn;

pub use context::About;
pub use input::{IllegalInput, Input};
pub(crate) use jitter::number;
pub use task::{TaskId, TaskPhase, TaskRequest};

/// The longest payload between states, in bytes of UTF-8 (a service quota).
pub const MAX_PAYLOAD_BYTES: usize = 262_144;
/// The most events that an execution may have; the last one tells of the limit (a service quota).
pub const MAX_EVENTS: u64 = 25_000;
/// The longest that an execution may take, in seconds: a year (a service quota).
pub const MAX_EXECUTION_S: u64 = 31_536_000;
/// How deep a payload may nest: what the JSON reader takes, less a margin.
const MAX_DEPTH: usize = 120;

/// An execution: everything that must survive a restart, and nothing that grows with the history.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Execution {
    about: About,
    input: String,
    seed: u64,
    status: Status,
    last_event_id: u64,
    last_task_id: u64,
    /// The latest `now` seen: the history never goes back in time.
    latest: Timestamp,
    times_out_at: Timestamp,
    /// What is being run, side by side; one branch until Parallel and Map are there.
    /// Boxed, because the map's nodes are made for eleven.
    branches: BTreeMap<BranchId, Box<Branch>>,
}

/// What begins an execution.
#[derive(Clone, Debug, PartialEq)]
pub struct Start {
    /// The input as JSON text.
    pub input: String,
    /// Who and what: the Context Object's contents.
    pub about: About,
    /// Where chance comes from: jitter and task tokens. The same seed gives the same execution.
    pub seed: u64,
    /// The present time, the execution's start date.
    pub now: Timestamp,
}

/// Why an execution cannot begin.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StartError {
    /// The API's `InvalidExecutionInput`.
    #[error("the execution's input is not JSON ({reason}); give a JSON text such as {{}}")]
    InputNotJson {
        /// What the JSON reader said.
        reason: String,
    },
    /// Over the payload quota.
    #[error("the execution's input has {size_bytes} bytes, but at most {MAX_PAYLOAD_BYTES} are allowed")]
    InputTooLarge {
        /// The input's size.
        size_bytes: usize,
    },
}

/// What the driver has to do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Effect {
    /// Append an event to the history.
    Event(HistoryEvent),
    /// Begin a task, and tell of it with [`Input::TaskStarted`] and what follows.
    StartTask(TaskRequest),
    /// Forget a task: nothing that is told of it will be taken any more.
    CancelTask(TaskId),
    /// The execution is over. Always the last effect.
    Ended(Outcome),
}

/// How an execution ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Outcome {
    /// With an output.
    Succeeded {
        /// JSON text.
        output: String,
    },
    /// With an error.
    Failed(Failure),
    /// Its time was up. `DescribeExecution` shows neither error nor cause for it.
    TimedOut,
    /// It was stopped.
    Aborted(Failure),
}

impl Execution {
    /// Begins an execution and runs it until it has to wait.
    ///
    /// # Errors
    /// When the input is not JSON or too large.
    pub fn start(machine: &StateMachine, start: Start) -> Result<(Self, Vec<Effect>), StartError> {
        let size_bytes = start.input.len();
        if size_bytes > MAX_PAYLOAD_BYTES {
            return Err(StartError::InputTooLarge { size_bytes });
        }
        let input = crate::document::Document::parse(start.input.as_str())
            .map_err(|problem| StartError::InputNotJson { reason: problem.to_string() })?;
        let time_s = machine.timeout_s.unwrap_or(MAX_EXECUTION_S).min(MAX_EXECUTION_S);
        let mut execution = Self {
            about: start.about,
            input: start.input,
            seed: start.seed,
            status: Status::Running,
            last_event_id: 0,
            last_task_id: 0,
            latest: start.now,
            times_out_at: later(start.now, time_s.saturating_mul(1000)),
            branches: BTreeMap::new(),
        };
        let mut turn = Turn::new(machine, &mut execution, start.now);
        turn.begin(input);
        turn.run_due();
        let effects = turn.effects;
        Ok((execution, effects))
    }

    /// Takes an input and runs on until the execution has to wait again.
    ///
    /// Timers that are due at `now` run as well, whatever the input is.
    ///
    /// # Errors
    /// When the input cannot be taken in this state; the execution is then unchanged.
    pub fn handle(
        &mut self,
        machine: &StateMachine,
        input: Input,
        now: Timestamp,
    ) -> Result<Vec<Effect>, IllegalInput> {
        input::check(self, machine, &input)?;
        let mut turn = Turn::new(machine, self, now);
        turn.take(input);
        turn.run_due();
        Ok(turn.effects)
    }

    /// When [`Input::Wake`] is due next, whatever else happens; `None` once the execution is over.
    pub fn next_wake(&self) -> Option<Timestamp> {
        if self.status != Status::Running {
            return None;
        }
        let timers = self.branches.values().filter_map(|branch| branch.due());
        Some(timers.fold(self.times_out_at, Timestamp::min))
    }

    /// The execution's status; always the same as [`Status::of`] its history.
    pub fn status(&self) -> Status {
        self.status
    }

    /// Who and what the execution is.
    pub fn about(&self) -> &About {
        &self.about
    }

    /// The input that it was started with, as it was written.
    pub fn input(&self) -> &str {
        &self.input
    }

    /// The id of the newest event.
    pub fn last_event_id(&self) -> u64 {
        self.last_event_id
    }

    /// The tasks under way and how far they are: what a driver has to pick up again after a restart.
    pub fn running_tasks(&self) -> impl Iterator<Item = (&TaskRequest, TaskPhase)> {
        self.branches.values().filter_map(|branch| branch.task()).map(|task| (&task.request, task.phase))
    }

    /// The states that the execution is in, with the instant until which a Wait state waits.
    pub fn current_states(&self) -> impl Iterator<Item = (&str, Option<Timestamp>)> {
        self.branches.values().map(|branch| (branch.state.as_str(), branch.waits_until()))
    }
}

/// An instant so many milliseconds later, or the last one there is.
fn later(instant: Timestamp, delay_ms: u64) -> Timestamp {
    let delay = SignedDuration::from_millis(i64::try_from(delay_ms).unwrap_or(i64::MAX));
    instant.checked_add(delay).unwrap_or(Timestamp::MAX)
}
