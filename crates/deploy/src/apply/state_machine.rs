//! Creates, updates and deletes state machines.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::context::Context;
use super::pace::Pace;
use crate::desired::spec::{NamedFunction, StateMachineSpec};
use crate::error::DeployError;
use crate::event::{Event, Events, WaitingFor};
use crate::parallel;
use crate::plan::Step;
use crate::plan::diff::Field;
use crate::retry::Retry;
use aws::error::ignore_not_found;
use aws::{Aws, AwsErrorKind, executions, sfn};
use model::names::{Arn, Key};

/// Creates a state machine.
pub(super) async fn create(context: &Context, step: &Step, spec: &StateMachineSpec) -> Result<(), DeployError> {
    let client = &context.aws.sfn;
    let settings = with_versions(context, spec)?;
    let description = context.deployment.description();
    let call = || sfn::create(client, &spec.name, &settings, &description, &spec.tags);
    match context.retry(step).call(call).await {
        // Created by a call whose answer got lost, or by somebody else.
        Err(DeployError::Aws(error)) if error.is("StateMachineAlreadyExists") => {
            context.verify_ownership(step, || sfn::tags(client, spec.arn.as_str())).await?;
            change(context, step, spec).await
        }
        created => {
            created.map_err(|error| as_project_error(error, spec))?;
            context.record_created(step, &spec.tags);
            Ok(())
        }
    }
}

/// Updates a state machine. Executions that run keep the definition that they began with.
pub(super) async fn update(
    context: &Context,
    step: &Step,
    spec: &StateMachineSpec,
    fields: &[Field],
) -> Result<(), DeployError> {
    if fields.contains(&Field::Tags) {
        context.retry(step).call(|| sfn::tag(&context.aws.sfn, spec.arn.as_str(), &spec.tags)).await?;
    }
    if fields.iter().all(|field| *field == Field::Tags) {
        return Ok(());
    }
    change(context, step, spec).await
}

async fn change(context: &Context, step: &Step, spec: &StateMachineSpec) -> Result<(), DeployError> {
    let client = &context.aws.sfn;
    let settings = with_versions(context, spec)?;
    let description = spec.publish.then(|| context.deployment.description());
    let call = || sfn::update(client, spec.arn.as_str(), &settings, description.as_deref());
    context.retry(step).call(call).await.map_err(|error| as_project_error(error, spec))
}

/// The state machine with the versions of its functions, whose steps are all done by now.
fn with_versions(context: &Context, spec: &StateMachineSpec) -> Result<sfn::Settings, DeployError> {
    let version = |it: &NamedFunction| Ok((it.key.clone(), context.version(&it.key)?));
    let versions = spec.functions.iter().map(version).collect::<Result<BTreeMap<Key, u64>, DeployError>>()?;
    Ok(spec.with_versions(|key| versions.get(key).copied()))
}

/// A refused definition, or log group, is a fault of a project file, not of a call.
fn as_project_error(error: DeployError, spec: &StateMachineSpec) -> DeployError {
    let name = spec.name.clone();
    match error {
        DeployError::Aws(answer) if answer.is("InvalidDefinition") => {
            DeployError::Definition { name, reason: answer.message }
        }
        DeployError::Aws(answer) if answer.is("InvalidLoggingConfiguration") => DeployError::Logging {
            name,
            destinations: spec.settings.logging.destinations().to_vec(),
            reason: answer.message,
        },
        other => other,
    }
}

/// Stops what runs, deletes the state machine and waits until it is gone. An execution that was started in the last moment
/// would keep it from going, so they are stopped again while waiting: less and less often, since thirty people who remove
/// their stacks at once share the calls that list them.
pub(super) async fn delete(context: &Context, step: &Step) -> Result<(), DeployError> {
    let arn = context.stack.state_machine_arn_of(&step.name);
    let client = &context.aws.sfn;
    let retry = context.retry(step);
    let describe = || sfn::state_machine(client, arn.as_str());
    let Some(machine) = retry.call(describe).await? else { return Ok(()) };
    let standard = machine.kind == "STANDARD";
    if standard {
        stop_running(context, &retry, &arn).await?;
    }
    retry.call(|| sfn::delete(client, arn.as_str())).await?;
    let polls = AtomicUsize::new(0);
    let ask = || async {
        if retry.call(describe).await?.is_none() {
            return Ok(Some(()));
        }
        let poll = polls.fetch_add(1, Ordering::Relaxed) + 1;
        if standard && poll >= FIRST_LOOK && poll.is_power_of_two() {
            stop_running(context, &retry, &arn).await?;
        }
        Ok(None)
    };
    retry.poll(WaitingFor::StateMachineGone, ask).await
}

/// The poll for the machine's end at which it is looked again for what runs: after a second or so.
const FIRST_LOOK: usize = 4;

async fn stop_running(context: &Context, retry: &Retry, arn: &Arn) -> Result<(), DeployError> {
    let running = retry.call(|| executions::running(&context.aws, arn)).await?;
    let of = running.len();
    let stops = Arc::new(Stops {
        aws: context.aws.clone(),
        retry: retry.clone(),
        events: context.events.clone(),
        pace: Pace::default(),
        done: AtomicUsize::new(0),
        of,
    });
    let stops = running.into_iter().map(|execution| {
        let stops = Arc::clone(&stops);
        async move { stops.stop(&execution.execution_arn).await }
    });
    parallel::all(stops).await.map(|_| ())
}

/// Executions that are stopped together.
struct Stops {
    aws: Aws,
    retry: Retry,
    events: Events,
    pace: Pace,
    done: AtomicUsize,
    of: usize,
}

impl Stops {
    /// Stops one of them, at the pace of all.
    async fn stop(&self, execution: &Arn) -> Result<(), DeployError> {
        let once = || async {
            let stopped = executions::stop_paced(&self.aws, execution, "The stack is being removed.").await;
            match ignore_not_found(stopped) {
                // The pace is what waits, and for all of them.
                Err(error) if error.kind == AwsErrorKind::Throttled => Ok(Some(error)),
                other => other.map(|_| None),
            }
        };
        loop {
            let made = self.pace.turn().await;
            let Some(refusal) = self.retry.call(once).await? else { break };
            if !self.pace.refused(made) {
                return Err(refusal.into());
            }
        }
        self.pace.passed();
        let done = self.done.fetch_add(1, Ordering::Relaxed) + 1;
        self.events.emit(Event::Counted { what: "executions stopped", done, of: self.of });
        Ok(())
    }
}
