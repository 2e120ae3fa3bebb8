//! A branch: one thread of states, with its own chain of events, timer and task.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::task::RunningTask;

/// Tells the branches of an execution apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct BranchId(pub(super) u32);

/// Where a branch is and what it waits for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Branch {
    pub(super) id: BranchId,
    /// The branch's newest event: what its next one follows from.
    pub(super) previous_event_id: u64,
    pub(super) state: String,
    pub(super) entered_event_id: u64,
    pub(super) entered_at: Timestamp,
    /// The state's raw input, as text.
    pub(super) input: String,
    /// How often each retrier of the state has been used.
    pub(super) attempts: Vec<u64>,
    pub(super) doing: Doing,
}

/// What a branch waits for between two inputs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) enum Doing {
    /// Nothing: it is being run.
    Running,
    /// A Wait state's time.
    Waiting { until: Timestamp },
    /// The pause before a task is tried again.
    BackingOff { until: Timestamp },
    /// A task's end.
    Task(Box<RunningTask>),
}

impl Branch {
    pub(super) fn new(id: BranchId, at: Timestamp) -> Self {
        Self {
            id,
            previous_event_id: 0,
            state: String::new(),
            entered_event_id: 0,
            entered_at: at,
            input: String::new(),
            attempts: Vec::new(),
            doing: Doing::Running,
        }
    }

    /// The `RetryCount` of the Context Object.
    pub(super) fn retry_count(&self) -> u64 {
        self.attempts.iter().sum()
    }

    pub(super) fn task(&self) -> Option<&RunningTask> {
        match &self.doing {
            Doing::Task(task) => Some(task),
            _ => None,
        }
    }

    /// When the branch's timer goes off.
    pub(super) fn due(&self) -> Option<Timestamp> {
        match &self.doing {
            Doing::Running => None,
            Doing::Waiting { until } | Doing::BackingOff { until } => Some(*until),
            Doing::Task(task) => task.due(),
        }
    }

    pub(super) fn waits_until(&self) -> Option<Timestamp> {
        match self.doing {
            Doing::Waiting { until } => Some(until),
            _ => None,
        }
    }
}
