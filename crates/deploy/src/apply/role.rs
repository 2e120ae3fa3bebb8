//! Creates, updates and deletes roles.

use super::context::Context;
use crate::desired::spec::{POLICY_NAME, RoleSpec};
use crate::error::DeployError;
use crate::plan::Step;
use crate::plan::diff::Field;
use aws::error::or_absent;
use aws::iam;

/// Creates a role with its policy. The policy is there before anything uses the role: a first run would else be denied.
pub(super) async fn create(context: &Context, step: &Step, spec: &RoleSpec) -> Result<(), DeployError> {
    let client = &context.aws.iam;
    let trust = spec.trust.to_string();
    let role = iam::NewRole {
        name: &spec.name,
        path: spec.path.as_str(),
        trust: &trust,
        permissions_boundary: spec.permissions_boundary.as_deref(),
        tags: &spec.tags,
    };
    let made = context.retry(step).call(|| iam::create_role(client, role)).await;
    match made {
        Err(DeployError::Aws(error)) if error.is("EntityAlreadyExists") || error.is("EntityAlreadyExistsException") => {
            let tags = || async { Ok(iam::role(client, &spec.name).await?.map(|role| role.tags)) };
            context.verify_ownership(step, tags).await?;
            context.retry(step).call(|| iam::update_trust(client, &spec.name, &trust)).await?;
        }
        made => {
            made?;
            context.record_created(step, &spec.tags);
        }
    }
    put_policy(context, step, spec).await
}

/// Updates a role's boundary, policies and tags. The boundary comes before the policy: an organisation may take a policy only
/// for a role that is bounded.
pub(super) async fn update(
    context: &Context,
    step: &Step,
    spec: &RoleSpec,
    fields: &[Field],
) -> Result<(), DeployError> {
    let client = &context.aws.iam;
    if fields.contains(&Field::Tags) {
        context.retry(step).call(|| iam::tag(client, &spec.name, &spec.tags)).await?;
    }
    if fields.contains(&Field::Boundary) {
        put_boundary(context, step, spec).await?;
    }
    if fields.contains(&Field::Trust) {
        let trust = spec.trust.to_string();
        context.retry(step).call(|| iam::update_trust(client, &spec.name, &trust)).await?;
    }
    if fields.contains(&Field::Policy) {
        put_policy(context, step, spec).await?;
    }
    Ok(())
}

async fn put_boundary(context: &Context, step: &Step, spec: &RoleSpec) -> Result<(), DeployError> {
    let client = &context.aws.iam;
    let retry = context.retry(step);
    match &spec.permissions_boundary {
        Some(arn) => retry.call(|| iam::put_boundary(client, &spec.name, arn)).await,
        None => retry.call(|| iam::delete_boundary(client, &spec.name)).await,
    }
}

async fn put_policy(context: &Context, step: &Step, spec: &RoleSpec) -> Result<(), DeployError> {
    let client = &context.aws.iam;
    let retry = context.retry(step);
    match &spec.policy {
        Some(policy) => {
            let document = policy.to_string();
            retry.call(|| iam::put_policy(client, &spec.name, POLICY_NAME, &document)).await
        }
        None => retry.call(|| iam::delete_policy(client, &spec.name, POLICY_NAME)).await,
    }
}

/// Deletes a role with every policy that it has, also those that someone added: IAM deletes no role with policies.
pub(super) async fn delete(context: &Context, step: &Step) -> Result<(), DeployError> {
    let client = &context.aws.iam;
    let retry = context.retry(step);
    let name = step.name.as_str();
    let (inline, attached) = tokio::try_join!(
        retry.call(|| async { or_absent(iam::inline_policies(client, name).await) }),
        retry.call(|| async { or_absent(iam::attached_policies(client, name).await) }),
    )?;
    for policy in inline.unwrap_or_default() {
        retry.call(|| iam::delete_policy(client, name, &policy)).await?;
    }
    for arn in attached.unwrap_or_default() {
        retry.call(|| iam::detach_policy(client, name, &arn)).await?;
    }
    retry.call(|| iam::delete_role(client, name)).await
}
