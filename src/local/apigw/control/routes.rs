//! The operations on routes.

use hyper::Method;
use serde_json::json;

use super::{bad_request, conflict, edit, find, members, not_found, one, page, patched, read, unknown};
use crate::local::Cloud;
use crate::local::apigw::endpoint::RouteKey;
use crate::local::apigw::model::{Api, Route, new_id};
use crate::local::error::ServiceError;
use crate::local::http::{Request, Response};

fn missing(id: &str) -> ServiceError {
    not_found(format!("Invalid Route identifier specified {id}"))
}

pub(super) async fn handle_all(cloud: &Cloud, request: &Request, api: &str) -> Result<Response, ServiceError> {
    match request.method {
        Method::POST => create(cloud, request, api).await,
        Method::GET => page(request, &find(cloud, request, api)?.routes),
        _ => Err(unknown(request)),
    }
}

pub(super) async fn handle_one(
    cloud: &Cloud,
    request: &Request,
    api: &str,
    id: &str,
) -> Result<Response, ServiceError> {
    match request.method {
        Method::GET => one(find(cloud, request, api)?.routes.get(id), || missing(id)),
        Method::PATCH => update(cloud, request, api, id).await,
        Method::DELETE => {
            edit(cloud, request, api, |api| {
                api.routes.remove(id).ok_or_else(|| missing(id))?;
                api.deploy_automatically(request.received_at);
                Ok(Response::empty(204))
            })
            .await
        }
        _ => Err(unknown(request)),
    }
}

/// Checks a route against the rest of its API.
fn check(api: &Api, route: &Route) -> Result<(), ServiceError> {
    if RouteKey::parse(&route.route_key).is_none() {
        return Err(bad_request(
            "The provided route key is not formatted properly for HTTP protocol. Format should be \"<HTTP METHOD> /<RESOURCE PATH>\" or \"$default\"",
        ));
    }
    if route.authorization_type != "NONE" || route.api_key_required {
        let what = format!("apigateway: routes with authorization {}", route.authorization_type);
        return Err(ServiceError::not_implemented(&what));
    }
    if api.routes.values().any(|other| other.route_key == route.route_key && other.route_id != route.route_id) {
        return Err(conflict(format!("Route with key {} already exists for this API", route.route_key)));
    }
    if route.target.is_none() {
        return Ok(());
    }
    let Some(id) = route.integration_id() else {
        return Err(bad_request("Invalid target specified. Format should be \"integrations/<INTEGRATION_ID>\""));
    };
    if api.integrations.contains_key(id) {
        return Ok(());
    }
    Err(not_found(format!("Invalid Integration identifier specified {id}")))
}

async fn create(cloud: &Cloud, request: &Request, api: &str) -> Result<Response, ServiceError> {
    let route: Route = read(members(request)?, json!({ "routeId": new_id(7) }))?;
    edit(cloud, request, api, |api| {
        check(api, &route)?;
        let answer = Response::json(201, &route);
        api.routes.insert(route.route_id.clone(), route);
        api.deploy_automatically(request.received_at);
        Ok(answer)
    })
    .await
}

async fn update(cloud: &Cloud, request: &Request, api: &str, id: &str) -> Result<Response, ServiceError> {
    let members = members(request)?;
    edit(cloud, request, api, |api| {
        let current = api.routes.get(id).ok_or_else(|| missing(id))?;
        let route = patched(current, members, json!({ "routeId": id }))?;
        check(api, &route)?;
        let answer = Response::json(200, &route);
        api.routes.insert(id.to_owned(), route);
        api.deploy_automatically(request.received_at);
        Ok(answer)
    })
    .await
}
