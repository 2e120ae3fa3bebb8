//! Carries out a plan: every step as soon as the steps that it needs are done, all others at once.

mod alias;
mod api;
mod function;
mod log_group;
mod permission;
mod role;
mod routing;
mod state_machine;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::SetOnce;

use super::error::DeployError;
use super::event::{Event, Events, WaitingFor, milliseconds};
use super::observe::owner;
use super::order;
use super::parallel;
use super::plan::{Change, Plan, Step};
use super::resource::Resource;
use super::spec::Spec;
use super::wait::{Patience, waited};
use aws::clock;
use aws::{Aws, AwsError, Tags};
use model::deployment::DeploymentId;
use model::names::Key;
use model::stack::Stack;

/// What every step works with.
struct Work {
    aws: Aws,
    stack: Stack,
    events: Events,
    /// What the versions that are published are described as.
    deployment: DeploymentId,
    /// Ids that AWS gives: known from the plan, or once a step has made the thing.
    ids: Mutex<Ids>,
    /// API Gateway refuses changes to one API at the same time.
    one_api_write: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct Ids {
    api: Option<String>,
    integrations: BTreeMap<Key, String>,
    /// The version of each function that is deployed.
    versions: BTreeMap<Key, u64>,
}

/// What came out of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Applied {
    /// The id of the HTTP API, if there is one.
    pub api: Option<String>,
}

/// Carries out a plan.
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
    let work = Arc::new(Work::new(aws, stack, plan, deployment, events));
    let done: BTreeMap<Resource, SetOnce<()>> =
        plan.steps.iter().map(|step| (step.resource.clone(), SetOnce::new())).collect();
    let done = Arc::new(done);
    let (idle, busy): (Vec<_>, Vec<_>) = plan.steps.iter().partition(|step| step.change == Change::Keep);
    for step in idle {
        mark(&done, &step.resource);
    }
    let tasks = busy.into_iter().map(|step| {
        let (step, needs) = (step.clone(), order::needs(step, plan));
        let (work, done) = (Arc::clone(&work), Arc::clone(&done));
        async move {
            for need in &needs {
                if let Some(needed) = done.get(need) {
                    needed.wait().await;
                }
            }
            work.carry_out(&step).await?;
            mark(&done, &step.resource);
            Ok(())
        }
    });
    parallel::all(tasks).await?;
    let api = work.ids.lock().unwrap_or_else(PoisonError::into_inner).api.clone();
    Ok(Applied { api })
}

fn mark(done: &BTreeMap<Resource, SetOnce<()>>, resource: &Resource) {
    if let Some(step) = done.get(resource) {
        // Set already means done already.
        let _ = step.set(());
    }
}

impl Work {
    fn new(aws: &Aws, stack: &Stack, plan: &Plan, deployment: DeploymentId, events: &Events) -> Self {
        let mut ids = Ids::default();
        for step in plan.steps.iter().filter(|step| step.change != Change::Delete) {
            match &step.resource {
                Resource::Api => ids.api.clone_from(&step.id),
                Resource::Integration(key) => {
                    ids.integrations.extend(step.id.clone().map(|id| (key.clone(), id)));
                }
                Resource::Function(key) => {
                    let version = step.id.as_deref().and_then(|number| number.parse().ok());
                    ids.versions.extend(version.map(|version| (key.clone(), version)));
                }
                _ => {}
            }
        }
        Self {
            aws: aws.clone(),
            stack: stack.clone(),
            events: events.clone(),
            deployment,
            ids: Mutex::new(ids),
            one_api_write: tokio::sync::Mutex::default(),
        }
    }

    async fn carry_out(&self, step: &Step) -> Result<(), DeployError> {
        let Some(doing) = step.change.doing() else { return Ok(()) };
        let what = step.resource.clone();
        let since = clock::now();
        self.events.tell(Event::Started { what: what.clone(), doing });
        match &step.change {
            Change::Keep => {}
            Change::Create(spec) => self.create(step, spec).await?,
            Change::Update(spec, differences) | Change::Adopt(spec, differences) => {
                let fields: Vec<_> = differences.iter().map(|difference| difference.field).collect();
                self.update(step, spec, &fields).await?;
            }
            Change::Delete => self.delete(step).await?,
        }
        self.events.tell(Event::Done { what, doing, elapsed_ms: milliseconds(waited(since)) });
        Ok(())
    }

