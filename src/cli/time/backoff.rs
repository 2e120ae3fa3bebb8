//! Backoff of a command that polls: after a failed call it goes on, more slowly, and says so once; or it gives up.

use std::time::Duration;

use aws::{AwsError, AwsErrorKind};

/// The delay before the next poll, which failed calls lengthen. Pure: it says how long to wait, its owner waits.
#[derive(Debug, Clone)]
pub(crate) struct Backoff {
    interval: Duration,
    delay: Duration,
    last_failure: Option<AwsErrorKind>,
}

/// The longest delay between two calls of a service that asks to slow down.
const MAX_DELAY: Duration = Duration::from_secs(30);

/// The longest delay while nothing answers: its return should show soon.
const MAX_UNANSWERED_DELAY: Duration = Duration::from_secs(5);

/// What to do about a failed call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Decision {
    /// The same call may succeed later: say this, if it is news, then wait for [`Backoff::delay`].
    Retry(Option<String>),
    /// Waiting does not help.
    GiveUp,
}

impl Backoff {
    /// For calls that are made once an interval.
    pub(crate) fn new(interval: Duration) -> Self {
        Self { interval, delay: interval, last_failure: None }
    }

    /// How long to wait before the next call.
    pub(crate) fn delay(&self) -> Duration {
        self.delay
    }

    /// A call failed.
    pub(crate) fn failed(&mut self, error: &AwsError) -> Decision {
        let service = error.service;
        let what = match error.kind {
            AwsErrorKind::Throttled => format!("{service} asks to slow down; asking less often."),
            kind if kind.is_connection() || kind == AwsErrorKind::UnknownHost => {
                format!("The connection to {service} is lost; trying again until it is back.")
            }
            AwsErrorKind::ServiceFault => format!("{service} is not well right now; trying again."),
            _ => return Decision::GiveUp,
        };
        let (least, most) = match error.kind {
            AwsErrorKind::Throttled => (Duration::from_secs(1), MAX_DELAY),
            _ => (self.interval, MAX_UNANSWERED_DELAY.max(self.interval)),
        };
        self.delay = (self.delay * 2).max(least).min(most);
        let news = self.last_failure.replace(error.kind) != Some(error.kind);
        Decision::Retry(news.then_some(what))
    }

    /// A call succeeded; the delays shrink back to the interval. Answers what to say, if that is news.
    pub(crate) fn succeeded(&mut self) -> Option<String> {
        self.delay = (self.delay / 2).max(self.interval);
        match self.last_failure.take()? {
            AwsErrorKind::Throttled => None,
            _ => {
                self.delay = self.interval;
                Some("It answers again.".to_owned())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(kind: AwsErrorKind) -> AwsError {
        AwsError {
            kind,
            service: "CloudWatch Logs",
            operation: "FilterLogEvents",
            code: None,
            message: String::new(),
            request_id: None,
        }
    }

    #[test]
    fn throttling_slows_down_and_recovers() {
        let mut backoff = Backoff::new(Duration::from_millis(1000));
        let said = backoff.failed(&error(AwsErrorKind::Throttled));
        assert_eq!(said, Decision::Retry(Some("CloudWatch Logs asks to slow down; asking less often.".to_owned())));
        assert_eq!(backoff.failed(&error(AwsErrorKind::Throttled)), Decision::Retry(None), "it is said once");
        assert_eq!(backoff.delay(), Duration::from_secs(4));
        assert_eq!(backoff.succeeded(), None);
        assert_eq!(backoff.delay(), Duration::from_secs(2));
        for _ in 0..20 {
            let _ = backoff.failed(&error(AwsErrorKind::Throttled));
        }
        assert_eq!(backoff.delay(), MAX_DELAY);
    }

    #[test]
    fn a_lost_connection_is_told_and_its_return_too() {
        let mut backoff = Backoff::new(Duration::from_millis(30));
        assert!(matches!(backoff.failed(&error(AwsErrorKind::Unreachable)), Decision::Retry(Some(_))));
        for _ in 0..20 {
            assert_eq!(backoff.failed(&error(AwsErrorKind::Unreachable)), Decision::Retry(None));
        }
        assert_eq!(backoff.delay(), MAX_UNANSWERED_DELAY);
        assert_eq!(backoff.succeeded().as_deref(), Some("It answers again."));
        assert_eq!(backoff.delay(), Duration::from_millis(30));
        assert_eq!(backoff.failed(&error(AwsErrorKind::AccessDenied)), Decision::GiveUp);
    }
}
