//! The event a function gets: payload format 2.0.
//!
//! Format: <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html>. With a
//! named stage, `rawPath` and `requestContext.http.path` hold the stage's name; `routeKey` does not.

pub(super) mod v1;

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cloud_core::Request;
use serde_json::{Map, Value, json};

use super::authorized::Authorized;
use crate::model::{Api, Stage};

/// A request that found its route.
pub(super) struct Call<'a> {
    pub(super) api: &'a Api,
    pub(super) stage: &'a Stage,
    pub(super) route_key: &'a str,
    pub(super) path_parameters: &'a BTreeMap<String, String>,
    pub(super) request: &'a Request,
    /// The request's path without the stage's name.
    pub(super) path: &'a str,
    /// Who calls, once the route has asked.
    pub(super) authorized: Authorized,
}

impl Call<'_> {
    /// The ARN that authorizers and policies know the request by: `<api>/<stage>/POST/start`, with its own path.
    pub(super) fn route_arn(&self) -> String {
        let id = &self.api.facts.api_id;
        let resource = format!("{id}/{}/{}{}", self.stage.stage_name, self.request.method, self.path);
        self.api.location().arn("execute-api", &resource)
    }

    /// The event.
    pub(super) fn event(&self) -> Value {
        let request = self.request;
        let mut event = Map::new();
        let mut put = |name: &str, value: Value| drop(event.insert(name.to_owned(), value));
        put("version", Value::from("2.0"));
        put("routeKey", Value::from(self.route_key));
        put("rawPath", Value::from(request.path.clone()));
        put("rawQueryString", Value::from(request.raw_query.clone()));
        let cookies = cookies(request);
        if !cookies.is_empty() {
            put("cookies", Value::from(cookies));
        }
        put("headers", headers(request));
        let query = joined(request.query());
        if !query.is_empty() {
            put("queryStringParameters", json!(query));
        }
        put("requestContext", self.context());
        if !self.path_parameters.is_empty() {
            put("pathParameters", json!(self.path_parameters));
        }
        if !self.stage.stage_variables.is_empty() {
            put("stageVariables", json!(self.stage.stage_variables));
        }
        let (body, is_base64_encoded) = body(request);
        if let Some(body) = body {
            put("body", Value::from(body));
        }
        put("isBase64Encoded", Value::from(is_base64_encoded));
        Value::Object(event)
    }

    /// What is known of the request beside itself.
    pub(super) fn context(&self) -> Value {
        let request = self.request;
        let domain = domain(request);
        let mut context = json!({
            "accountId": self.api.account.as_str(),
            "apiId": self.api.facts.api_id,
            "domainName": domain,
            "domainPrefix": domain.split('.').next().unwrap_or_default(),
            "http": {
                "method": request.method.as_str(),
                "path": request.path,
                "protocol": "HTTP/1.1",
                "sourceIp": request.source.ip().to_string(),
                "userAgent": request.header("user-agent").unwrap_or_default(),
            },
            "requestId": request.id,
            "routeKey": self.route_key,
            "stage": self.stage.stage_name,
            "time": received_at(request),
            "timeEpoch": request.received_at.as_millisecond(),
        });
        if let Some(authorizer) = self.authorized.in_format_two() {
            context["authorizer"] = authorizer;
        }
        context
    }
}

/// When the request came, as the common log format writes it.
fn received_at(request: &Request) -> String {
    request.received_at.strftime("%d/%b/%Y:%H:%M:%S +0000").to_string()
}

/// The host's name, without its port.
fn domain(request: &Request) -> &str {
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

/// The headers in lower case, without what belongs to the connection only, and with those that API Gateway adds.
fn given_headers(request: &Request) -> Vec<(String, String)> {
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
pub(super) fn trace_id(request: &Request) -> String {
    let digits: String = request.id.chars().filter(|letter| *letter != '-').take(24).collect();
    format!("Root=1-{:08x}-{digits}", request.received_at.as_second())
}

/// The body as text, or in Base64 when its content type says that it is no text; absent when it is empty.
fn body(request: &Request) -> (Option<String>, bool) {
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

/// Whether HTTP APIs hand a body of this type over as text: `text/*`, JSON, XML and JavaScript. A form is not among them.
fn is_text(content_type: Option<&str>) -> bool {
    let Some(content_type) = content_type else {
        return true;
    };
    let kind = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let known = ["application/json", "application/javascript", "application/xml"];
    kind.starts_with("text/") || known.contains(&kind.as_str()) || kind.ends_with("+json") || kind.ends_with("+xml")
}

#[cfg(test)]
mod tests;
