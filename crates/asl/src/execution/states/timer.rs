//! Timers: Wait states, and what happens when a timer is due.

use jiff::Timestamp;

use crate::definition::{State, WaitUntil};
use crate::execution::branch::{Branch, BranchId, BranchStatus};
use crate::execution::fault::Fault;
use crate::execution::step::{Step, Transition};
use crate::quotas::MAX_WAIT_S;
use crate::timestamp::later;

impl Step<'_> {
    pub(crate) fn wait(&mut self, branch: &mut Branch, state: &State, until: &WaitUntil) -> Result<Transition, Fault> {
        let until = self.wait_until(branch, state, until)?;
        if until <= self.now {
            return self.complete(branch, state, None);
        }
        branch.status = BranchStatus::Waiting { until };
        Ok(Transition::Wait)
    }

    fn wait_until(&self, branch: &Branch, state: &State, until: &WaitUntil) -> Result<Timestamp, Fault> {
        let scope = self.scope_of(branch);
        let effective = scope.effective_input(state)?;
        match until {
            WaitUntil::Seconds(dynamic) => self.after_seconds(branch, scope.wait_seconds(dynamic, &effective)?),
            WaitUntil::Timestamp(dynamic) => self.at(branch, scope.wait_timestamp(dynamic, &effective)?),
        }
    }

    fn after_seconds(&self, branch: &Branch, seconds: u64) -> Result<Timestamp, Fault> {
        if i64::try_from(seconds).is_ok_and(|seconds| seconds <= MAX_WAIT_S) {
            Ok(later(self.now, seconds.saturating_mul(1000)))
        } else {
            Err(Fault::runtime(branch, "Wait state delay is too long."))
        }
    }

    /// The instant at which a Wait ends: the given one. AWS documents that it drops the fraction of a second and so may end up
    /// to 999 ms before that instant; here no wait ends early.
    fn at(&self, branch: &Branch, instant: Timestamp) -> Result<Timestamp, Fault> {
        if instant.duration_since(self.now).as_secs() > MAX_WAIT_S {
            return Err(Fault::runtime(branch, "Wait state delay is too long."));
        }
        Ok(instant)
    }

    /// Fires every timer that is due, the earliest first, so that a late wake-up gives the same order as a prompt one, and
    /// goes on with what a step before had no room for. It stops when the budget is used up.
    pub(crate) fn run_due(&mut self) {
        while !self.is_over() && !self.budget.is_used_up() {
            let timers = self.execution.branches.values().filter_map(|branch| Some((branch.due()?, branch.id)));
            let first = timers.min().filter(|(due, _)| *due <= self.now);
            let out_of_time = self.execution.times_out_at;
            match first {
                Some((due, id)) if due < out_of_time => self.fire_timer(id),
                _ if out_of_time <= self.now => self.time_out(),
                _ => match self.next_ready() {
                    Some((branch, next)) => self.run(branch, next),
                    None if self.continue_cut_map_run() => {}
                    None => return,
                },
            }
        }
    }

    /// Has every Wait and every backoff end now.
    pub(crate) fn end_waits_now(&mut self) {
        for branch in self.execution.branches.values_mut() {
            if let BranchStatus::Waiting { until } | BranchStatus::BackingOff { until } = &mut branch.status {
                *until = self.now.min(*until);
            }
        }
    }

    fn fire_timer(&mut self, id: BranchId) {
        let Some(mut branch) = self.execution.branches.remove(&id) else {
            return;
        };
        let next = match std::mem::replace(&mut branch.status, BranchStatus::Running) {
            status @ (BranchStatus::Running
            | BranchStatus::Ready { .. }
            | BranchStatus::Redriven { .. }
            | BranchStatus::Join(_)
            | BranchStatus::MapRun(_)) => {
                branch.status = status;
                Ok(Transition::Wait)
            }
            BranchStatus::Waiting { .. } => self.end_wait(&mut branch),
            BranchStatus::BackingOff { .. } => self.retry(&mut branch),
            BranchStatus::Task(task) => self.task_timed_out(&mut branch, &task),
        };
        self.run(branch, next);
    }

    fn end_wait(&mut self, branch: &mut Branch) -> Result<Transition, Fault> {
        let state = self.state_of(branch)?;
        self.complete(branch, state, None)
    }

    fn retry(&mut self, branch: &mut Branch) -> Result<Transition, Fault> {
        let state = self.state_of(branch)?;
        self.execute(branch, state)
    }
}
