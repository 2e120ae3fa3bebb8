//! An API's endpoint: from a request to a function's answer.

mod answer;
mod cors;
mod event;
mod matching;
mod stage;
mod throttle;

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use serde_json::json;

use super::model::{Api, Integration};
use crate::local::Cloud;
use crate::local::arn::{ACCOUNT_ID, Region};
use crate::local::http::{Request, Response};
use crate::local::lambda::FunctionReference;
use event::Call;
use matching::Match;
use stage::Served;

pub(super) use matching::RouteKey;
pub(super) use throttle::Throttle;

/// The largest body an HTTP API takes.
const BODY_LIMIT_BYTES: usize = 10 * 1024 * 1024;

/// Answers one request to an API's endpoint.
pub(crate) async fn execute(cloud: &Arc<Cloud>, api_id: &str, request: &Request) -> Response {
    let response = match cloud.apis.records.get(api_id) {
        Some(api) if !api.facts.disable_execute_api_endpoint => serve(cloud, &api, request).await,
        _ => message(404, "Not Found"),
    };
    response.with_header("apigw-requestid", request.id.clone())
}

fn message(status: u16, text: &str) -> Response {
    Response::json(status, &json!({ "message": text }))
}

async fn serve(cloud: &Arc<Cloud>, api: &Api, request: &Request) -> Response {
    let Some(served) = Served::find(api, &request.path) else {
        return message(404, "Not Found");
    };
    let Some(cors) = &api.facts.cors_configuration else {
        return run_route(cloud, api, &served, request).await;
    };
    match cors::preflight(cors, request) {
        Some(answer) => answer,
        None => cors::apply(cors, request, run_route(cloud, api, &served, request).await),
    }
}

async fn run_route(cloud: &Arc<Cloud>, api: &Api, served: &Served<'_>, request: &Request) -> Response {
    let routes = served.routes.values();
    let Some(found) = matching::best(routes, request.method.as_str(), &served.path) else {
        return message(404, "Not Found");
    };
    if !cloud.apis.throttle.admits(&api.facts.api_id, served.stage, &found.route.route_key, request.received_at) {
        return message(429, "Too Many Requests");
    }
    if request.body.len() > BODY_LIMIT_BYTES {
        return message(413, "Request Entity Too Large");
    }
    let integration = found.route.integration_id().and_then(|id| served.integrations.get(id));
    match integration {
        Some(integration) => invoke(cloud, api, served, &found, integration, request).await,
        None => message(500, "Internal Server Error"),
    }
}

async fn invoke(
    cloud: &Arc<Cloud>,
    api: &Api,
    served: &Served<'_>,
    found: &Match<'_>,
    integration: &Integration,
    request: &Request,
) -> Response {
    let Some(function) = function_arn(&integration.integration_uri) else {
        return message(500, "Internal Server Error");
    };
    let Ok(function) = FunctionReference::parse(function, &Region::new(&api.region)) else {
        return message(500, "Internal Server Error");
    };
    let source_arn = source_arn(api, &served.stage.stage_name, found, request);
    if !cloud.functions.may_invoke(&function, "apigateway.amazonaws.com", &source_arn) {
        return message(500, "Internal Server Error");
    }
    let call = Call {
        api_id: &api.facts.api_id,
        stage: served.stage,
        route_key: &found.route.route_key,
        path_parameters: &found.parameters,
        request,
    };
    let payload = Bytes::from(call.event().to_string());
    let limit = Duration::from_millis(integration.timeout_in_millis);
    match tokio::time::timeout(limit, cloud.functions.invoke(cloud, &function, payload)).await {
        Ok(Ok(invocation)) if invocation.function_error.is_none() => answer::interpret(&invocation.payload),
        Ok(Err(error)) if error.status == 429 => message(503, "Service Unavailable"),
        Ok(_) => message(500, "Internal Server Error"),
        Err(_elapsed) => message(503, "Service Unavailable"),
    }
}

/// The ARN a function's permission is checked against: `<api>/<stage>/POST/start`, or `<api>/<stage>/$default`.
fn source_arn(api: &Api, stage: &str, found: &Match<'_>, request: &Request) -> String {
    let method = request.method.as_str();
    let route = match found.route.route_key.split_once(' ') {
        Some((_, path)) => format!("{method}{path}"),
        None => found.route.route_key.clone(),
    };
    format!("arn:aws:execute-api:{}:{ACCOUNT_ID}:{}/{stage}/{route}", api.region, api.facts.api_id)
}

/// The function's ARN in an integration's URI, which is that ARN or an invocation path that holds it.
pub(super) fn function_arn(uri: &str) -> Option<&str> {
    let arn = match uri.split_once(":lambda:path/2015-03-31/functions/") {
        Some((_, rest)) => rest.strip_suffix("/invocations")?,
        None => uri,
    };
    let parts: Vec<&str> = arn.split(':').collect();
    match parts.as_slice() {
        ["arn", _, "lambda", _, _, "function", name, ..] if !name.is_empty() => Some(arn),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uri_names_a_function() {
        let arn = "arn:aws:lambda:us-east-1:000000000000:function:f";
        assert_eq!(function_arn(arn), Some(arn));
        let path = format!("arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{arn}/invocations");
        assert_eq!(function_arn(&path), Some(arn));
        let alias = format!("{arn}:live");
        assert_eq!(function_arn(&alias), Some(alias.as_str()));
        assert_eq!(function_arn(&path.replace("f/invocations", "f:live/invocations")), Some(alias.as_str()));
        assert_eq!(function_arn("https://example.com"), None);
        assert_eq!(function_arn("arn:aws:lambda:us-east-1:000000000000:function:"), None);
    }
}
