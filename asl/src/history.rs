//! What happened, in order: history events, and the status that follows from them.

mod api;
mod status;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::StateType;
pub use status::{BrokenHistory, Status};

/// One event of an execution's history.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HistoryEvent {
    /// Consecutive in an execution, from 1.
    pub id: u64,
    /// The event that led to this one: the one before it in the same branch, 0 for none.
    pub previous_event_id: u64,
    /// When it happened, by the `now` of the input that caused it.
    pub timestamp: Timestamp,
    /// What happened.
    pub details: EventDetails,
}

/// An error name and a cause, as far as there are any.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// The error's name, such as `States.Timeout`.
    pub error: Option<String>,
    /// What went wrong, for people.
    pub cause: Option<String>,
}

/// The service integration that a task event is about, as [`crate::TaskResource::Service`] names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Integration {
    /// `lambda`, `aws-sdk:sfn`.
    pub resource_type: String,
    /// `invoke`, `startExecution.sync`.
    pub resource: String,
}

/// What an event says; the names and members are those of `GetExecutionHistory`. Payloads are JSON texts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the members are the API's own, and units are in their names")]
pub enum EventDetails {
    ExecutionStarted {
        input: String,
        role_arn: String,
    },
    ExecutionSucceeded {
        output: String,
    },
    ExecutionFailed(Failure),
    ExecutionAborted(Failure),
    ExecutionTimedOut(Failure),
    StateEntered {
        state_type: StateType,
        name: String,
        input: String,
    },
    StateExited {
        state_type: StateType,
        name: String,
        output: String,
    },
    LambdaFunctionScheduled {
        resource: String,
        input: String,
        timeout_s: Option<u64>,
    },
    LambdaFunctionStarted,
    LambdaFunctionStartFailed(Failure),
    LambdaFunctionSucceeded {
        output: String,
    },
    LambdaFunctionFailed(Failure),
    LambdaFunctionTimedOut(Failure),
    ActivityScheduled {
        resource: String,
        input: String,
        timeout_s: Option<u64>,
        heartbeat_s: Option<u64>,
    },
    ActivityScheduleFailed(Failure),
    ActivityStarted {
        worker_name: Option<String>,
    },
    ActivitySucceeded {
        output: String,
    },
    ActivityFailed(Failure),
    ActivityTimedOut(Failure),
    TaskScheduled {
        integration: Integration,
        region: String,
        parameters: String,
        timeout_s: Option<u64>,
        heartbeat_s: Option<u64>,
    },
    TaskStarted {
        integration: Integration,
    },
    TaskStartFailed {
        integration: Integration,
        failure: Failure,
    },
    TaskSubmitted {
        integration: Integration,
        output: String,
    },
    TaskSucceeded {
        integration: Integration,
        output: String,
    },
    TaskFailed {
        integration: Integration,
        failure: Failure,
    },
    TaskTimedOut {
        integration: Integration,
        failure: Failure,
    },
}
