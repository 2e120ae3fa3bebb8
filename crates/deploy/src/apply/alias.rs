//! Leads the alias of a function to the version that shall be live.

use super::Work;
use crate::error::DeployError;
use crate::plan::Step;
use crate::resource::Resource;
use crate::spec::AliasSpec;
use aws::{AwsErrorKind, function_versions};
use model::stack::LIVE;

/// Makes the alias; one that turned up meanwhile is ours, for it belongs to our function.
pub(super) async fn create(work: &Work, step: &Step, spec: &AliasSpec) -> Result<(), DeployError> {
    let (client, version) = (&work.aws.lambda, version(work, step, spec)?);
    let call = || function_versions::create_alias(client, &spec.function_name, LIVE, version);
    match work.patience(step).call(call).await {
        Err(DeployError::Aws(error)) if error.kind == AwsErrorKind::Conflict => update(work, step, spec).await,
        made => made,
    }
}

/// Leads the alias to another version.
pub(super) async fn update(work: &Work, step: &Step, spec: &AliasSpec) -> Result<(), DeployError> {
    let (client, version) = (&work.aws.lambda, version(work, step, spec)?);
    let call = || function_versions::update_alias(client, &spec.function_name, LIVE, version);
    work.patience(step).call(call).await
}

fn version(work: &Work, step: &Step, spec: &AliasSpec) -> Result<u64, DeployError> {
    let deployed = |key| work.known("version", |ids| ids.versions.get(key).copied());
    match (spec.version, &step.resource) {
        (Some(version), _) => Ok(version),
        (None, Resource::Alias(key)) => deployed(key),
        (None, other) => Err(DeployError::BrokenOff(format!("{other} has no version"))),
    }
}
