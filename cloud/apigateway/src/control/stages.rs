//! The operations on stages.

use cloud_core::{Request, Response, ServiceError};
use serde_json::json;

use super::members::{members, patched, read};
use super::output::{one, page};
use super::tags;
use crate::errors::{bad_request, conflict, limit_reached, not_found};
use crate::model::{Api, RouteSettings, Stage, date, stage_variable};
use crate::service::Apis;

/// The most stages of an API
/// ([quotas](https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html)).
const STAGES_LIMIT: usize = 10;

fn missing() -> ServiceError {
    not_found("Invalid stage identifier specified")
}

fn check(api: &Api, stage: &Stage) -> Result<(), ServiceError> {
    let name = &stage.stage_name;
    let plain = name.len() <= 128 && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
    if name != "$default" && (name.is_empty() || !plain) {
        return Err(bad_request("Stage name only allows a-zA-Z0-9-_ and $default"));
    }
    if let Some(id) = &stage.deployment_id
        && !api.deployments.contains_key(id)
    {
        return Err(bad_request("Deployment id does not exist"));
    }
    for key in stage.route_settings.keys() {
        if !api.routes.values().any(|route| route.route_key == *key) {
            return Err(not_found(format!("Unable to find Route by key {key} within the provided RouteSettings")));
        }
    }
    if let Some((_, value)) = stage.stage_variables.iter().find(|(name, value)| !stage_variable::is_valid(name, value))
    {
        // The text of REST APIs, as others have seen it; that HTTP APIs have the same one is a guess.
        return Err(bad_request(format!(
            "Invalid stage variable value: {value}. Please use values with alphanumeric characters and the symbols ' ', -', \
             '.', '_', ':', '/', '?', '&', '=', and ','."
        )));
    }
    let negative = |settings: &RouteSettings| settings.throttling_rate_limit.is_some_and(|rate| rate < 0.0);
    if negative(&stage.default_route_settings) || stage.route_settings.values().any(negative) {
        return Err(bad_request("Throttling rate limit must not be negative"));
    }
    Ok(())
}

pub(crate) async fn create(apis: &Apis, request: &Request) -> Result<Response, ServiceError> {
    let now = date(request.received_at);
    let stage: Stage =
        read(members(request)?, json!({ "createdDate": now, "lastUpdatedDate": now, "apiGatewayManaged": false }))?;
    tags::check_new(&stage.tags)?;
    put(apis, request, 201, |api| {
        if api.stages.contains_key(&stage.stage_name) {
            return Err(conflict("Stage already exists"));
        }
        if api.stages.len() >= STAGES_LIMIT {
            return Err(limit_reached("Stages"));
        }
        Ok(stage)
    })
    .await
}

pub(crate) fn get(apis: &Apis, request: &Request) -> Result<Response, ServiceError> {
    one(apis.find(request)?.stages.get(request.label("StageName")), missing)
}

pub(crate) fn list(apis: &Apis, request: &Request) -> Result<Response, ServiceError> {
    page(request, &apis.find(request)?.stages)
}

pub(crate) async fn update(apis: &Apis, request: &Request) -> Result<Response, ServiceError> {
    let mut members = members(request)?;
    members.remove("tags");
    let name = request.label("StageName");
    put(apis, request, 200, |api| {
        let current = api.stages.get(name).ok_or_else(missing)?;
        let fixed = json!({
            "stageName": name, "createdDate": current.created_date, "lastUpdatedDate": date(request.received_at),
            "apiGatewayManaged": current.api_gateway_managed
        });
        patched(current, members, fixed)
    })
    .await
}

pub(crate) async fn delete(apis: &Apis, request: &Request) -> Result<Response, ServiceError> {
    apis.edit(request, |api| {
        api.stages.remove(request.label("StageName")).ok_or_else(missing)?;
        Ok(Response::empty(204))
    })
    .await
}

/// Puts a stage into its API and deploys to it, if it deploys by itself.
async fn put(
    apis: &Apis,
    request: &Request,
    status: u16,
    stage: impl FnOnce(&Api) -> Result<Stage, ServiceError>,
) -> Result<Response, ServiceError> {
    apis.edit(request, |api| {
        let stage = stage(api)?;
        check(api, &stage)?;
        let name = stage.stage_name.clone();
        api.stages.insert(name.clone(), stage);
        api.deploy_automatically(&apis.random, request.received_at);
        let stage = api.stages.get(&name).ok_or_else(missing)?;
        Ok(Response::json(status, stage))
    })
    .await
}
