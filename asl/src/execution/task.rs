//! Tasks: scheduling them, and taking what becomes of them.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::branch::{Branch, Doing};
use super::context::StateContext;
use super::dataflow::Flow;
use super::fault::{self, Fault};
use super::turn::{Move, Turn};
use super::{Effect, jitter, later};
use crate::definition::{Seconds, State, StateKind, Task};
use crate::document::Document;
use crate::{EventDetails, Failure, Integration, TaskResource};

/// Tells the tasks of an execution apart; every attempt is a task of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct TaskId(pub u64);

/// A task for the driver to begin.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskRequest {
    /// What to name it by in inputs.
    pub task: TaskId,
    /// The Task state.
    pub state: String,
    /// What to call.
    pub resource: TaskResource,
    /// What to call it with, as JSON text: a function's payload, or a service's parameters.
    pub input: String,
    /// `TimeoutSeconds`; the execution keeps the time, the driver may pass it on.
    pub timeout_s: Option<u64>,
    /// `HeartbeatSeconds`.
    pub heartbeat_s: Option<u64>,
    /// 0 for the first attempt, 1 for the first retry.
    pub attempt: u64,
    /// The task token, for activities and callbacks. The driver gives it out and takes it back.
    pub token: Option<String>,
}

/// How far a task is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum TaskPhase {
    /// Requested; nobody has begun it.
    Scheduled,
    /// Begun.
    Started,
    /// A job or a callback task: the service has taken it and its end is awaited.
    Submitted,
}

/// A task under way.
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

    /// Sets the clocks running. A task's time counts from its beginning, as the documentation has it for activities.
    fn start_clocks(&mut self, now: Timestamp) {
        self.times_out_at = self.request.timeout_s.map(|s| later(now, s.saturating_mul(1000)));
        self.heard_from(now);
    }

    pub(super) fn heard_from(&mut self, now: Timestamp) {
        self.heartbeat_due_at = self.request.heartbeat_s.map(|s| later(now, s.saturating_mul(1000)));
    }
}

