//! What of an HTTP request a function's event has, in the payload formats that HTTP APIs and function URLs share.
//!
//! Format: <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html>.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::wire::Request;

/// When the request came, as the common log format writes it.
#[must_use]
pub fn received_at(request: &Request) -> String {
    request.received_at.strftime("%d/%b/%Y:%H:%M:%S +0000").to_string()
}

/// The host's name, without its port.
#[must_use]
pub fn domain(request: &Request) -> &str {
    request.header("host").unwrap_or_default().split(':').next().unwrap_or_default()
}

/// Values of the same name joined by commas, in the order in which they came.
#[must_use]
pub fn joined(pairs: Vec<(String, String)>) -> BTreeMap<String, String> {
    let mut all: BTreeMap<String, String> = BTreeMap::new();
    for (name, value) in pairs {
        match all.get_mut(&name) {
            Some(values) => {
                values.push(',');
                values.push_str(&value);
            }
            None => drop(all.insert(name, value)),
        }
    }
    all
}

/// The cookies, one by one.
#[must_use]
pub fn cookies(request: &Request) -> Vec<String> {
    let values = request.headers.get_all("cookie").iter();
    let cookies = values.flat_map(|value| {
        String::from_utf8_lossy(value.as_bytes()).split(';').map(|cookie| cookie.trim().to_owned()).collect::<Vec<_>>()
    });
    cookies.filter(|cookie| !cookie.is_empty()).collect()
}

/// The headers, without the cookies: they have their own member.
#[must_use]
pub fn headers(request: &Request) -> Value {
    let mut given = given_headers(request);
    given.retain(|(name, _)| name != "cookie");
    json!(joined(given))
}

/// The headers in lower case, without what belongs to the connection only, and with those that AWS adds.
#[must_use]
pub fn given_headers(request: &Request) -> Vec<(String, String)> {
    let own = ["connection", "keep-alive", "transfer-encoding", "upgrade"];
    let given = request.headers.iter().filter(|(name, _)| !own.contains(&name.as_str()));
    let mut headers: Vec<(String, String)> = given
        .map(|(name, value)| (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
        .collect();
    let host = request.header("host").unwrap_or_default();
    let port = host.rsplit_once(':').map_or("80", |(_, port)| port);
    let add = [
        ("content-length", request.body.len().to_string()),
        ("x-amzn-trace-id", trace_id(request)),
        ("x-forwarded-for", request.source.ip().to_string()),
        ("x-forwarded-port", port.to_owned()),
        ("x-forwarded-proto", "http".to_owned()),
    ];
    for (name, value) in add {
        if !headers.iter().any(|(given, _)| given == name) {
            headers.push((name.to_owned(), value));
        }
    }
    headers
}

/// `Root=1-<seconds in hex>-<24 hex digits>`.
pub fn trace_id(request: &Request) -> String {
    let digits: String = request.id.chars().filter(|letter| *letter != '-').take(24).collect();
    format!("Root=1-{:08x}-{digits}", request.received_at.as_second())
}

/// The body as text, or in Base64 when its content type says that it is no text; absent when it is empty.
#[must_use]
pub fn body(request: &Request) -> (Option<String>, bool) {
    if request.body.is_empty() {
        return (None, false);
    }
    if is_text(request.header("content-type"))
        && let Ok(text) = std::str::from_utf8(&request.body)
    {
        return (Some(text.to_owned()), false);
    }
    (Some(STANDARD.encode(&request.body)), true)
}

/// Whether a body of this type is handed over as text: `text/*`, JSON, XML and JavaScript. A form is not among them.
fn is_text(content_type: Option<&str>) -> bool {
    let Some(content_type) = content_type else {
        return true;
    };
    let kind = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let known = ["application/json", "application/javascript", "application/xml"];
    kind.starts_with("text/") || known.contains(&kind.as_str()) || kind.ends_with("+json") || kind.ends_with("+xml")
}
