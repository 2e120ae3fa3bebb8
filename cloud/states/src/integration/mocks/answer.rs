//! A mock's answer, as the execution is told of it: what the service says first, heartbeats, and the end.

use asl::mock::{self, MockAnswer, MockedResponse};
use asl::{Input, TaskPhase, TaskRequest};
use cloud_core::Clock;
use jiff::{SignedDuration, Timestamp};

/// Answers a task; each input is told at its moment. A task that is never answered is waited with until it is over.
pub(crate) async fn answer<F: Future<Output = ()>>(
    clock: &Clock,
    request: &TaskRequest,
    phase: TaskPhase,
    response: &MockedResponse,
    tell: impl Fn(Input) -> F,
) {
    let begins_at = clock.now();
    if phase != TaskPhase::Submitted
        && let Some(submitted) = mock::submitted(response.submitted.as_ref(), request)
    {
        tell(submitted).await;
    }
    let is_never = response.answer == MockAnswer::Never;
    let ends_at = if is_never { Timestamp::MAX } else { later(begins_at, response.after_ms) };
    if let Some(every_ms) = response.heartbeat_ms.filter(|every_ms| *every_ms > 0) {
        let mut next = later(begins_at, every_ms);
        while next < ends_at {
            clock.sleep_until(next).await;
            tell(Input::TaskHeartbeat { task: request.task }).await;
            next = later(next, every_ms);
        }
    }
    if is_never {
        return;
    }
    clock.sleep_until(ends_at).await;
    let end = mock::end(&response.answer, request, ends_at).unwrap_or_else(|why| {
        let error = Some("States.Runtime".to_owned());
        let cause = Some(format!("The mock of the state '{}' does not fit: {why}.", request.state));
        Some(Input::TaskFailed { task: request.task, error, cause })
    });
    if let Some(end) = end {
        tell(end).await;
    }
}

/// A moment so much later; the last one there is for what lies beyond.
fn later(moment: Timestamp, by_ms: u64) -> Timestamp {
    let by = SignedDuration::from_millis(i64::try_from(by_ms).unwrap_or(i64::MAX));
    moment.checked_add(by).unwrap_or(Timestamp::MAX)
}
