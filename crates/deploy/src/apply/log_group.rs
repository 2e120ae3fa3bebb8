//! Creates, updates and deletes log groups.

use super::context::Context;
use crate::desired::spec::LogGroupSpec;
use crate::error::DeployError;
use crate::plan::Step;
use crate::plan::diff::Field;
use aws::logs;

/// Creates a log group; one that turned up meanwhile is taken over, for Lambda makes them by itself.
pub(super) async fn create(context: &Context, step: &Step, spec: &LogGroupSpec) -> Result<(), DeployError> {
    let client = &context.aws.logs;
    match context.retry(step).call(|| logs::create_group(client, &spec.name, &spec.tags)).await {
        Err(DeployError::Aws(error)) if error.is("ResourceAlreadyExistsException") => tag(context, step, spec).await?,
        made => made?,
    }
    retain(context, step, spec).await
}

/// Updates a log group's retention and tags.
pub(super) async fn update(
    context: &Context,
    step: &Step,
    spec: &LogGroupSpec,
    fields: &[Field],
) -> Result<(), DeployError> {
    if fields.contains(&Field::Tags) {
        tag(context, step, spec).await?;
    }
    if fields.contains(&Field::Retention) {
        retain(context, step, spec).await?;
    }
    Ok(())
}

async fn tag(context: &Context, step: &Step, spec: &LogGroupSpec) -> Result<(), DeployError> {
    context.retry(step).call(|| logs::tag(&context.aws.logs, spec.arn.as_str(), &spec.tags)).await
}

async fn retain(context: &Context, step: &Step, spec: &LogGroupSpec) -> Result<(), DeployError> {
    context.retry(step).call(|| logs::put_retention(&context.aws.logs, &spec.name, spec.retention_days)).await
}

/// Deletes a log group.
pub(super) async fn delete(context: &Context, step: &Step) -> Result<(), DeployError> {
    context.retry(step).call(|| logs::delete_group(&context.aws.logs, &step.name)).await
}
