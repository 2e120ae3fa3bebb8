//! The operations on routes.

use cloud_core::{Request, Response, ServiceError};
use serde_json::{Map, Value, json};

use super::members::{members, patched, read};
use super::output::{one, page};
use crate::errors::{bad_request, conflict, limit_reached, not_found};
use crate::model::{Api, AuthorizerType, Route, RouteKey, new_id};
use crate::service::Apis;

/// The most routes of an API
/// ([quotas](https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html)).
const ROUTES_LIMIT: usize = 300;

fn missing(id: &str) -> ServiceError {
    not_found(format!("Invalid Route identifier specified {id}"))
}

/// Checks a route against the rest of its API.
pub(super) fn check(api: &Api, route: &Route) -> Result<(), ServiceError> {
    if RouteKey::parse(&route.route_key).is_none() {
        return Err(bad_request(
            "The provided route key is not formatted properly for HTTP protocol. Format should be \"<HTTP METHOD> /<RESOURCE PATH>\" or \"$default\"",
        ));
    }
    if route.api_key_required {
        return Err(ServiceError::not_implemented("apigateway: routes that need an API key"));
    }
    check_authorization(api, route)?;
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

/// The type of authorization, and the authorizer that it needs.
fn check_authorization(api: &Api, route: &Route) -> Result<(), ServiceError> {
    let kind = route.authorization_type.as_str();
    let needed = match kind {
        "JWT" => Some(AuthorizerType::Jwt),
        "CUSTOM" => Some(AuthorizerType::Request),
        // `NONE` or `AWS_IAM`: the API's model knows no others.
        _ => None,
    };
    let named = route.authorizer_id.as_deref().and_then(|id| api.authorizers.get(id));
    if let Some(needed) = needed
        && named.is_none_or(|authorizer| authorizer.authorizer_type != needed)
    {
        let a = if needed == AuthorizerType::Jwt { "a valid JWT" } else { "a valid" };
        return Err(bad_request(format!(
            "Invalid authorizer ID specified. Setting the authorization type to {kind} requires {a} authorizer."
        )));
    }
    if needed.is_none() && route.authorizer_id.is_some() {
        return Err(bad_request(format!("An authorizer can't be set with the authorization type {kind}")));
    }
    if needed != Some(AuthorizerType::Jwt) && !route.authorization_scopes.is_empty() {
        return Err(bad_request("Authorization scopes are only supported with the authorization type JWT"));
    }
    Ok(())
}

/// Forgets the authorizer and the scopes of a route whose new type of authorization has none, unless they are given with it.
fn without_authorizer(current: &Route, members: &Map<String, Value>) -> Route {
    let mut current = current.clone();
    let Some(kind) = members.get("authorizationType") else { return current };
    if kind != "JWT" && kind != "CUSTOM" {
        current.authorizer_id = None;
    }
    if kind != "JWT" {
        current.authorization_scopes.clear();
    }
    current
}

pub(crate) async fn create(apis: &Apis, request: &Request) -> Result<Response, ServiceError> {
    let route: Route =
        read(members(request)?, json!({ "routeId": new_id(&apis.random, 7), "apiGatewayManaged": false }))?;
    apis.edit_and_deploy(request, |api| {
        check(api, &route)?;
        if api.routes.len() >= ROUTES_LIMIT {
            return Err(limit_reached("Routes"));
        }
        let answer = Response::json(201, &route);
        api.routes.insert(route.route_id.clone(), route);
        Ok(answer)
    })
    .await
}

pub(crate) fn get(apis: &Apis, request: &Request) -> Result<Response, ServiceError> {
    let id = request.label("RouteId");
    one(apis.find(request)?.routes.get(id), || missing(id))
}

pub(crate) fn list(apis: &Apis, request: &Request) -> Result<Response, ServiceError> {
    page(request, &apis.find(request)?.routes)
}

pub(crate) async fn update(apis: &Apis, request: &Request) -> Result<Response, ServiceError> {
    let members = members(request)?;
    let id = request.label("RouteId");
    apis.edit_and_deploy(request, |api| {
        let current = api.routes.get(id).ok_or_else(|| missing(id))?;
        let kept = without_authorizer(current, &members);
        let route =
            patched(&kept, members, json!({ "routeId": id, "apiGatewayManaged": current.api_gateway_managed }))?;
        check(api, &route)?;
        let answer = Response::json(200, &route);
        api.routes.insert(id.to_owned(), route);
        Ok(answer)
    })
    .await
}

pub(crate) async fn delete(apis: &Apis, request: &Request) -> Result<Response, ServiceError> {
    let id = request.label("RouteId");
    apis.edit_and_deploy(request, |api| {
        api.routes.remove(id).ok_or_else(|| missing(id))?;
        Ok(Response::empty(204))
    })
    .await
}
