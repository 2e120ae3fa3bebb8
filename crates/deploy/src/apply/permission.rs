//! Lets routes invoke functions, and takes that right away.

use super::context::Context;
use crate::desired::spec::PermissionSpec;
use crate::error::DeployError;
use crate::plan::Step;
use aws::lambda;

/// Adds the statement for a route. One that exists already says the same: its id follows from what it says.
pub(super) async fn create(context: &Context, step: &Step, spec: &PermissionSpec) -> Result<(), DeployError> {
    let statement = spec.statement(&context.api_id()?);
    let client = &context.aws.lambda;
    let function = spec.function_name.as_str();
    let call = || lambda::allow_api(client, function, &statement.sid, &statement.source_arn);
    match context.retry(step).call(call).await {
        Err(DeployError::Aws(error)) if error.is("ResourceConflictException") => Ok(()),
        added => added,
    }
}

/// Puts the right statement in the place of one that someone changed.
pub(super) async fn replace(context: &Context, step: &Step, spec: &PermissionSpec) -> Result<(), DeployError> {
    let statement = spec.statement(&context.api_id()?);
    let client = &context.aws.lambda;
    let function = spec.function_name.as_str();
    context.retry(step).call(|| lambda::remove_permission(client, function, &statement.sid)).await?;
    create(context, step, spec).await
}

/// Takes a statement away.
pub(super) async fn delete(context: &Context, step: &Step, sid: &str) -> Result<(), DeployError> {
    context.retry(step).call(|| lambda::remove_permission(&context.aws.lambda, &step.name, sid)).await
}
