//! Events `http` and `httpApi`: routes of the HTTP API.

use crate::names::Key;
use crate::serverless::reading::report::Report;
use crate::serverless::reading::section::{Ineffective, Located, Refusal, Section, mismatch, none_of};
use crate::serverless::reading::tree::{Content, Member, Node, Origin};
use crate::service::{METHODS, PayloadFormat, Route};

use super::cors::{self, HttpApi};

const CLOSED: &str = "The endpoint would be open to everybody: check the caller in the function, then take it out.";

const REST_REFUSED: &[Refusal] = &[
    Refusal { key: "authorizer", why: "`workshop` makes no authorizers.", hint: CLOSED },
    Refusal { key: "connectionId", why: "an HTTP API calls the function itself.", hint: "Take it out." },
    Refusal { key: "connectionType", why: "an HTTP API calls the function itself.", hint: "Take it out." },
    Refusal {
        key: "timeoutInMillis",
        why: "an HTTP API waits for 30 seconds.",
        hint: "Set the function's `timeout`, and take it out.",
    },
];

const REST_INEFFECTIVE: &[Ineffective] = &[
    Ineffective {
        key: "response",
        why: "the function makes the whole answer, as with the integration `lambda-proxy`.",
    },
    Ineffective { key: "documentation", why: "nothing is documented from it." },
    Ineffective { key: "operationId", why: "nothing is documented from it." },
    Ineffective { key: "openapi", why: "nothing is documented from it." },
    Ineffective { key: "summary", why: "nothing is documented from it." },
    Ineffective { key: "description", why: "nothing is documented from it." },
];

const HTTP_REFUSED: &[Refusal] =
    &[Refusal { key: "authorizer", why: "`workshop` makes no authorizers.", hint: CLOSED }];

/// Method and path as they are written.
struct Endpoint {
    method: Located<String>,
    path: Located<String>,
}

/// An event `http`: a route that hands over requests as a REST API does.
pub(super) fn rest(event: &Member, function: &Key, path: &str, report: &mut Report) -> Option<Route> {
    let mut section = match &event.value.content {
        Content::Scalar(_) => {
            let endpoint = without_last_slash(short(&event.value, path, report)?);
            return route(&endpoint, function, PayloadFormat::V1, &event.at, report);
        }
        _ => Section::of(&event.value, path, report)?,
    };
    let method = section.text("method", report);
    let written = section.text("path", report);
    let cors_method = method.as_ref().map(|method| method.value.to_ascii_uppercase()).unwrap_or_default();
    let cors = cors::of_http(&mut section, &cors_method, report);
    switch(&mut section, "private", "the HTTP API has no API keys.", CLOSED, report);
    let when_async = "the HTTP API waits for the function's answer.";
    switch(&mut section, "async", when_async, "Start a state machine from the function, and take it out.", report);
    integration(&mut section, report);
    request(&mut section, report);
    section.refuse(REST_REFUSED, report);
    section.note(REST_INEFFECTIVE, report);
    missing(&section, "method", method.is_none(), report);
    missing(&section, "path", written.is_none(), report);
    section.finish(report);
    let endpoint = without_last_slash(Endpoint { method: method?, path: written? });
    let route = route(&endpoint, function, PayloadFormat::V1, &event.at, report)?;
    Some(Route { cors, ..route })
}

/// An event `httpApi`: `*` is every request that no other route takes.
pub(super) fn http(event: &Member, function: &Key, path: &str, api: &HttpApi, report: &mut Report) -> Vec<Route> {
    let endpoint = match &event.value.content {
        Content::Scalar(_) => short(&event.value, path, report),
        _ => http_section(event, path, report),
    };
    let Some(Endpoint { method, path }) = endpoint else { return Vec::new() };
    let at = &event.at;
    let located = |value: &str| Located { value: value.to_owned(), at: method.at.clone() };
    let route_of = |path: &str, report: &mut Report| {
        let endpoint = Endpoint { method: method.clone(), path: located(path) };
        let route = route(&endpoint, function, api.payload_format, at, report)?;
        Some(Route { cors: api.cors.clone(), ..route })
    };
    let paths = if path.value == "*" { vec!["/", "/{proxy+}"] } else { vec![path.value.as_str()] };
    if path.value == "*" {
        let message = "`*` becomes two routes, `ANY /` and `ANY /{proxy+}`: the request names one of them as its `routeKey`, not `$default`.";
        report.note(at, message);
    }
    paths.into_iter().filter_map(|path| route_of(path, report)).collect()
}

fn http_section(event: &Member, path: &str, report: &mut Report) -> Option<Endpoint> {
    let mut section = Section::of(&event.value, path, report)?;
    let written = section.text("path", report);
    let method = section.text("method", report);
    let has_method = section.take("method").is_some();
    section.refuse(HTTP_REFUSED, report);
    missing(&section, "path", written.is_none(), report);
    section.finish(report);
    let written = written?;
    let any = Located { value: "*".to_owned(), at: written.at.clone() };
    let method = if has_method { method? } else { any };
    if written.value == "*" && method.value != "*" {
        report.error(
            &written.at,
            "The path `*` goes with every method only.",
            "Write `httpApi: '*'`, or a path that begins with `/`.",
        );
        return None;
    }
    Some(Endpoint { method, path: written })
}

/// The resources of a REST API are the segments of a path, so that a slash at its end says nothing.
fn without_last_slash(endpoint: Endpoint) -> Endpoint {
    let Endpoint { method, path } = endpoint;
    let value = path.value.trim_end_matches('/').to_owned();
    Endpoint { method, path: Located { value, at: path.at } }
}

