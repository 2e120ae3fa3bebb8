//! Creates, updates and deletes log groups.

use super::context::Context;
use crate::desired::spec::LogGroupSpec;
use crate::error::DeployError;
use crate::observe::Owner;
use crate::plan::Step;
use crate::plan::diff::Field;
use aws::logs;

/// Creates a log group. One that turned up meanwhile is taken over when it has no tags: Lambda makes such ones by itself for
/// the function, which is made at the same time.
pub(super) async fn create(context: &Context, step: &Step, spec: &LogGroupSpec) -> Result<(), DeployError> {
    let client = &context.aws.logs;
    match context.retry(step).call(|| logs::create_group(client, &spec.name, &spec.tags)).await {
        Err(DeployError::Aws(error)) if error.is("ResourceAlreadyExistsException") => {
            let tags = || logs::tags(client, spec.arn.as_str());
            match context.verify_ownership(step, tags).await {
                Err(DeployError::NotOwned { owner: Owner::Nobody, .. }) => tag(context, step, spec).await?,
                verified => verified?,
            }
        }
        made => {
            made?;
            context.record_created(step, &spec.tags);
        }
    }
    match spec.retention_days {
        Some(_) => retain(context, step, spec).await,
        // A new group keeps its lines for ever; one that turned up is compared when the stack is observed again.
        None => Ok(()),
    }
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
    let client = &context.aws.logs;
    let retry = context.retry(step);
    match spec.retention_days {
        Some(days) => retry.call(|| logs::put_retention(client, &spec.name, days)).await,
        None => retry.call(|| logs::delete_retention(client, &spec.name)).await,
    }
}

/// Deletes a log group.
pub(super) async fn delete(context: &Context, step: &Step) -> Result<(), DeployError> {
    context.retry(step).call(|| logs::delete_group(&context.aws.logs, &step.name)).await
}
