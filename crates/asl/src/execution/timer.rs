//! Time: Wait states, and what happens when a timer goes off.

use jiff::Timestamp;

use super::branch::{Branch, BranchId, Doing};
use super::fault::Fault;
use super::later;
use super::turn::{Move, Turn};
use crate::definition::{State, WaitUntil};

/// The longest wait: AWS accepts 24,855 days and refuses 24,856, so it counts seconds in 32 bits.
const MAX_WAIT_S: i64 = i32::MAX as i64;

impl Turn<'_> {
    pub(super) fn wait(&mut self, branch: &mut Branch, state: &State, until: &WaitUntil) -> Result<Move, Fault> {
        let until = self.wait_until(branch, state, until)?;
        if until <= self.now {
            return self.leave(branch, state, None);
        }
        branch.doing = Doing::Waiting { until };
        Ok(Move::Wait)
    }

    fn wait_until(&self, branch: &Branch, state: &State, until: &WaitUntil) -> Result<Timestamp, Fault> {
        let flow = self.flow(branch);
        let effective = flow.effective_input(state)?;
        match until {
            WaitUntil::Seconds(given) => self.after_seconds(branch, flow.wait_seconds(given, &effective)?),
            WaitUntil::Timestamp(given) => self.at(branch, flow.wait_timestamp(given, &effective)?),
        }
    }

    fn after_seconds(&self, branch: &Branch, seconds: u64) -> Result<Timestamp, Fault> {
        if i64::try_from(seconds).is_ok_and(|seconds| seconds <= MAX_WAIT_S) {
            Ok(later(self.now, seconds.saturating_mul(1000)))
        } else {
            Err(Fault::runtime(branch, "Wait state delay is too long."))
        }
    }

    /// The instant a Wait ends at: the one it was given. AWS documents that it drops the fraction of a second and so may end up
    /// to 999 ms before that instant; here no wait is ever early.
    fn at(&self, branch: &Branch, instant: Timestamp) -> Result<Timestamp, Fault> {
        if instant.duration_since(self.now).as_secs() > MAX_WAIT_S {
            return Err(Fault::runtime(branch, "Wait state delay is too long."));
        }
        Ok(instant)
    }

    /// Runs every timer that is due, the earliest first, so that a late wake-up gives the same order as a prompt one.
    pub(super) fn run_due(&mut self) {
        while !self.is_over() {
            let timers = self.execution.branches.values().filter_map(|branch| Some((branch.due()?, branch.id)));
            let first = timers.min().filter(|(due, _)| *due <= self.now);
            let out_of_time = self.execution.times_out_at;
            match first {
                Some((due, id)) if due < out_of_time => self.go_off(id),
                _ if out_of_time <= self.now => self.time_out(),
                _ => return,
            }
        }
    }

    fn go_off(&mut self, id: BranchId) {
        let Some(mut branch) = self.execution.branches.remove(&id) else {
            return;
        };
        let next = match std::mem::replace(&mut branch.doing, Doing::Running) {
            doing @ (Doing::Running | Doing::Gathering(_) | Doing::MapRun(_)) => {
                branch.doing = doing;
                Ok(Move::Wait)
            }
            Doing::Waiting { .. } => self.end_wait(&mut branch),
            Doing::BackingOff { .. } => self.try_again(&mut branch),
            Doing::Task(task) => self.task_timed_out(&mut branch, &task),
        };
        self.run(branch, next);
    }

    fn end_wait(&mut self, branch: &mut Branch) -> Result<Move, Fault> {
        let state = self.state_of(branch)?;
        self.leave(branch, state, None)
    }

    fn try_again(&mut self, branch: &mut Branch) -> Result<Move, Fault> {
        let state = self.state_of(branch)?;
        self.act(branch, state)
    }
}
