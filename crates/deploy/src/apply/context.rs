//! What every step of a plan works with: the clients, the events, and the ids that earlier steps have learned.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::desired::resource::Resource;
use crate::error::DeployError;
use crate::event::{Events, WaitingFor};
use crate::observe::{Doubt, Ownership, Unread};
use crate::parallel::MAX_AT_ONCE;
use crate::plan::{Change, Identity, Plan, Step};
use crate::retry::Retry;
use aws::{Aws, AwsError, TagRead, Tags};
use model::deployment::DeploymentId;
use model::names::Key;
use model::stack::Stack;

/// Shared by all steps of one plan.
pub(super) struct Context {
    /// The clients.
    pub(super) aws: Aws,
    /// The names of the deployment.
    pub(super) stack: Stack,
    /// Where progress is reported.
    pub(super) events: Events,
    /// What the versions that are published are described as.
    pub(super) deployment: DeploymentId,
    /// API Gateway refuses changes to one API at the same time: whoever changes it holds this.
    pub(super) api_writes: tokio::sync::Mutex<()>,
    /// The ARNs of the roles of the plan's functions.
    pub(super) function_roles: Vec<String>,
    /// Whoever works on a step holds one of these.
    pub(super) steps_at_once: tokio::sync::Semaphore,
    ids: Mutex<Ids>,
}

/// What AWS assigns: known from the plan, or once a step has created the resource.
#[derive(Default)]
pub(super) struct Ids {
    /// The id of the HTTP API.
    pub(super) api: Option<String>,
    /// The ids of its integrations.
    pub(super) integrations: BTreeMap<Key, String>,
    /// The version of each function that is deployed.
    pub(super) versions: BTreeMap<Key, u64>,
    /// What was created, with its tags.
    pub(super) created: BTreeMap<Resource, Tags>,
}

impl Ids {
    fn of_plan(plan: &Plan) -> Self {
        let mut ids = Self::default();
        for step in plan.steps.iter().filter(|step| step.change != Change::Delete) {
            match (&step.resource, &step.identity) {
                (Resource::Api, Identity::Id(id)) => ids.api = Some(id.clone()),
                (Resource::Integration(key), Identity::Id(id)) => {
                    ids.integrations.insert(key.clone(), id.clone());
                }
                (Resource::Function(key), Identity::Version(version)) => {
                    ids.versions.insert(key.clone(), *version);
                }
                _ => {}
            }
        }
        ids
    }
}

impl Context {
    pub(super) fn new(aws: &Aws, stack: &Stack, plan: &Plan, deployment: DeploymentId, events: &Events) -> Self {
        let functions = plan.steps.iter().filter(|step| step.change != Change::Delete);
        let function_roles = functions.filter_map(|step| match &step.resource {
            Resource::Function(key) => Some(stack.role_arn(key).to_string()),
            _ => None,
        });
        Self {
            function_roles: function_roles.collect(),
            aws: aws.clone(),
            stack: stack.clone(),
            events: events.clone(),
            deployment,
            api_writes: tokio::sync::Mutex::default(),
            steps_at_once: tokio::sync::Semaphore::new(MAX_AT_ONCE),
            ids: Mutex::new(Ids::of_plan(plan)),
        }
    }

    /// Retries on behalf of a step.
    pub(super) fn retry(&self, step: &Step) -> Retry {
        Retry::new(&step.resource, &self.events)
    }

    /// The ids that are known so far. A task that panicked while it held them left them whole.
    pub(super) fn ids(&self) -> MutexGuard<'_, Ids> {
        self.ids.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Remembers that the resource of `step` was created, with these tags: it is this stack's beyond doubt.
    pub(super) fn record_created(&self, step: &Step, tags: &Tags) {
        self.ids().created.insert(step.resource.clone(), tags.clone());
    }

    /// The id of the HTTP API, which is known once the API exists.
    pub(super) fn api_id(&self) -> Result<String, DeployError> {
        let id = self.ids().api.clone();
        id.ok_or_else(|| DeployError::Internal("the id of the HTTP API is not known".to_owned()))
    }

    /// The id of the integration with a function, which is known once its step is done.
    pub(super) fn integration_id(&self, function: &Key) -> Result<String, DeployError> {
        let id = self.ids().integrations.get(function).cloned();
        id.ok_or_else(|| DeployError::Internal(format!("the id of the integration with {function} is not known")))
    }

    /// The version of a function that is deployed, which is known once the function's step is done.
    pub(super) fn version(&self, key: &Key) -> Result<u64, DeployError> {
        let version = self.ids().versions.get(key).copied();
        version.ok_or_else(|| DeployError::Internal(format!("the version of the function {key} is not known")))
    }

    /// Fails unless what appeared at the name of `step` between observing and creating belongs to this stack: a call that
    /// was repeated after its answer got lost, or an observation that was out of date. Its tags are read until AWS shows it.
    pub(super) async fn verify_ownership<L, LF>(&self, step: &Step, tags: L) -> Result<(), DeployError>
    where
        L: Fn() -> LF,
        LF: Future<Output = Result<Option<TagRead>, AwsError>>,
    {
        let ask = || async { self.retry(step).call(&tags).await };
        let tags = self.retry(step).poll(WaitingFor::Shown, ask).await?;
        let stack = self.stack.name();
        let kind = step.resource.kind();
        let name = step.name.clone();
        match Ownership::of(&tags, &stack) {
            Ownership::Ours => Ok(()),
            Ownership::Foreign(owner) => Err(DeployError::NotOwned { kind, name, stack, owner }),
            Ownership::Unknown(denied) => {
                let what = format!("the tags of the {kind} {name}");
                Err(DeployError::Unreadable(vec![Unread { what, denied, doubt: Doubt::Others }]))
            }
        }
    }
}
