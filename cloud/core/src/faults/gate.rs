//! How many calls pass: throttling, and the calls that fail.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::settings::{ConsistencySettings, Throttling};
use crate::error::ServiceError;
use crate::location::Location;
use crate::operation::{OperationInfo, ServiceInfo};
use crate::rate_limit::{RateLimit, TokenBucket};

/// What each service was asked since its settings were set.
#[derive(Debug, Default)]
pub(super) struct Gates {
    buckets: BTreeMap<BucketKey, TokenBucket>,
    /// By signing name: how many calls were not throttled.
    calls: BTreeMap<&'static str, u32>,
}

/// Which calls share a bucket.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct BucketKey {
    service: &'static str,
    /// An operation, or a group of them; empty for all of the service.
    calls: &'static str,
    /// Empty where the bucket is for all accounts.
    account: String,
    /// Empty where the bucket is for all regions.
    region: String,
}

impl Gates {
    /// Lets a call pass, or gives the error that it gets instead; nothing is done then.
    pub(super) fn admit(
        &mut self,
        service: &ServiceInfo,
        operation: &OperationInfo,
        location: &Location,
        settings: &ConsistencySettings,
        now: Timestamp,
    ) -> Result<(), ServiceError> {
        if let Some((key, limit)) = bucket(settings.throttling, service, operation, location)
            && !self.buckets.entry(key).or_insert_with(|| TokenBucket::full(limit, now)).take(limit, now)
        {
            return Err((service.throttled)());
        }
        let calls = self.calls.entry(service.signing_name).or_default();
        *calls = calls.wrapping_add(1);
        if settings.failing > 0 && calls.is_multiple_of(settings.failing) {
            return Err((service.failed)());
        }
        Ok(())
    }
}

/// The bucket that a call comes out of, if its calls are counted.
fn bucket(
    throttling: Throttling,
    service: &ServiceInfo,
    operation: &OperationInfo,
    location: &Location,
) -> Option<(BucketKey, RateLimit)> {
    let service = service.signing_name;
    match throttling {
        Throttling::Off => None,
        Throttling::PerService(calls_per_s) => {
            let rate = f64::from(calls_per_s.get());
            let key = BucketKey { service, calls: "", account: String::new(), region: String::new() };
            Some((key, RateLimit { rate_per_s: rate, burst: rate }))
        }
        Throttling::LikeAws => {
            let quota = operation.quota?;
            let region = location.region();
            let key = BucketKey {
                service,
                calls: quota.group().unwrap_or(operation.name),
                account: location.account().as_str().to_owned(),
                region: if quota.is_global() { String::new() } else { region.to_owned() },
            };
            Some((key, quota.limit(region)))
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;
    use crate::location::Account;
    use crate::operation::{Access, Binding, Operation, Quota, Resource};
    use crate::wire::Protocol;

    static IAM: ServiceInfo = ServiceInfo::new("IAM", "iam", Protocol::Query("n"));
    static LAMBDA: ServiceInfo = ServiceInfo::new("Lambda", "lambda", Protocol::LambdaRest)
        .with_throttled(|| ServiceError::new(429, "TooManyRequestsException", "Rate exceeded"));
    static STATES: ServiceInfo = ServiceInfo::new("Step Functions", "states", Protocol::Json10);

    /// An operation of nobody's.
    fn operation(name: &'static str, quota: Option<Quota>) -> OperationInfo {
        let unserved = Operation::<()>::new(name, Binding::Target, Access::Reads, name, Resource::Any, |_, _| {
            Box::pin(async { Err(ServiceError::not_implemented("none")) })
        });
        OperationInfo { quota, ..unserved.info }
    }

    fn place(account: &str, region: &str) -> Location {
        Location::new(Account::parse(account).unwrap(), region)
    }

    struct Calls {
        gates: Gates,
        settings: ConsistencySettings,
        at_ms: i64,
    }

    impl Calls {
        fn under(settings: &str) -> Self {
            Self { gates: Gates::default(), settings: settings.parse().unwrap(), at_ms: 0 }
        }

        /// The codes of those of some calls that do not pass.
        fn codes(&mut self, service: &ServiceInfo, calls: usize) -> Vec<String> {
            self.refused(service, &operation("List", None), &Location::default(), calls)
        }

        fn refused(&mut self, service: &ServiceInfo, it: &OperationInfo, at: &Location, calls: usize) -> Vec<String> {
            let now = Timestamp::UNIX_EPOCH + SignedDuration::from_millis(self.at_ms);
            let mut admit = || self.gates.admit(service, it, at, &self.settings, now);
            (0..calls).filter_map(|_| admit().err()).map(|error| error.code).collect()
        }
    }

    #[test]
    fn each_service_takes_so_many_calls_a_second() {
        let mut calls = Calls::under("throttling=3");
        assert_eq!(calls.codes(&IAM, 5), ["Throttling", "Throttling"]);
        assert_eq!(calls.codes(&LAMBDA, 4), ["TooManyRequestsException"]);
        calls.at_ms = 334;
        assert_eq!(calls.codes(&IAM, 2), ["Throttling"]);
        calls.at_ms = 9_000;
        assert_eq!(calls.codes(&IAM, 3), [""; 0]);
    }

    #[test]
    fn each_operation_has_its_bucket_in_each_account_and_region() {
        let mut calls = Calls::under("throttling=aws");
        let list = operation("List", Some(Quota::each(2, 1).in_regions(&["us-east-1"], 3, 1)));
        let stop = operation("Stop", Some(Quota::each(1, 1)));
        let [east, west] = ["us-east-1", "us-west-1"].map(|region| place("000000000001", region));
        let other = place("000000000002", "us-east-1");
        let mut refused = |it: &OperationInfo, at: &Location, count| calls.refused(&STATES, it, at, count).len();
        assert_eq!((refused(&list, &east, 5), refused(&list, &west, 5), refused(&list, &other, 5)), (2, 3, 2));
        assert_eq!(refused(&stop, &east, 2), 1, "what lists take stops do not lack");
        assert_eq!(refused(&operation("Invoke", None), &east, 99), 0, "AWS names no limit");
    }

    #[test]
    fn a_group_shares_a_bucket_and_a_global_one_all_regions() {
        let mut calls = Calls::under("throttling=aws");
        let writes = Quota::shared("all writes", 3, 1);
        let [make, drop] = ["Make", "Drop"].map(|name| operation(name, Some(writes)));
        let role = operation("Role", Some(writes.global()));
        let [east, west] = ["us-east-1", "us-west-1"].map(|region| place("000000000001", region));
        assert_eq!(calls.refused(&LAMBDA, &make, &east, 2).len(), 0);
        assert_eq!(calls.refused(&LAMBDA, &drop, &east, 2).len(), 1);
        assert_eq!(calls.refused(&IAM, &make, &east, 3).len(), 0, "another service");
        assert_eq!(calls.refused(&STATES, &role, &east, 2).len(), 0);
        assert_eq!(calls.refused(&STATES, &role, &west, 2).len(), 1);
    }

    #[test]
    fn every_nth_call_fails_and_throttled_ones_do_not_count() {
        let mut calls = Calls::under("failing=3");
        let mut failing = |count| calls.codes(&STATES, count).len();
        assert_eq!((failing(2), failing(1), failing(3), failing(6)), (0, 1, 1, 2));
        let both = Calls::under("failing=2,throttling=2").codes(&STATES, 4);
        assert_eq!(both, ["InternalFailure", "Throttling", "Throttling"]);
    }
}
