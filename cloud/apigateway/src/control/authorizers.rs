//! The operations on authorizers.

use cloud_core::{Request, Response, ServiceError};
use serde_json::json;

use super::members::{members, patched, read};
use super::output::{one, page};
use crate::errors::{bad_request, conflict, limit_reached, not_found};
use crate::loopback;
use crate::model::{Api, Authorizer, AuthorizerType, function_arn, holds_token, identity_source, new_id};
use crate::service::Apis;

/// The most audiences of an authorizer
/// ([quotas](https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html)).
const AUDIENCES_LIMIT: usize = 50;

/// The most authorizers of an API (the same page).
const AUTHORIZERS_LIMIT: usize = 10;

fn missing(id: &str) -> ServiceError {
    not_found(format!("Invalid Authorizer identifier specified {id}"))
}

/// Checks an authorizer against the rest of its API.
fn check(api: &Api, authorizer: &Authorizer) -> Result<(), ServiceError> {
    if authorizer.name.is_empty() || authorizer.name.chars().count() > 128 {
        return Err(bad_request("Authorizer name must have 1 to 128 characters"));
    }
    let is_other = |other: &&Authorizer| other.authorizer_id != authorizer.authorizer_id;
    if api.authorizers.values().filter(is_other).any(|other| other.name == authorizer.name) {
        let name = &authorizer.name;
        return Err(bad_request(format!(
            "Authorizer name must be unique. Authorizer {name} already exists in this RestApi."
        )));
    }
    match authorizer.authorizer_type {
        AuthorizerType::Jwt => check_jwt(authorizer),
        AuthorizerType::Request => check_function(authorizer),
    }
}

fn check_jwt(authorizer: &Authorizer) -> Result<(), ServiceError> {
    let Some(configuration) = &authorizer.jwt_configuration else {
        return Err(bad_request("JwtConfiguration is required for JWT authorizers"));
    };
    let foreign = [
        ("AuthorizerUri", authorizer.authorizer_uri.is_some()),
        ("AuthorizerPayloadFormatVersion", authorizer.authorizer_payload_format_version.is_some()),
        ("AuthorizerResultTtlInSeconds", authorizer.authorizer_result_ttl_in_seconds.is_some_and(|ttl_s| ttl_s > 0)),
        ("EnableSimpleResponses", authorizer.enable_simple_responses == Some(true)),
        ("AuthorizerCredentialsArn", authorizer.authorizer_credentials_arn.is_some()),
    ];
    if let Some((name, _)) = foreign.iter().find(|(_, is_given)| *is_given) {
        return Err(bad_request(format!("{name} is not supported for JWT authorizers")));
    }
    let issuer = configuration.issuer.as_deref().unwrap_or_default();
    if !loopback::is_issuer(issuer) {
        return Err(bad_request(format!(
            "Invalid issuer: {issuer}. Issuer must have a valid discovery endpoint ended with \
             '/.well-known/openid-configuration'"
        )));
    }
    if configuration.audience.is_empty() || configuration.audience.len() > AUDIENCES_LIMIT {
        return Err(bad_request(format!("A JWT authorizer has 1 to {AUDIENCES_LIMIT} audiences")));
    }
    match authorizer.identity_source.as_slice() {
        [source] if holds_token(source) => Ok(()),
        _ => Err(bad_request(
            "A JWT authorizer has exactly one identity source, of the form $request.header.name or $request.querystring.name",
        )),
    }
}

fn check_function(authorizer: &Authorizer) -> Result<(), ServiceError> {
    if authorizer.jwt_configuration.is_some() {
        return Err(bad_request("JwtConfiguration is not supported for REQUEST authorizers"));
    }
    let uri = authorizer.authorizer_uri.as_deref().unwrap_or_default();
    if !uri.contains(":lambda:path/") || function_arn(uri).is_none() {
        return Err(bad_request(
            "Invalid Authorizer URI. AuthorizerUri should be a valid API Gateway ARN that represents a Lambda function invocation.",
        ));
    }
    let format = authorizer.authorizer_payload_format_version.as_deref();
    if !matches!(format, Some("1.0" | "2.0")) {
        return Err(bad_request(
            "AuthorizerPayloadFormatVersion is a required parameter for REQUEST authorizers. Supported versions are 1.0 and 2.0",
        ));
    }
    if authorizer.has_simple_answers() && format != Some("2.0") {
        return Err(bad_request("EnableSimpleResponses is only supported for AuthorizerPayloadFormatVersion 2.0"));
    }
    let ttl_s = authorizer.authorizer_result_ttl_in_seconds.unwrap_or(0);
    if ttl_s > 0 && authorizer.identity_source.is_empty() {
        return Err(bad_request("An identity source is required where authorizer results are cached"));
    }
    match authorizer.identity_source.iter().find(|source| identity_source(source).is_none()) {
        Some(wrong) => Err(bad_request(format!("Invalid mapping expression specified: {wrong}"))),
        None => Ok(()),
    }
}