/// `POST /start`, `POST start`, or `*`.
fn short(node: &Node, path: &str, report: &mut Report) -> Option<Endpoint> {
    let Some(text) = node.as_text() else {
        mismatch(node, path, "a method and a path such as `POST /start`, or an object", report);
        return None;
    };
    let located = |value: &str| Located { value: value.to_owned(), at: node.at.clone() };
    let mut words = text.split_whitespace();
    match (words.next(), words.next(), words.next()) {
        (Some("*"), None, _) => Some(Endpoint { method: located("*"), path: located("*") }),
        (Some(method), Some(path), None) => Some(Endpoint { method: located(method), path: located(path) }),
        _ => {
            let hint = "Write a method and a path: `POST /start`.";
            report.error(&node.at, format!("`{text}` is no method and path."), hint);
            None
        }
    }
}

fn route(
    endpoint: &Endpoint,
    function: &Key,
    payload_format: PayloadFormat,
    at: &Origin,
    report: &mut Report,
) -> Option<Route> {
    let method = match endpoint.method.value.to_ascii_uppercase().as_str() {
        "*" => "ANY".to_owned(),
        method => method.to_owned(),
    };
    if !METHODS.contains(&method.as_str()) {
        none_of(&endpoint.method, "method", &METHODS, report);
        return None;
    }
    let path = format!("/{}", endpoint.path.value.trim_start_matches('/'));
    if path.contains(char::is_whitespace) || path.contains('*') || !has_whole_parameters(&path) {
        let message = format!("`{}` can't be the path of a route.", endpoint.path.value);
        let hint =
            "Write segments between slashes; `{id}` stands for one, and `{proxy+}` at the end for all that follow.";
        report.error(&endpoint.path.at, message, hint);
        return None;
    }
    Some(Route { at: at.place(), method, path, function: function.clone(), payload_format, cors: None })
}

/// Whether every `{...}` of a path is a whole segment, and `{...+}` the last.
fn has_whole_parameters(path: &str) -> bool {
    let segments: Vec<&str> = path.split('/').collect();
    let named = |name: &str| !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "._-".contains(c));
    segments.iter().enumerate().all(|(index, segment)| {
        match segment.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
            None => !segment.contains(['{', '}']),
            Some(name) => match name.strip_suffix('+') {
                None => named(name),
                Some(name) => named(name) && index + 1 == segments.len(),
            },
        }
    })
}

fn missing(section: &Section<'_>, key: &str, is_missing: bool, report: &mut Report) {
    let is_there = section.members().iter().any(|member| member.key == key && !member.value.is_null());
    if is_missing && !is_there {
        let example = if key == "path" { "start" } else { "post" };
        report.error(
            section.at,
            format!("`{}` is missing.", section.path(key)),
            format!("Add it: `{key}: {example}`."),
        );
    }
}

/// A key that may be there as long as it says no.
fn switch(section: &mut Section<'_>, key: &'static str, why: &str, hint: &str, report: &mut Report) {
    let at = section.take(key).map(|member| member.at.clone());
    if let (Some(true), Some(at)) = (section.flag(key, report), at) {
        report.error(&at, format!("`{}` can't be honoured: {why}", section.path(key)), hint);
    }
}

/// Only `lambda-proxy`, the default, hands on whole requests and answers.
fn integration(section: &mut Section<'_>, report: &mut Report) {
    let Some(written) = section.text("integration", report) else { return };
    let name = written.value.to_ascii_uppercase().replace('-', "_");
    if !["LAMBDA_PROXY", "AWS_PROXY"].contains(&name.as_str()) {
        let message =
            format!("The integration `{}` can't be honoured: an HTTP API hands on whole requests.", written.value);
        let hint = "Take it out, read the request's `body` in the function, and answer with `statusCode` and `body`.";
        report.error(&written.at, message, hint);
    }
}

/// `request`: what it lets through is checked by nobody here, so only what checks nothing may stand there.
fn request(section: &mut Section<'_>, report: &mut Report) {
    let Some(mut request) = section.section("request", report) else { return };
    let path = request.path("parameters");
    if let Some(parameters) = request.take("parameters") {
        let Content::Table(kinds) = &parameters.value.content else {
            mismatch(&parameters.value, &path, "an object", report);
            return;
        };
        for kind in kinds {
            if kind.key == "paths" {
                report.note(&kind.at, format!("`{path}.paths` has no effect: a path always has its parameters."));
            } else {
                let message = format!("`{path}.{}` can't be honoured: an HTTP API checks no requests.", kind.key);
                report.error(&kind.at, message, "Check it in the function, and take it out.");
            }
        }
    }
    let unchecked = "Check the body in the function, and take it out.";
    let whole = "Take it out: the function gets the whole request.";
    request.refuse(
        &[
            Refusal { key: "schema", why: "an HTTP API checks no requests.", hint: unchecked },
            Refusal { key: "schemas", why: "an HTTP API checks no requests.", hint: unchecked },
            Refusal { key: "template", why: "an HTTP API changes no requests.", hint: whole },
            Refusal { key: "passThrough", why: "an HTTP API changes no requests.", hint: whole },
            Refusal { key: "contentHandling", why: "an HTTP API changes no requests.", hint: whole },
            Refusal { key: "uri", why: "an HTTP API calls the function.", hint: whole },
            Refusal { key: "method", why: "an HTTP API calls the function.", hint: whole },
        ],
        report,
    );
    request.finish(report);
}
