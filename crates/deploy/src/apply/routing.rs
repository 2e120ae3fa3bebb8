//! Makes, changes and deletes what is in the HTTP API: integrations, routes, the stage. API Gateway refuses two changes of
//! one API at the same time, so they are made one after another.

use super::Work;
use super::api::{id, once};
use crate::diff::integration_target;
use crate::error::DeployError;
use crate::plan::Step;
use crate::resource::Resource;
use crate::spec::{IntegrationSpec, RouteSpec, StageSpec};
use aws::{AwsErrorKind, apis};

/// Makes the way to a function.
pub(super) async fn create_integration(work: &Work, step: &Step, spec: &IntegrationSpec) -> Result<(), DeployError> {
    let (api, client) = (id(work)?, &work.aws.apis);
    let _alone = work.one_api_write.lock().await;
    let find = || async {
        let all = apis::integrations(client, &api).await?;
        Ok(all.into_iter().find(|it| it.uri == spec.uri).map(|it| it.id))
    };
    let id = once(work, step, || apis::create_integration(client, &api, &spec.uri), find).await?;
    if let Resource::Integration(key) = &step.resource {
        work.learn(|ids| drop(ids.integrations.insert(key.clone(), id)));
    }
    Ok(())
}

/// Sets the payload format of the way to a function.
pub(super) async fn update_integration(work: &Work, step: &Step) -> Result<(), DeployError> {
    let (api, id) = (id(work)?, step.id.as_deref().unwrap_or_default());
    let _alone = work.one_api_write.lock().await;
    work.patience(step).call(|| apis::update_integration(&work.aws.apis, &api, id)).await
}

/// Deletes a way to a function that no route uses.
pub(super) async fn delete_integration(work: &Work, step: &Step) -> Result<(), DeployError> {
    let (api, id) = (id(work)?, step.id.as_deref().unwrap_or_default());
    let _alone = work.one_api_write.lock().await;
    work.patience(step).call(|| apis::delete_integration(&work.aws.apis, &api, id)).await
}

/// Makes a route; one that is there already, made by a call whose answer got lost, is led to the right function.
pub(super) async fn create_route(work: &Work, step: &Step, spec: &RouteSpec) -> Result<(), DeployError> {
    let (api, target, client) = (id(work)?, target(work, spec)?, &work.aws.apis);
    let _alone = work.one_api_write.lock().await;
    match work.patience(step).call(|| apis::create_route(client, &api, &spec.key, &target)).await {
        Err(DeployError::Aws(error)) if error.kind == AwsErrorKind::Conflict => {
            let routes = work.patience(step).call(|| apis::routes(client, &api)).await?;
            match routes.into_iter().find(|route| route.key == spec.key) {
                Some(route) => work.patience(step).call(|| apis::update_route(client, &api, &route.id, &target)).await,
                None => Err(error.into()),
            }
        }
        made => made,
    }
}

/// Leads a route to another function.
pub(super) async fn update_route(work: &Work, step: &Step, spec: &RouteSpec) -> Result<(), DeployError> {
    let (api, target, id) = (id(work)?, target(work, spec)?, step.id.as_deref().unwrap_or_default());
    let _alone = work.one_api_write.lock().await;
    work.patience(step).call(|| apis::update_route(&work.aws.apis, &api, id, &target)).await
}

/// Deletes a route.
pub(super) async fn delete_route(work: &Work, step: &Step) -> Result<(), DeployError> {
    let (api, id) = (id(work)?, step.id.as_deref().unwrap_or_default());
    let _alone = work.one_api_write.lock().await;
    work.patience(step).call(|| apis::delete_route(&work.aws.apis, &api, id)).await
}

/// Makes the stage; one that is there already gets the right limits.
pub(super) async fn create_stage(work: &Work, step: &Step, spec: &StageSpec) -> Result<(), DeployError> {
    let (api, client) = (id(work)?, &work.aws.apis);
    let _alone = work.one_api_write.lock().await;
    let make = || apis::create_stage(client, &api, &spec.name, spec.rate_per_s, spec.burst);
    match work.patience(step).call(make).await {
        Err(DeployError::Aws(error)) if error.kind == AwsErrorKind::Conflict => {
            let set = || apis::update_stage(client, &api, &spec.name, spec.rate_per_s, spec.burst);
            work.patience(step).call(set).await
        }
        made => made,
    }
}

/// Sets the stage's limits.
pub(super) async fn update_stage(work: &Work, step: &Step, spec: &StageSpec) -> Result<(), DeployError> {
    let (api, client) = (id(work)?, &work.aws.apis);
    let _alone = work.one_api_write.lock().await;
    work.patience(step).call(|| apis::update_stage(client, &api, &spec.name, spec.rate_per_s, spec.burst)).await
}

fn target(work: &Work, spec: &RouteSpec) -> Result<String, DeployError> {
    let id = work.known("integration", |ids| ids.integrations.get(&spec.function).cloned())?;
    Ok(integration_target(&id))
}
