//! Retries of calls and polling for a state: which refusals a deployment brings about itself, how long they are waited for,
//! and the events that say so. Throttling, service faults and lost connections are the clients' own to wait for.

use std::future::Future;
use std::time::Duration;

use jiff::Timestamp;

use crate::desired::resource::Resource;
use crate::error::DeployError;
use crate::event::{Event, Events, WaitingFor, milliseconds};
use crate::trace::TARGET;
use aws::clock;
use aws::{AwsError, AwsErrorKind};

/// What a retry of a failed call waits for; none when a retry does not help. AWS's sentences vary around the same words, so
/// the words are searched for.
pub(super) fn classify_retry(error: &AwsError) -> Option<WaitingFor> {
    let message = error.message.to_ascii_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| message.contains(word));
    if says(&[
        "cannot be assumed by lambda",
        "execution role does not have permissions",
        "authorized to assume the provided role",
        "kms key is invalid for creategrant",
    ]) {
        return Some(WaitingFor::RolePropagation);
    }
    match error.kind {
        _ if error.is("StateMachineDeleting") => Some(WaitingFor::StateMachineGone),
        _ if ["OperationAbortedException", "ConcurrentModification", "EntityTemporarilyUnmodifiable"]
            .iter()
            .any(|code| error.is(code)) =>
        {
            Some(WaitingFor::OtherChange)
        }
        AwsErrorKind::Conflict if says(&["in progress", "currently in the following state", "concurrent"]) => {
            Some(WaitingFor::OtherChange)
        }
        _ => None,
    }
}

/// How long something is waited for at most.
fn time_limit(waiting: WaitingFor) -> Duration {
    Duration::from_secs(match waiting {
        WaitingFor::Settled => 20,
        WaitingFor::Endpoint => 60,
        WaitingFor::RolePropagation | WaitingFor::OtherChange | WaitingFor::Shown => 120,
        WaitingFor::FunctionReady | WaitingFor::StateMachineGone => 300,
    })
}

/// The delays before retries of a call: 0.25, 0.5 and 1 seconds, then 2 seconds each. Roles are usually known within ten
/// seconds, so growing further would only add delay.
fn retry_delays() -> impl Iterator<Item = Duration> {
    [250, 500, 1000].into_iter().chain(std::iter::repeat(2000)).map(Duration::from_millis)
}

/// The delays between polls: short at first, then a second each, as the SDKs' own waiters do.
fn poll_delays() -> impl Iterator<Item = Duration> {
    [50, 100, 200, 400].into_iter().chain(std::iter::repeat(1000)).map(Duration::from_millis)
}

/// Retries and polls on behalf of one resource, and emits an event for each wait.
#[derive(Debug, Clone)]
pub(super) struct Retry {
    what: String,
    events: Events,
}

/// How long a wait has taken so far.
struct Elapsed {
    since: Timestamp,
    slept: Duration,
}

impl Elapsed {
    fn start() -> Self {
        Self { since: clock::now(), slept: Duration::ZERO }
    }

    /// The pauses so far, or the time that passed where calls took longer.
    fn total(&self) -> Duration {
        elapsed_since(self.since).max(self.slept)
    }
}

impl Retry {
    /// For one resource.
    pub(super) fn new(what: &Resource, events: &Events) -> Self {
        Self::named(what.to_string(), events)
    }

    /// For something that has no resource of its own.
    pub(super) fn named(what: String, events: &Events) -> Self {
        Self { what, events: events.clone() }
    }

    /// Makes a call until it succeeds, fails for good, or has failed for too long.
    pub(super) async fn call<T, C, F>(&self, mut call: C) -> Result<T, DeployError>
    where
        C: FnMut() -> F,
        F: Future<Output = Result<T, AwsError>>,
    {
        let mut elapsed = Elapsed::start();
        let mut limit = Duration::ZERO;
        let mut delays = retry_delays();
        loop {
            let error = match call().await {
                Ok(done) => return Ok(done),
                Err(error) => error,
            };
            // Another change while a role becomes known does not shorten the wait for the role.
            let waiting = classify_retry(&error);
            limit = limit.max(waiting.map_or(Duration::ZERO, time_limit));
            match (waiting, delays.next()) {
                (Some(waiting), Some(delay)) if elapsed.total() + delay < limit => {
                    tracing::debug!(target: TARGET, what = self.what, %error, delay_ms = milliseconds(delay), "retry");
                    self.pause(waiting, &mut elapsed, delay).await;
                }
                _ => return Err(error.into()),
            }
        }
    }

