//! The operations on integrations.

use hyper::Method;
use serde_json::json;

use super::{bad_request, conflict, edit, find, members, not_found, one, page, patched, read, unknown};
use crate::local::Cloud;
use crate::local::apigw::endpoint::function_arn;
use crate::local::apigw::model::{Integration, new_id};
use crate::local::error::ServiceError;
use crate::local::http::{Request, Response};

fn missing(id: &str) -> ServiceError {
    not_found(format!("Invalid Integration identifier specified {id}"))
}

pub(super) async fn handle_all(cloud: &Cloud, request: &Request, api: &str) -> Result<Response, ServiceError> {
    match request.method {
        Method::POST => create(cloud, request, api).await,
        Method::GET => page(request, &find(cloud, request, api)?.integrations),
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
        Method::GET => one(find(cloud, request, api)?.integrations.get(id), || missing(id)),
        Method::PATCH => update(cloud, request, api, id).await,
        Method::DELETE => delete(cloud, request, api, id).await,
        _ => Err(unknown(request)),
    }
}

fn check(integration: &Integration) -> Result<(), ServiceError> {
    if integration.integration_type != "AWS_PROXY" {
        let what = format!("apigateway: integrations of type {}", integration.integration_type);
        return Err(ServiceError::not_implemented(&what));
    }
    if let Some(subtype) = &integration.integration_subtype {
        return Err(ServiceError::not_implemented(&format!("apigateway: integrations with {subtype}")));
    }
    match integration.payload_format_version.as_deref() {
        Some("2.0") => {}
        Some("1.0") => {
            return Err(ServiceError::not_implemented("apigateway: payload format version 1.0"));
        }
        Some(_) => {
            return Err(bad_request("Invalid PayloadFormatVersion. Supported versions are 1.0 and 2.0"));
        }
        None => {
            return Err(bad_request("PayloadFormatVersion is a required parameter for integration"));
        }
    }
    if function_arn(&integration.integration_uri).is_none() {
        return Err(bad_request("Invalid function ARN or invalid uri"));
    }
    if !(50..=30_000).contains(&integration.timeout_in_millis) {
        return Err(bad_request("Timeout should be between 50 ms and 30000 ms"));
    }
    Ok(())
}

async fn create(cloud: &Cloud, request: &Request, api: &str) -> Result<Response, ServiceError> {
    let integration: Integration = read(members(request)?, json!({ "integrationId": new_id(7) }))?;
    check(&integration)?;
    let answer = Response::json(201, &integration);
    edit(cloud, request, api, |api| {
        api.integrations.insert(integration.integration_id.clone(), integration);
        api.deploy_automatically(request.received_at);
        Ok(())
    })
    .await?;
    Ok(answer)
}

async fn update(cloud: &Cloud, request: &Request, api: &str, id: &str) -> Result<Response, ServiceError> {
    let members = members(request)?;
    edit(cloud, request, api, |api| {
        let current = api.integrations.get_mut(id).ok_or_else(|| missing(id))?;
        let integration = patched(current, members, json!({ "integrationId": id }))?;
        check(&integration)?;
        let answer = Response::json(200, &integration);
        *current = integration;
        api.deploy_automatically(request.received_at);
        Ok(answer)
    })
    .await
}

async fn delete(cloud: &Cloud, request: &Request, api: &str, id: &str) -> Result<Response, ServiceError> {
    edit(cloud, request, api, |api| {
        if let Some(route) = api.routes.values().find(|route| route.integration_id() == Some(id)) {
            let text = format!("Cannot delete Integration '{id}', it is referenced by Route '{}'", route.route_id);
            return Err(conflict(text));
        }
        api.integrations.remove(id).ok_or_else(|| missing(id))?;
        api.deploy_automatically(request.received_at);
        Ok(Response::empty(204))
    })
    .await
}
