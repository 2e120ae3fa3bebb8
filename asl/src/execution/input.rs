//! What an execution takes, and when it cannot.

use super::branch::{BranchId, Doing};
use super::task::{RunningTask, TaskId, TaskPhase};
use super::turn::{Move, Turn};
use super::{Execution, MAX_PAYLOAD_BYTES};
use crate::definition::StateKind;
use crate::{Failure, Pattern, StateMachine, Status, TaskResource};

/// What the outside tells an execution.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// A task has begun: a function was called, a worker has taken an activity.
    TaskStarted {
        /// Which task.
        task: TaskId,
        /// The activity worker's name, if it gave one.
        worker_name: Option<String>,
    },
    /// A task could not even be begun.
    TaskStartFailed {
        /// Which task.
        task: TaskId,
        /// The error's name.
        error: String,
        /// Why.
        cause: String,
    },
    /// A job or a callback task was taken on by the service; its end is still to come.
    TaskSubmitted {
        /// Which task.
        task: TaskId,
        /// The service's answer, as JSON text.
        output: String,
    },
    /// A task has ended well.
    TaskSucceeded {
        /// Which task.
        task: TaskId,
        /// The result, as JSON text.
        output: String,
    },
    /// A task has ended with an error.
    TaskFailed {
        /// Which task.
        task: TaskId,
        /// The error's name, if there is one.
        error: Option<String>,
        /// Why, for people.
        cause: Option<String>,
    },
    /// A task is alive.
    TaskHeartbeat {
        /// Which task.
        task: TaskId,
    },
    /// Time has passed.
    Wake,
    /// The execution is to stop (`StopExecution`).
    Stop {
        /// The error's name to record.
        error: Option<String>,
        /// The reason to record.
        cause: Option<String>,
    },
}

/// Why an input cannot be taken. The execution is as it was before.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IllegalInput {
    /// Nothing happens after the end.
    #[error("the execution has already ended with status {}; it takes no more inputs", .0.api_name())]
    Ended(Status),
    /// The task is over, was cancelled or never was.
    #[error("the execution waits for no task {}: it has ended, timed out, was retried under a new id, or never was", .0.0)]
    UnknownTask(TaskId),
    /// The task is not far enough for this, or too far.
    #[error("task {} is {phase:?}, where '{what}' cannot happen", .task.0)]
    WrongPhase {
        /// Which task.
        task: TaskId,
        /// How far it is.
        phase: TaskPhase,
        /// What was told of it.
        what: &'static str,
    },
    /// A result must be JSON.
    #[error("the output of task {} is not JSON: {reason}", .task.0)]
    OutputNotJson {
        /// Which task.
        task: TaskId,
        /// What the JSON reader said.
        reason: String,
    },
    /// The state machine is not the one that the execution was started with.
    #[error(
        "the execution is in state '{state}', which the given state machine does not have in this form; give the one that it was started with"
    )]
    WrongMachine {
        /// The state that the execution is in.
        state: String,
    },
}

/// Checks an input before anything is changed.
pub(super) fn check(execution: &Execution, machine: &StateMachine, input: &Input) -> Result<(), IllegalInput> {
    if execution.status != Status::Running {
        return Err(IllegalInput::Ended(execution.status));
    }
    check_machine(execution, machine)?;
    let (id, what) = match input {
        Input::Wake | Input::Stop { .. } => return Ok(()),
        Input::TaskStarted { task, .. } => (*task, "started"),
        Input::TaskStartFailed { task, .. } => (*task, "could not start"),
        Input::TaskSubmitted { task, .. } => (*task, "submitted"),
        Input::TaskSucceeded { task, .. } => (*task, "succeeded"),
        Input::TaskFailed { task, .. } => (*task, "failed"),
        Input::TaskHeartbeat { task } => (*task, "heartbeat"),
    };
    let (_, task) = find(execution, id).ok_or(IllegalInput::UnknownTask(id))?;
    if !allowed(input, task) {
        return Err(IllegalInput::WrongPhase { task: id, phase: task.phase, what });
    }
    match input {
        Input::TaskSucceeded { output, .. } | Input::TaskSubmitted { output, .. } => check_output(id, output),
        _ => Ok(()),
    }
}

