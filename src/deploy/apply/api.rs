//! Makes, changes and deletes the HTTP API and what is in it.

use super::Work;
use crate::aws::{AwsError, AwsErrorKind, apis};
use crate::deploy::diff::integration_target;
use crate::deploy::error::DeployError;
use crate::deploy::event::WaitingFor;
use crate::deploy::observe::owner;
use crate::deploy::plan::Step;
use crate::deploy::resource::Resource;
use crate::deploy::spec::{ApiSpec, IntegrationSpec, RouteSpec, StageSpec};

/// How often an API may be tried to be made when each answer gets lost.
const ATTEMPTS: usize = 3;

/// Makes the API. Names are not unique, so a call whose answer got lost is never just repeated: the APIs are listed first.
pub(super) async fn create(work: &Work, step: &Step, spec: &ApiSpec) -> Result<(), DeployError> {
    let client = &work.aws.apis;
    let mut last: Option<AwsError> = None;
    for _ in 0..ATTEMPTS {
        if last.is_some()
            && let Some(api) = find(work, step, spec).await?
        {
            work.learn(|ids| (ids.api, ids.endpoint) = (Some(api.id), Some(api.endpoint)));
            return Ok(());
        }
        match apis::create_api(client, &spec.name, spec.cors.as_ref(), &work.tags).await {
            Ok((id, endpoint)) => {
                work.learn(|ids| (ids.api, ids.endpoint) = (Some(id), Some(endpoint)));
                return Ok(());
            }
            Err(error) if may_have_happened(&error) => last = Some(error),
            Err(error) => return Err(error.into()),
        }
    }
    last.map_or(Ok(()), |error| Err(error.into()))
}

/// Whether AWS may have done what was asked although it did not say so. A throttled call was not done, but waiting and
/// looking again is right for it as well.
fn may_have_happened(error: &AwsError) -> bool {
    matches!(error.kind, AwsErrorKind::ServiceFault | AwsErrorKind::Unreachable | AwsErrorKind::Throttled)
}

/// Looks for an API of ours that was made just now; a list may be some seconds behind.
async fn find(work: &Work, step: &Step, spec: &ApiSpec) -> Result<Option<apis::Api>, DeployError> {
    let stack = work.stack.name();
    let looks = std::sync::atomic::AtomicUsize::new(0);
    let ask = || async {
        let named = work.patience(step).call(|| apis::named(&work.aws.apis, &spec.name)).await?;
        let ours = named.into_iter().find(|api| owner(&api.tags) == Some(&stack));
        let enough = looks.fetch_add(1, std::sync::atomic::Ordering::Relaxed) >= 3;
        Ok(if ours.is_some() || enough { Some(ours) } else { None })
    };
    work.patience(step).until(WaitingFor::ApiListed, ask).await
}

/// Changes the API's CORS configuration.
pub(super) async fn update(work: &Work, step: &Step, spec: &ApiSpec) -> Result<(), DeployError> {
    let api = api_id(work)?;
    let _alone = work.one_api_write.lock().await;
    work.patience(step).call(|| apis::update_cors(&work.aws.apis, &api, spec.cors.as_ref())).await
}

/// Deletes an API with everything in it.
pub(super) async fn delete(work: &Work, step: &Step) -> Result<(), DeployError> {
    let id = step.id.as_deref().unwrap_or_default();
    work.patience(step).call(|| apis::delete_api(&work.aws.apis, id)).await
}

/// Makes the way to a function.
pub(super) async fn create_integration(work: &Work, step: &Step, spec: &IntegrationSpec) -> Result<(), DeployError> {
    let api = api_id(work)?;
    let _alone = work.one_api_write.lock().await;
    let id = work.patience(step).call(|| apis::create_integration(&work.aws.apis, &api, &spec.uri)).await?;
    if let Resource::Integration(key) = &step.resource {
        work.learn(|ids| drop(ids.integrations.insert(key.clone(), id)));
    }
    Ok(())
}

/// Sets the payload format of the way to a function.
pub(super) async fn update_integration(work: &Work, step: &Step) -> Result<(), DeployError> {
    let (api, id) = (api_id(work)?, step.id.as_deref().unwrap_or_default());
    let _alone = work.one_api_write.lock().await;
    work.patience(step).call(|| apis::update_integration(&work.aws.apis, &api, id)).await
}

/// Deletes a way to a function that no route uses.
pub(super) async fn delete_integration(work: &Work, step: &Step) -> Result<(), DeployError> {
    let (api, id) = (api_id(work)?, step.id.as_deref().unwrap_or_default());
    let _alone = work.one_api_write.lock().await;
    work.patience(step).call(|| apis::delete_integration(&work.aws.apis, &api, id)).await
}

/// Makes a route.
pub(super) async fn create_route(work: &Work, step: &Step, spec: &RouteSpec) -> Result<(), DeployError> {
    let (api, target) = (api_id(work)?, target(work, spec)?);
    let _alone = work.one_api_write.lock().await;
    work.patience(step).call(|| apis::create_route(&work.aws.apis, &api, &spec.key, &target)).await
}

/// Leads a route to another function.
pub(super) async fn update_route(work: &Work, step: &Step, spec: &RouteSpec) -> Result<(), DeployError> {
    let (api, target, id) = (api_id(work)?, target(work, spec)?, step.id.as_deref().unwrap_or_default());
    let _alone = work.one_api_write.lock().await;
    work.patience(step).call(|| apis::update_route(&work.aws.apis, &api, id, &target)).await
}

/// Deletes a route.
pub(super) async fn delete_route(work: &Work, step: &Step) -> Result<(), DeployError> {
    let (api, id) = (api_id(work)?, step.id.as_deref().unwrap_or_default());
    let _alone = work.one_api_write.lock().await;
    work.patience(step).call(|| apis::delete_route(&work.aws.apis, &api, id)).await
}

/// Makes the stage.
pub(super) async fn create_stage(work: &Work, step: &Step, spec: &StageSpec) -> Result<(), DeployError> {
    let api = api_id(work)?;
    let _alone = work.one_api_write.lock().await;
    let client = &work.aws.apis;
    work.patience(step).call(|| apis::create_stage(client, &api, &spec.name, spec.rate_per_s, spec.burst)).await
}

/// Sets the stage's limits.
pub(super) async fn update_stage(work: &Work, step: &Step, spec: &StageSpec) -> Result<(), DeployError> {
    let api = api_id(work)?;
    let _alone = work.one_api_write.lock().await;
    let client = &work.aws.apis;
    work.patience(step).call(|| apis::update_stage(client, &api, &spec.name, spec.rate_per_s, spec.burst)).await
}

fn api_id(work: &Work) -> Result<String, DeployError> {
    work.known("HTTP API", |ids| ids.api.clone())
}

fn target(work: &Work, spec: &RouteSpec) -> Result<String, DeployError> {
    let id = work.known("integration", |ids| ids.integrations.get(&spec.function).cloned())?;
    Ok(integration_target(&id))
}
