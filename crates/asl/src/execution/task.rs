//! Tasks as the driver sees them, and the one that a branch waits for.

use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::resource::TaskResource;
use crate::timestamp::later;

/// The id of a task within an execution; every attempt is a task of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct TaskId(pub u64);

/// What a task is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum TaskPurpose {
    /// The work of a Task state.
    State,
    /// Reads the items of a distributed Map state (`ItemReader`). The result is a JSON string with the object's text, or an
    /// object with it as `Body`, decompressed when the key ends in `.gz`; for `listObjectsV2` it is the service's response. It may be
    /// of any size.
    ReadItems,
    /// Writes the results of a distributed Map state (`ResultWriter`): `Bucket`, `Key` and `Body` are in the input.
    WriteResults,
}

/// A task for the driver to start.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskRequest {
    /// Its id, for inputs.
    pub task: TaskId,
    /// What it is for.
    pub purpose: TaskPurpose,
    /// The Task state.
    pub state: Arc<str>,
    /// What to call.
    pub resource: TaskResource,
    /// What to call it with, as JSON text: a function's payload, or a service's parameters.
    pub input: Arc<str>,
    /// The role to call it with (`Credentials`); `None` for the execution's own.
    pub credentials: Option<String>,
    /// `TimeoutSeconds`; the execution keeps the time, the driver may pass it on.
    pub timeout_s: Option<u64>,
    /// `HeartbeatSeconds`.
    pub heartbeat_s: Option<u64>,
    /// 0 for the first attempt, 1 for the first retry.
    pub attempt: u64,
    /// The task token, for activities, callbacks and jobs.
    pub token: Option<String>,
}

/// The phase of a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum TaskPhase {
    /// Requested, and not started.
    Scheduled,
    /// Started.
    Started,
    /// A job or a callback task that the service has accepted; its result is pending.
    Submitted,
}

/// A running task.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct RunningTask {
    pub(super) request: TaskRequest,
    pub(super) phase: TaskPhase,
    pub(super) times_out_at: Option<Timestamp>,
    pub(super) heartbeat_due_at: Option<Timestamp>,
}

impl RunningTask {
    pub(super) fn due(&self) -> Option<Timestamp> {
        match (self.times_out_at, self.heartbeat_due_at) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        }
    }

    /// Starts the timeouts. They count from the start of the task, as documented for activities.
    pub(super) fn start_timeouts(&mut self, now: Timestamp) {
        self.times_out_at = self.request.timeout_s.map(|s| later(now, s.saturating_mul(1000)));
        self.reset_heartbeat(now);
    }

    pub(super) fn reset_heartbeat(&mut self, now: Timestamp) {
        self.heartbeat_due_at = self.request.heartbeat_s.map(|s| later(now, s.saturating_mul(1000)));
    }
}
