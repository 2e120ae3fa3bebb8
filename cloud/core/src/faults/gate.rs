//! How many calls each service takes: throttling, and the calls that fail.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::settings::ConsistencySettings;
use crate::error::ServiceError;
use crate::operation::ServiceInfo;
use crate::rate_limit::{RateLimit, TokenBucket};

/// What each service was asked since its settings were set.
#[derive(Debug, Default)]
pub(super) struct Gates {
    /// By signing name.
    services: BTreeMap<&'static str, Gate>,
}

#[derive(Debug, Default)]
struct Gate {
    bucket: Option<TokenBucket>,
    /// How many calls were not throttled.
    calls: u32,
}

impl Gates {
    /// Lets a call pass, or gives the error that it gets instead; nothing is done then.
    pub(super) fn admit(
        &mut self,
        service: &ServiceInfo,
        settings: &ConsistencySettings,
        now: Timestamp,
    ) -> Result<(), ServiceError> {
        let gate = self.services.entry(service.signing_name).or_default();
        if settings.throttling > 0 {
            let rate = f64::from(settings.throttling);
            let limits = RateLimit { rate_per_s: rate, burst: rate };
            if !gate.bucket.get_or_insert_with(|| TokenBucket::full(limits, now)).take(limits, now) {
                return Err((service.throttled)());
            }
        }
        gate.calls = gate.calls.wrapping_add(1);
        if settings.failing > 0 && gate.calls.is_multiple_of(settings.failing) {
            return Err((service.failed)());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;
    use crate::wire::Protocol;

    static IAM: ServiceInfo = ServiceInfo::new("IAM", "iam", Protocol::Query("n"));
    static LAMBDA: ServiceInfo = ServiceInfo::new("Lambda", "lambda", Protocol::LambdaRest)
        .with_throttled(|| ServiceError::new(429, "TooManyRequestsException", "Rate exceeded"));
    static STATES: ServiceInfo = ServiceInfo::new("Step Functions", "states", Protocol::Json10);

    fn codes(gates: &mut Gates, service: &ServiceInfo, settings: &str, at_ms: i64, calls: usize) -> Vec<String> {
        let now = Timestamp::UNIX_EPOCH + SignedDuration::from_millis(at_ms);
        let settings = settings.parse().unwrap();
        (0..calls).filter_map(|_| gates.admit(service, &settings, now).err()).map(|error| error.code).collect()
    }

    #[test]
    fn each_service_takes_so_many_calls_a_second() {
        let mut gates = Gates::default();
        assert_eq!(codes(&mut gates, &IAM, "throttling=3", 0, 5), ["Throttling", "Throttling"]);
        assert_eq!(codes(&mut gates, &LAMBDA, "throttling=3", 0, 4), ["TooManyRequestsException"]);
        assert_eq!(codes(&mut gates, &IAM, "throttling=3", 334, 2), ["Throttling"]);
        assert_eq!(codes(&mut gates, &IAM, "throttling=3", 9_000, 3), [""; 0]);
    }

    #[test]
    fn every_nth_call_fails_and_throttled_ones_do_not_count() {
        let mut gates = Gates::default();
        let mut failing = |calls| codes(&mut gates, &STATES, "failing=3", 0, calls).len();
        assert_eq!((failing(2), failing(1), failing(3), failing(6)), (0, 1, 1, 2));
        let mut gates = Gates::default();
        let both = codes(&mut gates, &STATES, "failing=2,throttling=2", 0, 4);
        assert_eq!(both, ["InternalFailure", "Throttling", "Throttling"]);
    }
}