/// Says in the log whose tokens can't be verified here.
fn note_unreachable(authorizer: &Authorizer) {
    let issuer = authorizer.jwt_configuration.as_ref().and_then(|configuration| configuration.issuer.as_deref());
    if let Some(issuer) = issuer.filter(|issuer| loopback::Target::parse(issuer).is_err()) {
        tracing::warn!(issuer, "the keys of this issuer can't be had here: routes with its tokens will answer 501");
    }
}

pub(crate) async fn create(apis: &Apis, request: &Request) -> Result<Response, ServiceError> {
    let authorizer: Authorizer = read(members(request)?, json!({ "authorizerId": new_id(&apis.random, 6) }))?;
    apis.edit_and_deploy(request, |api| {
        check(api, &authorizer)?;
        if api.authorizers.len() >= AUTHORIZERS_LIMIT {
            return Err(limit_reached("Authorizers"));
        }
        note_unreachable(&authorizer);
        let answer = Response::json(201, &authorizer);
        api.authorizers.insert(authorizer.authorizer_id.clone(), authorizer);
        Ok(answer)
    })
    .await
}

pub(crate) fn get(apis: &Apis, request: &Request) -> Result<Response, ServiceError> {
    let id = request.label("AuthorizerId");
    one(apis.find(request)?.authorizers.get(id), || missing(id))
}

pub(crate) fn list(apis: &Apis, request: &Request) -> Result<Response, ServiceError> {
    page(request, &apis.find(request)?.authorizers)
}

pub(crate) async fn update(apis: &Apis, request: &Request) -> Result<Response, ServiceError> {
    let members = members(request)?;
    let id = request.label("AuthorizerId");
    let answer = apis
        .edit_and_deploy(request, |api| {
            let current = api.authorizers.get(id).ok_or_else(|| missing(id))?;
            let authorizer = patched(current, members, json!({ "authorizerId": id }))?;
            if authorizer.authorizer_type != current.authorizer_type {
                return Err(bad_request("The type of an authorizer can't be changed"));
            }
            check(api, &authorizer)?;
            note_unreachable(&authorizer);
            let answer = Response::json(200, &authorizer);
            api.authorizers.insert(id.to_owned(), authorizer);
            Ok(answer)
        })
        .await?;
    apis.verdicts.forget_authorizer(request.label("ApiId"), id);
    Ok(answer)
}

pub(crate) async fn delete(apis: &Apis, request: &Request) -> Result<Response, ServiceError> {
    let id = request.label("AuthorizerId");
    apis.edit_and_deploy(request, |api| {
        let authorizer = api.authorizers.get(id).ok_or_else(|| missing(id))?;
        if let Some(route) = api.routes.values().find(|route| route.authorizer_id.as_deref() == Some(id)) {
            let name = &authorizer.name;
            let text = format!("Cannot delete authorizer '{name}', is referenced in route: {}", route.route_key);
            return Err(conflict(text));
        }
        api.authorizers.remove(id);
        Ok(Response::empty(204))
    })
    .await
}

/// Forgets what functions answered for the routes of a stage.
pub(crate) async fn reset_cache(apis: &Apis, request: &Request) -> Result<Response, ServiceError> {
    let api = apis.find(request)?;
    let stage = request.label("StageName");
    if !api.stages.contains_key(stage) {
        return Err(not_found("Invalid stage identifier specified"));
    }
    apis.verdicts.forget_stage(&api.facts.api_id, stage);
    Ok(Response::empty(204))
}
