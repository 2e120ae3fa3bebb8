//! Retry and Catch: how a state handles an error.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::branch::{Branch, BranchStatus};
use super::data::decision::Way;
use super::fault::{Fault, QUERY_EVALUATION_ERROR, TIMEOUT};
use super::jitter;
use super::step::{Step, Transition};
use crate::definition::{Catcher, Jitter, Retrier, State, StateKind};
use crate::document::Document;
use crate::history::{EventDetails, Failure};
use crate::quotas::MAX_EXECUTION_S;
use crate::timestamp::later;

impl Step<'_> {
    /// Handles a fault: with another attempt, or by continuing at the state of a catcher.
    ///
    /// # Errors
    /// The fault itself when nothing handles it, or the fault of the catcher's own fields.
    pub(super) fn handle_error(&mut self, branch: &mut Branch, fault: Fault) -> Result<Transition, Fault> {
        let fault = self.emit_evaluation_failed(branch, fault)?.fatal_by_name();
        if matches!(fault, Fault::Fatal(_)) {
            return Err(fault);
        }
        let state = self.state_of(branch)?;
        let Some(recovery) = state.kind.recovery() else {
            return Err(fault);
        };
        if let Some(delay_ms) = self.next_retry_delay_ms(branch, &recovery.retriers, &fault) {
            branch.status = BranchStatus::BackingOff { until: later(self.now, delay_ms) };
            return Ok(Transition::Wait);
        }
        self.catch_error(branch, state, &recovery.catchers, fault)
    }

    /// Handles a fault for which no attempt is left: it continues at the state of a catcher.
    ///
    /// # Errors
    /// As [`handle_error`](Self::handle_error).
    pub(super) fn catch_error(
        &mut self,
        branch: &mut Branch,
        state: &State,
        catchers: &[Catcher],
        fault: Fault,
    ) -> Result<Transition, Fault> {
        self.emit_state_failed(branch, state)?;
        let Some((index, catcher)) = catcher_of(catchers, &fault) else {
            return Err(fault);
        };
        // A catcher does not catch what goes wrong in itself.
        self.catch(branch, state, index, catcher, fault.failure()).or_else(|fault| {
            let fault = self.emit_evaluation_failed(branch, fault)?;
            Err(Fault::Fatal(fault.failure()))
        })
    }

    /// Emits `EvaluationFailed` for an expression without a usable value; then that is an error like others.
    pub(super) fn emit_evaluation_failed(&mut self, branch: &mut Branch, fault: Fault) -> Result<Fault, Fault> {
        let Fault::Evaluation { failure, location } = fault else {
            return Ok(fault);
        };
        // AWS has the event follow from what the state was entered after, when nothing has happened in the state yet.
        if branch.previous_event_id == branch.entered_event_id {
            branch.previous_event_id = branch.entered_after;
        }
        let event =
            EventDetails::EvaluationFailed { failure: failure.clone(), location, state: Arc::clone(&branch.state) };
        self.emit(branch, event)?;
        Ok(Fault::Error(failure))
    }

    /// Emits the failure event of a Parallel or Map state, once no attempt is left.
    fn emit_state_failed(&mut self, branch: &mut Branch, state: &State) -> Result<(), Fault> {
        let failed = match state.kind {
            StateKind::Parallel(_) => EventDetails::ParallelStateFailed,
            StateKind::Map(_) => EventDetails::MapStateFailed,
            _ => return Ok(()),
        };
        self.emit(branch, failed).map(|_| ())
    }

    /// Counts an attempt if the first retrier that matches the fault has one left, and returns the delay before it.
    fn next_retry_delay_ms(&self, branch: &mut Branch, retriers: &[Retrier], fault: &Fault) -> Option<u64> {
        let (index, retrier) = retrier_of(retriers, fault)?;
        branch.attempts.resize(retriers.len(), 0);
        let used = branch.attempts.get_mut(index)?;
        if *used >= retrier.max_attempts {
            return None;
        }
        let delay_ms = backoff_ms(retrier, *used);
        *used += 1;
        self.note(branch, Way::Retry(index));
        Some(match retrier.jitter {
            Jitter::None => delay_ms,
            Jitter::Full => jitter::full(self.execution.seed, self.execution.last_event_id, delay_ms),
        })
    }

    fn catch(
        &mut self,
        branch: &mut Branch,
        state: &State,
        index: usize,
        catcher: &Catcher,
        failure: Failure,
    ) -> Result<Transition, Fault> {
        let mut error_output = Map::new();
        // AWS shows the cause of a timeout as an empty text, and a missing one as null.
        let no_cause = (failure.error.as_deref() == Some(TIMEOUT)).then(String::new);
        error_output.insert("Error".into(), failure.error.into());
        error_output.insert("Cause".into(), failure.cause.or(no_cause).into());
        let error_output = Document::of(Value::Object(error_output));
        let catching = (&catcher.result_path, &catcher.route);
        let output = self.scope_of(branch).output_of_catcher(state, index, catching, error_output)?;
        let next = self.exit(branch, state, output, Some(&catcher.route.next))?;
        self.note(branch, Way::Catch(index));
        Ok(next)
    }
}

