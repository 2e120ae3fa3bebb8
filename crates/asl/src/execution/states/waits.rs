//! What an execution waits for, branch by branch.

use std::sync::Arc;

use jiff::Timestamp;

use crate::execution::Execution;
use crate::execution::branch::{Branch, BranchStatus};

/// What one branch waits for in the state that it is in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StateWait {
    /// The state's name.
    pub state: Arc<str>,
    /// The id of the branch's newest event.
    pub last_event_id: u64,
    /// What for.
    pub reason: StateWaitReason,
}

/// What a state waits for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum StateWaitReason {
    /// The end of a Wait state.
    Moment(Timestamp),
    /// The end of the backoff before it is tried again, as so many retries have been used.
    Backoff {
        /// When it ends.
        until: Timestamp,
        /// The retries used, the one that follows included.
        retries: u64,
    },
    /// A task.
    Task {
        /// Its token, for activities and callbacks.
        token: Option<String>,
        /// When it times out, or its heartbeat is missed.
        times_out_at: Option<Timestamp>,
        /// 0 for the first attempt.
        retries: u64,
    },
}

impl Execution {
    /// What its branches wait for: Wait states, backoffs, and tasks that have a token or a limit.
    pub fn waits(&self) -> impl Iterator<Item = StateWait> {
        self.branches.values().filter_map(|branch| branch.wait())
    }
}

impl Branch {
    fn wait(&self) -> Option<StateWait> {
        let reason = match &self.status {
            BranchStatus::Waiting { until } => StateWaitReason::Moment(*until),
            BranchStatus::BackingOff { until } => {
                StateWaitReason::Backoff { until: *until, retries: self.retry_count() }
            }
            BranchStatus::Task(task) if task.request.token.is_some() || task.due().is_some() => StateWaitReason::Task {
                token: task.request.token.clone(),
                times_out_at: task.due(),
                retries: self.retry_count(),
            },
            _ => return None,
        };
        Some(StateWait { state: Arc::clone(&self.state), last_event_id: self.previous_event_id, reason })
    }
}
