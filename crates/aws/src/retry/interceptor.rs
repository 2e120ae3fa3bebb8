//! Puts the policy into the SDK's clients: after each failed attempt it sets how the SDK goes on.
//!
//! The SDK's own strategy repeats a call a number of times and knows no time limit; a strategy of one's own can't be given
//! to its clients. What it does is looked up in the call's configuration after each attempt, though, which an interceptor
//! may change: here the number of attempts becomes one more or none, and the longest pause the one that the policy drew.
//! There is no second layer of retries: this is the only one.

use std::time::Duration;

use aws_sdk_sts::config::retry::{RetryPartition, TokenBucket};
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::context::{
    BeforeSerializationInterceptorContextRef, FinalizerInterceptorContextRef, InterceptorContext,
};
use aws_smithy_runtime_api::client::interceptors::{Intercept, dyn_dispatch_hint};
use aws_smithy_runtime_api::client::orchestrator::Metadata;
use aws_smithy_runtime_api::client::retries::RequestAttempts;
use aws_smithy_runtime_api::client::retries::classifiers::{ClassifyRetry, RetryAction, RetryClassifierPriority};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::{ConfigBag, Storable, StoreReplace};
use aws_smithy_types::retry::{ErrorKind, RetryConfig, RetrySpec};

use super::answer::failure;
use super::waits::{Wait, Waits};
use super::{Attempted, Patience, Repeat, budget};
use crate::clock::{self, Stopwatch};
use crate::trace::TARGET;

/// The policy as one client's interceptor and classifier; clones share what was told.
#[derive(Debug, Clone)]
pub(crate) struct Retries {
    waits: Waits,
}

/// The failed attempts of a call.
#[derive(Debug, Clone, Copy)]
struct Failed {
    since: Stopwatch,
    paused: Duration,
}

impl Storable for Failed {
    type Storer = StoreReplace<Self>;
}

impl Retries {
    /// The policy, whose waits are told to those who listen there.
    pub(crate) fn new(waits: &Waits) -> Self {
        Self { waits: waits.clone() }
    }

    /// The pause before a call's next attempt; none when there is to be none.
    fn next_pause(
        &self,
        context: &FinalizerInterceptorContextRef<'_>,
        attempts: u32,
        config: &mut ConfigBag,
    ) -> Option<Duration> {
        let kind = failure(context)?;
        let failed = config.load::<Failed>().copied();
        let failed = failed.unwrap_or_else(|| Failed { since: Stopwatch::start(), paused: Duration::ZERO });
        let call = Attempted {
            attempts,
            waited: failed.since.elapsed().max(failed.paused),
            patience: config.load::<Patience>().copied().unwrap_or(Patience::Full),
            repeat: config.load::<Repeat>().copied().unwrap_or(Repeat::Always),
            answered_before: self.waits.has_answered(),
        };
        let budget = budget(kind, &call)?;
        let pause = budget.pause(&call, self.waits.random().fraction())?;
        config.interceptor_state().store_put(Failed { paused: failed.paused + pause, ..failed });
        let service = service_name(config.load::<Metadata>().map_or("", Metadata::service));
        let pause_ms = u64::try_from(pause.as_millis()).unwrap_or(u64::MAX);
        tracing::debug!(target: TARGET, service, cause = ?budget.cause, attempts, pause_ms, "retry");
        if budget.is_told(&call) {
            self.waits.tell(Wait { service, cause: budget.cause, limit: budget.limit });
        }
        Some(pause)
    }
}

#[dyn_dispatch_hint]
impl Intercept for Retries {
    fn name(&self) -> &'static str {
        "Retries"
    }

    fn read_after_attempt(
        &self,
        context: &FinalizerInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if context.response().is_some() {
            self.waits.answered();
        }
        let attempts = config.load::<RequestAttempts>().map_or(1, RequestAttempts::attempts);
        let retries = RetryConfig::standard().with_retry_spec(RetrySpec::v2_0());
        let retries = match self.next_pause(context, attempts, config) {
            Some(pause) => retries.with_max_attempts(attempts + 1).with_max_backoff(clock::scaled(pause)),
            None => retries.with_max_attempts(attempts),
        };
        config.interceptor_state().store_put(retries);
        Ok(())
    }
}

impl ClassifyRetry for Retries {
    /// Every failure may be tried again, after the longest pause: whether it is, and how long that is, is set above.
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        if context.is_failed() {
            RetryAction::retryable_error_with_explicit_delay(ErrorKind::TransientError, Duration::MAX)
        } else {
            RetryAction::NoActionIndicated
        }
    }

    fn name(&self) -> &'static str {
        "Retries"
    }

    fn priority(&self) -> RetryClassifierPriority {
        RetryClassifierPriority::run_after(RetryClassifierPriority::transient_error_classifier())
    }
}

/// The SDK's own limit is a number of retries; the policy's is a time.
pub(crate) fn partition() -> RetryPartition {
    RetryPartition::custom("workshop").token_bucket(TokenBucket::unlimited()).build()
}

/// A service's name as people write it.
fn service_name(name: &str) -> &'static str {
    match name {
        "SFN" => "Step Functions",
        "Lambda" => "Lambda",
        "IAM" => "IAM",
        "ApiGatewayV2" => "API Gateway",
        "CloudWatch Logs" => "CloudWatch Logs",
        "STS" => "STS",
        _ => "AWS",
    }
}

/// As an interceptor, a setting of the policy holds for the calls of one client, or for one call.
macro_rules! holds_for_its_calls {
    ($setting:ident) => {
        #[dyn_dispatch_hint]
        impl Intercept for $setting {
            fn name(&self) -> &'static str {
                stringify!($setting)
            }

            fn read_before_execution(
                &self,
                _context: &BeforeSerializationInterceptorContextRef<'_>,
                config: &mut ConfigBag,
            ) -> Result<(), BoxError> {
                config.interceptor_state().store_put(*self);
                Ok(())
            }
        }
    };
}

holds_for_its_calls!(Patience);
holds_for_its_calls!(Repeat);
