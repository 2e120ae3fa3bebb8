//! Creates, updates and deletes the HTTP API.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::context::Context;
use crate::desired::spec::ApiSpec;
use crate::error::DeployError;
use crate::event::WaitingFor;
use crate::observe::Ownership;
use crate::plan::Step;
use crate::plan::diff::Field;
use aws::{AwsError, AwsErrorKind, apis};

/// How often the creation of something without a unique name is attempted when each answer gets lost.
const MAX_ATTEMPTS: usize = 8;

/// How often it is searched for after a lost answer: a list may be some seconds out of date.
const MAX_POLLS: usize = 4;

/// Creates the API.
pub(super) async fn create(context: &Context, step: &Step, spec: &ApiSpec) -> Result<(), DeployError> {
    let client = &context.aws.apis;
    let stack = context.stack.name();
    let make = || async {
        let made = apis::create_api(client, &spec.name, spec.cors.as_ref(), &spec.tags).await;
        made.map(|(id, _)| id)
    };
    let find = || async {
        let named = apis::named(client, &spec.name, |id| context.stack.api_arn(id)).await?;
        for api in named {
            match Ownership::of(&api.tags, &stack) {
                Ownership::Ours => return Ok(Some(api.id)),
                Ownership::Foreign(_) => {}
                // It may be the one: a second must not be made beside it.
                Ownership::Unknown(denied) => return Err(denied.into_error("API Gateway", "GetTags")),
            }
        }
        Ok(None)
    };
    let id = create_once(context, step, make, find).await?;
    context.ids().api = Some(id);
    context.record_created(step, &spec.tags);
    Ok(())
}

/// Creates something that a second call would make a second time: names are not unique, so a call whose answer got lost is
/// never just repeated. It is looked for first.
pub(super) async fn create_once<M, MF, L, LF>(
    context: &Context,
    step: &Step,
    mut make: M,
    find: L,
) -> Result<String, DeployError>
where
    M: FnMut() -> MF,
    MF: Future<Output = Result<String, AwsError>>,
    L: Fn() -> LF,
    LF: Future<Output = Result<Option<String>, AwsError>>,
{
    let mut attempt = 0;
    loop {
        attempt += 1;
        match make().await {
            Ok(id) => return Ok(id),
            Err(error) if attempt < MAX_ATTEMPTS && may_have_succeeded(&error) => {}
            Err(error) => return Err(error.into()),
        }
        let polls = AtomicUsize::new(0);
        let ask = || async {
            let found = context.retry(step).call(&find).await?;
            let enough = polls.fetch_add(1, Ordering::Relaxed) + 1 >= MAX_POLLS;
            Ok(if found.is_some() || enough { Some(found) } else { None })
        };
        if let Some(id) = context.retry(step).poll(WaitingFor::Shown, ask).await? {
            return Ok(id);
        }
    }
}

/// Whether AWS may have done what was asked although it did not say so. A call that met another change was not done, but
/// waiting and looking again is right for it as well. One that was throttled was not done, and was waited for already.
fn may_have_succeeded(error: &AwsError) -> bool {
    error.kind.is_connection() || matches!(error.kind, AwsErrorKind::ServiceFault | AwsErrorKind::Conflict)
}

/// Updates the API's tags and CORS configuration.
pub(super) async fn update(
    context: &Context,
    step: &Step,
    spec: &ApiSpec,
    fields: &[Field],
) -> Result<(), DeployError> {
    let api = context.api_id()?;
    let client = &context.aws.apis;
    let _alone = context.api_writes.lock().await;
    if fields.contains(&Field::Tags) {
        let arn = context.stack.api_arn(&api);
        context.retry(step).call(|| apis::tag(client, arn.as_str(), &spec.tags)).await?;
    }
    if fields.contains(&Field::Cors) {
        context.retry(step).call(|| apis::update_cors(client, &api, spec.cors.as_ref())).await?;
    }
    Ok(())
}

/// Deletes an API with everything in it.
pub(super) async fn delete(context: &Context, step: &Step) -> Result<(), DeployError> {
    let id = step.id()?;
    context.retry(step).call(|| apis::delete_api(&context.aws.apis, id)).await
}
