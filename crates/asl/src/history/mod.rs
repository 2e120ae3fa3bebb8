//! History events, and the status that follows from them.

mod api;
mod size;
mod status;

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::definition::StateType;
pub use status::{InvalidHistory, Status};

/// One event of an execution's history.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HistoryEvent {
    /// Consecutive in an execution, from 1.
    pub id: u64,
    /// The event before it in the same branch, 0 for none.
    pub previous_event_id: u64,
    /// When it happened, by the `now` of the input that caused it.
    pub timestamp: Timestamp,
    /// What happened.
    pub details: EventDetails,
}

/// An error name and a cause; both are optional.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// The error's name, such as `States.Timeout`.
    pub error: Option<String>,
    /// The cause, for people.
    pub cause: Option<String>,
}

/// The service integration of a task event, as [`crate::TaskResource::Service`] names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Integration {
    /// `lambda`, `aws-sdk:sfn`.
    pub resource_type: String,
    /// `invoke`, `startExecution.sync`.
    pub resource: String,
}

/// The details of an event; the names and members are those of `GetExecutionHistory`. Payloads are JSON texts.
/// A payload that several events have is one text in memory.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the members are the API's own, and units are in their names")]
#[non_exhaustive]
pub enum EventDetails {
    ExecutionStarted {
        input: Arc<str>,
        role_arn: Arc<str>,
    },
    ExecutionSucceeded {
        output: Arc<str>,
    },
    ExecutionFailed(Failure),
    ExecutionAborted(Failure),
    ExecutionTimedOut(Failure),
    ExecutionRedriven {
        redrive_count: u64,
    },
    StateEntered {
        state_type: StateType,
        name: Arc<str>,
        input: Arc<str>,
    },
    StateExited {
        state_type: StateType,
        name: Arc<str>,
        output: Arc<str>,
        /// What `Assign` has set, as JSON texts.
        assigned: BTreeMap<String, Arc<str>>,
    },
    LambdaFunctionScheduled {
        resource: String,
        input: Arc<str>,
        timeout_s: Option<u64>,
        /// The role of `Credentials`.
        credentials: Option<String>,
    },
    LambdaFunctionStarted,
    LambdaFunctionStartFailed(Failure),
    LambdaFunctionSucceeded {
        output: Arc<str>,
    },
    LambdaFunctionFailed(Failure),
    LambdaFunctionTimedOut(Failure),
    ActivityScheduled {
        resource: String,
        input: Arc<str>,
        timeout_s: Option<u64>,
        heartbeat_s: Option<u64>,
    },
    ActivityScheduleFailed(Failure),
    ActivityStarted {
        worker_name: Option<String>,
    },
    ActivitySucceeded {
        output: Arc<str>,
    },
    ActivityFailed(Failure),
    ActivityTimedOut(Failure),
    TaskScheduled {
        integration: Integration,
        region: String,
        parameters: Arc<str>,
        timeout_s: Option<u64>,
        heartbeat_s: Option<u64>,
        /// The role of `Credentials`.
        credentials: Option<String>,
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
        output: Arc<str>,
    },
    TaskSucceeded {
        integration: Integration,
        output: Arc<str>,
    },
    TaskFailed {
        integration: Integration,
        failure: Failure,
    },
    TaskTimedOut {
        integration: Integration,
        failure: Failure,
    },
    /// A field's expression had no usable value.
    EvaluationFailed {
        failure: Failure,
        /// The field, `Output/result`, if it is one field's fault.
        location: Option<String>,
        state: Arc<str>,
    },
    ParallelStateStarted,
    ParallelStateSucceeded,
    ParallelStateFailed,
    ParallelStateAborted,
    MapStateStarted {
        length: u64,
    },
    MapStateSucceeded,
    MapStateFailed,
    MapStateAborted,
    MapIterationStarted(MapIteration),
    MapIterationSucceeded(MapIteration),
    MapIterationFailed(MapIteration),
    MapIterationAborted(MapIteration),
    MapRunStarted {
        map_run_arn: Arc<str>,
    },
    MapRunRedriven {
        map_run_arn: Arc<str>,
        redrive_count: u64,
    },
    MapRunSucceeded,
    MapRunFailed(Failure),
    MapRunAborted,
    TaskStateAborted,
    WaitStateAborted,
}

/// An iteration of a Map state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct MapIteration {
    /// The Map state.
    pub name: Arc<str>,
    /// The item's place, from 0.
    pub index: u64,
}

impl MapIteration {
    /// The iteration of a Map state with this index, from 0.
    pub fn new(name: Arc<str>, index: u64) -> Self {
        Self { name, index }
    }
}
