//! What a runtime sends: how much of it is kept.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use hyper::header::{CONTENT_TYPE, HeaderMap};
use serde_json::json;

/// How much of an answer that is too large is read and dropped, so that the runtime hears what was wrong with it and goes on.
const MAX_DROPPED_BYTES: usize = 256 << 20;

/// The longest error document that is kept whole.
pub(super) const MAX_ERROR_BYTES: usize = 256 << 10;

/// Why a body could not be read.
#[derive(Debug)]
pub(super) enum Unread {
    /// It is longer than it may be.
    TooLarge,
    /// It broke off.
    Broken,
}

/// Trailers of a streamed response that broke off with the function's error (Lambda developer guide, "Building a custom runtime
/// for AWS Lambda").
const ERROR_TYPE_TRAILER: &str = "lambda-runtime-function-error-type";
const ERROR_BODY_TRAILER: &str = "lambda-runtime-function-error-body";

/// A header of a response that is streamed.
const RESPONSE_MODE_HEADER: &str = "lambda-runtime-function-response-mode";

/// What a response is that is streamed; none where the function does not say so, or does not stream.
pub(super) fn streamed_type(headers: &HeaderMap) -> Option<String> {
    if headers.get(RESPONSE_MODE_HEADER)?.as_bytes() != b"streaming" {
        return None;
    }
    headers.get(CONTENT_TYPE)?.to_str().ok().map(str::to_owned)
}

/// A function's result, or the error's document that came after what it had streamed.
pub(super) async fn collect_response(body: &mut Incoming, limit: usize) -> Result<Result<Bytes, Bytes>, Unread> {
    let collected = match Limited::new(body, limit).collect().await {
        Ok(collected) => collected,
        Err(error) if error.is::<http_body_util::LengthLimitError>() => return Err(Unread::TooLarge),
        Err(_) => return Err(Unread::Broken),
    };
    match collected.trailers().and_then(error_in) {
        Some(document) => Ok(Err(document)),
        None => Ok(Ok(collected.to_bytes())),
    }
}

/// The error that trailers describe; none where they describe none.
fn error_in(trailers: &HeaderMap) -> Option<Bytes> {
    let error_type = trailers.get(ERROR_TYPE_TRAILER)?.to_str().ok()?;
    let body = trailers.get(ERROR_BODY_TRAILER).and_then(|body| BASE64_STANDARD.decode(body.as_bytes()).ok());
    let document = body.unwrap_or_default();
    let is_kept = !document.is_empty() && document.len() <= MAX_ERROR_BYTES;
    Some(if is_kept { document.into() } else { shortened(&document, Some(error_type)) })
}

/// The whole of a body.
pub(super) async fn collect(body: &mut Incoming, limit: usize) -> Result<Bytes, Unread> {
    match Limited::new(body, limit).collect().await {
        Ok(body) => Ok(body.to_bytes()),
        Err(error) if error.is::<http_body_util::LengthLimitError>() => Err(Unread::TooLarge),
        Err(_) => Err(Unread::Broken),
    }
}

/// Reads what is left of a body and keeps nothing: a runtime that is cut off while it sends ends, and the next invocation
/// fails.
pub(super) async fn drop_rest(mut body: Incoming) {
    let mut dropped = 0;
    while let Some(Ok(frame)) = body.frame().await {
        dropped += frame.data_ref().map_or(0, Bytes::len);
        if dropped > MAX_DROPPED_BYTES {
            return;
        }
    }
}

/// An error document with texts that are cut to a bearable length.
pub(super) fn shortened(document: &[u8], error_type: Option<&str>) -> Bytes {
    let parsed: serde_json::Value = serde_json::from_slice(document).unwrap_or_default();
    let cut = |name: &str, limit: usize| {
        let text = parsed.get(name).and_then(serde_json::Value::as_str)?;
        Some(text.get(..text.floor_char_boundary(limit)).unwrap_or_default().to_owned())
    };
    let error_type = cut("errorType", 1024).or_else(|| error_type.map(str::to_owned));
    let message =
        cut("errorMessage", MAX_ERROR_BYTES / 2).unwrap_or_else(|| "The error document is too long.".to_owned());
    Bytes::from(
        json!({"errorMessage": message, "errorType": error_type.unwrap_or_else(|| "Unhandled".to_owned())}).to_string(),
    )
}
