//! Points the alias of a function to the version that should be live.

use super::context::Context;
use crate::desired::resource::Resource;
use crate::desired::spec::AliasSpec;
use crate::error::DeployError;
use crate::plan::Step;
use aws::{AwsErrorKind, function_versions};
use model::stack::LIVE;

/// Creates the alias; one that turned up meanwhile is ours, for it belongs to our function.
pub(super) async fn create(context: &Context, step: &Step, spec: &AliasSpec) -> Result<(), DeployError> {
    let client = &context.aws.lambda;
    let version = version(context, step, spec)?;
    let call = || function_versions::create_alias(client, &spec.function_name, LIVE, version);
    match context.retry(step).call(call).await {
        Err(DeployError::Aws(error)) if error.kind == AwsErrorKind::Conflict => update(context, step, spec).await,
        made => made,
    }
}

/// Points the alias to another version.
pub(super) async fn update(context: &Context, step: &Step, spec: &AliasSpec) -> Result<(), DeployError> {
    let client = &context.aws.lambda;
    let version = version(context, step, spec)?;
    let call = || function_versions::update_alias(client, &spec.function_name, LIVE, version);
    context.retry(step).call(call).await
}

fn version(context: &Context, step: &Step, spec: &AliasSpec) -> Result<u64, DeployError> {
    match (spec.version, &step.resource) {
        (Some(version), _) => Ok(version),
        (None, Resource::Alias(key)) => context.version(key),
        (None, other) => Err(DeployError::Internal(format!("{other} has no version"))),
    }
}