fn check_machine(execution: &Execution, machine: &StateMachine) -> Result<(), IllegalInput> {
    let fits = |doing: &Doing, kind: &StateKind| match doing {
        Doing::Running => true,
        Doing::Waiting { .. } => matches!(kind, StateKind::Wait { .. }),
        Doing::BackingOff { .. } | Doing::Task(_) => matches!(kind, StateKind::Task(_)),
    };
    for branch in execution.branches.values() {
        if !machine.states.get(&branch.state).is_some_and(|state| fits(&branch.doing, &state.kind)) {
            return Err(IllegalInput::WrongMachine { state: branch.state.clone() });
        }
    }
    Ok(())
}

fn allowed(input: &Input, task: &RunningTask) -> bool {
    let has_two_steps = matches!(
        task.request.resource,
        TaskResource::Service { pattern: Pattern::RunAJob | Pattern::WaitForCallback, .. }
    );
    match input {
        Input::TaskStarted { .. } | Input::TaskStartFailed { .. } => task.phase == TaskPhase::Scheduled,
        Input::TaskSubmitted { .. } => task.phase == TaskPhase::Started && has_two_steps,
        _ => task.phase != TaskPhase::Scheduled,
    }
}

/// An output over the quota is not read: the state will fail with `States.DataLimitExceeded`.
fn check_output(task: TaskId, output: &str) -> Result<(), IllegalInput> {
    if output.len() > MAX_PAYLOAD_BYTES {
        return Ok(());
    }
    match serde_json::from_str::<serde::de::IgnoredAny>(output) {
        Ok(_) => Ok(()),
        Err(problem) => Err(IllegalInput::OutputNotJson { task, reason: problem.to_string() }),
    }
}

fn find(execution: &Execution, id: TaskId) -> Option<(BranchId, &RunningTask)> {
    execution.branches.values().find_map(|branch| match branch.task() {
        Some(task) if task.request.task == id => Some((branch.id, task)),
        _ => None,
    })
}

impl Turn<'_> {
    /// Takes an input that was checked.
    pub(super) fn take(&mut self, input: Input) {
        match input {
            Input::Wake => {}
            Input::Stop { error, cause } => self.abort(Failure { error, cause }),
            Input::TaskStarted { task, .. }
            | Input::TaskStartFailed { task, .. }
            | Input::TaskSubmitted { task, .. }
            | Input::TaskSucceeded { task, .. }
            | Input::TaskFailed { task, .. }
            | Input::TaskHeartbeat { task } => self.take_from_task(task, input),
        }
    }

    fn take_from_task(&mut self, id: TaskId, input: Input) {
        let Some((branch_id, _)) = find(self.execution, id) else {
            return;
        };
        let Some(mut branch) = self.execution.branches.remove(&branch_id) else {
            return;
        };
        let next = match std::mem::replace(&mut branch.doing, Doing::Running) {
            Doing::Task(mut task) => match input {
                Input::TaskStarted { worker_name, .. } => self.task_started(&mut branch, task, worker_name),
                Input::TaskSubmitted { output, .. } => self.task_submitted(&mut branch, task, output),
                Input::TaskSucceeded { output, .. } => self.task_succeeded(&mut branch, &task, output),
                Input::TaskFailed { error, cause, .. } => {
                    self.task_failed(&mut branch, &task, Failure { error, cause })
                }
                Input::TaskStartFailed { error, cause, .. } => {
                    self.task_not_started(&mut branch, &task, Failure { error: Some(error), cause: Some(cause) })
                }
                Input::TaskHeartbeat { .. } | Input::Wake | Input::Stop { .. } => {
                    task.heard_from(self.now);
                    branch.doing = Doing::Task(task);
                    Ok(Move::Wait)
                }
            },
            other => {
                branch.doing = other;
                Ok(Move::Wait)
            }
        };
        self.run(branch, next);
    }
}