    /// Asks until there is an answer.
    ///
    /// # Errors
    /// A call that fails, or no answer in time.
    pub(super) async fn poll<T, C, F>(&self, waiting: WaitingFor, mut ask: C) -> Result<T, DeployError>
    where
        C: FnMut() -> F,
        F: Future<Output = Result<Option<T>, DeployError>>,
    {
        let mut elapsed = Elapsed::start();
        for delay in poll_delays() {
            if let Some(answer) = ask().await? {
                return Ok(answer);
            }
            if elapsed.total() + delay > time_limit(waiting) {
                break;
            }
            self.pause(waiting, &mut elapsed, delay).await;
        }
        let waited_s = elapsed.total().as_secs();
        Err(DeployError::TimedOut { what: self.what.clone(), until: waiting.to_string(), waited_s })
    }

    async fn pause(&self, until: WaitingFor, elapsed: &mut Elapsed, delay: Duration) {
        let waited_ms = milliseconds(elapsed.total());
        self.events.emit(Event::Waiting { what: self.what.clone(), until, waited_ms });
        clock::pause(delay).await;
        elapsed.slept += delay;
    }
}

/// The time since a moment; zero when the clock was set back.
pub(super) fn elapsed_since(since: Timestamp) -> Duration {
    Duration::try_from(clock::now().duration_since(since)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(code: &str, kind: AwsErrorKind, message: &str) -> AwsError {
        AwsError {
            kind,
            service: "Test",
            operation: "Test",
            code: Some(code.to_owned()),
            message: message.to_owned(),
            request_id: None,
        }
    }

    #[test]
    fn what_passes_by_itself_is_waited_for() {
        let cases = [
            (
                "InvalidParameterValueException",
                AwsErrorKind::Other,
                "The role defined for the function cannot be assumed by Lambda.",
                WaitingFor::RolePropagation,
            ),
            (
                "InvalidParameterValueException",
                AwsErrorKind::Other,
                "The provided execution role does not have permissions to call CreateNetworkInterface on EC2",
                WaitingFor::RolePropagation,
            ),
            (
                "AccessDeniedException",
                AwsErrorKind::AccessDenied,
                "Neither the global service principal states.amazonaws.com, nor the regional one is authorized to assume the provided role.",
                WaitingFor::RolePropagation,
            ),
            (
                "StateMachineDeleting",
                AwsErrorKind::Conflict,
                "State Machine is being deleted",
                WaitingFor::StateMachineGone,
            ),
            (
                "ResourceConflictException",
                AwsErrorKind::Conflict,
                "The operation cannot be performed at this time. An update is in progress for resource: x",
                WaitingFor::OtherChange,
            ),
            (
                "ResourceConflictException",
                AwsErrorKind::Conflict,
                "The operation cannot be performed at this time. The function is currently in the following state: Pending",
                WaitingFor::OtherChange,
            ),
            (
                "ConflictException",
                AwsErrorKind::Conflict,
                "Unable to complete operation due to concurrent modification. Please try again later.",
                WaitingFor::OtherChange,
            ),
        ];
        for (code, kind, message, expected) in cases {
            assert_eq!(classify_retry(&error(code, kind, message)), Some(expected), "{code}: {message}");
        }
    }

    #[test]
    fn what_does_not_pass_is_not_waited_for() {
        let cases = [
            (
                "AccessDeniedException",
                AwsErrorKind::AccessDenied,
                "User is not authorized to perform: lambda:CreateFunction",
            ),
            ("ResourceConflictException", AwsErrorKind::Conflict, "Function already exist: x"),
            ("ValidationException", AwsErrorKind::Other, "1 validation error detected"),
            // The clients have waited for these.
            ("TooManyRequestsException", AwsErrorKind::Throttled, "Rate exceeded"),
            ("ServiceException", AwsErrorKind::ServiceFault, ""),
            ("", AwsErrorKind::ConnectionLost, "connection closed before message completed"),
        ];
        for (code, kind, message) in cases {
            assert_eq!(classify_retry(&error(code, kind, message)), None, "{code}: {message}");
        }
    }

    #[test]
    fn waiting_starts_short_and_stays_at_two_seconds() {
        let first: Vec<u128> = retry_delays().take(6).map(|delay| delay.as_millis()).collect();
        assert_eq!(first, [250, 500, 1000, 2000, 2000, 2000]);
    }
}
