//! Redrive: an execution that ended without success goes on where it had not finished.

use jiff::Timestamp;

use crate::definition::{StateKind, StateMachine};
use crate::execution::Execution;
use crate::execution::branch::{Branch, BranchId, BranchStatus};
use crate::execution::effect::Effect;
use crate::execution::fault::Fault;
use crate::execution::input::check_branches;
use crate::execution::map::map_run::MapRun;
use crate::execution::step::{Step, Transition};
use crate::history::{EventDetails, Status};
use crate::quotas::{MAX_EVENTS, MAX_EXECUTION_S};
use crate::timestamp::later;

/// Why an execution can't be redriven. Texts are those of AWS's `redriveStatusReason`, but for the last.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotRedrivable {
    /// It runs, or has succeeded.
    #[error("Execution is {} and cannot be redriven", .0.api_name())]
    Status(Status),
    /// It was stored by a program that kept nothing to go on with.
    #[error("Execution was started before the launch of RedriveExecution")]
    NothingLeft,
    /// Its history has no room for a redrive and one more event.
    #[error("Execution history event limit exceeded")]
    TooManyEvents,
    /// It began a year ago.
    #[error("Execution has exceeded the max execution time")]
    TooOld,
    /// The state machine is not the one that the execution was started with.
    #[error("the execution was in state '{state}', which the given state machine does not have in this form")]
    WrongMachine {
        /// The state that it was in.
        state: String,
    },
}

impl Execution {
    /// Whether it has ended with something that a redrive goes on with.
    pub fn has_unfinished(&self) -> bool {
        !self.unfinished.is_empty()
    }

    /// Whether the execution can be redriven now. How long ago it may have ended is the driver's to say.
    ///
    /// # Errors
    /// Why it can't.
    pub fn check_redrivable(&self, now: Timestamp) -> Result<(), NotRedrivable> {
        if matches!(self.status, Status::Running | Status::Succeeded) {
            return Err(NotRedrivable::Status(self.status));
        }
        if self.unfinished.is_empty() {
            return Err(NotRedrivable::NothingLeft);
        }
        // Room for ExecutionRedriven and one event more.
        if self.last_event_id + 1 >= MAX_EVENTS {
            return Err(NotRedrivable::TooManyEvents);
        }
        if self.latest_end() <= now {
            return Err(NotRedrivable::TooOld);
        }
        Ok(())
    }

    /// Redrives an execution that ended without success (`RedriveExecution`), and runs it until it has to wait: what had not
    /// finished runs again, with the input and the variables that it had; the results of everything else stay. Attempts and
    /// time limits count from the beginning.
    ///
    /// # Errors
    /// Why it can't be redriven; it is unchanged then.
    pub fn redrive(&mut self, machine: &StateMachine, now: Timestamp) -> Result<Vec<Effect>, NotRedrivable> {
        self.check_redrivable(now)?;
        check_branches(&self.unfinished, machine).map_err(|state| NotRedrivable::WrongMachine { state })?;
        let began_at = self.context.redrive_time.unwrap_or(self.context.start_time);
        let limit = self.times_out_at.duration_since(began_at);
        let redrive_count = self.context.redrive_count.unwrap_or_default() + 1;
        self.context.redrive_count = Some(redrive_count);
        self.context.redrive_time = Some(now);
        self.times_out_at = now.checked_add(limit).unwrap_or(Timestamp::MAX).min(self.latest_end());
        self.branches = std::mem::take(&mut self.unfinished);
        let mut step = Step::new(machine, self, now);
        let previous_event_id = step.execution.last_event_id;
        step.record(previous_event_id, EventDetails::ExecutionRedriven { redrive_count });
        step.fill_up_maps();
        step.run_due();
        Ok(step.finish())
    }

    /// The instant after which it may not run: "the maximum open time of one year".
    fn latest_end(&self) -> Timestamp {
        later(self.context.start_time, MAX_EXECUTION_S.saturating_mul(1000))
    }
}

impl Step<'_> {
    /// Starts iterations of the Map states that go on, beside those that run again.
    fn fill_up_maps(&mut self) {
        let joins = self.execution.branches.values().filter(|branch| branch.has_items_left());
        let ids: Vec<BranchId> = joins.map(|branch| branch.id).collect();
        for id in ids {
            let Some(mut branch) = self.execution.branches.remove(&id) else {
                continue;
            };
            let next = self.state_of(&branch).and_then(|state| match &state.kind {
                StateKind::Map(map) => self.fill_up(&mut branch, state, map),
                _ => Ok(Transition::Wait),
            });
            if let Err(fault) = &next {
                self.abort_branches_of(&branch, branch.previous_event_id);
                self.leave_inside(&mut branch, fault);
            }
            self.run(branch, next);
        }
    }

    /// Runs the state that a branch is in anew, as it was entered. On AWS what follows comes after the event of that entry, not
    /// after `ExecutionRedriven` (measured by others). A Fail state is entered again.
    pub(crate) fn run_anew(&mut self, branch: &mut Branch, map_run: Option<Box<MapRun>>) -> Result<Transition, Fault> {
        let state = self.state_of(branch)?;
        if let Some(run) = map_run {
            return self.redrive_map_run(branch, state, run);
        }
        if let StateKind::Fail { .. } = state.kind {
            branch.previous_event_id = branch.entered_after;
            return self.enter(branch, branch.at, branch.input.clone());
        }
        branch.previous_event_id = branch.entered_event_id;
        self.execute(branch, state)
    }

    /// Leaves what a Parallel or Map state that fails has waited for. "If the state failed because of a
    /// States.DataLimitExceeded error", a redrive runs all of it again (developer guide, "Restarting state machine executions
    /// with redrive").
    pub(crate) fn leave_inside(&mut self, branch: &mut Branch, fault: &Fault) {
        let status = std::mem::replace(&mut branch.status, BranchStatus::Running);
        if matches!(status, BranchStatus::Join(_)) && !fault.is_of_size() {
            self.unfinished.keep_inside(branch.id, status);
        }
    }
}
