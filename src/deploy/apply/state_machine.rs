//! Makes, changes and deletes state machines.

use super::Work;
use crate::aws::error::or_gone;
use crate::aws::{executions, sfn};
use crate::deploy::error::DeployError;
use crate::deploy::event::WaitingFor;
use crate::deploy::plan::Step;
use crate::deploy::spec::StateMachineSpec;
use crate::model::names::{Arn, Key};

/// Makes a state machine.
pub(super) async fn create(work: &Work, step: &Step, spec: &StateMachineSpec) -> Result<(), DeployError> {
    let client = &work.aws.sfn;
    let made = work.patience(step).call(|| sfn::create(client, &spec.name, &spec.wanted, &work.tags)).await;
    made.map_err(|error| about_definition(error, &spec.name))
}

/// Changes a state machine. Executions that run keep the definition that they began with.
pub(super) async fn update(work: &Work, step: &Step, spec: &StateMachineSpec) -> Result<(), DeployError> {
    let changed = work.patience(step).call(|| sfn::update(&work.aws.sfn, &spec.arn, &spec.wanted)).await;
    changed.map_err(|error| about_definition(error, &spec.name))
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
    let Some(machine) = sfn::state_machine(client, arn.as_str()).await? else { return Ok(()) };
    let standard = machine.kind == "STANDARD";
    if standard {
        stop_running(work, &arn).await?;
    }
    patience.call(|| sfn::delete(client, arn.as_str())).await?;
    let ask = || async {
        if sfn::state_machine(client, arn.as_str()).await?.is_none() {
            return Ok(Some(()));
        }
        if standard {
            stop_running(work, &arn).await?;
        }
        Ok(None)
    };
    patience.until(WaitingFor::StateMachineGone, ask).await
}

async fn stop_running(work: &Work, arn: &Arn) -> Result<(), DeployError> {
    let running = executions::running(&work.aws, arn).await?;
    let stops = running.into_iter().map(|execution| {
        let aws = work.aws.clone();
        let cause = Some("The stack is being removed.".to_owned());
        async move { Ok(or_gone(executions::stop(&aws, &execution.execution_arn, None, cause).await)?) }
    });
    crate::deploy::parallel::all(stops).await.map(|_| ())
}
