//! Tests of the service through its table of operations and its endpoints.

mod accounts;
mod authorization;
mod authorizers;
mod durability;
mod endpoint;
mod functions;
mod http_proxy;
mod operations;
mod quick_create;
mod quotas;
mod server;
mod service_integrations;
mod services;
mod stage_variables;
mod stored;

use std::sync::Arc;

use bytes::Bytes;
use cloud_core::{
    Account, Clock, ClockControl, FaultInjection, Location, OperationInfo, Random, Request, Response, Routed,
    Service as _, ServiceError,
};
use cloud_store::Store;
use hyper::Method;
use serde_json::{Value, json};

use super::{Apis, Handles, INFO, OPERATIONS};
use functions::Functions;
use services::{OneRole, Services};

/// The service on a store of its own, with functions that answer what a test wants, a clock that stands still, and a seed.
#[derive(Clone)]
struct Fixture {
    store: Store,
    apis: Arc<Apis>,
    functions: Arc<Functions>,
    services: Arc<Services>,
    roles: Arc<OneRole>,
    control: ClockControl,
}

impl Fixture {
    fn new() -> Self {
        let store = Store::in_memory().unwrap();
        let (clock, control) = Clock::moved_by_hand("2026-01-02T03:04:05Z".parse().unwrap());
        let functions = Arc::new(Functions::new(clock.clone()));
        let services = Arc::new(Services::new());
        let roles = Arc::new(OneRole::default());
        let apis = open(&store, clock, 1, &functions, &services, &roles);
        Self { store, apis: Arc::new(apis), functions, services, roles, control }
    }

    /// The service as it is after a restart on the same store.
    fn reopened(&self) -> Apis {
        let (clock, _) = Clock::moved_by_hand(self.control.now());
        open(&self.store, clock, 2, &self.functions, &self.services, &self.roles)
    }

    /// Calls an operation of the control plane that must succeed; gives the answer's JSON.
    async fn call(&self, location: &Location, method: Method, path: &str, body: &Value) -> Value {
        let response = self.answer(location, method, path, body).await.unwrap();
        serde_json::from_slice(&response.body).unwrap_or_default()
    }

    /// Calls an operation of the control plane.
    async fn answer(
        &self,
        location: &Location,
        method: Method,
        path: &str,
        body: &Value,
    ) -> Result<Response, ServiceError> {
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let request = Request::internal("request-1".to_owned(), self.control.now(), location, "apigateway");
        let body = if body.is_null() { Bytes::new() } else { Bytes::from(body.to_string()) };
        let mut request = request.with_path(method, path, query, body);
        let service = Routed::new(&INFO, OPERATIONS, Arc::clone(&self.apis));
        let (operation, labels) = service.find(&request).unwrap_or_else(|| panic!("{path} is not served"));
        request.labels = labels;
        service.call(operation, &request).await
    }

    /// Makes an API with one route that leads to this integration, on the stage `dev` with these variables; its id.
    async fn api_with(&self, route_key: &str, integration: &Value, stage_variables: &Value) -> String {
        let here = Location::default();
        let api = self.call(&here, Method::POST, "/v2/apis", &json!({"name": "a", "protocolType": "HTTP"})).await;
        let id = api["apiId"].as_str().unwrap().to_owned();
        let path = format!("/v2/apis/{id}");
        let made = self.call(&here, Method::POST, &format!("{path}/integrations"), integration).await;
        let target = format!("integrations/{}", made["integrationId"].as_str().unwrap());
        let route = json!({"routeKey": route_key, "target": target});
        self.call(&here, Method::POST, &format!("{path}/routes"), &route).await;
        let stage = json!({"stageName": "dev", "autoDeploy": true, "stageVariables": stage_variables});
        self.call(&here, Method::POST, &format!("{path}/stages"), &stage).await;
        id
    }

    /// Makes the lesson's API: `POST /start` leads to the function `start` of the same location, on the stage `dev`.
    async fn lesson(&self, location: &Location) -> LessonApi {
        let api = json!({"name": "lesson", "protocolType": "HTTP", "tags": {"a": "1"}});
        let api = self.call(location, Method::POST, "/v2/apis", &api).await;
        let path = format!("/v2/apis/{}", api["apiId"].as_str().unwrap());
        let uri = location.arn("lambda", "function:start");
        let integration = json!({"integrationType": "AWS_PROXY", "payloadFormatVersion": "2.0", "integrationUri": uri});
        let integration = self.call(location, Method::POST, &format!("{path}/integrations"), &integration).await;
        let target = format!("integrations/{}", integration["integrationId"].as_str().unwrap());
        let route = json!({"routeKey": "POST /start", "target": target});
        let route = self.call(location, Method::POST, &format!("{path}/routes"), &route).await;
        let stage = json!({"stageName": "dev", "autoDeploy": true});
        self.call(location, Method::POST, &format!("{path}/stages"), &stage).await;
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        LessonApi {
            id: text(&api["apiId"]),
            integration: text(&integration["integrationId"]),
            route: text(&route["routeId"]),
        }
    }

    /// Calls the endpoint of an API, as a client without a signature does.
    async fn post(&self, api: &str, path: &str, body: &str) -> (u16, String) {
        let (parts, ()) = hyper::Request::builder()
            .method("POST")
            .uri(path)
            .header("host", format!("{api}.execute-api.localhost:4566"))
            .body(())
            .unwrap()
            .into_parts();
        let source = "127.0.0.1:5000".parse().unwrap();
        let body = Bytes::copy_from_slice(body.as_bytes());
        let request = Request::new("request-2".to_owned(), parts, body, source, self.control.now());
        let response = self.apis.execute(api, &request).await;
        (response.status, String::from_utf8(response.body.to_vec()).unwrap())
    }
}

fn open(
    store: &Store,
    clock: Clock,
    seed: u64,
    functions: &Arc<Functions>,
    services: &Arc<Services>,
    roles: &Arc<OneRole>,
) -> Apis {
    let faults = FaultInjection::new(clock.clone());
    let handles = Handles {
        store: store.clone(),
        clock,
        random: Random::from_seed(seed),
        faults,
        functions: functions.clone(),
        roles: roles.clone(),
        dispatch: services.clone(),
        endpoint_port: 4566,
    };
    Apis::open(handles).unwrap()
}

/// The ids of what [`Fixture::lesson`] makes.
struct LessonApi {
    id: String,
    integration: String,
    route: String,
}

fn location(account: &str, region: &str) -> Location {
    Location::new(Account::parse(account).unwrap(), region)
}

fn infos() -> impl Iterator<Item = OperationInfo> {
    OPERATIONS.iter().map(|operation| operation.info)
}
