//! Timeouts of calls to AWS, and the retries that the SDK makes by itself.

use std::time::Duration;

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::context::BeforeTransmitInterceptorContextRef;
use aws_smithy_runtime_api::client::interceptors::{Intercept, dyn_dispatch_hint};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;

use crate::clock;
use crate::error::AwsError;
use crate::error::kind::AwsErrorKind;

/// Overrules every time limit, in milliseconds.
const VARIABLE: &str = "WORKSHOP_CALL_TIMEOUT_MS";

/// Until the endpoint has taken the connection.
const CONNECT: Duration = Duration::from_secs(3);

/// Until the last byte of the answer, for each attempt. The slowest operations that wait for nothing take a few seconds.
const ANSWER: Duration = Duration::from_secs(30);

/// A function runs for 15 minutes at most; then its answer has to get here.
const INVOCATION: Duration = Duration::from_secs(15 * 60 + 30);

/// The slowest line on which code can still be uploaded, in bytes per second.
const SLOWEST_UPLOAD: u64 = 100_000;

/// How long one attempt at a call may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallTimeout {
    /// By what is called, and by how much is sent.
    PerOperation,
    /// The same for every call, as the user wants it.
    Fixed(Duration),
}

impl CallTimeout {
    /// What the environment says.
    ///
    /// # Errors
    /// The variable is set to something else than a time.
    pub(crate) fn from_env() -> Result<Self, AwsError> {
        match std::env::var(VARIABLE) {
            Ok(text) => Self::parse(&text),
            Err(_) => Ok(Self::PerOperation),
        }
    }

    fn parse(text: &str) -> Result<Self, AwsError> {
        match text.trim().parse::<u64>() {
            _ if text.trim().is_empty() => Ok(Self::PerOperation),
            Ok(limit_ms) if limit_ms > 0 => Ok(Self::Fixed(Duration::from_millis(limit_ms))),
            _ => Err(AwsError {
                kind: AwsErrorKind::InvalidSetting,
                service: "the configuration",
                operation: "time limit",
                code: None,
                message: format!("{VARIABLE} is `{text}`; it must be a whole number of milliseconds above 0."),
                request_id: None,
            }),
        }
    }

    /// For every call that waits for nothing.
    pub(crate) fn call_timeouts(self) -> TimeoutConfig {
        self.within(ANSWER)
    }

    /// For an invocation, whose answer comes once the function has ended.
    pub(crate) fn invocation_timeouts(self) -> TimeoutConfig {
        self.within(INVOCATION)
    }

    fn within(self, usual: Duration) -> TimeoutConfig {
        let (connect, attempt) = match self {
            Self::PerOperation => (CONNECT, usual),
            Self::Fixed(limit) => (CONNECT.min(limit), limit),
        };
        TimeoutConfig::builder().connect_timeout(connect).operation_attempt_timeout(attempt).build()
    }
}

/// What looks credentials up makes a call up to three times. The clients of the services have a policy of their own:
/// [`crate::retry`].
pub(crate) fn retries() -> RetryConfig {
    RetryConfig::standard()
        .with_max_attempts(3)
        .with_initial_backoff(clock::scaled(Duration::from_millis(100)))
        .with_max_backoff(clock::scaled(Duration::from_secs(5)))
}

/// Gives an attempt as much longer as its request takes on a slow line.
#[derive(Debug)]
pub(crate) struct UploadTimeout;

#[dyn_dispatch_hint]
impl Intercept for UploadTimeout {
    fn name(&self) -> &'static str {
        "UploadTimeout"
    }

    fn read_after_serialization(
        &self,
        context: &BeforeTransmitInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let size_bytes = context.request().body().content_length().unwrap_or(0);
        if let Some(limits) = config.load::<TimeoutConfig>()
            && let Some(limit) = limits.operation_attempt_timeout()
        {
            let limits = limits.to_builder().operation_attempt_timeout(limit + upload(size_bytes)).build();
            config.interceptor_state().store_put(limits);
        }
        Ok(())
    }
}

/// How long it takes to send something on the slowest line.
fn upload(size_bytes: u64) -> Duration {
    Duration::from_millis(size_bytes.saturating_mul(1000) / SLOWEST_UPLOAD)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_sort_of_call_has_its_limit() {
        let attempt = |limits: TimeoutConfig| limits.operation_attempt_timeout().unwrap().as_secs();
        assert_eq!(attempt(CallTimeout::PerOperation.call_timeouts()), 30);
        assert_eq!(attempt(CallTimeout::PerOperation.invocation_timeouts()), 930);
        assert_eq!(CallTimeout::PerOperation.call_timeouts().connect_timeout(), Some(CONNECT));
        assert_eq!(upload(3_000_000), Duration::from_secs(30));
        assert_eq!(upload(70_000_000), Duration::from_secs(700), "50 MB in base64");
    }

    #[test]
    fn the_user_overrules_them_all() {
        assert_eq!(CallTimeout::parse("").unwrap(), CallTimeout::PerOperation);
        let limit = CallTimeout::parse(" 250 ").unwrap();
        assert_eq!(limit, CallTimeout::Fixed(Duration::from_millis(250)));
        for limits in [limit.call_timeouts(), limit.invocation_timeouts()] {
            assert_eq!(limits.operation_attempt_timeout(), Some(Duration::from_millis(250)));
            assert_eq!(limits.connect_timeout(), Some(Duration::from_millis(250)));
        }
        for wrong in ["0", "-1", "30s", "1.5"] {
            let error = CallTimeout::parse(wrong).unwrap_err();
            assert_eq!(error.kind, AwsErrorKind::InvalidSetting);
            assert!(error.message.contains(VARIABLE) && error.message.contains(wrong), "{}", error.message);
        }
    }
}
