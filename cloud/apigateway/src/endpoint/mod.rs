//! An API's endpoint: from a request to the answer of a function or a service.

mod action;
mod answer;
mod authorization;
mod authorized;
mod changes;
mod cors;
mod event;
mod http_proxy;
mod invocation;
mod mapped;
mod matching;
mod plain_answer;
mod served;

use std::time::Duration;

use bytes::Bytes;
use cloud_core::{Request, Response};

use crate::model::{Api, Integration, PayloadFormat, ServiceAction};
use crate::service::{APIS, Apis};
use authorization::authorize;
use authorized::Authorized;
use event::Call;
use invocation::{Caller, NotInvoked};
use matching::Match;
use plain_answer::{BODY_LIMIT_BYTES, failed, message, unavailable};
use served::Served;

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
    let shown_path = event::shown_path(request);
    let mut call = Call {
        api,
        stage: served.stage,
        route_key: &found.route.route_key,
        path_parameters: &found.parameters,
        request,
        path: &served.path,
        shown_path: &shown_path,
        authorized: Authorized::Anybody,
    };
    call.authorized = match authorize(apis, &call, found.route, served.authorizers).await {
        Ok(authorized) => authorized,
        Err(refused) => return refused,
    };
    let source_arn = source_arn(api, &served.stage.stage_name, &found, request);
    match integration.integration_subtype.as_deref().map(ServiceAction::parse) {
        None => {
            let answer = match integration.is_http() {
                true => http_proxy::run(apis, &call, integration).await,
                false => invoke(apis, &call, integration, &source_arn).await,
            };
            changes::of_response(&call, integration, answer)
        }
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

/// Invokes the function with the request as the integration changes it.
async fn invoke(apis: &Apis, call: &Call<'_>, integration: &Integration, source_arn: &str) -> Response {
    let changed = changes::of_request(call, integration);
    let shown_path = changed.path.as_deref().unwrap_or(call.shown_path);
    let seen = Call { request: &changed.request, authorized: call.authorized.clone(), shown_path, ..*call };
    let format = integration.payload_format();
    let event = match format {
        PayloadFormat::V1 => event::v1::event(&seen),
        PayloadFormat::V2 => seen.event(),
    };
    let payload = Bytes::from(event.to_string());
    let limit = Duration::from_millis(integration.timeout_in_millis);
    let caller = Caller { source_arn, role: integration.credentials_arn.as_deref() };
    match invocation::invoke(apis, call, &integration.integration_uri, &caller, payload, limit).await {
        Ok(invocation) if invocation.function_error.is_none() => answer::interpret(&invocation.payload, format),
        Ok(_) => failed(call.api, call.request, "the function failed"),
        Err(why @ NotInvoked::Refused(_)) => failed(call.api, call.request, &why.to_string()),
        Err(why @ (NotInvoked::Throttled(_) | NotInvoked::Late(_))) => {
            unavailable(call.api, call.request, &why.to_string())
        }
    }
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
