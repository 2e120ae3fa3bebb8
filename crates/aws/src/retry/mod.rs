//! The one policy by which failed calls are made again: what is waited for, for how long, and how the pauses grow.
//!
//! A call that was refused for throttling was not executed, nor was one that found no connection: both are made again
//! whatever they do. After a service fault, a broken connection or a time limit the call may have been executed; it is made
//! again unless its operation says otherwise (`Repeat`). The pauses double up to a limit, each times a random fraction
//! ("full jitter"), so that commands that were refused together do not come back together. Every wait is told, once.

mod answer;
mod interceptor;
mod waits;

use std::time::Duration;

use aws_smithy_types::config_bag::{Storable, StoreReplace};

use crate::error::kind::AwsErrorKind;

pub(crate) use interceptor::{Retries, partition};
pub use waits::Wait;
pub(crate) use waits::Waits;

/// A call that fails in passing is made this often before its wait is told, and whatever its time limit is.
const QUICK_ATTEMPTS: u32 = 3;

/// What a command waits for before it makes a call again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum WaitCause {
    /// Too many calls, often somebody else's with the same account.
    Throttled,
    /// The service fails for reasons of its own.
    ServiceFault,
    /// There is no connection, it broke, or no answer came in time.
    Connection,
}

/// How long failed calls are waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Patience {
    /// As long as waiting makes sense.
    Full,
    /// A few seconds: for what a command can do without, and then says so.
    Brief,
    /// Throttling not at all, everything else fully: for whoever makes many calls at a pace of its own.
    Paced,
    /// Not at all: for whoever asks again anyway, at a pace of its own.
    None,
}

/// When a call may be made again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Repeat {
    /// Always: executed twice it does no harm.
    Always,
    /// Only when it is certain that it was not executed.
    IfNotExecuted,
}

impl Storable for Patience {
    type Storer = StoreReplace<Self>;
}

impl Storable for Repeat {
    type Storer = StoreReplace<Self>;
}

/// What is known of a call when one of its attempts has failed.
#[derive(Debug, Clone, Copy)]
struct Attempted {
    /// How many attempts have failed.
    attempts: u32,
    /// The time since the first failed.
    waited: Duration,
    patience: Patience,
    repeat: Repeat,
    /// Whether anything has answered any call of this command.
    answered_before: bool,
}

/// What a failure is waited for, and how long at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Budget {
    cause: WaitCause,
    limit: Duration,
}

/// The budget of a failed call; none when it is not to be made again.
fn budget(kind: AwsErrorKind, call: &Attempted) -> Option<Budget> {
    let (cause, may_be_executed) = match kind {
        AwsErrorKind::Throttled => (WaitCause::Throttled, false),
        AwsErrorKind::ServiceFault => (WaitCause::ServiceFault, true),
        AwsErrorKind::Unreachable | AwsErrorKind::UnknownHost => (WaitCause::Connection, false),
        AwsErrorKind::TimedOut | AwsErrorKind::ConnectionLost => (WaitCause::Connection, true),
        _ => return None,
    };
    if may_be_executed && call.repeat == Repeat::IfNotExecuted {
        return None;
    }
    // Where nothing has ever answered, a setting is wrong or the network is down: a quick answer helps more.
    let never_answered = cause == WaitCause::Connection && !may_be_executed && !call.answered_before;
    let limit = match (call.patience, cause) {
        (Patience::None, _) | (Patience::Paced, WaitCause::Throttled) => return None,
        _ if never_answered => Duration::ZERO,
        (Patience::Full, WaitCause::Throttled) => Duration::from_secs(120),
        (Patience::Full | Patience::Paced, WaitCause::ServiceFault) => Duration::from_secs(30),
        (Patience::Full | Patience::Paced, WaitCause::Connection) | (Patience::Brief, WaitCause::Throttled) => {
            Duration::from_secs(10)
        }
        (Patience::Brief, WaitCause::ServiceFault | WaitCause::Connection) => Duration::from_secs(2),
    };
    Some(Budget { cause, limit })
}

impl Budget {
    /// The pause before the next attempt, for a random fraction; none when the budget is spent.
    fn pause(self, call: &Attempted, fraction: f64) -> Option<Duration> {
        let pause = longest_pause(self.cause, call.attempts).mul_f64(fraction);
        (call.attempts < QUICK_ATTEMPTS || call.waited + pause < self.limit).then_some(pause)
    }

    /// Whether the wait is worth a word: throttling always, what else passes in a moment only when it did not.
    fn is_told(self, call: &Attempted) -> bool {
        self.cause == WaitCause::Throttled || call.attempts >= QUICK_ATTEMPTS
    }
}

/// The longest pause after a number of failed attempts.
fn longest_pause(cause: WaitCause, attempts: u32) -> Duration {
    let (first_ms, most_ms) = match cause {
        WaitCause::Throttled => (500, 8_000),
        WaitCause::ServiceFault | WaitCause::Connection => (100, 2_000),
    };
    let doubled = 1_u64.checked_shl(attempts.saturating_sub(1)).and_then(|factor| factor.checked_mul(first_ms));
    Duration::from_millis(doubled.unwrap_or(most_ms).min(most_ms))
}

#[cfg(test)]
mod tests;
