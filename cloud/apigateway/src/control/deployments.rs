//! The operations on deployments.

use cloud_core::{Request, Response, ServiceError};
use serde::Deserialize;

use super::output::{one, page};
use crate::errors::{bad_request, not_found};
use crate::service::Apis;

fn missing(id: &str) -> ServiceError {
    not_found(format!("Invalid deployment identifier specified {id}"))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct CreateInput {
    description: Option<String>,
    stage_name: Option<String>,
}

pub(crate) async fn create(apis: &Apis, request: &Request) -> Result<Response, ServiceError> {
    let input: CreateInput = request.json()?;
    apis.edit(request, |api| {
        if api.routes.is_empty() {
            return Err(bad_request("Unable to deploy API because no routes exist in this API"));
        }
        let deployment = api.deployment(&apis.random, false, input.description, request.received_at);
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

pub(crate) fn get(apis: &Apis, request: &Request) -> Result<Response, ServiceError> {
    let all = apis.find(request)?.deployments;
    let id = request.label("DeploymentId");
    one(all.get(id).map(|deployment| &deployment.facts), || missing(id))
}

pub(crate) fn list(apis: &Apis, request: &Request) -> Result<Response, ServiceError> {
    let all = apis.find(request)?.deployments;
    page(request, all.iter().map(|(id, deployment)| (id, &deployment.facts)))
}

pub(crate) async fn delete(apis: &Apis, request: &Request) -> Result<Response, ServiceError> {
    let id = request.label("DeploymentId");
    apis.edit(request, |api| {
        if api.stages.values().any(|stage| stage.deployment_id.as_deref() == Some(id)) {
            return Err(bad_request("Active stages pointing to this deployment must be moved or deleted"));
        }
        api.deployments.remove(id).ok_or_else(|| missing(id))?;
        Ok(Response::empty(204))
    })
    .await
}
