//! Invoke.

use std::sync::Arc;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use cloud_core::{JacksonError, LATEST, Request, Response, ServiceError};
use serde::de::IgnoredAny;

use super::access::named;
use super::checks::limits::invalid;
use crate::runtime::client_context;
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
const REFUSED: [(&str, &str); 2] =
    [("x-amz-durable-execution-name", "DurableExecutionName"), ("x-amz-tenant-id", "TenantId")];

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
    let context = request.header("x-amz-client-context").map(client_context).transpose()?;
    let event = event(request, kind)?;
    match kind {
        InvocationType::DryRun => Ok(Response::empty(204).with_header("X-Amz-Executed-Version", version.version)),
        InvocationType::Event => {
            let request_id = functions.enqueue(&reference, event).await?;
            Ok(Response::empty(202).with_header("x-amzn-RequestId", request_id))
        }
        InvocationType::RequestResponse => {
            let trace_id = request.header("x-amzn-trace-id");
            let invocation = functions.run(&reference, event, trace_id, context).await?.invocation;
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
    match mistake(&request.body) {
        None => Ok(request.body.clone()),
        Some(mistake) => {
            let message =
                format!("Could not parse request body into json: Could not parse payload into json: {mistake}");
            Err(ServiceError::bad_request("InvalidRequestContentException", message))
        }
    }
}

/// Why bytes are no JSON: in Jackson's words, but for what Jackson would read.
fn mistake(body: &[u8]) -> Option<String> {
    let reason = match std::str::from_utf8(body) {
        Ok(text) => serde_json::from_str::<IgnoredAny>(text).err()?.to_string(),
        Err(error) => error.to_string(),
    };
    let mistake = JacksonError::in_bytes(body);
    Some(mistake.map_or(reason, |JacksonError { words, place }| format!("{words}\n at {place}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_json_is_told_in_the_words_of_jackson() {
        let told = |body: &[u8]| mistake(body).unwrap_or_default();
        insta::assert_snapshot!([told(b"nojson"), told(b"\"\xa7\""), told(b"{} x"), told(b" ")].join("\n"), @r##"
        Unrecognized token 'nojson': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')
         at [Source: (byte[])"nojson"; line: 1, column: 7]
        Invalid UTF-8 start byte 0xa7
         at [Source: (byte[])""�""; line: 1, column: 3]
        trailing characters at line 1 column 4
        No content to map due to end-of-input
         at [Source: (byte[])" "; line: 1, column: 2]
        "##);
        assert_eq!(mistake("{\"é\": \"😀\"}".as_bytes()), None);
    }
}
