//! What a function's result means as an HTTP answer.

use cloud_core::Response;
use cloud_core::http_endpoint::answer_in_full;
use serde_json::Value;

use super::plain_answer::message;
use crate::model::PayloadFormat;

/// Reads a result. One with a status code is an answer in full; in format 2.0, any other JSON is the body of a 200; what is
/// neither makes API Gateway answer 500.
pub(super) fn interpret(payload: &[u8], format: PayloadFormat) -> Response {
    let Ok(result) = serde_json::from_slice::<Value>(payload) else {
        return message(500, "Internal Server Error");
    };
    match result {
        Value::Object(members) if members.contains_key("statusCode") => {
            // Format 1.0 has no cookies.
            let answer = answer_in_full(&members, format == PayloadFormat::V2);
            answer.unwrap_or_else(|| message(500, "Internal Server Error"))
        }
        _ if format == PayloadFormat::V1 => message(500, "Internal Server Error"),
        Value::String(text) => Response::new(200, "application/json", text),
        other => Response::new(200, "application/json", other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn answer(result: &Value) -> Response {
        interpret(result.to_string().as_bytes(), PayloadFormat::V2)
    }

    #[test]
    fn an_answer_in_full() {
        let answer = answer(&json!({
            "statusCode": 201, "headers": { "X-A": "1", "n": 5 }, "cookies": ["a=1", "b=2"],
            "body": "aGk=", "isBase64Encoded": true
        }));
        assert_eq!(answer.status, 201);
        assert_eq!(answer.body, "hi");
        let headers: Vec<String> = answer.headers.iter().map(|(name, value)| format!("{name}: {value}")).collect();
        assert_eq!(
            headers,
            ["x-a: 1", "n: 5", "set-cookie: a=1", "set-cookie: b=2", "content-type: text/plain; charset=utf-8"]
        );
    }

    #[test]
    fn a_bare_body() {
        assert_eq!(answer(&json!({ "message": "hi" })), Response::new(200, "application/json", r#"{"message":"hi"}"#));
        assert_eq!(answer(&json!("hi")), Response::new(200, "application/json", "hi"));
        assert_eq!(answer(&Value::Null), Response::new(200, "application/json", "null"));
    }

    #[test]
    fn format_one_wants_an_answer_in_full() {
        let one = |result: Value| interpret(result.to_string().as_bytes(), PayloadFormat::V1);
        assert_eq!(one(json!({ "message": "hi" })), message(500, "Internal Server Error"));
        let answer = one(
            json!({ "statusCode": 200, "cookies": ["a=1"], "multiValueHeaders": { "Set-Cookie": ["b=2", "c=3"] } }),
        );
        let headers: Vec<String> = answer.headers.iter().map(|(name, value)| format!("{name}: {value}")).collect();
        assert_eq!(headers, ["set-cookie: b=2", "set-cookie: c=3"]);
    }

    #[test]
    fn what_cannot_be_an_answer() {
        let wrong = [
            json!({ "statusCode": "x" }),
            json!({ "statusCode": 200, "body": { "a": 1 } }),
            json!({ "statusCode": 200, "body": "?", "isBase64Encoded": true }),
            json!({ "statusCode": 200, "headers": "x" }),
            json!({ "statusCode": 99 }),
        ];
        for result in wrong {
            assert_eq!(answer(&result), message(500, "Internal Server Error"), "{result}");
        }
        assert_eq!(interpret(b"not json", PayloadFormat::V2).status, 500);
    }
}
