//! An API's endpoint: from a request to the answer of a function or a service.

mod action;
mod answer;
mod cors;
mod event;
mod mapped;
mod matching;
mod served;

use std::time::Duration;

use bytes::Bytes;
use cloud_core::{FunctionReference, Request, Response};
use serde_json::json;

use crate::model::{Api, Integration, PayloadFormat, ServiceAction, function_arn};
use crate::service::{APIS, Apis};
use event::Call;
use matching::Match;
use served::Served;

/// The largest body an HTTP API takes.
const BODY_LIMIT_BYTES: usize = 10 * 1024 * 1024;

impl Apis {
    /// Answers one request to the endpoint of the API with this id. It acts in the API's account and region: the request is
    /// not signed.
    pub async fn execute(&self, api_id: &str, request: &Request) -> Response {
        let known = self.faults.at_endpoint(async { self.table.get(api_id) }).await;
        let response = match known {
            Some(api) if !api.facts.disable_execute_api_endpoint => serve(self, &api, request).await,
            // AWS's answer to its own faults.
            None if self.table.unreadable().reason(APIS, api_id).is_some() => message(500, "Internal Server Error"),
            _ => message(404, "Not Found"),
        };
        response.with_header("apigw-requestid", request.id.clone())
    }
}

fn message(status: u16, text: &str) -> Response {
    Response::json(status, &json!({ "message": text }))
}

async fn serve(apis: &Apis, api: &Api, request: &Request) -> Response {
    let Some(served) = Served::find(api, &request.path) else {
        return message(404, "Not Found");
    };
    let Some(cors) = &api.facts.cors_configuration else {
        return run_route(apis, api, &served, request).await;
    };
    match cors::preflight(cors, request) {
        Some(answer) => answer,
        None => cors::apply(cors, request, run_route(apis, api, &served, request).await),
    }
}

async fn run_route(apis: &Apis, api: &Api, served: &Served<'_>, request: &Request) -> Response {
    let routes = served.routes.values();
    let Some(found) = matching::best(routes, request.method.as_str(), &served.path) else {
        return message(404, "Not Found");
    };
    if !apis.throttle.admits(&api.facts.api_id, served.stage, &found.route.route_key, request.received_at) {
        return message(429, "Too Many Requests");
    }
    if request.body.len() > BODY_LIMIT_BYTES {
        return message(413, "Request Entity Too Large");
    }
    let Some(integration) = found.route.integration_id().and_then(|id| served.integrations.get(id)) else {
        return failed(api, request, "the route has no integration");
    };
    let call = Call {
        api,
        stage: served.stage,
        route_key: &found.route.route_key,
        path_parameters: &found.parameters,
        request,
    };
    let source_arn = source_arn(api, &served.stage.stage_name, &found, request);
    match integration.integration_subtype.as_deref().map(ServiceAction::parse) {
        None => invoke(apis, &call, integration, &source_arn).await,
        Some(Some(action)) => call_service(apis, &call, action, integration, &source_arn).await,
        Some(None) => failed(api, request, "the integration's subtype is not there"),
    }
}

/// Calls the service within the integration's time.
async fn call_service(
    apis: &Apis,
    call: &Call<'_>,
    action: ServiceAction,
    integration: &Integration,
    source_arn: &str,
) -> Response {
    let limit = Duration::from_millis(integration.timeout_in_millis);
    let called = action::run(apis, call, action, integration, source_arn);
    match apis.clock.machine().timeout(limit, called).await {
        Ok(Ok(answer)) => answer,
        Ok(Err(why)) => failed(call.api, call.request, &why),
        Err(elapsed) => unavailable(call.api, call.request, &elapsed.to_string()),
    }
}

/// Invokes the function, if its policy lets the API do so.
async fn invoke(apis: &Apis, call: &Call<'_>, integration: &Integration, source_arn: &str) -> Response {
    let api = call.api;
    let request = call.request;
    let Some(function) = function_arn(&integration.integration_uri) else {
        return failed(api, request, "the integration's URI names no function");
    };
    let function = match FunctionReference::parse(function, &api.location()) {
        Ok(function) => function,
        Err(error) => return failed(api, request, &error.to_string()),
    };
    let allowed = async { apis.functions.may_invoke(&function, "apigateway.amazonaws.com", source_arn) };
    if !apis.faults.at_endpoint(allowed).await {
        let why = format!("the policy of {} does not let {source_arn} invoke it", function.arn());
        return failed(api, request, &why);
    }
    let format = integration.payload_format();
    let event = match format {
        PayloadFormat::V1 => event::v1::event(call),
        PayloadFormat::V2 => call.event(),
    };
    let payload = Bytes::from(event.to_string());
    let limit = Duration::from_millis(integration.timeout_in_millis);
    match apis.clock.machine().timeout(limit, apis.functions.invoke(&function, payload)).await {
        Ok(Ok(invocation)) if invocation.function_error.is_none() => answer::interpret(&invocation.payload, format),
        Ok(Ok(_)) => failed(api, request, "the function failed"),
        Ok(Err(error)) if error.status == 429 => unavailable(api, request, &error.to_string()),
        Ok(Err(error)) => failed(api, request, &error.to_string()),
        Err(elapsed) => unavailable(api, request, &elapsed.to_string()),
    }
}

/// The answer to a request that the API could not serve; the client is not told why, the trace is.
fn failed(api: &Api, request: &Request, error: &str) -> Response {
    tracing::warn!(error, api = api.facts.api_id, request_id = request.id, "an API answered 500");
    message(500, "Internal Server Error")
}

/// The answer when the function is throttled or takes too long.
fn unavailable(api: &Api, request: &Request, error: &str) -> Response {
    tracing::warn!(error, api = api.facts.api_id, request_id = request.id, "an API answered 503");
    message(503, "Service Unavailable")
}

/// The ARN a function's permission is checked against: `<api>/<stage>/POST/start`, or `<api>/<stage>/$default`.
fn source_arn(api: &Api, stage: &str, found: &Match<'_>, request: &Request) -> String {
    let method = request.method.as_str();
    let route = match found.route.route_key.split_once(' ') {
        Some((_, path)) => format!("{method}{path}"),
        None => found.route.route_key.clone(),
    };
    api.location().arn("execute-api", &format!("{}/{stage}/{route}", api.facts.api_id))
}
