//! What a function's result means as an HTTP answer.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde_json::{Map, Value};

use crate::wire::Response;

/// The answer that a result with a status code describes in full; none where its members can't be one. `with_cookies` takes the
/// member `cookies`, which format 1.0 has not.
#[must_use]
pub fn answer_in_full(members: &Map<String, Value>, with_cookies: bool) -> Option<Response> {
    let mut response = Response::empty(status(members.get("statusCode")?)?);
    for (name, value) in object(members, "headers")? {
        response = response.with_header(&name.to_ascii_lowercase(), text(value)?);
    }
    for (name, values) in object(members, "multiValueHeaders")? {
        for value in values.as_array()? {
            response = response.with_header(&name.to_ascii_lowercase(), text(value)?);
        }
    }
    let cookies = members.get("cookies").filter(|_| with_cookies);
    for cookie in cookies.and_then(Value::as_array).into_iter().flatten() {
        response = response.with_header("set-cookie", text(cookie)?);
    }
    response.body = body(members)?;
    // The server counts the body it sends; a length that the function wrote could contradict it.
    response
        .headers
        .retain(|(name, _)| name != "content-length" && name != "transfer-encoding" && name != "connection");
    if !response.has_header("content-type") && !response.body.is_empty() {
        response = response.with_header("content-type", "text/plain; charset=utf-8");
    }
    Some(response)
}

fn status(value: &Value) -> Option<u16> {
    let status = match value {
        Value::String(text) => text.parse().ok()?,
        other => u16::try_from(other.as_u64()?).ok()?,
    };
    (200..=599).contains(&status).then_some(status)
}

fn object<'a>(members: &'a Map<String, Value>, name: &str) -> Option<Vec<(&'a String, &'a Value)>> {
    match members.get(name) {
        None | Some(Value::Null) => Some(Vec::new()),
        Some(Value::Object(object)) => Some(object.iter().collect()),
        Some(_) => None,
    }
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

fn body(members: &Map<String, Value>) -> Option<Bytes> {
    let text = match members.get("body") {
        None | Some(Value::Null) => return Some(Bytes::new()),
        Some(Value::String(text)) => text,
        Some(_) => return None,
    };
    if members.get("isBase64Encoded") == Some(&Value::Bool(true)) {
        return STANDARD.decode(text).ok().map(Bytes::from);
    }
    Some(Bytes::from(text.clone()))
}
