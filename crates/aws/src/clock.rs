//! The clocks of a command that talks to AWS and the only way for it to wait: time is a value everywhere else.

use std::fmt;
use std::pin::Pin;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use jiff::Timestamp;

/// By how much the pauses of a command are multiplied, from `WORKSHOP_TIME_SCALE`: tests of retries set it to 0.01 or so.
/// The embedded cloud's own timers and Wait states never are.
static SCALE: LazyLock<f64> = LazyLock::new(|| {
    let scale = std::env::var("WORKSHOP_TIME_SCALE").ok().and_then(|text| text.trim().parse().ok());
    // This crate's own tests wait for nothing.
    scale.unwrap_or(if cfg!(test) { 0.001 } else { 1.0 })
});

/// The current time, as the machine's clock has it.
#[must_use]
#[allow(clippy::disallowed_methods, reason = "this file owns the wall clock")]
pub fn now() -> Timestamp {
    Timestamp::now()
}

/// The clock of a cloud whose time is not the machine's.
pub trait CloudClock: fmt::Debug + Send + Sync {
    /// What it shows.
    fn now(&self) -> Pin<Box<dyn Future<Output = Timestamp> + Send + '_>>;
}

/// Measures how long something takes, on a clock that nobody sets.
#[derive(Debug, Clone, Copy)]
pub struct Stopwatch(Instant);

impl Stopwatch {
    /// Starts now.
    #[must_use]
    #[allow(clippy::disallowed_methods, reason = "this file owns the monotonic clock")]
    pub fn start() -> Self {
        Self(Instant::now())
    }

    /// The time since the start.
    pub fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }
}

/// Waits for a duration; at once when it is zero.
#[allow(clippy::disallowed_methods, reason = "this file owns waiting")]
pub async fn sleep(duration: Duration) {
    tokio::time::sleep(duration).await;
}

/// Waits before a command asks or tries again: for a duration, or the part of it that a test wants.
pub async fn pause(duration: Duration) {
    sleep(scaled(duration)).await;
}

/// How long a pause of a command really takes.
pub fn scaled(duration: Duration) -> Duration {
    multiplied(duration, *SCALE)
}

/// A duration times a factor; as it was where the product is no duration.
fn multiplied(duration: Duration, factor: f64) -> Duration {
    Duration::try_from_secs_f64(duration.as_secs_f64() * factor).unwrap_or(duration)
}

/// Waits until the wall clock shows `moment` or later, and never returns earlier.
///
/// A timer that runs on the monotonic clock may end a little before the wall clock gets there (the two are adjusted
/// separately), so the wall clock is asked again until it agrees.
pub async fn sleep_until(moment: Timestamp) {
    loop {
        let left = moment.duration_since(now());
        match Duration::try_from(left) {
            Ok(left) if !left.is_zero() => sleep(left).await,
            _ => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scale_that_makes_no_sense_changes_nothing() {
        let second = Duration::from_secs(1);
        assert_eq!(multiplied(second, 0.01), Duration::from_millis(10));
        assert_eq!(multiplied(second, 0.0), Duration::ZERO);
        for factor in [-1.0, f64::NAN, f64::INFINITY] {
            assert_eq!(multiplied(second, factor), second);
        }
    }
}
