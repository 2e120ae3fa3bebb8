//! Tasks: scheduling them, and handling their progress and results.

use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::definition::{State, Task};
use crate::document::Document;
use crate::execution::branch::{Branch, BranchStatus};
use crate::execution::effect::Effect;
use crate::execution::fault::{self, Fault};
use crate::execution::step::{Step, Transition};
use crate::execution::{jitter, later};
use crate::history::{EventDetails, Failure, Integration};
use crate::resource::TaskResource;

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
    /// The task token, for activities and callbacks.
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
pub(crate) struct RunningTask {
    pub(crate) request: TaskRequest,
    pub(crate) phase: TaskPhase,
    pub(crate) times_out_at: Option<Timestamp>,
    pub(crate) heartbeat_due_at: Option<Timestamp>,
}

impl RunningTask {
    pub(crate) fn due(&self) -> Option<Timestamp> {
        match (self.times_out_at, self.heartbeat_due_at) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        }
    }

    /// Starts the timeouts. They count from the start of the task, as documented for activities.
    fn start_timeouts(&mut self, now: Timestamp) {
        self.times_out_at = self.request.timeout_s.map(|s| later(now, s.saturating_mul(1000)));
        self.reset_heartbeat(now);
    }

    pub(crate) fn reset_heartbeat(&mut self, now: Timestamp) {
        self.heartbeat_due_at = self.request.heartbeat_s.map(|s| later(now, s.saturating_mul(1000)));
    }
}

