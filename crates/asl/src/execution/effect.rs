//! Effects: what the driver has to do for an execution, and how an execution ends.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::map::children::{ChildId, ChildRequest, MapRunSummary};
use super::task::{TaskId, TaskRequest};
use crate::history::{Failure, HistoryEvent, Status};

/// An effect: something that the driver has to do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Effect {
    /// Append an event to the history.
    Event(HistoryEvent),
    /// Start a task, and report its progress with [`crate::Input::TaskStarted`] and the inputs that follow.
    StartTask(TaskRequest),
    /// Cancel a task: inputs for it are refused from now on.
    CancelTask(TaskId),
    /// A Map Run has started: for `ListMapRuns` and `DescribeMapRun`.
    StartMapRun(MapRunSummary),
    /// Start an execution with [`crate::Execution::start_child`], and report its end with [`crate::Input::ChildEnded`].
    StartChild(ChildRequest),
    /// Stop a child: inputs for it are refused from now on.
    StopChild(ChildId),
    /// A Map Run has ended, with its final counts.
    EndMapRun(MapRunSummary),
    /// The execution has ended. Always the last effect.
    Ended(Outcome),
}

/// How an execution ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Outcome {
    /// With an output.
    Succeeded {
        /// JSON text.
        output: Arc<str>,
    },
    /// With an error.
    Failed(Failure),
    /// It timed out. `DescribeExecution` shows neither error nor cause for it.
    TimedOut,
    /// It was stopped.
    Aborted(Failure),
}

impl Outcome {
    /// The status of an execution with this outcome.
    pub fn status(&self) -> Status {
        match self {
            Self::Succeeded { .. } => Status::Succeeded,
            Self::Failed(_) => Status::Failed,
            Self::TimedOut => Status::TimedOut,
            Self::Aborted(_) => Status::Aborted,
        }
    }
}
