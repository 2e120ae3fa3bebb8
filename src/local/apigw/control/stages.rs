//! The operations on stages.

use hyper::Method;
use serde_json::json;

use super::{bad_request, conflict, edit, find, members, not_found, one, page, patched, read, unknown};
use crate::local::Cloud;
use crate::local::apigw::model::{Api, RouteSettings, Stage, date};
use crate::local::error::ServiceError;
use crate::local::http::{Request, Response};

fn missing(_name: &str) -> ServiceError {
    not_found("Invalid stage identifier specified")
}

pub(super) async fn handle_all(cloud: &Cloud, request: &Request, api: &str) -> Result<Response, ServiceError> {
    match request.method {
        Method::POST => create(cloud, request, api).await,
        Method::GET => page(request, &find(cloud, request, api)?.stages),
        _ => Err(unknown(request)),
    }
}

pub(super) async fn handle_one(
    cloud: &Cloud,
    request: &Request,
    api: &str,
    name: &str,
) -> Result<Response, ServiceError> {
    match request.method {
        Method::GET => one(find(cloud, request, api)?.stages.get(name), || missing(name)),
        Method::PATCH => update(cloud, request, api, name).await,
        Method::DELETE => {
            edit(cloud, request, api, |api| {
                api.stages.remove(name).ok_or_else(|| missing(name))?;
                Ok(Response::empty(204))
            })
            .await
        }
        _ => Err(unknown(request)),
    }
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
    let negative = |settings: &RouteSettings| settings.throttling_rate_limit.is_some_and(|rate| rate < 0.0);
    if negative(&stage.default_route_settings) || stage.route_settings.values().any(negative) {
        return Err(bad_request("Throttling rate limit must not be negative"));
    }
    Ok(())
}

async fn create(cloud: &Cloud, request: &Request, api: &str) -> Result<Response, ServiceError> {
    let now = date(request.received_at);
    let stage: Stage = read(members(request)?, json!({ "createdDate": now, "lastUpdatedDate": now }))?;
    put(cloud, request, api, 201, |api| {
        if api.stages.contains_key(&stage.stage_name) {
            return Err(conflict("Stage already exists"));
        }
        Ok(stage)
    })
    .await
}

async fn update(cloud: &Cloud, request: &Request, api: &str, name: &str) -> Result<Response, ServiceError> {
    let mut members = members(request)?;
    members.remove("tags");
    put(cloud, request, api, 200, |api| {
        let current = api.stages.get(name).ok_or_else(|| missing(name))?;
        let fixed = json!({
            "stageName": name, "createdDate": current.created_date, "lastUpdatedDate": date(request.received_at)
        });
        patched(current, members, fixed)
    })
    .await
}

/// Puts a stage into its API and deploys to it, if it deploys by itself.
async fn put(
    cloud: &Cloud,
    request: &Request,
    api: &str,
    status: u16,
    stage: impl FnOnce(&Api) -> Result<Stage, ServiceError>,
) -> Result<Response, ServiceError> {
    edit(cloud, request, api, |api| {
        let stage = stage(api)?;
        check(api, &stage)?;
        let name = stage.stage_name.clone();
        api.stages.insert(name.clone(), stage);
        api.deploy_automatically(request.received_at);
        let stage = api.stages.get(&name).ok_or_else(|| missing(&name))?;
        Ok(Response::json(status, stage))
    })
    .await
}