/// The first retrier that names a fault, with its index.
pub(super) fn retrier_of<'r>(retriers: &'r [Retrier], fault: &Fault) -> Option<(usize, &'r Retrier)> {
    retriers.iter().enumerate().find(|(_, retrier)| matches_error(&retrier.error_equals, fault))
}

/// The first catcher that names a fault, with its index.
pub(super) fn catcher_of<'c>(catchers: &'c [Catcher], fault: &Fault) -> Option<(usize, &'c Catcher)> {
    catchers.iter().enumerate().find(|(_, catcher)| matches_error(&catcher.error_equals, fault))
}

/// Whether a list of error names matches a fault. AWS's guide says that `States.ALL` does not take
/// `States.DataLimitExceeded`; answers recorded from AWS show that it does. It also says that `States.TaskFailed` takes all but
/// `States.Timeout`; others measured that it does not take `States.QueryEvaluationError` either.
fn matches_error(names: &[String], fault: &Fault) -> bool {
    let error = match fault {
        Fault::Error(failure) | Fault::Evaluation { failure, .. } => failure.error.as_deref().unwrap_or_default(),
        Fault::HeartbeatMissed => TIMEOUT,
        Fault::Fatal(_) => return false,
    };
    names.iter().any(|name| match name.as_str() {
        "States.ALL" => true,
        "States.TaskFailed" => error != TIMEOUT && error != QUERY_EVALUATION_ERROR,
        "States.HeartbeatTimeout" if matches!(fault, Fault::HeartbeatMissed) => true,
        name => name == error,
    })
}

/// The backoff before attempt number `used + 1`, without jitter, in milliseconds.
pub(super) fn backoff_ms(retrier: &Retrier, used: u64) -> u64 {
    let most_ms = retrier.max_delay_s.unwrap_or(MAX_EXECUTION_S).saturating_mul(1000);
    let exponent = i32::try_from(used).unwrap_or(i32::MAX);
    let delay = retrier.interval_s as f64 * 1000.0 * retrier.backoff_rate.powi(exponent);
    // A float that is too large or not a number becomes the longest delay.
    if delay < most_ms as f64 { delay as u64 } else { most_ms }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn retrier(interval_s: u64, backoff_rate: f64, max_delay_s: Option<u64>) -> Retrier {
        Retrier { error_equals: vec![], interval_s, max_attempts: 3, backoff_rate, max_delay_s, jitter: Jitter::None }
    }

    #[test]
    fn pauses_grow_up_to_their_limit() {
        let delays = |retrier: &Retrier| (0..4).map(|used| backoff_ms(retrier, used)).collect::<Vec<_>>();
        assert_eq!(delays(&retrier(1, 2.0, None)), [1000, 2000, 4000, 8000]);
        assert_eq!(delays(&retrier(3, 1.5, Some(5))), [3000, 4500, 5000, 5000]);
        assert_eq!(backoff_ms(&retrier(1, f64::MAX, None), 40), MAX_EXECUTION_S * 1000);
    }

    #[test]
    fn names_take_what_the_language_says() {
        let takes = |name: &str, fault: &Fault| matches_error(&[name.to_owned()], fault);
        let custom = Fault::error("Custom", "");
        assert!(takes("Custom", &custom) && takes("States.TaskFailed", &custom) && takes("States.ALL", &custom));
        assert!(!takes("Other", &custom) && !takes("States.Timeout", &custom));
        assert!(takes("States.Timeout", &Fault::timeout()) && !takes("States.TaskFailed", &Fault::timeout()));
        let unevaluated = Fault::error(QUERY_EVALUATION_ERROR, "");
        assert!(takes("States.ALL", &unevaluated) && !takes("States.TaskFailed", &unevaluated));
        assert!(!takes("States.HeartbeatTimeout", &Fault::timeout()));
        assert!(
            takes("States.HeartbeatTimeout", &Fault::HeartbeatMissed)
                && takes("States.Timeout", &Fault::HeartbeatMissed)
        );
    }
}
