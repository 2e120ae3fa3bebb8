//! Invoke.

use std::sync::Arc;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;

use super::limits::invalid;
use crate::local::Cloud;
use crate::local::error::ServiceError;
use crate::local::http::{Request, Response};
use crate::local::lambda::invoke;
use crate::local::lambda::reference::FunctionReference;

/// The largest event of a synchronous invocation (Lambda quotas: 6 MB).
const MAX_EVENT_BYTES: usize = 6_291_456;

/// The largest event of an asynchronous invocation (Lambda quotas: 1 MB).
const MAX_ASYNC_EVENT_BYTES: usize = 1_048_576;

/// How the caller wants it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum InvocationType {
    RequestResponse,
    Event,
    DryRun,
}

pub(super) async fn invoke(
    cloud: &Arc<Cloud>,
    request: &Request,
    reference: &FunctionReference,
) -> Result<Response, ServiceError> {
    let kind = match request.header("x-amz-invocation-type") {
        None | Some("RequestResponse") => InvocationType::RequestResponse,
        Some("Event") => InvocationType::Event,
        Some("DryRun") => InvocationType::DryRun,
        Some(other) => return Err(invalid(format!("Unsupported invocation type: {other}"))),
    };
    let version = invoke::find(cloud, reference)?;
    let event = event(request, kind)?;
    let executed = |response: Response| response.with_header("X-Amz-Executed-Version", version.version.clone());
    match kind {
        InvocationType::DryRun => Ok(executed(Response::empty(204))),
        InvocationType::Event => {
            let request_id = invoke::enqueue(cloud, reference, event)?;
            Ok(Response::empty(202).with_header("x-amzn-RequestId", request_id))
        }
        InvocationType::RequestResponse => {
            let invocation = invoke::run(cloud, reference, event, request.header("x-amzn-trace-id")).await?;
            let mut response = Response::new(200, "application/json", invocation.payload)
                .with_header("x-amzn-RequestId", invocation.request_id)
                .with_header("X-Amz-Executed-Version", invocation.executed_version);
            if let Some(error) = invocation.function_error {
                response = response.with_header("X-Amz-Function-Error", error);
            }
            if request.header("x-amz-log-type") == Some("Tail") {
                response = response.with_header("X-Amz-Log-Result", BASE64_STANDARD.encode(invocation.log_tail));
            }
            Ok(response)
        }
    }
}

/// The event: any JSON value; a request without a body stands for `{}`.
fn event(request: &Request, kind: InvocationType) -> Result<Bytes, ServiceError> {
    let limit = if kind == InvocationType::Event { MAX_ASYNC_EVENT_BYTES } else { MAX_EVENT_BYTES };
    if request.body.len() > limit {
        let message = format!("Request must be smaller than {limit} bytes for the InvokeFunction operation");
        return Err(ServiceError::new(413, "RequestEntityTooLargeException", message));
    }
    if request.body.is_empty() {
        return Ok(Bytes::from_static(b"{}"));
    }
    match serde_json::from_slice::<serde::de::IgnoredAny>(&request.body) {
        Ok(_) => Ok(request.body.clone()),
        Err(error) => {
            let message = format!("Could not parse request body into json: Could not parse payload into json: {error}");
            Err(ServiceError::bad_request("InvalidRequestContentException", message))
        }
    }
}
