//! Makes, changes and deletes log groups.

use super::Work;
use crate::diff::Field;
use crate::error::DeployError;
use crate::plan::Step;
use crate::spec::LogGroupSpec;
use aws::logs;

/// Makes a log group; one that turned up meanwhile is taken over, for Lambda makes them by itself.
pub(super) async fn create(work: &Work, step: &Step, spec: &LogGroupSpec) -> Result<(), DeployError> {
    let client = &work.aws.logs;
    match work.patience(step).call(|| logs::create_group(client, &spec.name, &spec.tags)).await {
        Err(DeployError::Aws(error)) if error.is("ResourceAlreadyExistsException") => tag(work, step, spec).await?,
        made => made?,
    }
    retain(work, step, spec).await
}

/// Changes a log group's retention and tags.
pub(super) async fn update(work: &Work, step: &Step, spec: &LogGroupSpec, fields: &[Field]) -> Result<(), DeployError> {
    if fields.contains(&Field::Tags) {
        tag(work, step, spec).await?;
    }
    if fields.contains(&Field::Retention) {
        retain(work, step, spec).await?;
    }
    Ok(())
}

async fn tag(work: &Work, step: &Step, spec: &LogGroupSpec) -> Result<(), DeployError> {
    work.patience(step).call(|| logs::tag(&work.aws.logs, &spec.arn, &spec.tags)).await
}

async fn retain(work: &Work, step: &Step, spec: &LogGroupSpec) -> Result<(), DeployError> {
    work.patience(step).call(|| logs::put_retention(&work.aws.logs, &spec.name, spec.retention_days)).await
}

/// Deletes a log group.
pub(super) async fn delete(work: &Work, step: &Step) -> Result<(), DeployError> {
    work.patience(step).call(|| logs::delete_group(&work.aws.logs, &step.name)).await
}
