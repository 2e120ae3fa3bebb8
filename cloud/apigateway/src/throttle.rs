//! Throttling: a token bucket per stage, and one per route that has limits of its own.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use cloud_core::{RateLimit, TokenBucket};
use jiff::Timestamp;

use crate::model::{RouteSettings, Stage};

/// How many requests each stage and route may still take.
#[derive(Debug, Default)]
pub(crate) struct Throttle {
    buckets: Mutex<BTreeMap<String, TokenBucket>>,
}

/// The limits set, if any: a rate without a burst allows one second's worth at once, a burst without a rate is one.
fn limits(settings: &RouteSettings) -> Option<RateLimit> {
    let burst = settings.throttling_burst_limit.map(f64::from);
    let rate_per_s = settings.throttling_rate_limit.or(burst)?;
    Some(RateLimit { rate_per_s, burst: burst.unwrap_or(rate_per_s) })
}

impl Throttle {
    /// Whether a request may pass now; if so, it counts.
    pub(crate) fn admits(&self, api_id: &str, stage: &Stage, route_key: &str, now: Timestamp) -> bool {
        let own = stage.route_settings.get(route_key).and_then(limits);
        let (limits, key) = match own {
            Some(limits) => (limits, format!("{api_id}/{}/{route_key}", stage.stage_name)),
            None => match limits(&stage.default_route_settings) {
                Some(limits) => (limits, format!("{api_id}/{}", stage.stage_name)),
                None => return true,
            },
        };
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let bucket = buckets.entry(key).or_insert_with(|| TokenBucket::full(limits, now));
        bucket.take(limits, now)
    }

    /// Forgets an API that is gone.
    pub(crate) fn forget(&self, api_id: &str) {
        let prefix = format!("{api_id}/");
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        buckets.retain(|key, _| !key.starts_with(&prefix));
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;
    use serde_json::json;

    use super::*;

    fn stage(settings: serde_json::Value) -> Stage {
        serde_json::from_value(settings).unwrap()
    }

    #[test]
    fn a_burst_passes_then_the_rate_holds() {
        let stage = stage(json!({
            "stageName": "dev", "defaultRouteSettings": { "throttlingBurstLimit": 3, "throttlingRateLimit": 2.0 }
        }));
        let throttle = Throttle::default();
        let start: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
        let passed = |at_ms: i64| {
            let now = start + SignedDuration::from_millis(at_ms);
            (0..10).filter(|_| throttle.admits("a", &stage, "POST /start", now)).count()
        };
        assert_eq!(passed(0), 3);
        assert_eq!(passed(499), 0);
        assert_eq!(passed(500), 1);
        assert_eq!(passed(60_000), 3);
        assert_eq!(passed(0), 0);
    }

    #[test]
    fn a_route_may_have_its_own_limits_or_none() {
        let stage = stage(json!({ "stageName": "dev", "routeSettings": { "GET /a": { "throttlingRateLimit": 0.0 } } }));
        let throttle = Throttle::default();
        let now: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
        assert!(!throttle.admits("a", &stage, "GET /a", now));
        assert!((0..1000).all(|_| throttle.admits("a", &stage, "GET /b", now)));
    }
}
