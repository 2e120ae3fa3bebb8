//! What a command that keeps asking does when a call fails: go on, slower, and say so once; or give up.

use std::time::Duration;

use aws::{AwsError, AwsErrorKind};

/// Keeps account of failed calls. Pure: it says how long to wait, its owner waits.
#[derive(Debug, Clone)]
pub(crate) struct Patience {
    interval: Duration,
    pause: Duration,
    trouble: Option<AwsErrorKind>,
}

/// The longest pause between two tries of a service that asks to slow down.
const LONGEST: Duration = Duration::from_secs(30);

/// The longest pause while nothing answers: its return should show soon.
const LONGEST_UNANSWERED: Duration = Duration::from_secs(5);

/// What to do about a failed call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// The same call may succeed later: say this, if it is news, then wait for [`Patience::pause`].
    GoOn(Option<String>),
    /// Waiting does not help.
    GiveUp,
}

impl Patience {
    /// For calls that are made once an interval.
    pub(crate) fn new(interval: Duration) -> Self {
        Self { interval, pause: interval, trouble: None }
    }

    /// How long to wait before the next call.
    pub(crate) fn pause(&self) -> Duration {
        self.pause
    }

    /// A call failed.
    pub(crate) fn failed(&mut self, error: &AwsError) -> Verdict {
        let service = error.service;
        let what = match error.kind {
            AwsErrorKind::Throttled => format!("{service} asks to slow down; asking less often."),
            kind if kind.is_connection() || kind == AwsErrorKind::UnknownHost => {
                format!("The connection to {service} is lost; trying again until it is back.")
            }
            AwsErrorKind::ServiceFault => format!("{service} is not well right now; trying again."),
            _ => return Verdict::GiveUp,
        };
        let (least, most) = match error.kind {
            AwsErrorKind::Throttled => (Duration::from_secs(1), LONGEST),
            _ => (self.interval, LONGEST_UNANSWERED.max(self.interval)),
        };
        self.pause = (self.pause * 2).max(least).min(most);
        let news = self.trouble.replace(error.kind) != Some(error.kind);
        Verdict::GoOn(news.then_some(what))
    }

    /// A call succeeded; the pauses shrink back to the interval. Answers what to say, if that is news.
    pub(crate) fn succeeded(&mut self) -> Option<String> {
        self.pause = (self.pause / 2).max(self.interval);
        match self.trouble.take()? {
            AwsErrorKind::Throttled => None,
            _ => {
                self.pause = self.interval;
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
        let mut patience = Patience::new(Duration::from_millis(1000));
        let said = patience.failed(&error(AwsErrorKind::Throttled));
        assert_eq!(said, Verdict::GoOn(Some("CloudWatch Logs asks to slow down; asking less often.".to_owned())));
        assert_eq!(patience.failed(&error(AwsErrorKind::Throttled)), Verdict::GoOn(None), "it is said once");
        assert_eq!(patience.pause(), Duration::from_secs(4));
        assert_eq!(patience.succeeded(), None);
        assert_eq!(patience.pause(), Duration::from_secs(2));
        for _ in 0..20 {
            let _ = patience.failed(&error(AwsErrorKind::Throttled));
        }
        assert_eq!(patience.pause(), LONGEST);
    }

    #[test]
    fn a_lost_connection_is_told_and_its_return_too() {
        let mut patience = Patience::new(Duration::from_millis(30));
        assert!(matches!(patience.failed(&error(AwsErrorKind::Unreachable)), Verdict::GoOn(Some(_))));
        for _ in 0..20 {
            assert_eq!(patience.failed(&error(AwsErrorKind::Unreachable)), Verdict::GoOn(None));
        }
        assert_eq!(patience.pause(), LONGEST_UNANSWERED);
        assert_eq!(patience.succeeded().as_deref(), Some("It answers again."));
        assert_eq!(patience.pause(), Duration::from_millis(30));
        assert_eq!(patience.failed(&error(AwsErrorKind::AccessDenied)), Verdict::GiveUp);
    }
}
