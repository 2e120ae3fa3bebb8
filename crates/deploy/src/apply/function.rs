//! Makes, changes and deletes functions, and waits until Lambda has them ready.

use super::Work;
use crate::diff::Field;
use crate::error::DeployError;
use crate::event::WaitingFor;
use crate::plan::Step;
use crate::resource::Resource;
use crate::spec::FunctionSpec;
use aws::lambda::{self, Readiness};
use aws::{AwsError, function_versions};

/// Makes a function and publishes it as its first version.
pub(super) async fn create(work: &Work, step: &Step, spec: &FunctionSpec) -> Result<(), DeployError> {
    let (client, description) = (&work.aws.lambda, work.deployment.description());
    let call = || lambda::create(client, &spec.name, &spec.configuration, &spec.code, &description, &spec.tags);
    match work.patience(step).call(call).await {
        Err(DeployError::Aws(error)) if error.is("ResourceConflictException") => {
            let tags = || async { Ok(lambda::function(client, &spec.name).await?.map(|function| function.tags)) };
            work.must_be_ours(step, tags).await?;
            settle(work, step, &spec.name, Readiness::Busy).await?;
            update_code(work, step, spec).await?;
            update_configuration(work, step, spec).await?;
            publish(work, step, spec).await
        }
        made => {
            let (readiness, version) = made?;
            settle(work, step, &spec.name, readiness).await?;
            deployed(work, step, version);
            Ok(())
        }
    }
}

/// Changes a function: its code, then its configuration, each when Lambda has finished the one before; and publishes what
/// it has become.
pub(super) async fn update(work: &Work, step: &Step, spec: &FunctionSpec, fields: &[Field]) -> Result<(), DeployError> {
    let code = |field: &Field| matches!(field, Field::Code | Field::Architecture | Field::Failed);
    let configuration = |field: &Field| {
        matches!(
            field,
            Field::Runtime | Field::Handler | Field::Memory | Field::Timeout | Field::Environment | Field::Role
        )
    };
    if fields.contains(&Field::Tags) {
        work.patience(step).call(|| lambda::tag(&work.aws.lambda, spec.arn.as_str(), &spec.tags)).await?;
    }
    if fields.contains(&Field::Busy) {
        settle(work, step, &spec.name, Readiness::Busy).await?;
    }
    if fields.iter().any(code) {
        update_code(work, step, spec).await?;
    }
    if fields.iter().any(configuration) {
        update_configuration(work, step, spec).await?;
    }
    if fields.iter().any(|field| *field != Field::Tags) {
        publish(work, step, spec).await?;
    }
    Ok(())
}

/// Publishes the function as it is, which Lambda does only if its code is still ours.
async fn publish(work: &Work, step: &Step, spec: &FunctionSpec) -> Result<(), DeployError> {
    let (client, description) = (&work.aws.lambda, work.deployment.description());
    let call = || function_versions::publish(client, &spec.name, &spec.code_sha256, &description);
    match work.patience(step).call(call).await {
        Err(DeployError::Aws(error)) if is_other_code(&error) => {
            let what = step.resource.to_string();
            Err(DeployError::Overtaken { what, why: "its code is not the one that was just uploaded".to_owned() })
        }
        published => {
            deployed(work, step, published?);
            Ok(())
        }
    }
}

/// Lambda's refusal to publish code that is not the expected one; its sentence has no code of its own.
fn is_other_code(error: &AwsError) -> bool {
    error.is("PreconditionFailedException") || error.message.to_ascii_lowercase().contains("codesha256")
}

fn deployed(work: &Work, step: &Step, version: u64) {
    if let Resource::Function(key) = &step.resource {
        work.learn(|ids| ids.versions.extend([(key.clone(), version)]));
    }
}

async fn update_code(work: &Work, step: &Step, spec: &FunctionSpec) -> Result<(), DeployError> {
    let client = &work.aws.lambda;
    let readiness = work.patience(step).call(|| lambda::update_code(client, &spec.name, &spec.code)).await?;
    settle(work, step, &spec.name, readiness).await
}

async fn update_configuration(work: &Work, step: &Step, spec: &FunctionSpec) -> Result<(), DeployError> {
    let client = &work.aws.lambda;
    let call = || lambda::update_configuration(client, &spec.name, &spec.configuration);
    let readiness = work.patience(step).call(call).await?;
    settle(work, step, &spec.name, readiness).await
}

/// Waits until Lambda has the function ready. A function that is not found yet was made a moment ago.
async fn settle(work: &Work, step: &Step, name: &str, readiness: Readiness) -> Result<(), DeployError> {
    let failed = |reason: String| DeployError::FunctionFailed { name: name.to_owned(), reason };
    match readiness {
        Readiness::Ready => return Ok(()),
        Readiness::Failed(reason) => return Err(failed(reason)),
        Readiness::Busy => {}
    }
    let ask = || async {
        let there = work.patience(step).call(|| lambda::function(&work.aws.lambda, name)).await?;
        match there.map(|function| function.readiness) {
            Some(Readiness::Ready) => Ok(Some(())),
            Some(Readiness::Failed(reason)) => Err(failed(reason)),
            Some(Readiness::Busy) | None => Ok(None),
        }
    };
    work.patience(step).until(WaitingFor::FunctionReady, ask).await
}

/// Deletes a function.
pub(super) async fn delete(work: &Work, step: &Step) -> Result<(), DeployError> {
    work.patience(step).call(|| lambda::delete(&work.aws.lambda, &step.name)).await
}
