//! Time: Wait states, and what happens when a timer goes off.

use jiff::Timestamp;
use serde_json::Value;

use super::branch::{Branch, BranchId, Doing};
use super::fault::Fault;
use super::later;
use super::turn::{Move, Turn};
use crate::definition::{State, StateKind, Transition, WaitUntil};
use crate::document::Document;
use crate::path::Path;
use crate::rfc3339;

/// The longest wait: AWS accepts 24,855 days and refuses 24,856, so it counts seconds in 32 bits.
const MAX_WAIT_S: i64 = i32::MAX as i64;

impl Turn<'_> {
    pub(super) fn wait(
        &mut self,
        branch: &mut Branch,
        state: &State,
        until: &WaitUntil,
        then: &Transition,
        raw: Document,
    ) -> Result<Move, Fault> {
        let effective = self.flow(branch).pick(&state.input_path, raw.clone())?;
        let until = self.wait_until(branch, until, &effective)?;
        if until <= self.now {
            return self.pass_through(branch, state, raw, then);
        }
        branch.doing = Doing::Waiting { until };
        Ok(Move::Wait)
    }

    fn wait_until(&self, branch: &Branch, until: &WaitUntil, payload: &Document) -> Result<Timestamp, Fault> {
        match until {
            WaitUntil::Seconds(seconds) => self.after_seconds(branch, *seconds),
            WaitUntil::SecondsPath(path) => {
                let seconds = self.seconds_at(branch, path, payload)?;
                self.after_seconds(branch, seconds)
            }
            WaitUntil::Timestamp(instant) => self.at(branch, *instant),
            WaitUntil::TimestampPath(path) => {
                let value = self.read_wait(branch, "TimestampPath", path, payload)?;
                let instant = value.as_str().and_then(rfc3339::parse).ok_or_else(|| {
                    let shown = value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned);
                    Fault::runtime(
                        branch,
                        format!(
                            "The TimestampPath parameter does not reference a valid ISO-8601 extended offset date-time format string: {} == {shown}",
                            path.text()
                        ),
                    )
                })?;
                self.at(branch, instant)
            }
        }
    }

    fn read_wait(&self, branch: &Branch, field: &str, path: &Path, payload: &Document) -> Result<Value, Fault> {
        path.read(self.flow(branch).scope(payload)).map_err(|_| {
            let problem = format!("The {field} parameter does not reference an input value: {}", path.text());
            Fault::runtime(branch, problem)
        })
    }

    fn seconds_at(&self, branch: &Branch, path: &Path, payload: &Document) -> Result<u64, Fault> {
        let value = self.read_wait(branch, "SecondsPath", path, payload)?;
        if let Some(seconds) = value.as_u64() {
            return Ok(seconds);
        }
        let problem = if value.is_i64() {
            format!("The SecondsPath parameter references a negative value: {} == {value}", path.text())
        } else {
            format!("The SecondsPath parameter cannot be parsed as a long value: {} == {value}", path.text())
        };
        Err(Fault::runtime(branch, problem))
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
            Doing::Running => Ok(Move::Wait),
            Doing::Waiting { .. } => self.end_wait(&mut branch),
            Doing::BackingOff { .. } => self.try_again(&mut branch),
            Doing::Task(task) => self.task_timed_out(&mut branch, &task),
        };
        self.run(branch, next);
    }

    fn end_wait(&mut self, branch: &mut Branch) -> Result<Move, Fault> {
        let state = self.state_of(branch)?;
        let StateKind::Wait { then, .. } = &state.kind else {
            return Err(Fault::runtime(branch, "The state is not a Wait state."));
        };
        let raw = self.raw_input(branch)?;
        self.pass_through(branch, state, raw, then)
    }

    fn try_again(&mut self, branch: &mut Branch) -> Result<Move, Fault> {
        let state = self.state_of(branch)?;
        let StateKind::Task(task) = &state.kind else {
            return Err(Fault::runtime(branch, "The state is not a Task state."));
        };
        let raw = self.raw_input(branch)?;
        self.schedule(branch, state, task, raw)
    }
}
