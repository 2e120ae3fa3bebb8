//! Running a state to its end: what it calls is called, or has a stand-in.

use std::sync::Arc;
use std::time::Duration;

use asl::{Failure, Input, Start, StateOutcome, StateProgress, StateTest, StateTestSetup, TaskRequest, TestedState};
use cloud_core::ServiceError;
use jiff::Timestamp;

use super::asked::Stand;
use crate::integration::{self, Caller};
use crate::states::States;
use crate::wire::errors;

/// The longest that a test may take (API reference, `TestState`).
const LIMIT: Duration = Duration::from_secs(300);

/// Runs the state to its end, even if nobody waits any more.
pub(super) async fn to_the_end(
    states: &Arc<States>,
    caller: Caller,
    (tested, start, setup): (TestedState, Start, StateTestSetup),
    stand: Option<Stand>,
) -> Result<StateOutcome, ServiceError> {
    let limit = start.now.saturating_add(LIMIT).unwrap_or(Timestamp::MAX);
    let (test, progress) = tested.begin(start, setup).map_err(|error| errors::invalid_input(&error.to_string()))?;
    let states = Arc::clone(states);
    let clock = states.clock.clone();
    let run = async move { go_on(&states, &caller, test, progress, stand, limit).await };
    let ran = tokio::spawn(clock.part_of_work(run)).await;
    ran.map_err(|error| ServiceError::internal(format!("The test was interrupted: {error}.")))?
}

async fn go_on(
    states: &Arc<States>,
    caller: &Caller,
    mut test: StateTest,
    mut progress: StateProgress,
    mut stand: Option<Stand>,
    limit: Timestamp,
) -> Result<StateOutcome, ServiceError> {
    loop {
        progress = match progress {
            StateProgress::Ended(outcome) => return Ok(*outcome),
            StateProgress::Waits(until) => {
                states.clock.sleep_until(until.min(limit)).await;
                if until > limit {
                    return Ok(test.give_up());
                }
                test.wake(states.clock.now())
            }
            StateProgress::Calls(_) | StateProgress::WaitsForInside if stand.is_some() => {
                let now = states.clock.now();
                match stand.take() {
                    Some(Stand::Error(failure)) => test.fail(failure, now),
                    Some(Stand::Result(result)) => test.succeed(&result, now),
                    None => test.wake(now),
                }
            }
            StateProgress::Calls(request) => {
                let times_out_at = test.times_out_at().unwrap_or(Timestamp::MAX);
                let answered = answered(states, caller, &request, times_out_at.min(limit)).await;
                let now = states.clock.now();
                match answered {
                    Some(Ok(output)) => test.succeed(&output, now),
                    Some(Err(failure)) => test.fail(failure, now),
                    None if times_out_at <= limit => test.wake(now),
                    None => return Ok(test.give_up()),
                }
            }
            StateProgress::WaitsForInside => {
                return Err(ServiceError::internal("A state with others inside was tested without a mock."));
            }
        };
    }
}

/// What the call of a task gave; nothing when it took until then.
async fn answered(
    states: &Arc<States>,
    caller: &Caller,
    request: &TaskRequest,
    until: Timestamp,
) -> Option<Result<String, Failure>> {
    let input = tokio::select! {
        biased;
        input = integration::call(states, caller, request) => input,
        () = states.clock.sleep_until(until) => return None,
    };
    Some(match input {
        Some(Input::TaskSucceeded { output, .. }) => Ok(output),
        Some(Input::TaskFailed { error, cause, .. }) => Err(Failure { error, cause }),
        Some(Input::TaskStartFailed { error, cause, .. }) => Err(Failure { error: Some(error), cause: Some(cause) }),
        other => {
            tracing::error!(input = ?other, "a task that was tested answered what it cannot");
            Err(Failure { error: Some("States.Runtime".to_owned()), cause: None })
        }
    })
}
