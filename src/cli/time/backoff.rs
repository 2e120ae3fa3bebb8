//! Backoff of a command that polls: after a failed call it goes on, more slowly, and says so once; or it gives up.

use std::time::Duration;

use jiff::Timestamp;

use super::spacing::Spacing;
use aws::random::Random;
use aws::{AwsError, AwsErrorKind};

/// The longest delay while nothing answers: its return should show soon.
const MAX_UNANSWERED_DELAY: Duration = Duration::from_secs(5);

/// So many refusals in a row are told of, though no answer has shown yet how far apart calls may be.
const MANY_REFUSALS: u32 = 3;

/// The delay before the next poll, which failed calls lengthen. Pure: it says how long to wait, its owner waits.
#[derive(Debug, Clone)]
pub(crate) struct Backoff {
    interval: Duration,
    spacing: Spacing,
    /// Why nothing answers, and the delay for that.
    unanswered: Option<(AwsErrorKind, Duration)>,
    /// The service that refused the last calls, and how many.
    refusals: Option<(&'static str, u32)>,
    /// The time between calls that was told last, in seconds.
    told_s: Option<f64>,
}

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
    pub(crate) fn new(interval: Duration, random: &Random) -> Self {
        let spacing = Spacing::new(interval, random.clone());
        Self { interval, spacing, unanswered: None, refusals: None, told_s: None }
    }

    /// How long to wait before the next call.
    pub(crate) fn delay(&self) -> Duration {
        self.unanswered.map_or_else(|| self.spacing.pause(), |(_, delay)| delay)
    }

    /// A call failed.
    pub(crate) fn failed(&mut self, error: &AwsError, now: Timestamp) -> Decision {
        let service = error.service;
        let what = match error.kind {
            AwsErrorKind::Throttled => return Decision::Retry(self.refused(service, now)),
            kind if kind.is_connection() || kind == AwsErrorKind::UnknownHost => {
                format!("The connection to {service} is lost; trying again until it is back.")
            }
            AwsErrorKind::ServiceFault => format!("{service} reports a fault of its own; trying again."),
            _ => return Decision::GiveUp,
        };
        let known = self.unanswered.filter(|(kind, _)| *kind == error.kind);
        let last = known.map_or(self.interval, |(_, delay)| delay);
        let delay = (last * 2).min(MAX_UNANSWERED_DELAY.max(self.interval));
        self.unanswered = Some((error.kind, delay));
        Decision::Retry(known.is_none().then_some(what))
    }

    fn refused(&mut self, service: &'static str, now: Timestamp) -> Option<String> {
        self.unanswered = None;
        self.spacing.refused(now);
        let count = self.refusals.map_or(0, |(_, count)| count) + 1;
        self.refusals = Some((service, count));
        if count == MANY_REFUSALS { self.slower(service) } else { None }
    }

    /// A call succeeded. Answers what to say, if that is news.
    pub(crate) fn succeeded(&mut self, now: Timestamp) -> Option<String> {
        self.spacing.answered(now);
        if self.spacing.is_fastest() {
            self.told_s = None;
        }
        if self.unanswered.take().is_some() {
            return Some("It answers again.".to_owned());
        }
        let (service, _) = self.refusals.take()?;
        self.slower(service)
    }

    /// How often it asks now, where that is far from what was told.
    fn slower(&mut self, service: &str) -> Option<String> {
        let spacing_s = self.spacing.seconds();
        if self.told_s.is_some_and(|told_s| spacing_s < told_s * 2.0) {
            return None;
        }
        self.told_s = Some(spacing_s);
        Some(format!(
            "{service} asks to slow down, for others call it with the same account: asking about every {spacing_s:.0} s."
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::time::moment;

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

    fn backoff(interval_ms: u64) -> Backoff {
        Backoff::new(Duration::from_millis(interval_ms), &Random::from_seed(1))
    }

    #[test]
    fn throttling_slows_down_and_says_once_by_how_much() {
        let mut backoff = backoff(1000);
        let throttled = error(AwsErrorKind::Throttled);
        let mut said = Vec::new();
        for poll in 0..40 {
            let now = moment::from_ms(poll * 2000);
            let news = match poll % 4 {
                0 | 1 => match backoff.failed(&throttled, now) {
                    Decision::Retry(news) => news,
                    Decision::GiveUp => None,
                },
                _ => backoff.succeeded(now),
            };
            said.extend(news);
        }
        insta::assert_snapshot!(said.join("\n"), @r"
        CloudWatch Logs asks to slow down, for others call it with the same account: asking about every 4 s.
        CloudWatch Logs asks to slow down, for others call it with the same account: asking about every 12 s.
        CloudWatch Logs asks to slow down, for others call it with the same account: asking about every 29 s.
        ");
    }

    #[test]
    fn refusals_in_a_row_are_told_before_an_answer_comes() {
        let mut backoff = backoff(1000);
        let now = moment::from_ms(0);
        let told = |decision| matches!(decision, Decision::Retry(Some(_)));
        let said: Vec<bool> = (0..4).map(|_| told(backoff.failed(&error(AwsErrorKind::Throttled), now))).collect();
        assert_eq!(said, [false, false, true, false]);
    }

    #[test]
    fn a_lost_connection_is_told_and_its_return_too() {
        let mut backoff = backoff(30);
        let now = moment::from_ms(0);
        let lost = error(AwsErrorKind::Unreachable);
        assert!(matches!(backoff.failed(&lost, now), Decision::Retry(Some(_))));
        for _ in 0..20 {
            assert_eq!(backoff.failed(&lost, now), Decision::Retry(None));
        }
        assert_eq!(backoff.delay(), MAX_UNANSWERED_DELAY);
        assert_eq!(backoff.succeeded(now).as_deref(), Some("It answers again."));
        assert_eq!(backoff.delay(), Duration::from_millis(30));
        assert_eq!(backoff.failed(&error(AwsErrorKind::AccessDenied), now), Decision::GiveUp);
    }
}
