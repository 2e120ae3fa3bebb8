//! Inputs of an execution, and the checks that refuse illegal ones.

use std::collections::BTreeMap;

use super::Execution;
use super::branch::{Branch, BranchId, BranchStatus};
use super::effect::Outcome;
use super::fault::Fault;
use super::map::children::{ChildId, MapRunId};
use super::map::limits::Limits;
use super::map::map_run::MapRun;
use super::step::{Step, Transition};
use super::task::{RunningTask, TaskId, TaskPhase};
use crate::definition::StateMachine;
use crate::definition::{MapMode, State, StateKind};
use crate::history::{Failure, Status};
use crate::quotas::MAX_PAYLOAD_BYTES;
use crate::resource::{Pattern, TaskResource};

/// An input of an execution: something that happened outside, or a request.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Input {
    /// A task has started: a function was called, or a worker has taken an activity.
    TaskStarted {
        /// The task.
        task: TaskId,
        /// The activity worker's name, if it gave one.
        worker_name: Option<String>,
    },
    /// A task could not be started.
    TaskStartFailed {
        /// The task.
        task: TaskId,
        /// The error's name.
        error: String,
        /// The cause.
        cause: String,
    },
    /// The service has accepted a job or a callback task; its result is still to come.
    TaskSubmitted {
        /// The task.
        task: TaskId,
        /// The service's response, as JSON text.
        output: String,
    },
    /// A task has succeeded.
    TaskSucceeded {
        /// The task.
        task: TaskId,
        /// The result, as JSON text.
        output: String,
    },
    /// A task has failed.
    TaskFailed {
        /// The task.
        task: TaskId,
        /// The error's name, if there is one.
        error: Option<String>,
        /// The cause, for people.
        cause: Option<String>,
    },
    /// A worker has sent a heartbeat for a task.
    TaskHeartbeat {
        /// The task.
        task: TaskId,
    },
    /// A child of a Map Run has ended.
    ChildEnded {
        /// The child.
        child: ChildId,
        /// How it ended.
        outcome: Outcome,
    },
    /// A child of a Map Run that was to be begun again can't be redriven: its outcome stays.
    ChildNotRedrivable {
        /// The child.
        child: ChildId,
        /// How it had ended.
        outcome: Outcome,
    },
    /// It is a Map Run's turn: it has waited since its start ([`StateMachine::with_queued_map_runs`]). One that does not wait goes
    /// on.
    OpenMapRun {
        /// The Map Run.
        map_run: MapRunId,
    },
    /// Changes a Map Run's limits (`UpdateMapRun`); a limit that is `None` stays.
    UpdateMapRun {
        /// The Map Run.
        map_run: MapRunId,
        /// The most children that run at the same time.
        max_concurrency: Option<u64>,
        /// The number of items that may fail.
        tolerated_failure_count: Option<u64>,
        /// The percentage of items that may fail.
        tolerated_failure_percentage: Option<f64>,
    },
    /// The instant of [`Execution::next_wake`] has come: a timer is due, or there was more to do than one step may.
    Wake,
    /// Ends every Wait state that the execution is in, and the backoff before every retry, at once, in all its branches and
    /// iterations: [`Execution::waiting_states`] names them. AWS has nothing like it.
    Skip,
    /// Stops the execution (`StopExecution`).
    Stop {
        /// The error's name to record.
        error: Option<String>,
        /// The reason to record.
        cause: Option<String>,
    },
}

