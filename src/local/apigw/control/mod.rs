//! The control plane: which operation a request names, and what all of them share.

mod apis;
mod deployments;
mod integrations;
mod routes;
mod stages;
mod tags;

use std::sync::Arc;

use hyper::Method;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use super::model::Api;
use crate::local::Cloud;
use crate::local::arn::ACCOUNT_ID;
use crate::local::error::ServiceError;
use crate::local::http::{Request, Response};

/// Answers one request to the control plane.
pub(crate) async fn handle(cloud: &Arc<Cloud>, request: &Request) -> Result<Response, ServiceError> {
    let segments = request.segments();
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    match segments.get(1..).unwrap_or_default() {
        ["tags", arn @ ..] => tags::handle(cloud, request, &arn.join("/")).await,
        ["apis"] => apis::handle_all(cloud, request).await,
        ["apis", id] => apis::handle_one(cloud, request, id).await,
        ["apis", id, "cors"] if request.method == Method::DELETE => apis::delete_cors(cloud, request, id).await,
        ["apis", id, "integrations"] => integrations::handle_all(cloud, request, id).await,
        ["apis", id, "integrations", integration] => integrations::handle_one(cloud, request, id, integration).await,
        ["apis", id, "routes"] => routes::handle_all(cloud, request, id).await,
        ["apis", id, "routes", route] => routes::handle_one(cloud, request, id, route).await,
        ["apis", id, "stages"] => stages::handle_all(cloud, request, id).await,
        ["apis", id, "stages", stage] => stages::handle_one(cloud, request, id, stage).await,
        ["apis", id, "deployments"] => deployments::handle_all(cloud, request, id).await,
        ["apis", id, "deployments", deployment] => deployments::handle_one(cloud, request, id, deployment).await,
        _ => Err(unknown(request)),
    }
}

fn unknown(request: &Request) -> ServiceError {
    ServiceError::not_implemented(&format!("apigateway: {} {}", request.method, request.path))
}

fn bad_request(message: impl Into<String>) -> ServiceError {
    ServiceError::bad_request("BadRequestException", message)
}

fn conflict(message: impl Into<String>) -> ServiceError {
    ServiceError::new(409, "ConflictException", message)
}

fn not_found(message: impl Into<String>) -> ServiceError {
    ServiceError::new(404, "NotFoundException", message)
}

fn no_api(id: &str) -> ServiceError {
    not_found(format!("Invalid API identifier specified {ACCOUNT_ID}:{id}"))
}

/// The API with this id in the request's region.
fn find(cloud: &Cloud, request: &Request, id: &str) -> Result<Api, ServiceError> {
    let api = cloud.apis.records.get(id).filter(|api| api.region == request.region().as_str());
    api.ok_or_else(|| no_api(id))
}

/// Changes the API with this id in the request's region.
async fn edit<R>(
    cloud: &Cloud,
    request: &Request,
    id: &str,
    change: impl FnOnce(&mut Api) -> Result<R, ServiceError>,
) -> Result<R, ServiceError> {
    let region = request.region();
    let checked = |api: &mut Api| {
        if api.region == region.as_str() { change(api) } else { Err(no_api(id)) }
    };
    cloud.apis.records.update(id, || no_api(id), checked).await
}

/// The members of a request's body, without those that say null.
fn members(request: &Request) -> Result<Map<String, Value>, ServiceError> {
    if request.body.is_empty() {
        return Ok(Map::new());
    }
    let body: Map<String, Value> =
        serde_json::from_slice(&request.body).map_err(|_| bad_request("Unable to parse the request body as JSON"))?;
    Ok(body.into_iter().filter(|(_, value)| !value.is_null()).collect())
}

/// Reads a resource from members; what a client may not set is given in `fixed` and wins.
fn read<T: DeserializeOwned>(mut members: Map<String, Value>, fixed: Value) -> Result<T, ServiceError> {
    if let Value::Object(fixed) = fixed {
        members.extend(fixed);
    }
    serde_json::from_value(Value::Object(members))
        .map_err(|error| bad_request(format!("Invalid request body: {error}")))
}

/// A resource with the members of a PATCH set; what a client may not set is given in `fixed` and wins.
fn patched<T: Serialize + DeserializeOwned>(
    current: &T,
    patch: Map<String, Value>,
    fixed: Value,
) -> Result<T, ServiceError> {
    let mut members = match serde_json::to_value(current) {
        Ok(Value::Object(members)) => members,
        _ => Map::new(),
    };
    members.extend(patch);
    read(members, fixed)
}

/// A resource that was asked for by its id.
fn one(found: Option<&impl Serialize>, missing: impl FnOnce() -> ServiceError) -> Result<Response, ServiceError> {
    Ok(Response::json(200, found.ok_or_else(missing)?))
}

/// One page of a list whose items are in the order of their keys.
fn page<K: AsRef<str>, T: Serialize>(
    request: &Request,
    items: impl IntoIterator<Item = (K, T)>,
) -> Result<Response, ServiceError> {
    let limit = match request.query_value("maxResults") {
        None => usize::MAX,
        Some(text) => {
            text.parse().ok().filter(|limit| *limit > 0).ok_or_else(|| bad_request("Invalid maxResults value"))?
        }
    };
    let after = request.query_value("nextToken");
    let follows = |key: &K| after.as_deref().is_none_or(|after| key.as_ref() > after);
    let mut left = items.into_iter().filter(|(key, _)| follows(key)).peekable();
    let (mut found, mut last) = (Vec::new(), None);
    for (key, value) in left.by_ref().take(limit) {
        found.push(item(&value));
        last = Some(key);
    }
    let mut answer = json!({ "items": found });
    if let (Some(last), Some(_)) = (last, left.peek()) {
        answer["nextToken"] = Value::from(last.as_ref());
    }
    Ok(Response::json(200, &answer))
}

/// A resource as JSON, for a list.
fn item(value: &impl Serialize) -> Value {
    serde_json::to_value(value).unwrap_or_default()
}
