//! The operations on integrations.

use cloud_core::{Request, Response, ServiceError};
use serde_json::{Value, json};

use super::http_integration;
use super::members::{members, patched, read};
use super::output::{one, page};
use crate::errors::{bad_request, conflict, limit_reached, not_found};
use crate::model::{Integration, Mapping, REGION, ServiceAction, function_arn, is_elsewhere, new_id, stage_variable};
use crate::service::Apis;

/// The most integrations of an API
/// ([quotas](https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html)).
const INTEGRATIONS_LIMIT: usize = 300;

fn missing(id: &str) -> ServiceError {
    not_found(format!("Invalid Integration identifier specified {id}"))
}

/// Checks an integration: what it leads to, and how.
pub(super) fn check(integration: &Integration) -> Result<(), ServiceError> {
    if !["AWS_PROXY", "HTTP_PROXY"].contains(&integration.integration_type.as_str()) {
        let what = format!("apigateway: integrations of type {}", integration.integration_type);
        return Err(ServiceError::not_implemented(&what));
    }
    if integration.connection_type != "INTERNET" {
        let what = format!("apigateway: integrations with a connection of type {}", integration.connection_type);
        return Err(ServiceError::not_implemented(&what));
    }
    match &integration.integration_subtype {
        Some(_) if !integration.response_parameters.is_empty() => {
            Err(ServiceError::not_implemented("apigateway: responseParameters of integrations with integrationSubtype"))
        }
        Some(subtype) => check_service(integration, subtype),
        None => {
            http_integration::check_changes(integration)?;
            match integration.is_http() {
                true => http_integration::check(integration),
                false => check_function(integration),
            }
        }
    }
}

/// An integration with a function.
fn check_function(integration: &Integration) -> Result<(), ServiceError> {
    match integration.payload_format_version.as_deref() {
        Some("1.0" | "2.0") => {}
        Some(_) => {
            return Err(bad_request("Invalid PayloadFormatVersion. Supported versions are 1.0 and 2.0"));
        }
        None => {
            return Err(bad_request("PayloadFormatVersion is a required parameter for integration"));
        }
    }
    // Stage variables stand for the function's name, its version or its alias, and for nothing before.
    let is_whole =
        |arn: &str| arn.split(":function:").next().is_some_and(|start| !stage_variable::has_variables(start));
    match function_arn(&integration.integration_uri).is_some_and(is_whole) {
        true => Ok(()),
        false => Err(bad_request("Invalid function ARN or invalid uri")),
    }
}

/// An integration with a service: its role, and what the operation is given.
fn check_service(integration: &Integration, subtype: &str) -> Result<(), ServiceError> {
    let Some(action) = ServiceAction::parse(subtype) else {
        if is_elsewhere(subtype) {
            return Err(ServiceError::not_implemented(&format!("apigateway: integrations with {subtype}")));
        }
        return Err(bad_request(format!("Integration subtype {subtype} is not supported")));
    };
    if integration.payload_format_version.as_deref().unwrap_or("1.0") != "1.0" {
        return Err(bad_request(format!("PayloadFormatVersion for {subtype} must be 1.0")));
    }
    if integration.credentials_arn.is_none() {
        return Err(bad_request(format!("Credentials ARN is required for the integration subtype {subtype}")));
    }
    let given = &integration.request_parameters;
    for (name, text) in given {
        if name != REGION && !action.parameters().iter().any(|parameter| parameter.name == name) {
            return Err(bad_request(format!("Parameter: {name} does not fit schema for Operation: {subtype}.")));
        }
        if Mapping::parse(text).is_none() {
            return Err(bad_request(format!(
                "Invalid selection expression specified: Validation Result: warnings : [], errors : [Invalid source: {text} specified for destination: {name}]"
            )));
        }
    }
    match action.parameters().iter().find(|parameter| parameter.is_required && !given.contains_key(parameter.name)) {
        Some(missing) => Err(bad_request(format!("Parameter: {} is required for Operation: {subtype}.", missing.name))),
        None => Ok(()),
    }
}

pub(crate) async fn create(apis: &Apis, request: &Request) -> Result<Response, ServiceError> {
    let fixed = json!({ "integrationId": new_id(&apis.random, 7), "apiGatewayManaged": false });
    let mut members = members(request)?;
    let is_http = members.get("integrationType").is_some_and(|kind| kind == "HTTP_PROXY");
    if is_http || members.contains_key("integrationSubtype") {
        members.entry("payloadFormatVersion").or_insert_with(|| Value::from("1.0"));
    }
    // An HTTP server may be asked by any method: the client says by which.
    if !is_http && !members.contains_key("integrationSubtype") {
        members.entry("integrationMethod").or_insert_with(|| Value::from("POST"));
    }
    let integration: Integration = read(members, fixed)?;
    check(&integration)?;
    let answer = Response::json(201, &integration);
    apis.edit_and_deploy(request, |api| {
        if api.integrations.len() >= INTEGRATIONS_LIMIT {
            return Err(limit_reached("Integrations"));
        }
        api.integrations.insert(integration.integration_id.clone(), integration);
        Ok(())
    })
    .await?;
    Ok(answer)
}

pub(crate) fn get(apis: &Apis, request: &Request) -> Result<Response, ServiceError> {
    let id = request.label("IntegrationId");
    one(apis.find(request)?.integrations.get(id), || missing(id))
}

pub(crate) fn list(apis: &Apis, request: &Request) -> Result<Response, ServiceError> {
    page(request, &apis.find(request)?.integrations)
}

pub(crate) async fn update(apis: &Apis, request: &Request) -> Result<Response, ServiceError> {
    let members = members(request)?;
    let id = request.label("IntegrationId");
    apis.edit_and_deploy(request, |api| {
        let current = api.integrations.get_mut(id).ok_or_else(|| missing(id))?;
        let integration = patched(
            current,
            members,
            json!({ "integrationId": id, "apiGatewayManaged": current.api_gateway_managed }),
        )?;
        check(&integration)?;
        let answer = Response::json(200, &integration);
        *current = integration;
        Ok(answer)
    })
    .await
}

pub(crate) async fn delete(apis: &Apis, request: &Request) -> Result<Response, ServiceError> {
    let id = request.label("IntegrationId");
    apis.edit_and_deploy(request, |api| {
        if let Some(route) = api.routes.values().find(|route| route.integration_id() == Some(id)) {
            let text = format!("Cannot delete Integration '{id}', it is referenced by Route '{}'", route.route_id);
            return Err(conflict(text));
        }
        api.integrations.remove(id).ok_or_else(|| missing(id))?;
        Ok(Response::empty(204))
    })
    .await
}
