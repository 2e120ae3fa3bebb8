//! Lets routes invoke functions, and takes that right away.

use super::Work;
use crate::error::DeployError;
use crate::plan::Step;
use crate::spec::PermissionSpec;
use aws::lambda;

/// Adds the statement for a route. One that is there already says the same: its id follows from what it says.
pub(super) async fn create(work: &Work, step: &Step, spec: &PermissionSpec) -> Result<(), DeployError> {
    let statement = spec.statement(&work.known("HTTP API", |ids| ids.api.clone())?);
    let (client, function) = (&work.aws.lambda, spec.function_name.as_str());
    let call = || lambda::allow_api(client, function, &statement.sid, &statement.source_arn);
    match work.patience(step).call(call).await {
        Err(DeployError::Aws(error)) if error.is("ResourceConflictException") => Ok(()),
        added => added,
    }
}

/// Puts the right statement in the place of one that someone changed.
pub(super) async fn replace(work: &Work, step: &Step, spec: &PermissionSpec) -> Result<(), DeployError> {
    let statement = spec.statement(&work.known("HTTP API", |ids| ids.api.clone())?);
    let (client, function) = (&work.aws.lambda, spec.function_name.as_str());
    work.patience(step).call(|| lambda::remove_permission(client, function, &statement.sid)).await?;
    create(work, step, spec).await
}

/// Takes a statement away.
pub(super) async fn delete(work: &Work, step: &Step, sid: &str) -> Result<(), DeployError> {
    work.patience(step).call(|| lambda::remove_permission(&work.aws.lambda, &step.name, sid)).await
}
