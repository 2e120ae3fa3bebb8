//! An asynchronous invocation as it is stored, and when it is tried again.

use std::time::Duration;

use cloud_core::{Clock, FunctionReference, Location, ServiceError};
use cloud_store::Table;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Asynchronous invocations that wait or run, by the number of their arrival (16 hexadecimal digits).
pub const ASYNC_EVENTS: Table = Table::new("async-events");

/// Their events, as they came, under the same keys.
pub const ASYNC_PAYLOADS: Table = Table::new("async-payloads");

/// The pauses before the second and the third try of an asynchronous invocation that failed (Lambda developer guide, "How
/// Lambda handles errors and retries with asynchronous invocation": one minute, then two).
const RETRY_PAUSES: [Duration; 2] = [Duration::from_secs(60), Duration::from_secs(120)];

/// The pause after the first try that was throttled or ended with an error of the service; each one doubles it (same page:
/// from 1 second, exponentially, to 5 minutes).
const FIRST_REFUSAL_PAUSE: Duration = Duration::from_secs(1);
/// The longest of these pauses.
const LONGEST_REFUSAL_PAUSE: Duration = Duration::from_secs(300);

/// One asynchronous invocation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct AsyncEvent {
    /// The invocation's request id.
    pub(crate) request_id: String,
    /// The ARN it was invoked by.
    pub(crate) function_arn: String,
    /// The version that runs: of an alias with two, the one that was drawn.
    pub(crate) version: String,
    /// The X-Ray header.
    pub(crate) trace_id: String,
    /// When it was accepted.
    pub(crate) received_at: Timestamp,
    /// How large the event is, in bytes.
    pub(crate) size_bytes: usize,
    /// How many tries the function has failed.
    #[serde(default)]
    pub(crate) failures: u32,
    /// How many tries were throttled or ended with an error of the service.
    #[serde(default)]
    pub(crate) refusals: u32,
    /// When it is tried next.
    pub(crate) next_try_at: Timestamp,
}

impl AsyncEvent {
    /// The function that it is for.
    pub(crate) fn function(&self) -> Result<FunctionReference, ServiceError> {
        FunctionReference::parse(&self.function_arn, &Location::default())
    }

    /// Whether it is too old to be tried again, where it is kept for so many seconds.
    pub(super) fn is_too_old(&self, clock: &Clock, max_age_s: u32) -> bool {
        clock.since(self.received_at) >= Duration::from_secs(max_age_s.into())
    }

    /// The function has failed; gives whether it is tried again, where it is so many times.
    pub(super) fn fail(&mut self, now: Timestamp, max_retries: u32) -> bool {
        let may_retry = self.failures < max_retries;
        let failures = usize::try_from(self.failures).ok().filter(|_| may_retry);
        let pause = failures.and_then(|failures| RETRY_PAUSES.get(failures));
        self.failures += 1;
        let Some(pause) = pause else { return false };
        self.next_try_at = now.checked_add(*pause).unwrap_or(Timestamp::MAX);
        true
    }

    /// It could not be run now.
    pub(super) fn put_off(&mut self, now: Timestamp) {
        let doubled = FIRST_REFUSAL_PAUSE.saturating_mul(1 << self.refusals.min(16));
        self.refusals += 1;
        self.next_try_at = now.checked_add(doubled.min(LONGEST_REFUSAL_PAUSE)).unwrap_or(Timestamp::MAX);
    }
}

/// The key of an event.
pub(super) fn key(sequence: u64) -> String {
    format!("{sequence:016x}")
}

/// The number in a key.
pub(super) fn sequence(key: &str) -> Option<u64> {
    u64::from_str_radix(key, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event() -> AsyncEvent {
        AsyncEvent {
            request_id: "r".to_owned(),
            function_arn: "arn:aws:lambda:us-east-1:000000000000:function:f:live".to_owned(),
            version: "1".to_owned(),
            trace_id: "Root=1".to_owned(),
            received_at: Timestamp::UNIX_EPOCH,
            size_bytes: 2,
            failures: 0,
            refusals: 0,
            next_try_at: Timestamp::UNIX_EPOCH,
        }
    }

    #[test]
    fn a_row_has_this_form_and_is_read_also_with_members_of_a_later_program() {
        let row = serde_json::to_string(&event()).unwrap();
        insta::assert_snapshot!(row, @r#"{"request_id":"r","function_arn":"arn:aws:lambda:us-east-1:000000000000:function:f:live","version":"1","trace_id":"Root=1","received_at":"1970-01-01T00:00:00Z","size_bytes":2,"failures":0,"refusals":0,"next_try_at":"1970-01-01T00:00:00Z"}"#);
        let later = row.replace(r#""failures":0,"refusals":0"#, r#""later":1"#);
        assert_eq!(serde_json::from_str::<AsyncEvent>(&later).unwrap(), event());
        assert_eq!(event().function().unwrap().key(), "us-east-1/f");
        assert_eq!(sequence(&key(0xabc)), Some(0xabc));
    }

    #[test]
    fn pauses_are_those_of_aws() {
        let mut event = event();
        let after = |event: &AsyncEvent| event.next_try_at.as_second();
        let mut failed = Vec::new();
        while event.fail(Timestamp::UNIX_EPOCH, 2) {
            failed.push(after(&event));
        }
        assert_eq!((failed, event.failures), (vec![60, 120], 3));
        let put_off: Vec<i64> = std::iter::repeat_with(|| {
            event.put_off(Timestamp::UNIX_EPOCH);
            after(&event)
        })
        .take(11)
        .collect();
        assert_eq!(put_off, [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]);
    }
}
