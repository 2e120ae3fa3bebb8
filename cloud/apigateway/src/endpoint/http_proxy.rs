//! A route that leads to an HTTP server on this machine: the request is passed on, and the answer handed back.
//!
//! What a server gets beside the client's headers (`forwarded`, `via`) is as servers behind real HTTP APIs have seen it.

use std::time::Duration;

use cloud_core::Response;
use cloud_core::http_endpoint::trace_id;
use http_body_util::Full;
use hyper::header::HeaderValue;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::changes::{self, Changed};
use super::event::Call;
use super::plain_answer::{BODY_LIMIT_BYTES, failed, message, unavailable};
use crate::loopback::{Answer, Target, exchange, is_of_connection};
use crate::model::Integration;
use crate::model::stage_variable::filled;
use crate::service::Apis;

/// What stays as it is in the value of a path's variable.
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The same, where a variable stands for several segments.
const SEGMENTS: &AsciiSet = &UNRESERVED.remove(b'/');

/// What stays as it is in a path that a mapping gives: what is encoded already is not encoded again.
const PATH: &AsciiSet = &SEGMENTS
    .remove(b'%')
    .remove(b':')
    .remove(b'@')
    .remove(b'!')
    .remove(b'$')
    .remove(b'&')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')')
    .remove(b'*')
    .remove(b'+')
    .remove(b',')
    .remove(b';')
    .remove(b'=');

/// Passes a request on, within the integration's time.
pub(super) async fn run(apis: &Apis, call: &Call<'_>, integration: &Integration) -> Response {
    let uri = match filled(&integration.integration_uri, &call.stage.stage_variables) {
        Ok(uri) => uri,
        Err(why) => return failed(call.api, call.request, &why.to_string()),
    };
    let target = match Target::parse(&uri) {
        Ok(target) => target,
        Err(why) => return unreachable(call, &uri, &why.to_string()),
    };
    // The cloud takes a connection from its own user for that user, and whoever calls the route would be he.
    if target.port() == apis.endpoint_port {
        return failed(call.api, call.request, "the integration leads to the embedded cloud itself");
    }
    let changed = changes::of_request(call, integration);
    let path = match path(call, &target, &changed) {
        Ok(path) => path,
        Err(PathError::Dots) => return message(400, "Bad Request"),
        Err(PathError::Variable(name)) => {
            return failed(call.api, call.request, &format!("the route has no variable {name}"));
        }
    };
    let request = match request(call, integration, &target, &changed, &path) {
        Ok(request) => request,
        Err(why) => return failed(call.api, call.request, &why.to_string()),
    };
    let limit = Duration::from_millis(integration.timeout_in_millis);
    let addresses = target.addresses();
    let sent = exchange(&addresses, request, BODY_LIMIT_BYTES);
    match apis.clock.machine().timeout(limit, sent).await {
        Ok(Ok(answer)) => response(&answer),
        Ok(Err(why)) => unavailable(call.api, call.request, &why.to_string()),
        Err(elapsed) => unavailable(call.api, call.request, &elapsed.to_string()),
    }
}

/// The answer where the server is not on this machine: AWS would ask it.
fn unreachable(call: &Call<'_>, uri: &str, why: &str) -> Response {
    tracing::warn!(uri, why, api = call.api.facts.api_id, request_id = call.request.id, "an API answered 501");
    message(501, &format!("The embedded cloud does not reach {uri}: {why}."))
}

/// Why there is no path to ask for.
#[derive(Debug, PartialEq, Eq)]
enum PathError {
    /// A segment of it is `.` or `..`: what the client gives must not lead out of where the integration leads.
    Dots,
    /// The route has no such variable.
    Variable(String),
}

/// The path and the query to ask for.
fn path(call: &Call<'_>, target: &Target, changed: &Changed) -> Result<String, PathError> {
    let path = match &changed.path {
        None => with_variables(&target.path, call)?,
        Some(path) => {
            check_dots(path)?;
            let slash = if path.starts_with('/') { "" } else { "/" };
            format!("{slash}{}", utf8_percent_encode(path, PATH))
        }
    };
    let query = &changed.request.raw_query;
    Ok(match (query.is_empty(), path.contains('?')) {
        (true, _) => path,
        (false, true) => format!("{path}&{query}"),
        (false, false) => format!("{path}?{query}"),
    })
}

/// The integration's path with the values of the route's variables.
fn with_variables(template: &str, call: &Call<'_>) -> Result<String, PathError> {
    let mut path = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, left) = after.split_once('}').ok_or_else(|| PathError::Variable(after.to_owned()))?;
        let value = call.path_parameters.get(name).ok_or_else(|| PathError::Variable(name.to_owned()))?;
        check_dots(value)?;
        path.push_str(before);
        let is_greedy = call.route_key.contains(&format!("{{{name}+}}")) && !path.contains('?');
        path.extend(utf8_percent_encode(value, if is_greedy { SEGMENTS } else { UNRESERVED }));
        rest = left;
    }
    path.push_str(rest);
    Ok(path)
}

fn check_dots(path: &str) -> Result<(), PathError> {
    let decoded = percent_encoding::percent_decode_str(path).decode_utf8_lossy();
    let has_dots = decoded.split(['/', '\\']).any(|segment| segment == "." || segment == "..");
    if has_dots { Err(PathError::Dots) } else { Ok(()) }
}

fn request(
    call: &Call<'_>,
    integration: &Integration,
    target: &Target,
    changed: &Changed,
    path: &str,
) -> Result<hyper::Request<Full<bytes::Bytes>>, hyper::http::Error> {
    let given = call.request;
    let method = match integration.integration_method.as_deref() {
        None | Some("ANY") => given.method.as_str(),
        Some(method) => method,
    };
    let mut request = hyper::Request::builder().method(method).uri(path).body(Full::new(given.body.clone()))?;
    let headers = request.headers_mut();
    for (name, value) in &changed.request.headers {
        let is_own =
            is_of_connection(name.as_str(), &changed.request.headers) || name == "content-length" || name == "expect";
        if !is_own {
            headers.append(name, value.clone());
        }
    }
    let host = given.headers.get("host");
    let is_kept = headers.get("host").is_none_or(|sent| Some(sent) == host);
    if is_kept {
        headers.insert("host", HeaderValue::try_from(target.authority.as_str())?);
    }
    let host = host.and_then(|host| host.to_str().ok()).unwrap_or_default();
    let forwarded = format!("for={};host={host};proto=http", given.source.ip());
    headers.insert("forwarded", HeaderValue::try_from(forwarded)?);
    headers.insert("via", HeaderValue::from_static("HTTP/1.1 AmazonAPIGateway"));
    if !headers.contains_key("x-amzn-trace-id") {
        headers.insert("x-amzn-trace-id", HeaderValue::try_from(trace_id(given))?);
    }
    Ok(request)
}

/// The server's answer without what was about its connection.
fn response(answer: &Answer) -> Response {
    let mut response = Response::empty(answer.status.as_u16());
    for (name, value) in &answer.headers {
        if !is_of_connection(name.as_str(), &answer.headers) && name != "content-length" {
            response = response.with_header(name.as_str(), String::from_utf8_lossy(value.as_bytes()));
        }
    }
    response.body = answer.body.clone();
    response
}
