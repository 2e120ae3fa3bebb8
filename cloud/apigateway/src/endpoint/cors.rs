//! CORS as an API answers it itself: preflight requests, and the headers on every other answer.
//!
//! Rules: <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html>. Once an API has a CORS
//! configuration, the CORS headers of its functions are ignored.

use cloud_core::{Request, Response};
use hyper::Method;

use crate::model::Cors;

/// The answer to a preflight request; `None` when the request is no preflight.
pub(super) fn preflight(cors: &Cors, request: &Request) -> Option<Response> {
    request.header("access-control-request-method").filter(|_| request.method == Method::OPTIONS)?;
    let origin = request.header("origin")?;
    let Some(allowed) = allowed_origin(cors, origin) else {
        return Some(Response::empty(204));
    };
    let mut answer = Response::empty(204).with_header("access-control-allow-origin", allowed);
    if !cors.allow_methods.is_empty() {
        answer = answer.with_header("access-control-allow-methods", cors.allow_methods.join(","));
    }
    if !cors.allow_headers.is_empty() {
        answer = answer.with_header("access-control-allow-headers", cors.allow_headers.join(","));
    }
    if let Some(seconds) = cors.max_age {
        answer = answer.with_header("access-control-max-age", seconds.to_string());
    }
    Some(with_credentials(cors, answer))
}

/// Replaces the function's CORS headers by those that the configuration gives.
pub(super) fn apply(cors: &Cors, request: &Request, mut answer: Response) -> Response {
    answer.headers.retain(|(name, _)| !name.to_ascii_lowercase().starts_with("access-control-"));
    let Some(allowed) = request.header("origin").and_then(|origin| allowed_origin(cors, origin)) else {
        return answer;
    };
    answer = answer.with_header("access-control-allow-origin", allowed);
    if !cors.expose_headers.is_empty() {
        answer = answer.with_header("access-control-expose-headers", cors.expose_headers.join(","));
    }
    with_credentials(cors, answer)
}

fn with_credentials(cors: &Cors, answer: Response) -> Response {
    if cors.allow_credentials == Some(true) {
        return answer.with_header("access-control-allow-credentials", "true");
    }
    answer
}

/// What to answer to this origin: `*` when all are allowed, itself when it is among them.
fn allowed_origin(cors: &Cors, origin: &str) -> Option<String> {
    let allowed = |pattern: &&String| match pattern.as_str() {
        "*" => true,
        "http://*" => origin.starts_with("http://"),
        "https://*" => origin.starts_with("https://"),
        exact => exact.eq_ignore_ascii_case(origin),
    };
    let pattern = cors.allow_origins.iter().find(allowed)?;
    Some(if pattern == "*" { "*".to_owned() } else { origin.to_owned() })
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    fn request(method: &str, headers: &[(&str, &str)]) -> Request {
        let builder = headers
            .iter()
            .fold(hyper::Request::builder().method(method), |builder, (name, value)| builder.header(*name, *value));
        let (parts, ()) = builder.uri("/dev/start").body(()).unwrap().into_parts();
        let source = "127.0.0.1:5000".parse().unwrap();
        let now = "2026-01-01T00:00:00Z".parse().unwrap();
        Request::new("request-1".to_owned(), parts, Bytes::new(), source, now)
    }

    fn cors(origins: &[&str]) -> Cors {
        Cors {
            allow_origins: origins.iter().map(|origin| (*origin).to_owned()).collect(),
            allow_methods: vec!["POST".to_owned(), "OPTIONS".to_owned()],
            allow_headers: vec!["content-type".to_owned()],
            max_age: Some(300),
            ..Cors::default()
        }
    }

    fn headers(answer: &Response) -> Vec<String> {
        answer.headers.iter().map(|(name, value)| format!("{name}: {value}")).collect()
    }

    #[test]
    fn a_preflight_is_answered() {
        let asked = request("OPTIONS", &[("origin", "http://a.test"), ("access-control-request-method", "POST")]);
        let answer = preflight(&cors(&["*"]), &asked).unwrap();
        assert_eq!(answer.status, 204);
        assert_eq!(
            headers(&answer),
            [
                "access-control-allow-origin: *",
                "access-control-allow-methods: POST,OPTIONS",
                "access-control-allow-headers: content-type",
                "access-control-max-age: 300"
            ]
        );
        assert_eq!(preflight(&cors(&["https://b.test"]), &asked), Some(Response::empty(204)));
        assert_eq!(preflight(&cors(&["*"]), &request("OPTIONS", &[])), None);
        assert_eq!(preflight(&cors(&["*"]), &request("POST", &[("origin", "http://a.test")])), None);
    }

    #[test]
    fn the_functions_own_headers_are_ignored() {
        let answer =
            Response::empty(200).with_header("Access-Control-Allow-Origin", "http://mine").with_header("x", "y");
        let applied = apply(&cors(&["https://*"]), &request("POST", &[("origin", "https://a.test")]), answer.clone());
        assert_eq!(headers(&applied), ["x: y", "access-control-allow-origin: https://a.test"]);
        let applied = apply(&cors(&["https://*"]), &request("POST", &[]), answer);
        assert_eq!(headers(&applied), ["x: y"]);
    }
}
