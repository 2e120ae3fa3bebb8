//! One `tracing` event for each attempt at a call: what was called, how long it took, how it ended. Never a header or a body.

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::context::{
    BeforeTransmitInterceptorContextRef, FinalizerInterceptorContextRef,
};
use aws_smithy_runtime_api::client::interceptors::{Intercept, dyn_dispatch_hint};
use aws_smithy_runtime_api::client::orchestrator::{HttpResponse, Metadata};
use aws_smithy_runtime_api::client::retries::RequestAttempts;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::{ConfigBag, Storable, StoreReplace};

use crate::clock::Stopwatch;
use crate::trace::TARGET;

/// The headers in which services give the id of a request.
const REQUEST_ID_HEADERS: [&str; 3] = ["x-amzn-requestid", "x-amz-request-id", "apigw-requestid"];

/// Emits the events; every client has it.
#[derive(Debug)]
pub(crate) struct CallTrace;

/// When an attempt began.
#[derive(Debug)]
struct AttemptStart(Stopwatch);

impl Storable for AttemptStart {
    type Storer = StoreReplace<Self>;
}

#[dyn_dispatch_hint]
impl Intercept for CallTrace {
    fn name(&self) -> &'static str {
        "CallTrace"
    }

    fn read_before_attempt(
        &self,
        _context: &BeforeTransmitInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        config.interceptor_state().store_put(AttemptStart(Stopwatch::start()));
        Ok(())
    }

    fn read_after_attempt(
        &self,
        context: &FinalizerInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let metadata = config.load::<Metadata>();
        let elapsed = config.load::<AttemptStart>().map(|start| start.0.elapsed());
        let response = context.response();
        tracing::debug!(
            target: TARGET,
            service = metadata.map(Metadata::service),
            operation = metadata.map(Metadata::name),
            attempt = config.load::<RequestAttempts>().map_or(1, RequestAttempts::attempts),
            duration_ms = elapsed.map(|elapsed| u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX)),
            status = response.map(|response| response.status().as_u16()),
            request_id = response.and_then(request_id),
            outcome = outcome(context),
            "call"
        );
        Ok(())
    }
}

/// The id that AWS gave the request, which its support asks for.
fn request_id(response: &HttpResponse) -> Option<&str> {
    REQUEST_ID_HEADERS.iter().find_map(|header| response.headers().get(*header))
}

/// How the attempt ended. The texts of errors may repeat what was sent, so they are left out.
fn outcome(context: &FinalizerInterceptorContextRef<'_>) -> &'static str {
    match context.output_or_error() {
        Some(Ok(_)) => "success",
        Some(Err(error)) if error.is_operation_error() => "service error",
        Some(Err(error)) if error.is_timeout_error() => "timeout",
        Some(Err(error)) if error.is_connector_error() => "connection failed",
        Some(Err(error)) if error.is_response_error() => "unreadable response",
        Some(Err(_)) | None => "not sent",
    }
}

#[cfg(test)]
mod tests;
