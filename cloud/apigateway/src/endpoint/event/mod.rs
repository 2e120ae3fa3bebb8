//! The event a function gets: payload format 2.0.
//!
//! Format: <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html>. With a
//! named stage, `rawPath` and `requestContext.http.path` hold the stage's name; `routeKey` does not.

pub(super) mod v1;

use std::collections::BTreeMap;

use cloud_core::Request;
use cloud_core::http_endpoint::{body, cookies, domain, headers, joined, received_at};
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

#[cfg(test)]
mod tests;
