//! CORS as a function URL answers it itself: preflight requests, and the headers on every other answer.
//!
//! Where the function's headers say otherwise, the configured ones hold
//! (<https://docs.aws.amazon.com/lambda/latest/dg/urls-configuration.html#urls-cors>).

use cloud_core::{Request, Response};
use hyper::Method;

use crate::model::UrlCors;

/// The answer to a preflight request; none when the request is no preflight.
pub(super) fn preflight(cors: &UrlCors, request: &Request) -> Option<Response> {
    request.header("access-control-request-method").filter(|_| request.method == Method::OPTIONS)?;
    request.header("origin")?;
    let mut answer = Response::new(200, "application/json", "");
    let lists =
        [("access-control-allow-methods", &cors.allow_methods), ("access-control-allow-headers", &cors.allow_headers)];
    if let Some(origin) = allowed_origin(cors, request) {
        answer = with_origin(cors, answer, origin);
        for (name, list) in lists {
            if let Some(list) = list.as_ref().filter(|list| !list.is_empty()) {
                answer = answer.with_header(name, list.join(","));
            }
        }
        if let Some(seconds) = cors.max_age {
            answer = answer.with_header("access-control-max-age", seconds.to_string());
        }
    }
    Some(answer)
}

/// Adds the headers that the configuration gives to an answer.
pub(super) fn apply(cors: &UrlCors, request: &Request, answer: Response) -> Response {
    let Some(origin) = allowed_origin(cors, request) else { return answer };
    let mut answer = with_origin(cors, answer, origin);
    if let Some(list) = cors.expose_headers.as_ref().filter(|list| !list.is_empty()) {
        answer = replace(answer, "access-control-expose-headers", list.join(","));
    }
    answer
}

fn with_origin(cors: &UrlCors, answer: Response, origin: String) -> Response {
    let is_any = origin == "*";
    let mut answer = replace(answer, "access-control-allow-origin", origin);
    if !is_any {
        answer = answer.with_header("vary", "Origin");
    }
    match cors.allow_credentials {
        Some(true) => replace(answer, "access-control-allow-credentials", "true".to_owned()),
        _ => answer,
    }
}

/// Sets a header in place of the one that the function gave.
fn replace(mut answer: Response, name: &str, value: String) -> Response {
    answer.headers.retain(|(given, _)| !given.eq_ignore_ascii_case(name));
    answer.with_header(name, value)
}

/// What to answer to the request's origin: `*` when all are allowed, itself when it is among them.
fn allowed_origin(cors: &UrlCors, request: &Request) -> Option<String> {
    let origin = request.header("origin")?;
    let origins = cors.allow_origins.as_deref().unwrap_or_default();
    let pattern = origins.iter().find(|allowed| *allowed == "*" || allowed.eq_ignore_ascii_case(origin))?;
    Some(if pattern == "*" { "*".to_owned() } else { origin.to_owned() })
}
