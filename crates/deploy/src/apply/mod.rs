//! Applies a plan: every step as soon as the steps that it needs are done, all others at once.

mod activity;
mod alias;
mod api;
mod context;
mod function;
mod log_group;
mod pace;
mod permission;
pub(crate) mod probe;
mod role;
mod routing;
mod state_machine;

use std::collections::BTreeMap;
use std::sync::Arc;

use tokio::sync::SetOnce;

use context::Context;

use crate::desired::resource::Resource;
use crate::desired::spec::Spec;
use crate::error::DeployError;
use crate::event::{Event, Events, milliseconds};
use crate::parallel;
use crate::plan::diff::Field;
use crate::plan::order;
use crate::plan::{Change, Plan, Step};
use crate::retry::elapsed_since;
use aws::clock;
use aws::{Aws, Tags};
use model::deployment::DeploymentId;
use model::stack::Stack;

/// The outcome of an applied plan.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Applied {
    /// The id of the HTTP API, if there is one.
    pub api: Option<String>,
    /// What was created, with its tags.
    pub created: BTreeMap<Resource, Tags>,
}

/// Applies a plan.
///
/// # Errors
/// The first step that fails for good. What is done stays done.
pub async fn apply(
    aws: &Aws,
    stack: &Stack,
    plan: &Plan,
    deployment: DeploymentId,
    events: &Events,
) -> Result<Applied, DeployError> {
    let context = Arc::new(Context::new(aws, stack, plan, deployment, events));
    let done: BTreeMap<Resource, SetOnce<()>> =
        plan.steps.iter().map(|step| (step.resource.clone(), SetOnce::new())).collect();
    let done = Arc::new(done);
    let (idle, busy): (Vec<_>, Vec<_>) = plan.steps.iter().partition(|step| step.change == Change::Keep);
    for step in idle {
        mark(&done, &step.resource);
    }
    let tasks = busy.into_iter().map(|step| {
        let step = step.clone();
        let needs = order::needs(&step, plan);
        let context = Arc::clone(&context);
        let done = Arc::clone(&done);
        async move {
            for need in &needs {
                if let Some(needed) = done.get(need) {
                    needed.wait().await;
                }
            }
            // Not before: a step that waits for another must not keep it from running.
            let permit = context.steps_at_once.acquire().await;
            let _permit = permit.map_err(|error| DeployError::Internal(error.to_string()))?;
            run_step(&context, &step).await?;
            mark(&done, &step.resource);
            Ok(())
        }
    });
    parallel::together(tasks).await?;
    let ids = context.ids();
    Ok(Applied { api: ids.api.clone(), created: ids.created.clone() })
}

fn mark(done: &BTreeMap<Resource, SetOnce<()>>, resource: &Resource) {
    if let Some(step) = done.get(resource) {
        // Set already means done already.
        let _ = step.set(());
    }
}

async fn run_step(context: &Context, step: &Step) -> Result<(), DeployError> {
    let Some(doing) = step.change.doing() else { return Ok(()) };
    let what = step.resource.clone();
    let since = clock::now();
    context.events.emit(Event::Started { what: what.clone(), doing });
    match &step.change {
        Change::Keep => {}
        Change::Create(spec) => create(context, step, spec).await?,
        Change::Update(spec, differences) | Change::Adopt(spec, differences) => {
            let fields: Vec<_> = differences.iter().map(|difference| difference.field).collect();
            update(context, step, spec, &fields).await?;
        }
        Change::Delete => delete(context, step).await?,
    }
    context.events.emit(Event::Done { what, doing, elapsed_ms: milliseconds(elapsed_since(since)) });
    Ok(())
}

async fn create(context: &Context, step: &Step, spec: &Spec) -> Result<(), DeployError> {
    match spec {
        Spec::Role(spec) => role::create(context, step, spec).await,
        Spec::LogGroup(spec) => log_group::create(context, step, spec).await,
        Spec::Function(spec) => function::create(context, step, spec).await,
        Spec::Alias(spec) => alias::create(context, step, spec).await,
        Spec::Activity(spec) => activity::create(context, step, spec).await,
        Spec::StateMachine(spec) => state_machine::create(context, step, spec).await,
        Spec::Api(spec) => api::create(context, step, spec).await,
        Spec::Integration(spec) => routing::create_integration(context, step, spec).await,
        Spec::Route(spec) => routing::create_route(context, step, spec).await,
        Spec::Stage(spec) => routing::create_stage(context, step, spec).await,
        Spec::Permission(spec) => permission::create(context, step, spec).await,
    }
}

async fn update(context: &Context, step: &Step, spec: &Spec, fields: &[Field]) -> Result<(), DeployError> {
    match spec {
        Spec::Role(spec) => role::update(context, step, spec, fields).await,
        Spec::LogGroup(spec) => log_group::update(context, step, spec, fields).await,
        Spec::Function(spec) => function::update(context, step, spec, fields).await,
        Spec::Alias(spec) => alias::update(context, step, spec).await,
        Spec::Activity(spec) => activity::update(context, step, spec).await,
        Spec::StateMachine(spec) => state_machine::update(context, step, spec, fields).await,
        Spec::Api(spec) => api::update(context, step, spec, fields).await,
        Spec::Integration(spec) => routing::update_integration(context, step, spec).await,
        Spec::Route(spec) => routing::update_route(context, step, spec).await,
        Spec::Stage(spec) => routing::update_stage(context, step, spec, fields).await,
        Spec::Permission(spec) => permission::replace(context, step, spec).await,
    }
}

async fn delete(context: &Context, step: &Step) -> Result<(), DeployError> {
    match &step.resource {
        Resource::Role(_) => role::delete(context, step).await,
        Resource::LogGroup(_) => log_group::delete(context, step).await,
        Resource::Function(_) => function::delete(context, step).await,
        Resource::Activity(_) => activity::delete(context, step).await,
        Resource::StateMachine(_) => state_machine::delete(context, step).await,
        Resource::Api | Resource::ExtraApi(_) => api::delete(context, step).await,
        Resource::Integration(_) | Resource::LeftoverIntegration(_) => routing::delete_integration(context, step).await,
        Resource::Route(_) => routing::delete_route(context, step).await,
        Resource::LeftoverPermission { sid, .. } => permission::delete(context, step, sid).await,
        // A stage goes with its API, an alias and a declared permission with their function: none is ever planned for
        // deletion.
        Resource::Stage | Resource::Alias(_) | Resource::Permission { .. } => Ok(()),
    }
}
