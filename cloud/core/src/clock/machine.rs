//! The machine's own clock and timers.

use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::Semaphore;

/// How long before a moment a precise timer takes over: the async runtime's timers count milliseconds, and so does the system
/// call that they wait in, so that they may be two late.
const HEAD_START: Duration = Duration::from_millis(4);

/// How many wait in a thread of their own at a time: no more than a few threads are spent on it, whoever waits.
static PRECISE: Semaphore = Semaphore::const_new(4);

/// How exactly a wait is to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Precision {
    /// Within a few milliseconds.
    Ordinary,
    /// As exactly as the machine can. It takes a thread for the last milliseconds, so it is for the few who wake many.
    High,
}

#[allow(clippy::disallowed_methods, reason = "the clock owns the machine's clock")]
pub(super) fn now() -> Timestamp {
    Timestamp::now()
}

#[allow(clippy::disallowed_methods, reason = "the clock owns waiting")]
pub(super) async fn sleep(duration: Duration) {
    tokio::time::sleep(duration).await;
}

/// Waits for a duration, or for a part of it: who waits looks at the clock again.
pub(super) async fn sleep_towards(duration: Duration, precision: Precision) {
    match precision {
        Precision::Ordinary => sleep(duration).await,
        Precision::High => match duration.checked_sub(HEAD_START) {
            Some(before) if !before.is_zero() => sleep(before).await,
            // Boxed: every future that waits for a clock has room for it.
            _ => Box::pin(sleep_exactly(duration)).await,
        },
    }
}

/// Waits in a thread of its own, whose timer counts nanoseconds; as usual where too many do already.
async fn sleep_exactly(duration: Duration) {
    let Ok(turn) = PRECISE.try_acquire() else { return sleep(duration).await };
    let waited = tokio::task::spawn_blocking(move || {
        thread_sleep(duration);
        drop(turn);
    });
    if let Err(error) = waited.await {
        // Only while the async runtime ends. Who waits looks at the clock again.
        tracing::debug!(error = %error, "a precise wait was cut");
    }
}

#[allow(clippy::disallowed_methods, reason = "the clock owns waiting")]
fn thread_sleep(duration: Duration) {
    std::thread::sleep(duration);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_precise_wait_ends_in_the_end_and_never_early() {
        for waited_us in [0, 1, 900, 7_000] {
            let until = now() + Duration::from_micros(waited_us);
            while now() < until {
                let left = Duration::try_from(until.duration_since(now())).unwrap_or_default();
                sleep_towards(left, Precision::High).await;
            }
        }
    }
}
