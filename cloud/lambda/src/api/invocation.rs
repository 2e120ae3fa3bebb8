//! Invoke.

use std::sync::Arc;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use cloud_core::{LATEST, Request, Response, ServiceError};

use super::access::named;
use super::checks::limits::invalid;
use crate::service::Functions;

/// The largest event of a synchronous invocation (Lambda quotas: 6 MB).
pub(crate) const MAX_EVENT_BYTES: usize = 6_291_456;

/// The largest event of an asynchronous invocation (Lambda quotas: 1 MB).
const MAX_ASYNC_EVENT_BYTES: usize = 1_048_576;

/// How the caller wants it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum InvocationType {
    RequestResponse,
    Event,
    DryRun,
}

/// The members of the input that are sent in headers and that nothing here would heed.
const REFUSED: [(&str, &str); 3] = [
    ("x-amz-client-context", "ClientContext"),
    ("x-amz-durable-execution-name", "DurableExecutionName"),
    ("x-amz-tenant-id", "TenantId"),
];

fn refuse_unsupported(request: &Request) -> Result<(), ServiceError> {
    match REFUSED.iter().find(|(header, _)| request.header(header).is_some()) {
        Some((_, member)) => Err(ServiceError::not_implemented(&format!("{member} of lambda:Invoke"))),
        None => Ok(()),
    }
}

/// Runs a function, or starts it, or only looks whether that could be done.
pub(crate) async fn invoke(functions: &Arc<Functions>, request: &Request) -> Result<Response, ServiceError> {
    let reference = named(request)?;
    let kind = match request.header("x-amz-invocation-type") {
        None | Some("RequestResponse") => InvocationType::RequestResponse,
        Some("Event") => InvocationType::Event,
        Some("DryRun") => InvocationType::DryRun,
        Some(other) => return Err(invalid(format!("Unsupported invocation type: {other}"))),
    };
    refuse_unsupported(request)?;
    // What is not there is told as AWS tells it here: with the version that would have run.
    let qualifier = reference.qualifier.as_deref().unwrap_or(LATEST);
    let version = functions.resolve(&reference.with(qualifier))?;
    let event = event(request, kind)?;
    match kind {
        InvocationType::DryRun => Ok(Response::empty(204).with_header("X-Amz-Executed-Version", version.version)),
        InvocationType::Event => {
            let request_id = functions.enqueue(&reference, event).await?;
            Ok(Response::empty(202).with_header("x-amzn-RequestId", request_id))
        }
        InvocationType::RequestResponse => {
            let invocation = functions.run(&reference, event, request.header("x-amzn-trace-id")).await?;
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