impl Turn<'_> {
    pub(super) fn schedule(
        &mut self,
        branch: &mut Branch,
        state: &State,
        task: &Task,
        raw: Document,
    ) -> Result<Move, Fault> {
        let id = TaskId(self.execution.last_task_id + 1);
        let token = task.resource.has_token().then(|| jitter::token(self.execution.seed, id.0));
        let flow = Flow { branch, context: StateContext::of_task(self.execution, branch, token.as_deref()) };
        let effective = flow.pick(&state.input_path, raw)?;
        let timeout_s = read_seconds(task.timeout.as_ref(), &flow, &effective)?;
        let heartbeat_s = read_seconds(task.heartbeat.as_ref(), &flow, &effective)?;
        let input = flow.fill(task.parameters.as_ref(), effective)?;
        fault::passable(branch, &input)?;
        let request = TaskRequest {
            task: id,
            state: branch.state.clone(),
            resource: task.resource.clone(),
            input: input.into_text(),
            timeout_s,
            heartbeat_s,
            attempt: branch.retry_count(),
            token,
        };
        self.execution.last_task_id = id.0;
        let scheduled = self.scheduled(&request);
        self.emit(branch, scheduled)?;
        self.effects.push(Effect::StartTask(request.clone()));
        let mut running =
            RunningTask { request, phase: TaskPhase::Scheduled, times_out_at: None, heartbeat_due_at: None };
        if !matches!(running.request.resource, TaskResource::Activity { .. }) {
            running.start_clocks(self.now);
        }
        branch.doing = Doing::Task(Box::new(running));
        Ok(Move::Wait)
    }

    fn scheduled(&self, request: &TaskRequest) -> EventDetails {
        let (input, timeout_s, heartbeat_s) = (request.input.clone(), request.timeout_s, request.heartbeat_s);
        match &request.resource {
            TaskResource::Lambda { arn } => {
                EventDetails::LambdaFunctionScheduled { resource: arn.clone(), input, timeout_s }
            }
            TaskResource::Activity { arn } => {
                EventDetails::ActivityScheduled { resource: arn.clone(), input, timeout_s, heartbeat_s }
            }
            TaskResource::Service { resource_type, resource, .. } => EventDetails::TaskScheduled {
                integration: Integration { resource_type: resource_type.clone(), resource: resource.clone() },
                region: self.execution.about.region().to_owned(),
                parameters: input,
                timeout_s,
                heartbeat_s,
            },
        }
    }

    pub(super) fn task_started(
        &mut self,
        branch: &mut Branch,
        mut task: Box<RunningTask>,
        worker_name: Option<String>,
    ) -> Result<Move, Fault> {
        let started = match integration(&task.request.resource) {
            Ok(integration) => EventDetails::TaskStarted { integration },
            Err(Kind::Lambda) => EventDetails::LambdaFunctionStarted,
            Err(Kind::Activity) => EventDetails::ActivityStarted { worker_name },
        };
        task.phase = TaskPhase::Started;
        if matches!(task.request.resource, TaskResource::Activity { .. }) {
            task.start_clocks(self.now);
        }
        self.emit(branch, started)?;
        branch.doing = Doing::Task(task);
        Ok(Move::Wait)
    }

    pub(super) fn task_not_started(
        &mut self,
        branch: &mut Branch,
        task: &RunningTask,
        failure: Failure,
    ) -> Result<Move, Fault> {
        let reported = failure.clone();
        let event = match integration(&task.request.resource) {
            Ok(integration) => EventDetails::TaskStartFailed { integration, failure: reported },
            Err(Kind::Lambda) => EventDetails::LambdaFunctionStartFailed(reported),
            Err(Kind::Activity) => EventDetails::ActivityScheduleFailed(reported),
        };
        self.emit(branch, event)?;
        Err(Fault::Error(failure))
    }

    pub(super) fn task_submitted(
        &mut self,
        branch: &mut Branch,
        mut task: Box<RunningTask>,
        output: String,
    ) -> Result<Move, Fault> {
        if let Ok(integration) = integration(&task.request.resource) {
            self.emit(branch, EventDetails::TaskSubmitted { integration, output })?;
        }
        task.phase = TaskPhase::Submitted;
        branch.doing = Doing::Task(task);
        Ok(Move::Wait)
    }

    pub(super) fn task_succeeded(
        &mut self,
        branch: &mut Branch,
        task: &RunningTask,
        output: String,
    ) -> Result<Move, Fault> {
        if let Err(Fault::Error(failure)) =
            fault::within_quota(output.len(), task.request.resource.name_in_quota_error())
        {
            return self.task_failed(branch, task, failure);
        }
        let result = Document::parse(output).map_err(|problem| Fault::runtime(branch, problem))?;
        let text = result.text().to_owned();
        let succeeded = match integration(&task.request.resource) {
            Ok(integration) => EventDetails::TaskSucceeded { integration, output: text },
            Err(Kind::Lambda) => EventDetails::LambdaFunctionSucceeded { output: text },
            Err(Kind::Activity) => EventDetails::ActivitySucceeded { output: text },
        };
        self.emit(branch, succeeded)?;
        let state = self.state_of(branch)?;
        let StateKind::Task(definition) = &state.kind else {
            return Err(Fault::runtime(branch, "The state is not a Task state."));
        };
        let raw = self.raw_input(branch)?;
        let token = task.request.token.as_deref();
        let flow = Flow { branch, context: StateContext::of_task(self.execution, branch, token) };
        let selected = flow.fill(definition.result_selector.as_ref(), result)?;
        let placed = flow.place(&definition.result_path, raw, selected)?;
        let output = flow.pick(&state.output_path, placed)?;
        self.leave(branch, state, output, definition.then.target())
    }

    pub(super) fn task_failed(
        &mut self,
        branch: &mut Branch,
        task: &RunningTask,
        failure: Failure,
    ) -> Result<Move, Fault> {
        let reported = failure.clone();
        let failed = match integration(&task.request.resource) {
            Ok(integration) => EventDetails::TaskFailed { integration, failure: reported },
            Err(Kind::Lambda) => EventDetails::LambdaFunctionFailed(reported),
            Err(Kind::Activity) => EventDetails::ActivityFailed(reported),
        };
        self.emit(branch, failed)?;
        Err(Fault::Error(failure))
    }

    pub(super) fn task_timed_out(&mut self, branch: &mut Branch, task: &RunningTask) -> Result<Move, Fault> {
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

fn read_seconds(seconds: Option<&Seconds>, flow: &Flow<'_>, payload: &Document) -> Result<Option<u64>, Fault> {
    match seconds {
        None => Ok(None),
        Some(Seconds::Fixed(seconds)) => Ok(Some(*seconds)),
        Some(Seconds::Path { field, path }) => {
            let value = flow.read(path, payload)?;
            match value.as_u64() {
                Some(seconds) if seconds > 0 => Ok(Some(seconds)),
                _ => {
                    let shown = value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned);
                    let problem = format!(
                        "The {field} field refers to value \"{shown}\" which is not a valid integer: {}",
                        path.text()
                    );
                    Err(Fault::runtime(flow.branch, problem))
                }
            }
        }
    }
}
