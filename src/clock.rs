//! The wall clock and the only way to wait: time is a value everywhere else.

use std::time::Duration;

use jiff::Timestamp;

/// The current time, as the machine's clock has it.
#[must_use]
#[allow(clippy::disallowed_methods, reason = "this file owns the wall clock")]
pub(crate) fn now() -> Timestamp {
    Timestamp::now()
}

/// Waits for a duration; at once when it is zero.
#[allow(clippy::disallowed_methods, reason = "this file owns waiting")]
pub(crate) async fn sleep(duration: Duration) {
    tokio::time::sleep(duration).await;
}

/// Waits until the wall clock shows `moment` or later, and never returns earlier.
///
/// A timer that runs on the monotonic clock may end a little before the wall clock gets there (the two are adjusted
/// separately), so the wall clock is asked again until it agrees.
pub(crate) async fn sleep_until(moment: Timestamp) {
    loop {
        let left = moment.duration_since(now());
        match Duration::try_from(left) {
            Ok(left) if !left.is_zero() => sleep(left).await,
            _ => return,
        }
    }
}
