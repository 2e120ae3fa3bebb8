//! What Step Functions offers to the page beside its operations: what executions wait for, their histories in short, forks.

use std::sync::Arc;

use jiff::Timestamp;

use super::PortFuture;
use crate::error::ServiceError;
use crate::location::Location;

/// What an execution waits for in one of its states: in each branch and iteration at most one thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExecutionWait {
    /// The execution.
    pub execution_arn: String,
    /// The state's name.
    pub state: String,
    /// The number of the newest history event of that branch.
    pub last_event_id: u64,
    /// What for.
    pub reason: WaitReason,
}

/// What a state waits for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WaitReason {
    /// The end of a Wait state.
    Moment(Timestamp),
    /// The end of the backoff before it is tried again.
    Backoff {
        /// When the backoff ends.
        until: Timestamp,
        /// Which attempt that is, from 1: 2 is the first retry.
        attempt: u64,
    },
    /// A task that somebody else ends, or that has a limit.
    Task {
        /// What `SendTaskSuccess` names, where the task has a token.
        token: Option<String>,
        /// When it times out, or its heartbeat is missed.
        times_out_at: Option<Timestamp>,
        /// Which attempt it is, from 1.
        attempt: u64,
    },
}

/// Tells what executions wait for, and ends waits: what Step Functions offers to the page.
pub trait ExecutionWaits: Send + Sync {
    /// What an execution waits for.
    ///
    /// # Errors
    /// `InvalidArn`, `ExecutionDoesNotExist`, or the store's failure.
    fn waits<'a>(&'a self, execution_arn: &'a str) -> PortFuture<'a, Result<Vec<ExecutionWait>, ServiceError>>;

    /// The tasks in a location whose token somebody has to answer: so many at most.
    fn waits_for_tokens<'a>(&'a self, location: &'a Location, most: usize) -> PortFuture<'a, Vec<ExecutionWait>>;

    /// Ends the Waits and backoffs that an execution is in; gives the names of the states that waited.
    ///
    /// # Errors
    /// As [`Self::waits`].
    fn skip<'a>(&'a self, execution_arn: &'a str) -> PortFuture<'a, Result<Vec<String>, ServiceError>>;

    /// Starts an execution where another one was.
    ///
    /// # Errors
    /// What there is to refuse, or why the history does not allow it.
    fn fork(&self, fork: ExecutionFork) -> PortFuture<'_, Result<ForkedExecution, ServiceError>>;
}

/// An event of a history without its data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventSummary {
    /// Its number, from 1.
    pub id: u64,
    /// That of the event before it in the same branch, 0 for none.
    pub previous_event_id: u64,
    /// When it happened.
    pub at: Timestamp,
    /// Its type, such as `PassStateEntered`.
    pub kind: String,
    /// The state that it names.
    pub state: Option<Arc<str>>,
    /// The name of the error that it tells of.
    pub error: Option<String>,
    /// The iteration of a Map state that it is about.
    pub index: Option<u64>,
    /// What a task calls.
    pub resource: Option<String>,
    /// Whether it assigns variables.
    pub assigns: bool,
}

/// Tells histories in short, and counts what runs and waits: without the data of events, which an answer of `GetExecutionHistory` is mostly
/// made of.
pub trait ExecutionHistories: Send + Sync {
    /// The events of an execution after the one with a number, oldest first; all of them after 0.
    ///
    /// # Errors
    /// `InvalidArn`, `ExecutionDoesNotExist`, or the store's failure.
    fn events_after(&self, execution_arn: &str, after: u64) -> Result<Vec<EventSummary>, ServiceError>;

    /// How many executions of a state machine run, the children of its Map Runs included.
    fn running(&self, machine_arn: &str) -> usize;

    /// How many of these wait for a moment, or for somebody who has a task's token: `most` at most.
    fn waiting(&self, machine_arn: &str, most: usize) -> usize;
}

/// What a fork is to be.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ExecutionFork {
    /// The execution that is forked.
    pub execution_arn: String,
    /// The event at which the new execution begins: that of a state, or the last one.
    pub at_event: Option<u64>,
    /// Another input for the state that begins, as JSON text.
    pub input: Option<String>,
    /// The new execution's name; a random one when there is none.
    pub name: Option<String>,
}

/// An execution that was forked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForkedExecution {
    /// The new execution.
    pub execution_arn: String,
    /// The states that it begins in.
    pub begins: Vec<String>,
}
