//! The operations on deployments.

use hyper::Method;
use serde::Deserialize;

use super::{bad_request, edit, find, not_found, one, page, unknown};
use crate::local::Cloud;
use crate::local::error::ServiceError;
use crate::local::http::{Request, Response};

fn missing(id: &str) -> ServiceError {
    not_found(format!("Invalid deployment identifier specified {id}"))
}

pub(super) async fn handle_all(cloud: &Cloud, request: &Request, api: &str) -> Result<Response, ServiceError> {
    match request.method {
        Method::POST => create(cloud, request, api).await,
        Method::GET => {
            let all = find(cloud, request, api)?.deployments;
            page(request, all.iter().map(|(id, deployment)| (id, &deployment.facts)))
        }
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
        Method::GET => {
            let all = find(cloud, request, api)?.deployments;
            one(all.get(id).map(|deployment| &deployment.facts), || missing(id))
        }
        Method::DELETE => {
            edit(cloud, request, api, |api| {
                if api.stages.values().any(|stage| stage.deployment_id.as_deref() == Some(id)) {
                    return Err(bad_request("Active stages pointing to this deployment must be moved or deleted"));
                }
                api.deployments.remove(id).ok_or_else(|| missing(id))?;
                Ok(Response::empty(204))
            })
            .await
        }
        _ => Err(unknown(request)),
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct CreateInput {
    description: Option<String>,
    stage_name: Option<String>,
}

async fn create(cloud: &Cloud, request: &Request, api: &str) -> Result<Response, ServiceError> {
    let input: CreateInput = request.json()?;
    edit(cloud, request, api, |api| {
        if api.routes.is_empty() {
            return Err(bad_request("Unable to deploy API because no routes exist in this API"));
        }
        let deployment = api.deployment(false, input.description, request.received_at);
        let facts = deployment.facts.clone();
        if let Some(name) = input.stage_name {
            let stage = api.stages.get_mut(&name).ok_or_else(|| not_found("Invalid stage identifier specified"))?;
            if stage.auto_deploy {
                return Err(bad_request("Deployment ID cannot be set on a stage that has AutoDeploy enabled"));
            }
            stage.deployment_id = Some(facts.deployment_id.clone());
        }
        api.deployments.insert(facts.deployment_id.clone(), deployment);
        Ok(Response::json(201, &facts))
    })
    .await
}
