//! Creates, updates and deletes activities.

use super::context::Context;
use crate::desired::spec::ActivitySpec;
use crate::error::DeployError;
use crate::plan::Step;
use aws::sfn;

/// Creates an activity. One that turned up meanwhile stays as it is; whose it is shows when the stack is observed again.
pub(super) async fn create(context: &Context, step: &Step, spec: &ActivitySpec) -> Result<(), DeployError> {
    let client = &context.aws.sfn;
    match context.retry(step).call(|| sfn::activities::create(client, &spec.name, &spec.tags)).await {
        // Emulators refuse what Step Functions takes as the same call again.
        Err(DeployError::Aws(error)) if error.is("ActivityAlreadyExists") => {
            context.verify_ownership(step, || sfn::tags(client, spec.arn.as_str())).await
        }
        made => {
            made?;
            context.record_created(step, &spec.tags);
            Ok(())
        }
    }
}

/// Updates an activity: tags are all that it has.
pub(super) async fn update(context: &Context, step: &Step, spec: &ActivitySpec) -> Result<(), DeployError> {
    context.retry(step).call(|| sfn::tag(&context.aws.sfn, spec.arn.as_str(), &spec.tags)).await
}

/// Deletes an activity.
pub(super) async fn delete(context: &Context, step: &Step) -> Result<(), DeployError> {
    let arn = context.stack.activity_arn_of(&step.name);
    context.retry(step).call(|| sfn::activities::delete(&context.aws.sfn, arn.as_str())).await
}
