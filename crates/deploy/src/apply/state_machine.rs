//! Makes, changes and deletes state machines.

use std::sync::PoisonError;

use super::Work;
use crate::diff::Field;
use crate::error::DeployError;
use crate::event::WaitingFor;
use crate::parallel;
use crate::plan::Step;
use crate::spec::StateMachineSpec;
use crate::wait::Patience;
use aws::error::or_gone;
use aws::{executions, sfn};
use model::names::{Arn, Key};

/// Makes a state machine.
pub(super) async fn create(work: &Work, step: &Step, spec: &StateMachineSpec) -> Result<(), DeployError> {
    let (client, wanted, description) = (&work.aws.sfn, wanted(work, spec), work.deployment.description());
    let call = || sfn::create(client, &spec.name, &wanted, &description, &spec.tags);
    match work.patience(step).call(call).await {
        // Made by a call whose answer got lost, or by somebody else.
        Err(DeployError::Aws(error)) if error.is("StateMachineAlreadyExists") => {
            work.must_be_ours(step, || sfn::tags(client, &spec.arn)).await?;
            change(work, step, spec).await
        }
        made => made.map_err(|error| about_definition(error, &spec.name)),
    }
}

/// Changes a state machine. Executions that run keep the definition that they began with.
pub(super) async fn update(
    work: &Work,
    step: &Step,
    spec: &StateMachineSpec,
    fields: &[Field],
) -> Result<(), DeployError> {
    if fields.contains(&Field::Tags) {
        work.patience(step).call(|| sfn::tag(&work.aws.sfn, &spec.arn, &spec.tags)).await?;
    }
    if fields.iter().all(|field| *field == Field::Tags) {
        return Ok(());
    }
    change(work, step, spec).await
}

async fn change(work: &Work, step: &Step, spec: &StateMachineSpec) -> Result<(), DeployError> {
    let (client, wanted) = (&work.aws.sfn, wanted(work, spec));
    let description = spec.publish.then(|| work.deployment.description());
    let call = || sfn::update(client, &spec.arn, &wanted, description.as_deref());
    work.patience(step).call(call).await.map_err(|error| about_definition(error, &spec.name))
}

/// The state machine with the versions of its functions, which are all known by now.
fn wanted(work: &Work, spec: &StateMachineSpec) -> sfn::Wanted {
    let versions = work.ids.lock().unwrap_or_else(PoisonError::into_inner).versions.clone();
    spec.with_versions(|key| versions.get(key).copied())
}

/// A refused definition is a fault of a project file, not of a call.
fn about_definition(error: DeployError, name: &str) -> DeployError {
    match error {
        DeployError::Aws(answer) if answer.is("InvalidDefinition") => {
            DeployError::Definition { name: name.to_owned(), reason: answer.message }
        }
        other => other,
    }
}

/// Stops what runs, deletes the state machine and waits until it is gone. An execution that was started in the last moment
/// would keep it from going, so they are stopped again while waiting.
pub(super) async fn delete(work: &Work, step: &Step, key: &Key) -> Result<(), DeployError> {
    let arn = work.stack.state_machine_arn(key);
    let (client, patience) = (&work.aws.sfn, work.patience(step));
    let look = || sfn::state_machine(client, arn.as_str());
    let Some(machine) = patience.call(look).await? else { return Ok(()) };
    let standard = machine.kind == "STANDARD";
    if standard {
        stop_running(work, &patience, &arn).await?;
    }
    patience.call(|| sfn::delete(client, arn.as_str())).await?;
    let ask = || async {
        if patience.call(look).await?.is_none() {
            return Ok(Some(()));
        }
        if standard {
            stop_running(work, &patience, &arn).await?;
        }
        Ok(None)
    };
    patience.until(WaitingFor::StateMachineGone, ask).await
}

async fn stop_running(work: &Work, patience: &Patience, arn: &Arn) -> Result<(), DeployError> {
    let running = patience.call(|| executions::running(&work.aws, arn)).await?;
    let stops = running.into_iter().map(|execution| {
        let (aws, patience) = (work.aws.clone(), patience.clone());
        async move {
            let cause = || Some("The stack is being removed.".to_owned());
            let stop = || async { or_gone(executions::stop(&aws, &execution.execution_arn, None, cause()).await) };
            patience.call(stop).await
        }
    });
    parallel::all(stops).await.map(|_| ())
}