/// Why an input is refused. The execution is unchanged.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IllegalInput {
    /// The execution has ended.
    #[error("the execution has already ended with status {}; it takes no more inputs", .0.api_name())]
    Ended(Status),
    /// The task has ended, was cancelled or never existed.
    #[error("the execution waits for no task {}: it has ended, timed out, was retried under a new id, or never was", .0.0)]
    UnknownTask(TaskId),
    /// The child has ended, was stopped or never existed.
    #[error("the execution waits for no child {} of a Map Run {}: it has ended, was stopped, or never was", .0.index, .0.map_run.0)]
    UnknownChild(ChildId),
    /// The Map Run has ended or never existed.
    #[error("the execution has no Map Run {} under way: it has ended or never was", .0.0)]
    UnknownMapRun(MapRunId),
    /// The input does not fit the phase of the task.
    #[error("task {} is {phase:?}, where '{what}' cannot happen", .task.0)]
    WrongPhase {
        /// The task.
        task: TaskId,
        /// Its phase.
        phase: TaskPhase,
        /// What the input reports.
        what: &'static str,
    },
    /// A result must be JSON.
    #[error("the output of task {} is not JSON: {reason}", .task.0)]
    OutputNotJson {
        /// The task.
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

/// Checks an input before anything changes.
pub(super) fn check(execution: &Execution, machine: &StateMachine, input: &Input) -> Result<(), IllegalInput> {
    if execution.status != Status::Running {
        return Err(IllegalInput::Ended(execution.status));
    }
    check_machine(execution, machine)?;
    let (id, what) = match input {
        Input::Wake | Input::Skip | Input::Stop { .. } => return Ok(()),
        Input::ChildEnded { child, .. } | Input::ChildNotRedrivable { child, .. } => {
            return check_child(execution, *child);
        }
        Input::UpdateMapRun { map_run, .. } | Input::OpenMapRun { map_run } => {
            return find_map_run(execution, *map_run).map(|_| ()).ok_or(IllegalInput::UnknownMapRun(*map_run));
        }
        Input::TaskStarted { task, .. } => (*task, "started"),
        Input::TaskStartFailed { task, .. } => (*task, "could not start"),
        Input::TaskSubmitted { task, .. } => (*task, "submitted"),
        Input::TaskSucceeded { task, .. } => (*task, "succeeded"),
        Input::TaskFailed { task, .. } => (*task, "failed"),
        Input::TaskHeartbeat { task } => (*task, "heartbeat"),
    };
    let (_, task) = find_task(execution, id).ok_or(IllegalInput::UnknownTask(id))?;
    if !is_allowed(input, task) {
        return Err(IllegalInput::WrongPhase { task: id, phase: task.phase, what });
    }
    match input {
        Input::TaskSucceeded { output, .. } | Input::TaskSubmitted { output, .. } => check_output(id, output),
        _ => Ok(()),
    }
}

fn check_child(execution: &Execution, child: ChildId) -> Result<(), IllegalInput> {
    let run = find_map_run(execution, child.map_run).and_then(|id| execution.branches.get(&id)?.map_run());
    let runs = run.is_some_and(|run| run.has_running(child));
    if runs { Ok(()) } else { Err(IllegalInput::UnknownChild(child)) }
}

fn find_map_run(execution: &Execution, map_run: MapRunId) -> Option<BranchId> {
    let mut branches = execution.branches.values();
    branches.find(|branch| branch.map_run().is_some_and(|run| run.id == map_run)).map(|branch| branch.id)
}

fn check_machine(execution: &Execution, machine: &StateMachine) -> Result<(), IllegalInput> {
    check_branches(&execution.branches, machine).map_err(|state| IllegalInput::WrongMachine { state })
}

/// Checks that branches are in states of a machine, and wait for what such states can wait for.
///
/// # Errors
/// The name of a state that the machine does not have so.
pub(super) fn check_branches(branches: &BTreeMap<BranchId, Box<Branch>>, machine: &StateMachine) -> Result<(), String> {
    let fits = |status: &BranchStatus, kind: &StateKind| match status {
        BranchStatus::Running | BranchStatus::Ready { .. } | BranchStatus::Redriven { map_run: None, .. } => true,
        BranchStatus::Waiting { .. } => matches!(kind, StateKind::Wait { .. }),
        BranchStatus::BackingOff { .. } => kind.recovery().is_some(),
        BranchStatus::Task(_) => matches!(kind, StateKind::Task(_)),
        BranchStatus::Join(_) => matches!(kind, StateKind::Parallel(_) | StateKind::Map(_)),
        BranchStatus::MapRun(_) | BranchStatus::Redriven { .. } => {
            matches!(kind, StateKind::Map(map) if matches!(map.mode, MapMode::Distributed(_)))
        }
    };
    for branch in branches.values() {
        let name = match &branch.status {
            BranchStatus::Ready { next, .. } => next,
            _ => &branch.state,
        };
        let same = |state: &State| state.name == *name && fits(&branch.status, &state.kind);
        if !machine.state(branch.at).is_some_and(same) {
            return Err(name.to_string());
        }
    }
    Ok(())
}

fn is_allowed(input: &Input, task: &RunningTask) -> bool {
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

fn find_task(execution: &Execution, id: TaskId) -> Option<(BranchId, &RunningTask)> {
    execution.branches.values().find_map(|branch| match branch.task() {
        Some(task) if task.request.task == id => Some((branch.id, task)),
        _ => None,
    })
}

impl Step<'_> {
    /// Applies an input that was checked.
    pub(super) fn apply(&mut self, input: Input) {
        match input {
            Input::Wake => {}
            Input::Skip => self.end_waits_now(),
            Input::Stop { error, cause } => self.abort(Failure { error, cause }),
            Input::ChildEnded { child, outcome } => {
                self.apply_to_map_run(child.map_run, |step, branch, run| {
                    step.child_ended(branch, run, child.index, outcome)
                });
            }
            Input::ChildNotRedrivable { child, outcome } => {
                self.apply_to_map_run(child.map_run, |step, branch, run| {
                    step.child_not_redrivable(branch, run, child.index, outcome)
                });
            }
            Input::OpenMapRun { map_run } => self.apply_to_map_run(map_run, Self::open_map_run),
            Input::UpdateMapRun { map_run, max_concurrency, tolerated_failure_count, tolerated_failure_percentage } => {
                self.apply_to_map_run(map_run, |step, branch, run| {
                    let limits = Limits {
                        max_concurrency: max_concurrency.unwrap_or(run.limits.max_concurrency),
                        tolerated_failure_count: tolerated_failure_count.or(run.limits.tolerated_failure_count),
                        tolerated_failure_percentage: tolerated_failure_percentage
                            .or(run.limits.tolerated_failure_percentage),
                    };
                    step.update_map_run(branch, run, limits)
                })
            }
            Input::TaskStarted { task, .. }
            | Input::TaskStartFailed { task, .. }
            | Input::TaskSubmitted { task, .. }
            | Input::TaskSucceeded { task, .. }
            | Input::TaskFailed { task, .. }
            | Input::TaskHeartbeat { task } => self.apply_to_task(task, input),
        }
    }

    pub(super) fn apply_to_map_run(
        &mut self,
        map_run: MapRunId,
        take: impl FnOnce(&mut Self, &mut Branch, Box<MapRun>) -> Result<Transition, Fault>,
    ) {
        let found = find_map_run(self.execution, map_run);
        let Some(mut branch) = found.and_then(|id| self.execution.branches.remove(&id)) else {
            return;
        };
        let next = match std::mem::replace(&mut branch.status, BranchStatus::Running) {
            BranchStatus::MapRun(run) => take(self, &mut branch, run),
            other => {
                branch.status = other;
                Ok(Transition::Wait)
            }
        };
        self.run(branch, next);
    }

    fn apply_to_task(&mut self, id: TaskId, input: Input) {
        let Some((branch_id, _)) = find_task(self.execution, id) else {
            return;
        };
        let Some(mut branch) = self.execution.branches.remove(&branch_id) else {
            return;
        };
        let next = match std::mem::replace(&mut branch.status, BranchStatus::Running) {
            BranchStatus::Task(mut task) => match input {
                Input::TaskStarted { worker_name, .. } => self.task_started(&mut branch, task, worker_name),
                Input::TaskSubmitted { output, .. } => self.task_submitted(&mut branch, task, output),
                Input::TaskSucceeded { output, .. } => self.task_succeeded(&mut branch, &task, output),
                Input::TaskFailed { error, cause, .. } => {
                    self.task_failed(&mut branch, &task, Failure { error, cause })
                }
                Input::TaskStartFailed { error, cause, .. } => {
                    self.task_not_started(&mut branch, &task, Failure { error: Some(error), cause: Some(cause) })
                }
                _ => {
                    task.reset_heartbeat(self.now);
                    branch.status = BranchStatus::Task(task);
                    Ok(Transition::Wait)
                }
            },
            BranchStatus::MapRun(run) => self.map_run_task(&mut branch, run, input),
            other => {
                branch.status = other;
                Ok(Transition::Wait)
            }
        };
        self.run(branch, next);
    }
}
