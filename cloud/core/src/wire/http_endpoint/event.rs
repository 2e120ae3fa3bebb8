//! What of an HTTP request a function's event has, in the payload formats that HTTP APIs and function URLs share.
//!
//! Format: <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html>.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use crate::wire::Request;

/// The endpoint and the route that a request came to.
#[derive(Debug, Clone, Copy)]
pub struct CalledRoute<'a> {
    /// The account, as events name it.
    pub account_id: &'a str,
    /// The id of the API, or of the URL.
    pub api_id: &'a str,
    /// Such as `POST /start`, or `$default`.
    pub route_key: &'a str,
    /// The stage, or `$default`.
    pub stage: &'a str,
    /// The request's path as the endpoint gives it to functions: function URLs leave it percent-encoded, HTTP APIs decode it.
    pub path: &'a str,
}

/// An event of payload format 2.0. `context` is its `requestContext`; `further` are members that only some endpoints have.
#[must_use]
pub fn event(request: &Request, route: CalledRoute<'_>, context: Value, further: Vec<(&str, Value)>) -> Value {
    let mut event = Map::new();
    let mut put = |name: &str, value: Value| drop(event.insert(name.to_owned(), value));
    put("version", json!("2.0"));
    put("routeKey", json!(route.route_key));
    put("rawPath", json!(route.path));
    put("rawQueryString", json!(request.raw_query));
    let cookies = cookies(request);
    if !cookies.is_empty() {
        put("cookies", json!(cookies));
    }
    put("headers", headers(request));
    let query = joined(request.query());
    if !query.is_empty() {
        put("queryStringParameters", json!(query));
    }
    put("requestContext", context);
    further.into_iter().for_each(|(name, value)| put(name, value));
    let (body, is_base64_encoded) = body(request);
    if let Some(body) = body {
        put("body", json!(body));
    }
    put("isBase64Encoded", json!(is_base64_encoded));
    Value::Object(event)
}

/// What is known of a request beside itself: `requestContext` of format 2.0, with its `authorizer` where there is one.
#[must_use]
pub fn context(request: &Request, route: CalledRoute<'_>, authorizer: Option<Value>) -> Value {
    let domain = domain(request);
    let mut context = json!({
        "accountId": route.account_id,
        "apiId": route.api_id,
        "domainName": domain,
        "domainPrefix": domain.split('.').next().unwrap_or_default(),
        "http": {
            "method": request.method.as_str(),
            "path": route.path,
            "protocol": "HTTP/1.1",
            "sourceIp": request.source.ip().to_string(),
            "userAgent": request.header("user-agent").unwrap_or_default(),
        },
        "requestId": request.id,
        "routeKey": route.route_key,
        "stage": route.stage,
        "time": received_at(request),
        "timeEpoch": request.received_at.as_millisecond(),
    });
    if let Some(authorizer) = authorizer {
        context["authorizer"] = authorizer;
    }
    context
}

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
fn joined(pairs: Vec<(String, String)>) -> BTreeMap<String, String> {
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
fn cookies(request: &Request) -> Vec<String> {
    let values = request.headers.get_all("cookie").iter();
    let cookies = values.flat_map(|value| {
        String::from_utf8_lossy(value.as_bytes()).split(';').map(|cookie| cookie.trim().to_owned()).collect::<Vec<_>>()
    });
    cookies.filter(|cookie| !cookie.is_empty()).collect()
}

/// The headers, without the cookies: they have their own member.
fn headers(request: &Request) -> Value {
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
