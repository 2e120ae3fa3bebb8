//! What a state that is tested does about an error: one retrier or catcher takes it, or none.

use jiff::Timestamp;

use super::{StateProgress, StateStatus, StateTest};
use crate::execution::fault::Fault;
use crate::execution::retry::{backoff_ms, catcher_of, retrier_of};
use crate::execution::step::Transition;
use crate::history::Failure;

/// What becomes of an error.
enum Handled {
    Fails(Failure),
    TriesAgain(Failure),
    Caught(Failure, Transition),
}

impl StateTest {
    pub(super) fn handle(&mut self, fault: Fault, now: Timestamp) -> StateProgress {
        match self.decide(fault, now) {
            Handled::Fails(failure) => self.ended(StateStatus::Failed, None, None, Some(failure)),
            Handled::TriesAgain(failure) => self.ended(StateStatus::Retriable, None, None, Some(failure)),
            Handled::Caught(failure, Transition::Enter { state, input }) => {
                self.ended(StateStatus::CaughtError, Some(&input), Some(state), Some(failure))
            }
            // A catcher always leads to a state.
            Handled::Caught(failure, _) => self.ended(StateStatus::Failed, None, None, Some(failure)),
        }
    }

    fn decide(&mut self, fault: Fault, now: Timestamp) -> Handled {
        let retries = self.retries;
        let decided = self.on_step(now, |step, branch| {
            let fault = step.emit_evaluation_failed(branch, fault)?.fatal_by_name();
            let state = step.state_of(branch)?;
            let recovery = match (state.kind.recovery(), &fault) {
                (None, _) | (_, Fault::Fatal(_)) => return Err(fault),
                (Some(recovery), _) => recovery,
            };
            if let Some((index, retrier)) = retrier_of(&recovery.retriers, &fault) {
                let backoff_s = (retries < retrier.max_attempts).then(|| backoff_ms(retrier, retries) / 1000);
                if let Some(probe) = step.probe {
                    probe.note(|found| {
                        found.error_details.retry_index = Some(index);
                        found.error_details.retry_backoff_interval_s = backoff_s;
                    });
                }
                if backoff_s.is_some() {
                    return Ok(Handled::TriesAgain(fault.failure()));
                }
            }
            let Some((index, _)) = catcher_of(&recovery.catchers, &fault) else {
                return Err(fault);
            };
            let failure = fault.clone().failure();
            let caught = step.catch_error(branch, state, &recovery.catchers, fault)?;
            if let Some(probe) = step.probe {
                probe.note(|found| found.error_details.catch_index = Some(index));
            }
            Ok(Handled::Caught(failure, caught))
        });
        decided.unwrap_or_else(|fault| Handled::Fails(fault.failure()))
    }
}
