//! Compares what should exist with what exists: one step per resource that the service declares. Pure.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::step::{Change, ForeignResources, Identity, Step};
use crate::desired::resource::Resource;
use crate::desired::spec::{FunctionSpec, PermissionSpec, Spec, StateMachineSpec};
use crate::desired::{Desired, activity_names};
use crate::error::DeployError;
use crate::observe::{Doubt, Observed, ObservedApi, ObservedFunction, ObservedRole, Owner, Ownership, Unread};
use crate::plan::diff::{self, Difference, Field};
use crate::policy;
use aws::TagRead;
use model::names::Key;
use model::stack::Stack;

/// The HTTP API that is the stack's, or that may become it.
pub(crate) fn api_of(observed: &Observed) -> Option<&ObservedApi> {
    observed.apis.first().or_else(|| observed.foreign_apis.first())
}

/// One step for every resource that should be.
pub(crate) fn steps(
    desired: &Desired,
    observed: &Observed,
    stack: &Stack,
    foreign: ForeignResources,
) -> Result<Vec<Step>, DeployError> {
    let comparison = Comparison { desired, observed, api: api_of(observed), stack, foreign };
    desired.iter().map(|(resource, spec)| comparison.step(resource, &comparison.for_now(resource, spec))).collect()
}

struct Comparison<'a> {
    desired: &'a Desired,
    observed: &'a Observed,
    api: Option<&'a ObservedApi>,
    stack: &'a Stack,
    foreign: ForeignResources,
}

/// What exists at a resource's place.
struct Existing {
    identity: Identity,
    /// Absent when nothing is there.
    differences: Option<Vec<Difference>>,
    /// Whose it is; absent for parts of a resource with tags of its own.
    ownership: Option<Ownership>,
}

impl Existing {
    fn part(identity: Identity, differences: Option<Vec<Difference>>) -> Self {
        Self { identity, differences, ownership: None }
    }

    fn thing(identity: Identity, found: Option<(Vec<Difference>, Ownership)>) -> Self {
        let (differences, ownership) = found.unzip();
        Self { identity, differences, ownership }
    }
}

