//! Creates, updates and deletes functions, and waits until Lambda has them ready.

use super::context::Context;
use crate::desired::resource::Resource;
use crate::desired::spec::FunctionSpec;
use crate::error::DeployError;
use crate::event::WaitingFor;
use crate::plan::Step;
use crate::plan::diff::Field;
use aws::lambda::{self, Readiness};
use aws::{AwsError, function_versions};

/// Creates a function and publishes it as its first version.
pub(super) async fn create(context: &Context, step: &Step, spec: &FunctionSpec) -> Result<(), DeployError> {
    let client = &context.aws.lambda;
    let description = context.deployment.description();
    let call = || lambda::create(client, &spec.name, &spec.configuration, &spec.code, &description, &spec.tags);
    match context.retry(step).call(call).await {
        Err(DeployError::Aws(error)) if error.is("ResourceConflictException") => {
            let tags = || async { Ok(lambda::function(client, &spec.name).await?.map(|function| function.tags)) };
            context.verify_ownership(step, tags).await?;
            wait_until_ready(context, step, &spec.name, Readiness::Pending).await?;
            update_code(context, step, spec).await?;
            update_configuration(context, step, spec).await?;
            publish(context, step, spec).await
        }
        made => {
            let (readiness, version) = made?;
            context.record_created(step, &spec.tags);
            wait_until_ready(context, step, &spec.name, readiness).await?;
            record_version(context, step, version);
            Ok(())
        }
    }
}

/// Updates a function: its code, then its configuration, each when Lambda has finished the one before; and publishes what
/// it has become.
pub(super) async fn update(
    context: &Context,
    step: &Step,
    spec: &FunctionSpec,
    fields: &[Field],
) -> Result<(), DeployError> {
    let code = |field: &Field| matches!(field, Field::Code | Field::Architecture | Field::Failed);
    let configuration = |field: &Field| {
        matches!(
            field,
            Field::Runtime
                | Field::Handler
                | Field::Memory
                | Field::Timeout
                | Field::Environment
                | Field::Role
                | Field::RoleMadeAgain
        )
    };
    if fields.contains(&Field::Tags) {
        context.retry(step).call(|| lambda::tag(&context.aws.lambda, spec.arn.as_str(), &spec.tags)).await?;
    }
    if fields.contains(&Field::Pending) {
        wait_until_ready(context, step, &spec.name, Readiness::Pending).await?;
    }
    if fields.iter().any(code) {
        update_code(context, step, spec).await?;
    }
    if fields.contains(&Field::RoleMadeAgain) {
        leave_role(context, step, spec).await?;
    }
    if fields.iter().any(configuration) {
        update_configuration(context, step, spec).await?;
    }
    if fields.iter().any(|field| *field != Field::Tags) {
        publish(context, step, spec).await?;
    }
    Ok(())
}

/// Gives a function another role for a moment, that of another function: Lambda grants the decryption of environment variables
/// anew only when the role changes. The description makes that a change of which a version can be published.
async fn leave_role(context: &Context, step: &Step, spec: &FunctionSpec) -> Result<(), DeployError> {
    let client = &context.aws.lambda;
    let own = &spec.configuration.role;
    let other = context.function_roles.iter().find(|role| *role != own).unwrap_or(own);
    let description = context.deployment.description();
    let call = || lambda::update_role(client, &spec.name, other, &description);
    let readiness = context.retry(step).call(call).await?;
    wait_until_ready(context, step, &spec.name, readiness).await
}

/// Publishes the function as it is, which Lambda does only if its code is still ours.
async fn publish(context: &Context, step: &Step, spec: &FunctionSpec) -> Result<(), DeployError> {
    let client = &context.aws.lambda;
    let description = context.deployment.description();
    let call = || function_versions::publish(client, &spec.name, &spec.code_sha256, &description);
    match context.retry(step).call(call).await {
        Err(DeployError::Aws(error)) if is_other_code(&error) => {
            let what = step.resource.to_string();
            Err(DeployError::ConcurrentChange {
                what,
                why: "its code is not the one that was just uploaded".to_owned(),
            })
        }
        published => {
            record_version(context, step, published?);
            Ok(())
        }
    }
}

/// Lambda's refusal to publish code that is not the expected one; its sentence has no code of its own.
fn is_other_code(error: &AwsError) -> bool {
    error.is("PreconditionFailedException") || error.message.to_ascii_lowercase().contains("codesha256")
}

fn record_version(context: &Context, step: &Step, version: u64) {
    if let Resource::Function(key) = &step.resource {
        context.ids().versions.insert(key.clone(), version);
    }
}

async fn update_code(context: &Context, step: &Step, spec: &FunctionSpec) -> Result<(), DeployError> {
    let client = &context.aws.lambda;
    let readiness = context.retry(step).call(|| lambda::update_code(client, &spec.name, &spec.code)).await?;
    wait_until_ready(context, step, &spec.name, readiness).await
}

async fn update_configuration(context: &Context, step: &Step, spec: &FunctionSpec) -> Result<(), DeployError> {
    let client = &context.aws.lambda;
    let call = || lambda::update_configuration(client, &spec.name, &spec.configuration);
    let readiness = context.retry(step).call(call).await?;
    wait_until_ready(context, step, &spec.name, readiness).await
}

/// Waits until Lambda has the function ready. A function that is not found yet was made a moment ago.
async fn wait_until_ready(context: &Context, step: &Step, name: &str, readiness: Readiness) -> Result<(), DeployError> {
    let failed = |reason: String| DeployError::FunctionFailed { name: name.to_owned(), reason };
    match readiness {
        Readiness::Ready => return Ok(()),
        Readiness::Failed(reason) => return Err(failed(reason)),
        Readiness::Pending => {}
    }
    let ask = || async {
        let there = context.retry(step).call(|| lambda::function(&context.aws.lambda, name)).await?;
        match there.map(|function| function.readiness) {
            Some(Readiness::Ready) => Ok(Some(())),
            Some(Readiness::Failed(reason)) => Err(failed(reason)),
            Some(Readiness::Pending) | None => Ok(None),
        }
    };
    context.retry(step).poll(WaitingFor::FunctionReady, ask).await
}

/// Deletes a function.
pub(super) async fn delete(context: &Context, step: &Step) -> Result<(), DeployError> {
    context.retry(step).call(|| lambda::delete(&context.aws.lambda, &step.name)).await
}
