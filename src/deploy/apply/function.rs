//! Makes, changes and deletes functions, and waits until Lambda has them ready.

use super::Work;
use crate::aws::lambda::{self, Readiness};
use crate::deploy::diff::Field;
use crate::deploy::error::DeployError;
use crate::deploy::event::WaitingFor;
use crate::deploy::plan::Step;
use crate::deploy::spec::FunctionSpec;

/// Makes a function.
pub(super) async fn create(work: &Work, step: &Step, spec: &FunctionSpec) -> Result<(), DeployError> {
    let client = &work.aws.lambda;
    let call = || lambda::create(client, &spec.name, &spec.configuration, &spec.code, &work.tags);
    match work.patience(step).call(call).await {
        Err(DeployError::Aws(error)) if error.is("ResourceConflictException") => {
            let there = lambda::function(client, &spec.name).await?;
            work.must_be_ours(step, there.as_ref().map(|function| &function.tags))?;
            update_code(work, step, spec).await?;
            update_configuration(work, step, spec).await
        }
        made => settle(work, step, &spec.name, made?).await,
    }
}

/// Changes a function: its code, then its configuration, each when Lambda has finished the one before.
pub(super) async fn update(work: &Work, step: &Step, spec: &FunctionSpec, fields: &[Field]) -> Result<(), DeployError> {
    let code = |field: &Field| matches!(field, Field::Code | Field::Architecture | Field::Failed);
    let configuration = |field: &Field| {
        matches!(
            field,
            Field::Runtime | Field::Handler | Field::Memory | Field::Timeout | Field::Environment | Field::Role
        )
    };
    if fields.contains(&Field::Busy) {
        settle(work, step, &spec.name, Readiness::Busy).await?;
    }
    if fields.iter().any(code) {
        update_code(work, step, spec).await?;
    }
    if fields.iter().any(configuration) {
        update_configuration(work, step, spec).await?;
    }
    Ok(())
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
        match lambda::function(&work.aws.lambda, name).await?.map(|function| function.readiness) {
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
