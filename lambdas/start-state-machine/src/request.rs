//! The body of `POST /start`, checked before anything is asked of Step Functions.

use crate::refusal::Refusal;
use crate::{json_kind, name, start_at};
use jiff::Timestamp;
use serde_json::value::RawValue;
use std::collections::BTreeMap;

/// What the caller asks for: run this task at that moment.
#[derive(Debug, PartialEq)]
pub(crate) struct StartRequest {
    /// The execution's name.
    pub(crate) task_name: String,
    /// When the wait ends.
    pub(crate) start_at: Timestamp,
}

const EXAMPLE: &str = r#"{"taskName": "taskone", "startAt": 1510842801000}"#;

/// Reads the request's body (already decoded, should the API have sent it as base64). Other keys are ignored.
pub(crate) fn parse(body: &[u8]) -> Result<StartRequest, Refusal> {
    let keys = object(body)?;
    let task_name = task_name(value(&keys, "taskName")?)?;
    let start_at = start_at::parse(value(&keys, "startAt")?)?;
    Ok(StartRequest { task_name, start_at })
}

fn object(body: &[u8]) -> Result<BTreeMap<String, Box<RawValue>>, Refusal> {
    if body.iter().all(u8::is_ascii_whitespace) {
        return Err(Refusal::bad_request("not_json", format!("The request has no body; send JSON such as {EXAMPLE}")));
    }
    serde_json::from_slice(body).map_err(|error| {
        // The text of a syntax error says where it is; a data error here can only be a JSON value of another kind.
        if error.is_data() {
            let text = String::from_utf8_lossy(body);
            return Refusal::bad_request(
                "not_an_object",
                format!("The body is {}; send a JSON object such as {EXAMPLE}", json_kind::of(text.trim_start())),
            );
        }
        Refusal::bad_request("not_json", format!("The body is not JSON ({error}); send JSON such as {EXAMPLE}"))
    })
}

fn value<'a>(keys: &'a BTreeMap<String, Box<RawValue>>, key: &str) -> Result<&'a str, Refusal> {
    keys.get(key).map(|value| value.get()).ok_or_else(|| {
        Refusal::bad_request("missing_key", format!("The body has no \"{key}\"; send JSON such as {EXAMPLE}"))
    })
}

fn task_name(json: &str) -> Result<String, Refusal> {
    if !json.starts_with('"') {
        return Err(Refusal::bad_request(
            "wrong_type",
            format!("\"taskName\" must be a string such as \"taskone\", not {}", json_kind::of(json)),
        ));
    }
    let text: String = serde_json::from_str(json)
        .map_err(|_| name::refuse("\"taskName\" holds a broken Unicode escape; use letters, digits, - and _"))?;
    name::check(&text)?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(body: &str) -> (u16, &'static str) {
        let refusal = parse(body.as_bytes()).unwrap_err();
        (refusal.status, refusal.code)
    }

    #[test]
    fn the_lessons_body_is_understood() {
        let request = parse(EXAMPLE.as_bytes()).unwrap();
        assert_eq!(request.task_name, "taskone");
        assert_eq!(request.start_at.to_string(), "2017-11-16T14:33:21Z");
    }

    #[test]
    fn other_keys_and_escapes_do_no_harm() {
        let body = r#" {"startAt": 1510842801000, "note": [1, {}], "taskName": "task\u006fne"} "#;
        assert_eq!(parse(body.as_bytes()).unwrap().task_name, "taskone");
    }

    #[test]
    fn what_is_not_json_says_so() {
        for body in ["", " \n", "taskName=taskone", "{", "{\"taskName\": \"a\",}", "{} {}"] {
            assert_eq!(refused(body), (400, "not_json"), "{body:?}");
        }
        assert_eq!(parse(&[0xff, 0xfe]).unwrap_err().code, "not_json");
        assert_eq!(parse(b"{\"startAt\": NaN}").unwrap_err().code, "not_json");
    }

    #[test]
    fn json_of_another_kind_says_so() {
        for body in ["[]", "7", "null", "true", "\"{}\""] {
            assert_eq!(refused(body), (400, "not_an_object"), "{body:?}");
        }
    }

    #[test]
    fn a_missing_key_is_named() {
        let refusal = parse(br#"{"taskName": "a"}"#).unwrap_err();
        assert_eq!(refusal.code, "missing_key");
        assert!(refusal.message.contains("\"startAt\""), "{}", refusal.message);
        assert_eq!(refused(r#"{"startAt": 1}"#), (400, "missing_key"));
        assert_eq!(refused("{}"), (400, "missing_key"));
    }

    #[test]
    fn a_mistyped_key_is_named() {
        assert_eq!(refused(r#"{"taskName": 7, "startAt": 1510842801000}"#), (400, "wrong_type"));
        assert_eq!(refused(r#"{"taskName": "a", "startAt": "soon"}"#), (400, "wrong_type"));
        assert_eq!(refused(r#"{"taskName": "a", "startAt": null}"#), (400, "wrong_type"));
    }

    #[test]
    fn numbers_and_names_beyond_reach_are_refused_not_crashed_on() {
        assert_eq!(refused(r#"{"taskName": "a", "startAt": 1e400}"#), (400, "not_finite"));
        assert_eq!(refused(r#"{"taskName": "\ud800", "startAt": 1510842801000}"#), (400, "invalid_name"));
        assert_eq!(refused(r#"{"taskName": "a b", "startAt": 1510842801000}"#), (400, "invalid_name"));
        let deep = "[".repeat(100_000);
        assert_eq!(refused(&format!("{{\"taskName\": {deep}")), (400, "not_json"));
    }
}