impl Comparison<'_> {
    /// The desired state of a resource for now: while executions run, their state machine's role goes on allowing what the
    /// definitions needed that they began with, and roles go on naming the activities that are kept for them.
    fn for_now<'s>(&self, resource: &Resource, spec: &'s Spec) -> Cow<'s, Spec> {
        let (Resource::Role(key), Spec::Role(role)) = (resource, spec) else { return Cow::Borrowed(spec) };
        let Some(there) = self.observed.roles.get(key) else { return Cow::Borrowed(spec) };
        let runs = self.observed.state_machines.get(key).is_some_and(|machine| machine.runs);
        let earlier = there.policy.as_ref().filter(|_| runs);
        let policy = earlier.map(|there| policy::with_earlier_statements(role.policy.as_ref(), there));
        let tags = activity_names::for_now(&role.tags, &there.role.tags, &self.kept_activities());
        if policy.is_none() && tags.is_none() {
            return Cow::Borrowed(spec);
        }
        let mut role = role.clone();
        role.policy = policy.unwrap_or(role.policy);
        role.tags = tags.unwrap_or(role.tags);
        Cow::Owned(Spec::Role(role))
    }

    /// The names of activities that are no longer declared and that executions may need.
    fn kept_activities(&self) -> BTreeSet<&String> {
        let undeclared = |key: &&Key| !self.desired.contains_key(&Resource::Activity((*key).clone()));
        let kept = self.observed.activities.keys().filter(|_| self.observed.running > 0).filter(undeclared);
        kept.filter_map(|key| self.observed.names.activities.get(key)).collect()
    }

    fn step(&self, resource: &Resource, spec: &Spec) -> Result<Step, DeployError> {
        let (name, found) = self.existing(resource, spec)?;
        let change = match (found.differences, found.ownership) {
            (None, _) => Change::Create(spec.clone()),
            (Some(differences), Some(Ownership::Foreign(Owner::Nobody))) if self.foreign == ForeignResources::Adopt => {
                Change::Adopt(spec.clone(), differences)
            }
            (Some(_), Some(Ownership::Foreign(owner))) => {
                return Err(DeployError::NotOwned { kind: resource.kind(), name, stack: self.stack.name(), owner });
            }
            (Some(_), Some(Ownership::Unknown(denied))) => {
                let what = format!("the tags of the {} {name}", resource.kind());
                return Err(DeployError::Unreadable(vec![Unread { what, denied, doubt: Doubt::Others }]));
            }
            (Some(differences), _) if differences.is_empty() => Change::Keep,
            (Some(differences), _) => Change::Update(spec.clone(), differences),
        };
        let path_changes = change.differences().iter().any(|difference| difference.field == Field::Path);
        if let (true, Some(there), Spec::Role(wanted)) = (path_changes, self.role_of(resource), spec) {
            return Err(DeployError::RolePathChanged {
                name,
                was: there.role.path.clone(),
                wanted: wanted.path.clone(),
            });
        }
        Ok(Step { resource: resource.clone(), name, identity: found.identity, change })
    }

    fn role_of(&self, resource: &Resource) -> Option<&ObservedRole> {
        match resource {
            Resource::Role(key) => self.observed.roles.get(key),
            _ => None,
        }
    }

    /// A resource's name and what exists.
    fn existing(&self, resource: &Resource, spec: &Spec) -> Result<(String, Existing), DeployError> {
        let observed = self.observed;
        let api = self.api;
        Ok(match (resource, spec) {
            (Resource::Role(key), Spec::Role(wanted)) => {
                let there = observed.roles.get(key).map(|it| (diff::role(wanted, it), self.whose(&it.role.tags)));
                (wanted.name.clone(), Existing::thing(Identity::Name, there))
            }
            (Resource::LogGroup(key), Spec::LogGroup(wanted)) => {
                let there = observed.log_groups.get(key);
                let there = there.map(|it| (diff::log_group(wanted, it), it.ownership(&self.stack.name())));
                (wanted.name.clone(), Existing::thing(Identity::Name, there))
            }
            (Resource::Function(key), Spec::Function(wanted)) => {
                let there = observed.functions.get(key);
                let version =
                    there.and_then(|it| unchanged_version(wanted, it)).map_or(Identity::Name, Identity::Version);
                let there = there.map(|it| (diff::function(wanted, it), self.whose(&it.function.tags)));
                (wanted.name.clone(), Existing::thing(version, there))
            }
            (Resource::Alias(key), Spec::Alias(wanted)) => {
                let there = observed.functions.get(key).and_then(|it| it.live);
                let version = wanted.version.or_else(|| self.version(key));
                let differences = there.map(|there| diff::alias(version, there));
                (wanted.function_name.clone(), Existing::part(Identity::Name, differences))
            }
            (Resource::Activity(key), Spec::Activity(wanted)) => {
                let there = observed.activities.get(key);
                let there = there.map(|it| (diff::activity(wanted, it), self.whose(&it.tags)));
                (wanted.name.clone(), Existing::thing(Identity::Name, there))
            }
            (Resource::StateMachine(key), Spec::StateMachine(wanted)) => {
                (wanted.name.clone(), self.state_machine(key, wanted)?)
            }
            _ => self.part_of_api(resource, spec, api),
        })
    }

    fn part_of_api(&self, resource: &Resource, spec: &Spec, api: Option<&ObservedApi>) -> (String, Existing) {
        match (resource, spec) {
            (_, Spec::Api(wanted)) => {
                let there = api.map(|it| (diff::api(wanted, &it.api), self.whose(&it.api.tags)));
                (wanted.name.clone(), Existing::thing(Identity::of_id(api.map(|it| &it.api.id)), there))
            }
            (_, Spec::Integration(wanted)) => {
                let there = api.and_then(|api| api.integrations.iter().find(|it| it.uri == wanted.uri));
                (
                    wanted.uri.clone(),
                    Existing::part(
                        Identity::of_id(there.map(|it| &it.id)),
                        there.map(|there| diff::integration(wanted, there)),
                    ),
                )
            }
            (_, Spec::Route(wanted)) => {
                let there = api.and_then(|api| Some((api, api.routes.iter().find(|it| it.key == wanted.key)?)));
                let target = self.stack.live_arn(&wanted.function);
                let differences = there.map(|(api, it)| diff::route(&target, it, api));
                (wanted.key.clone(), Existing::part(Identity::of_id(there.map(|(_, it)| &it.id)), differences))
            }
            (_, Spec::Stage(wanted)) => {
                let there = api.and_then(|api| api.stages.iter().find(|it| it.name == wanted.name));
                (wanted.name.clone(), Existing::part(Identity::Name, there.map(|it| diff::stage(wanted, it))))
            }
            (Resource::Permission { function, route }, Spec::Permission(wanted)) => {
                let differences = api.and_then(|api| self.permission(wanted, function, api));
                (format!("{route} -> {}", wanted.function_name), Existing::part(Identity::Name, differences))
            }
            // Specs are only ever made under their own resource.
            (other, _) => (other.to_string(), Existing::part(Identity::Name, None)),
        }
    }

    fn state_machine(&self, key: &Key, wanted: &StateMachineSpec) -> Result<Existing, DeployError> {
        let there = self.observed.state_machines.get(key).filter(|it| !it.machine.deleting);
        if let Some(there) = there.filter(|it| it.machine.kind != wanted.settings.kind) {
            let name = wanted.name.clone();
            let was = there.machine.kind.clone();
            return Err(DeployError::KindChanged { name, was, wanted: wanted.settings.kind });
        }
        let differences = |it| diff::state_machine(wanted, it, |key| self.version(key));
        let compared = there.map(|it| (differences(it), self.whose(&it.tags)));
        Ok(Existing::thing(Identity::Name, compared))
    }

    /// The version of a function that stays what is deployed; none when a new one is to be published.
    fn version(&self, key: &Key) -> Option<u64> {
        match self.desired.get(&Resource::Function(key.clone())) {
            Some(Spec::Function(wanted)) => unchanged_version(wanted, self.observed.functions.get(key)?),
            _ => None,
        }
    }

    fn whose(&self, tags: &TagRead) -> Ownership {
        Ownership::of(tags, &self.stack.name())
    }

    fn permission(&self, wanted: &PermissionSpec, function: &Key, api: &ObservedApi) -> Option<Vec<Difference>> {
        let statement = wanted.statement(&api.api.id);
        let function = self.observed.functions.get(function)?;
        let there = function.statements.iter().find(|it| it.sid == statement.sid)?;
        Some(diff::permission(&statement, there))
    }
}

/// The newest version of a function, when that is what the function should be.
fn unchanged_version(wanted: &FunctionSpec, there: &ObservedFunction) -> Option<u64> {
    let differs = diff::function(wanted, there).iter().any(|difference| difference.field != Field::Tags);
    there.published().filter(|_| !differs)
}
