//! Creates, updates and deletes what is in the HTTP API: integrations, routes, the stage. API Gateway refuses two changes of
//! one API at the same time, so they are made one after another.

use super::api::create_once;
use super::context::Context;
use crate::desired::resource::Resource;
use crate::desired::spec::{IntegrationSpec, RouteSpec, StageSpec};
use crate::error::DeployError;
use crate::plan::Step;
use crate::plan::diff::{Field, integration_target};
use aws::{AwsErrorKind, apis};

/// Creates the integration with a function.
pub(super) async fn create_integration(
    context: &Context,
    step: &Step,
    spec: &IntegrationSpec,
) -> Result<(), DeployError> {
    let api = context.api_id()?;
    let client = &context.aws.apis;
    let _alone = context.api_writes.lock().await;
    let find = || async {
        let all = apis::integrations(client, &api).await?;
        Ok(all.into_iter().find(|it| it.uri == spec.uri).map(|it| it.id))
    };
    let id =
        create_once(context, step, || apis::create_integration(client, &api, &spec.uri, spec.payload_format), find)
            .await?;
    if let Resource::Integration(key) = &step.resource {
        context.ids().integrations.insert(key.clone(), id);
    }
    Ok(())
}

/// Sets the payload format of the integration with a function.
pub(super) async fn update_integration(
    context: &Context,
    step: &Step,
    spec: &IntegrationSpec,
) -> Result<(), DeployError> {
    let api = context.api_id()?;
    let id = step.id()?;
    let _alone = context.api_writes.lock().await;
    context.retry(step).call(|| apis::update_integration(&context.aws.apis, &api, id, spec.payload_format)).await
}

/// Deletes an integration that no route uses.
pub(super) async fn delete_integration(context: &Context, step: &Step) -> Result<(), DeployError> {
    let api = context.api_id()?;
    let id = step.id()?;
    let _alone = context.api_writes.lock().await;
    context.retry(step).call(|| apis::delete_integration(&context.aws.apis, &api, id)).await
}

/// Creates a route; one that exists already, made by a call whose answer got lost, is pointed to the right function.
pub(super) async fn create_route(context: &Context, step: &Step, spec: &RouteSpec) -> Result<(), DeployError> {
    let api = context.api_id()?;
    let target = target(context, spec)?;
    let client = &context.aws.apis;
    let _alone = context.api_writes.lock().await;
    match context.retry(step).call(|| apis::create_route(client, &api, &spec.key, &target)).await {
        Err(DeployError::Aws(error)) if error.kind == AwsErrorKind::Conflict => {
            let routes = context.retry(step).call(|| apis::routes(client, &api)).await?;
            match routes.into_iter().find(|route| route.key == spec.key) {
                Some(route) => context.retry(step).call(|| apis::update_route(client, &api, &route.id, &target)).await,
                None => Err(error.into()),
            }
        }
        made => made,
    }
}

/// Points a route to another function.
pub(super) async fn update_route(context: &Context, step: &Step, spec: &RouteSpec) -> Result<(), DeployError> {
    let api = context.api_id()?;
    let target = target(context, spec)?;
    let id = step.id()?;
    let _alone = context.api_writes.lock().await;
    context.retry(step).call(|| apis::update_route(&context.aws.apis, &api, id, &target)).await
}

/// Deletes a route.
pub(super) async fn delete_route(context: &Context, step: &Step) -> Result<(), DeployError> {
    let api = context.api_id()?;
    let id = step.id()?;
    let _alone = context.api_writes.lock().await;
    context.retry(step).call(|| apis::delete_route(&context.aws.apis, &api, id)).await
}

/// Creates the stage; one that exists already gets the right limits.
pub(super) async fn create_stage(context: &Context, step: &Step, spec: &StageSpec) -> Result<(), DeployError> {
    let api = context.api_id()?;
    let client = &context.aws.apis;
    let _alone = context.api_writes.lock().await;
    let make = || apis::create_stage(client, &api, &spec.name, spec.rate_per_s, spec.burst, &spec.tags);
    match context.retry(step).call(make).await {
        Err(DeployError::Aws(error)) if error.kind == AwsErrorKind::Conflict => {
            let set = || apis::update_stage(client, &api, &spec.name, spec.rate_per_s, spec.burst);
            context.retry(step).call(set).await
        }
        made => made,
    }
}

/// Sets the stage's limits and tags.
pub(super) async fn update_stage(
    context: &Context,
    step: &Step,
    spec: &StageSpec,
    fields: &[Field],
) -> Result<(), DeployError> {
    let api = context.api_id()?;
    let client = &context.aws.apis;
    let _alone = context.api_writes.lock().await;
    if fields.contains(&Field::Tags) {
        let arn = context.stack.api_stage_arn(&api);
        context.retry(step).call(|| apis::tag(client, arn.as_str(), &spec.tags)).await?;
    }
    if fields.iter().all(|field| *field == Field::Tags) {
        return Ok(());
    }
    context.retry(step).call(|| apis::update_stage(client, &api, &spec.name, spec.rate_per_s, spec.burst)).await
}

fn target(context: &Context, spec: &RouteSpec) -> Result<String, DeployError> {
    let id = context.integration_id(&spec.function)?;
    Ok(integration_target(&id))
}
