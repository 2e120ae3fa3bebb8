//! Makes, changes and deletes the HTTP API.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::Work;
use crate::diff::Field;
use crate::error::DeployError;
use crate::event::WaitingFor;
use crate::observe::owner;
use crate::plan::Step;
use crate::spec::ApiSpec;
use aws::{AwsError, AwsErrorKind, apis};

/// How often a thing without a name of its own may be tried to be made when each answer gets lost.
const ATTEMPTS: usize = 8;

/// How often it is looked for after a lost answer: a list may be some seconds behind.
const LOOKS: usize = 4;

/// Makes the API.
pub(super) async fn create(work: &Work, step: &Step, spec: &ApiSpec) -> Result<(), DeployError> {
    let (client, stack) = (&work.aws.apis, work.stack.name());
    let make = || async {
        let made = apis::create_api(client, &spec.name, spec.cors.as_ref(), &spec.tags).await;
        made.map(|(id, _)| id)
    };
    let find = || async {
        let named = apis::named(client, &spec.name).await?;
        Ok(named.into_iter().find(|api| owner(&api.tags) == Some(&stack)).map(|api| api.id))
    };
    let id = once(work, step, make, find).await?;
    work.learn(|ids| ids.api = Some(id));
    Ok(())
}

/// Makes something that a second call would make a second time: names are not unique, so a call whose answer got lost is
/// never just repeated. It is looked for first.
pub(super) async fn once<M, MF, L, LF>(work: &Work, step: &Step, mut make: M, find: L) -> Result<String, DeployError>
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
            Err(error) if attempt < ATTEMPTS && may_have_happened(&error) => {}
            Err(error) => return Err(error.into()),
        }
        let looks = AtomicUsize::new(0);
        let ask = || async {
            let found = work.patience(step).call(&find).await?;
            let enough = looks.fetch_add(1, Ordering::Relaxed) + 1 >= LOOKS;
            Ok(if found.is_some() || enough { Some(found) } else { None })
        };
        if let Some(id) = work.patience(step).until(WaitingFor::Shown, ask).await? {
            return Ok(id);
        }
    }
}

/// Whether AWS may have done what was asked although it did not say so. A call that was throttled or met another change was
/// not done, but waiting and looking again is right for it as well.
fn may_have_happened(error: &AwsError) -> bool {
    error.kind.is_connection()
        || matches!(error.kind, AwsErrorKind::ServiceFault | AwsErrorKind::Throttled | AwsErrorKind::Conflict)
}

/// Changes the API's tags and CORS configuration.
pub(super) async fn update(work: &Work, step: &Step, spec: &ApiSpec, fields: &[Field]) -> Result<(), DeployError> {
    let (api, client) = (id(work)?, &work.aws.apis);
    let _alone = work.one_api_write.lock().await;
    if fields.contains(&Field::Tags) {
        let arn = format!("{}{api}", spec.arn_start);
        work.patience(step).call(|| apis::tag(client, &arn, &spec.tags)).await?;
    }
    if fields.contains(&Field::Cors) {
        work.patience(step).call(|| apis::update_cors(client, &api, spec.cors.as_ref())).await?;
    }
    Ok(())
}

/// Deletes an API with everything in it.
pub(super) async fn delete(work: &Work, step: &Step) -> Result<(), DeployError> {
    let id = step.id.as_deref().unwrap_or_default();
    work.patience(step).call(|| apis::delete_api(&work.aws.apis, id)).await
}

/// The API's id, which is known once the API is made.
pub(super) fn id(work: &Work) -> Result<String, DeployError> {
    work.known("HTTP API", |ids| ids.api.clone())
}
