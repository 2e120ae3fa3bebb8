//! What a function's result means as the answer of its URL.

use bytes::Bytes;
use cloud_core::Response;
use cloud_core::http_endpoint::answer_in_full;
use serde_json::Value;

use crate::model::InvokeMode;

/// What ends the description of an answer before what a function streams (Lambda developer guide, "Building a custom runtime",
/// "Response streaming").
const DELIMITER: [u8; 8] = [0; 8];

/// The content type of a stream that begins with such a description; it is none of what follows.
const DESCRIBED: &str = "application/vnd.awslambda.http-integration-response";

/// What a stream is that nobody says anything of.
const BYTES: &str = "application/octet-stream";

/// Reads a result; none when it can be no answer. What was streamed is there as a whole; `content_type` is what the function
/// says that it is.
pub(super) fn interpret(payload: Bytes, content_type: Option<&str>, mode: InvokeMode) -> Option<Response> {
    match mode {
        InvokeMode::Buffered => buffered(payload),
        InvokeMode::ResponseStream => streamed(payload, content_type),
    }
}

/// A result with a status code is an answer in full; any other JSON is the body of a 200, as it is.
fn buffered(payload: Bytes) -> Option<Response> {
    match serde_json::from_slice::<Value>(&payload).ok()? {
        Value::Object(members) if members.contains_key("statusCode") => answer_in_full(&members, true),
        _ => Some(Response::new(200, "application/json", payload)),
    }
}

/// A description of the answer may stand before what was streamed.
fn streamed(payload: Bytes, content_type: Option<&str>) -> Option<Response> {
    let at = payload.windows(DELIMITER.len()).position(|window| window == DELIMITER);
    let described = at.and_then(|at| {
        let members = serde_json::from_slice::<Value>(payload.get(..at)?).ok()?;
        Some((members.as_object()?.clone(), payload.slice(at + DELIMITER.len()..)))
    });
    let Some((mut members, body)) = described else {
        let content_type = content_type.filter(|given| *given != DESCRIBED).unwrap_or(BYTES);
        return Some(Response::new(200, content_type, payload));
    };
    members.entry("statusCode").or_insert_with(|| 200.into());
    members.remove("body");
    let answer = answer_in_full(&members, true)?;
    let has_type = answer.has_header("content-type");
    let answer = Response { body, ..answer };
    Some(if has_type { answer } else { answer.with_header("content-type", BYTES) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(payload: &[u8], mode: InvokeMode) -> Option<String> {
        shown_as(payload, None, mode)
    }

    fn shown_as(payload: &[u8], content_type: Option<&str>, mode: InvokeMode) -> Option<String> {
        let answer = interpret(Bytes::copy_from_slice(payload), content_type, mode)?;
        let headers: Vec<String> = answer.headers.iter().map(|(name, value)| format!("{name}: {value}")).collect();
        Some(format!("{} {headers:?} {}", answer.status, String::from_utf8_lossy(&answer.body)))
    }

    #[test]
    fn a_result_without_a_status_is_the_body_as_it_is() {
        let buffered = |payload: &str| shown(payload.as_bytes(), InvokeMode::Buffered).unwrap();
        assert_eq!(buffered(r#""Hello, world!""#), r#"200 ["content-type: application/json"] "Hello, world!""#);
        assert_eq!(buffered(r#"{"a": 1}"#), r#"200 ["content-type: application/json"] {"a": 1}"#);
        let full = r#"{"statusCode":201,"headers":{"X-A":"b"},"cookies":["c=1"],"body":"hi"}"#;
        assert_eq!(
            buffered(full),
            r#"201 ["x-a: b", "set-cookie: c=1", "content-type: text/plain; charset=utf-8"] hi"#
        );
        assert_eq!(shown(b"no json", InvokeMode::Buffered), None);
        assert_eq!(shown(br#"{"statusCode":"x"}"#, InvokeMode::Buffered), None);
    }

    #[test]
    fn what_is_streamed_may_say_what_it_is() {
        let streamed = |payload: &[u8]| shown(payload, InvokeMode::ResponseStream).unwrap();
        assert_eq!(streamed(b"plain"), r#"200 ["content-type: application/octet-stream"] plain"#);
        let described = b"{\"statusCode\":404,\"headers\":{\"Content-Type\":\"text/html\"}}\0\0\0\0\0\0\0\0<p>no</p>";
        assert_eq!(streamed(described), r#"404 ["content-type: text/html"] <p>no</p>"#);
        let typed = |payload: &[u8], given| shown_as(payload, Some(given), InvokeMode::ResponseStream).unwrap();
        assert_eq!(typed(b"a,b", "text/csv"), r#"200 ["content-type: text/csv"] a,b"#);
        assert_eq!(typed(described, DESCRIBED), r#"404 ["content-type: text/html"] <p>no</p>"#);
        assert_eq!(typed(b"plain", DESCRIBED), r#"200 ["content-type: application/octet-stream"] plain"#);
    }
}