    async fn create(&self, step: &Step, spec: &Spec) -> Result<(), DeployError> {
        match spec {
            Spec::Role(spec) => role::create(self, step, spec).await,
            Spec::LogGroup(spec) => log_group::create(self, step, spec).await,
            Spec::Function(spec) => function::create(self, step, spec).await,
            Spec::Alias(spec) => alias::create(self, step, spec).await,
            Spec::StateMachine(spec) => state_machine::create(self, step, spec).await,
            Spec::Api(spec) => api::create(self, step, spec).await,
            Spec::Integration(spec) => routing::create_integration(self, step, spec).await,
            Spec::Route(spec) => routing::create_route(self, step, spec).await,
            Spec::Stage(spec) => routing::create_stage(self, step, spec).await,
            Spec::Permission(spec) => permission::create(self, step, spec).await,
        }
    }

    async fn update(&self, step: &Step, spec: &Spec, fields: &[super::diff::Field]) -> Result<(), DeployError> {
        match spec {
            Spec::Role(spec) => role::update(self, step, spec, fields).await,
            Spec::LogGroup(spec) => log_group::update(self, step, spec, fields).await,
            Spec::Function(spec) => function::update(self, step, spec, fields).await,
            Spec::Alias(spec) => alias::update(self, step, spec).await,
            Spec::StateMachine(spec) => state_machine::update(self, step, spec, fields).await,
            Spec::Api(spec) => api::update(self, step, spec, fields).await,
            Spec::Integration(_) => routing::update_integration(self, step).await,
            Spec::Route(spec) => routing::update_route(self, step, spec).await,
            Spec::Stage(spec) => routing::update_stage(self, step, spec).await,
            Spec::Permission(spec) => permission::replace(self, step, spec).await,
        }
    }

    async fn delete(&self, step: &Step) -> Result<(), DeployError> {
        match &step.resource {
            Resource::Role(_) => role::delete(self, step).await,
            Resource::LogGroup(_) => log_group::delete(self, step).await,
            Resource::Function(_) => function::delete(self, step).await,
            Resource::StateMachine(key) => state_machine::delete(self, step, key).await,
            Resource::Api | Resource::SpareApi(_) => api::delete(self, step).await,
            Resource::Integration(_) | Resource::OldIntegration(_) => routing::delete_integration(self, step).await,
            Resource::Route(_) => routing::delete_route(self, step).await,
            Resource::OldPermission { sid, .. } => permission::delete(self, step, sid).await,
            // A stage goes with its API, an alias and a declared permission with their function: none is ever planned for
            // deletion.
            Resource::Stage | Resource::Alias(_) | Resource::Permission { .. } => Ok(()),
        }
    }

    fn patience(&self, step: &Step) -> Patience {
        Patience::new(&step.resource, &self.events)
    }

    /// Something at the name of `step` turned up between looking and making. It is fine when it is ours: a call that was
    /// repeated after its answer got lost, or a look that was behind. It is looked at until AWS shows it.
    async fn must_be_ours<L, LF>(&self, step: &Step, tags: L) -> Result<(), DeployError>
    where
        L: Fn() -> LF,
        LF: Future<Output = Result<Option<Tags>, AwsError>>,
    {
        let ask = || async { self.patience(step).call(&tags).await };
        let tags = self.patience(step).until(WaitingFor::Shown, ask).await?;
        let (stack, owner) = (self.stack.name(), owner(&tags).cloned());
        if owner.as_ref() == Some(&stack) {
            return Ok(());
        }
        Err(DeployError::NotOurs { kind: step.resource.kind(), name: step.name.clone(), stack, owner })
    }

    fn learn(&self, learn: impl FnOnce(&mut Ids)) {
        learn(&mut self.ids.lock().unwrap_or_else(PoisonError::into_inner));
    }

    fn known<T>(&self, what: &str, read: impl FnOnce(&Ids) -> Option<T>) -> Result<T, DeployError> {
        let found = read(&self.ids.lock().unwrap_or_else(PoisonError::into_inner));
        found.ok_or_else(|| DeployError::BrokenOff(format!("the id of the {what} is not known")))
    }
}