impl Step<'_> {
    pub(crate) fn schedule(&mut self, branch: &mut Branch, state: &State, task: &Task) -> Result<Transition, Fault> {
        if let TaskResource::Activity { arn } = &task.resource
            && self.machine.missing_activities.contains(arn)
        {
            return Err(Fault::runtime(branch, format!("The activity {arn} does not exist.")));
        }
        let id = TaskId(self.execution.last_task_id + 1);
        let token = task.resource.has_token().then(|| jitter::token(self.execution.seed, id.0));
        let mut scope = self.scope_of(branch);
        scope.context = scope.context.with_token(token.as_deref());
        let effective = scope.effective_input(state)?;
        let timeout_s = scope.seconds(task.timeout.as_ref(), &effective)?;
        let heartbeat_s = scope.seconds(task.heartbeat.as_ref(), &effective)?;
        let credentials = scope.text(task.role_arn.as_ref(), &effective)?;
        let input = scope.arguments(state, effective)?;
        fault::check_payload(branch, &input)?;
        let request = TaskRequest {
            task: id,
            purpose: TaskPurpose::State,
            state: Arc::clone(&branch.state),
            resource: task.resource.clone(),
            input: Arc::clone(input.text()),
            credentials,
            timeout_s,
            heartbeat_s,
            attempt: branch.retry_count(),
            token,
        };
        self.execution.last_task_id = id.0;
        let scheduled = self.scheduled_event(&request);
        self.emit(branch, scheduled)?;
        self.effects.push(Effect::StartTask(request.clone()));
        let mut running =
            RunningTask { request, phase: TaskPhase::Scheduled, times_out_at: None, heartbeat_due_at: None };
        if !matches!(running.request.resource, TaskResource::Activity { .. }) {
            running.start_timeouts(self.now);
        }
        branch.status = BranchStatus::Task(Box::new(running));
        Ok(Transition::Wait)
    }

    fn scheduled_event(&self, request: &TaskRequest) -> EventDetails {
        let input = Arc::clone(&request.input);
        let timeout_s = request.timeout_s;
        let heartbeat_s = request.heartbeat_s;
        let credentials = request.credentials.clone();
        match &request.resource {
            TaskResource::Lambda { arn } => {
                EventDetails::LambdaFunctionScheduled { resource: arn.clone(), input, timeout_s, credentials }
            }
            TaskResource::Activity { arn } => {
                EventDetails::ActivityScheduled { resource: arn.clone(), input, timeout_s, heartbeat_s }
            }
            TaskResource::Service { resource_type, resource, .. } => EventDetails::TaskScheduled {
                integration: Integration { resource_type: resource_type.clone(), resource: resource.clone() },
                region: self.execution.context.region().to_owned(),
                parameters: input,
                timeout_s,
                heartbeat_s,
                credentials,
            },
        }
    }

    pub(crate) fn task_started(
        &mut self,
        branch: &mut Branch,
        mut task: Box<RunningTask>,
        worker_name: Option<String>,
    ) -> Result<Transition, Fault> {
        let started = match integration(&task.request.resource) {
            Ok(integration) => EventDetails::TaskStarted { integration },
            Err(Kind::Lambda) => EventDetails::LambdaFunctionStarted,
            Err(Kind::Activity) => EventDetails::ActivityStarted { worker_name },
        };
        task.phase = TaskPhase::Started;
        if matches!(task.request.resource, TaskResource::Activity { .. }) {
            task.start_timeouts(self.now);
        }
        self.emit(branch, started)?;
        branch.status = BranchStatus::Task(task);
        Ok(Transition::Wait)
    }

    pub(crate) fn task_not_started(
        &mut self,
        branch: &mut Branch,
        task: &RunningTask,
        failure: Failure,
    ) -> Result<Transition, Fault> {
        let reported = failure.clone();
        let event = match integration(&task.request.resource) {
            Ok(integration) => EventDetails::TaskStartFailed { integration, failure: reported },
            Err(Kind::Lambda) => EventDetails::LambdaFunctionStartFailed(reported),
            Err(Kind::Activity) => EventDetails::ActivityScheduleFailed(reported),
        };
        self.emit(branch, event)?;
        Err(Fault::Error(failure))
    }

    pub(crate) fn task_submitted(
        &mut self,
        branch: &mut Branch,
        mut task: Box<RunningTask>,
        output: String,
    ) -> Result<Transition, Fault> {
        if let Ok(integration) = integration(&task.request.resource) {
            self.emit(branch, EventDetails::TaskSubmitted { integration, output: output.into() })?;
        }
        task.phase = TaskPhase::Submitted;
        branch.status = BranchStatus::Task(task);
        Ok(Transition::Wait)
    }

    pub(crate) fn task_succeeded(
        &mut self,
        branch: &mut Branch,
        task: &RunningTask,
        output: String,
    ) -> Result<Transition, Fault> {
        if let Err(Fault::Error(failure)) = fault::check_size(output.len(), task.request.resource.name_in_quota_error())
        {
            return self.task_failed(branch, task, failure);
        }
        let result = Document::parse(output).map_err(|problem| Fault::runtime(branch, problem))?;
        let text = Arc::clone(result.text());
        let succeeded = match integration(&task.request.resource) {
            Ok(integration) => EventDetails::TaskSucceeded { integration, output: text },
            Err(Kind::Lambda) => EventDetails::LambdaFunctionSucceeded { output: text },
            Err(Kind::Activity) => EventDetails::ActivitySucceeded { output: text },
        };
        self.emit(branch, succeeded)?;
        let state = self.state_of(branch)?;
        self.complete_task(branch, state, Some(result), task.request.token.as_deref())
    }

    pub(crate) fn task_failed(
        &mut self,
        branch: &mut Branch,
        task: &RunningTask,
        failure: Failure,
    ) -> Result<Transition, Fault> {
        let reported = failure.clone();
        let failed = match integration(&task.request.resource) {
            Ok(integration) => EventDetails::TaskFailed { integration, failure: reported },
            Err(Kind::Lambda) => EventDetails::LambdaFunctionFailed(reported),
            Err(Kind::Activity) => EventDetails::ActivityFailed(reported),
        };
        self.emit(branch, failed)?;
        Err(Fault::Error(failure))
    }

    pub(crate) fn task_timed_out(&mut self, branch: &mut Branch, task: &RunningTask) -> Result<Transition, Fault> {
        self.effects.push(Effect::CancelTask(task.request.task));
        let failure = fault::timed_out();
        let event = match integration(&task.request.resource) {
            Ok(integration) => EventDetails::TaskTimedOut { integration, failure },
            Err(Kind::Lambda) => EventDetails::LambdaFunctionTimedOut(failure),
            Err(Kind::Activity) => EventDetails::ActivityTimedOut(failure),
        };
        self.emit(branch, event)?;
        Err(if task.due() == task.times_out_at { Fault::timeout() } else { Fault::HeartbeatMissed })
    }
}

/// The resources whose events name no integration.
enum Kind {
    Lambda,
    Activity,
}

fn integration(resource: &TaskResource) -> Result<Integration, Kind> {
    match resource {
        TaskResource::Lambda { .. } => Err(Kind::Lambda),
        TaskResource::Activity { .. } => Err(Kind::Activity),
        TaskResource::Service { resource_type, resource, .. } => {
            Ok(Integration { resource_type: resource_type.clone(), resource: resource.clone() })
        }
    }
}
