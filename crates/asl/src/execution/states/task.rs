//! Tasks: scheduling them, and handling their progress and results.

use std::sync::Arc;

use crate::definition::{State, Task};
use crate::document::Document;
use crate::execution::branch::{Branch, BranchStatus};
use crate::execution::effect::Effect;
use crate::execution::fault::{self, Fault};
use crate::execution::jitter;
use crate::execution::step::{Step, Transition};
use crate::execution::task::{RunningTask, TaskId, TaskPhase, TaskPurpose, TaskRequest};
use crate::history::{EventDetails, Failure, Integration};
use crate::resource::TaskResource;

impl Step<'_> {
    pub(crate) fn schedule(&mut self, branch: &mut Branch, state: &State, task: &Task) -> Result<Transition, Fault> {
        if let TaskResource::Activity { arn } = &task.resource
            && self.machine.missing_activities.contains(arn)
        {
            return Err(Fault::runtime(branch, format!("The activity {arn} does not exist.")));
        }
        // AWS's text, quoted by others. The definition is taken.
        if self.execution.context.partition().is_some_and(|own| own != task.partition) {
            let problem = "The resource belongs to a different partition from the running execution.";
            return Err(Fault::runtime(branch, problem));
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
