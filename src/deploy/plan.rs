//! Pure: what shall be and what is there, to one step per resource. Whoever carries it out has nothing left to decide.

use std::collections::BTreeSet;
use std::fmt;

use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

use super::desired::Desired;
use super::diff::{self, Difference};
use super::error::DeployError;
use super::event::Doing;
use super::observe::{Observed, ObservedApi};
use super::resource::Resource;
use super::spec::{PermissionSpec, Spec};
use crate::model::stack::Stack;

/// What to do, one step per resource, and what to tell the user beside.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub(crate) struct Plan {
    /// The steps, in the order in which lists show resources.
    pub(crate) steps: Vec<Step>,
    /// What the user should know.
    pub(crate) notes: Vec<String>,
}

/// What to do about one resource.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Step {
    /// The resource.
    pub(crate) resource: Resource,
    /// The name that AWS knows it by, or its ARN or id where it has no name.
    pub(crate) name: String,
    /// The id that AWS gave it, for what is there and is addressed by id.
    pub(crate) id: Option<String>,
    /// What to do.
    pub(crate) change: Change,
}

/// What to do about a resource.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Change {
    /// It is as it shall be.
    Keep,
    /// It is not there.
    Create(Spec),
    /// It is there and differs.
    Update(Spec, Vec<Difference>),
    /// It is there and shall not be.
    Delete,
}

impl Change {
    /// What is done, if anything is.
    pub(crate) fn doing(&self) -> Option<Doing> {
        match self {
            Self::Keep => None,
            Self::Create(_) => Some(Doing::Create),
            Self::Update(..) => Some(Doing::Update),
            Self::Delete => Some(Doing::Delete),
        }
    }

    /// What is done, in a word.
    fn action(&self) -> String {
        self.doing().map_or("keep".to_owned(), |doing| doing.to_string())
    }
}

impl Step {
    /// A step about something that is addressed by its name.
    pub(super) fn named(resource: Resource, name: String, change: Change) -> Self {
        Self { resource, name, id: None, change }
    }

    /// A step about something that is addressed by its id.
    pub(super) fn with_id(resource: Resource, name: String, id: Option<String>, change: Change) -> Self {
        Self { resource, name, id, change }
    }
}

/// What makes the cloud match the service.
///
/// # Errors
/// A state machine whose type differs: it can't be changed in place.
pub(crate) fn plan(desired: &Desired, observed: &Observed, stack: &Stack) -> Result<Plan, DeployError> {
    let mut steps = Vec::new();
    let api = observed.apis.first();
    for (resource, spec) in desired {
        steps.push(step(resource, spec, observed, api, stack)?);
    }
    old_parts(&mut steps, desired, observed, api, stack);
    let mut notes = Vec::new();
    let old = leftovers(desired, observed, stack);
    if observed.running == 0 {
        steps.extend(old);
    } else if !old.is_empty() {
        let names: Vec<String> = old.iter().map(|step| step.resource.to_string()).collect();
        let executions = match observed.running {
            1 => "1 execution still runs".to_owned(),
            count => format!("{count} executions still run"),
        };
        notes.push(format!(
            "No longer declared, but kept because {executions} and may need it: {}. Deploy again when none runs.",
            names.join(", ")
        ));
    }
    steps.sort_by(|one, other| one.resource.cmp(&other.resource));
    Ok(Plan { steps, notes })
}

fn step(
    resource: &Resource,
    spec: &Spec,
    observed: &Observed,
    api: Option<&ObservedApi>,
    stack: &Stack,
) -> Result<Step, DeployError> {
    let (name, id, found) = match (resource, spec) {
        (Resource::Role(key), Spec::Role(wanted)) => {
            (wanted.name.clone(), None, observed.roles.get(key).map(|it| diff::role(wanted, it)))
        }
        (Resource::LogGroup(key), Spec::LogGroup(wanted)) => {
            let found = observed.log_groups.get(key).map(|it| diff::log_group(wanted, it, stack));
            (wanted.name.clone(), None, found)
        }
        (Resource::Function(key), Spec::Function(wanted)) => {
            (wanted.name.clone(), None, observed.functions.get(key).map(|it| diff::function(wanted, &it.function)))
        }
        (Resource::StateMachine(key), Spec::StateMachine(wanted)) => {
            let there = observed.state_machines.get(key).filter(|it| !it.machine.deleting);
            if let Some(there) = there.filter(|it| it.machine.kind != wanted.wanted.kind) {
                let (name, was) = (wanted.name.clone(), there.machine.kind.clone());
                return Err(DeployError::KindChanged { name, was, wanted: wanted.wanted.kind });
            }
            (wanted.name.clone(), None, there.map(|it| diff::state_machine(wanted, &it.machine)))
        }
        (_, Spec::Api(wanted)) => {
            (wanted.name.clone(), api.map(|it| it.api.id.clone()), api.map(|it| diff::api(wanted, &it.api)))
        }
        (_, Spec::Integration(wanted)) => {
            let there = api.and_then(|api| api.integrations.iter().find(|it| it.uri == wanted.uri));
            (wanted.uri.clone(), there.map(|it| it.id.clone()), there.map(diff::integration))
        }
        (_, Spec::Route(wanted)) => {
            let there = api.and_then(|api| Some((api, api.routes.iter().find(|it| it.key == wanted.key)?)));
            let found = there.map(|(api, it)| diff::route(&stack.function_arn(&wanted.function), it, api));
            (wanted.key.clone(), there.map(|(_, it)| it.id.clone()), found)
        }
        (_, Spec::Stage(wanted)) => {
            let there = api.and_then(|api| api.stages.iter().find(|it| it.name == wanted.name));
            (wanted.name.clone(), None, there.map(|it| diff::stage(wanted, it)))
        }
        (Resource::Permission { function, route }, Spec::Permission(wanted)) => {
            let found = api.and_then(|api| permission(wanted, function, observed, api));
            (format!("{route} -> {}", wanted.function_name), None, found)
        }
        // Specs are only ever made under their own resource.
        (other, _) => (other.to_string(), None, None),
    };
    let change = match found {
        None => Change::Create(spec.clone()),
        Some(differences) if differences.is_empty() => Change::Keep,
        Some(differences) => Change::Update(spec.clone(), differences),
    };
    Ok(Step::with_id(resource.clone(), name, id, change))
}

fn permission(
    wanted: &PermissionSpec,
    function: &crate::model::names::Key,
    observed: &Observed,
    api: &ObservedApi,
) -> Option<Vec<Difference>> {
    let statement = wanted.statement(&api.api.id);
    let function = observed.functions.get(function)?;
    let there = function.statements.iter().find(|it| it.sid == statement.sid)?;
    Some(diff::permission(&statement, there))
}

/// Parts of what stays that nothing needs any more: second APIs, routes, integrations, permissions.
fn old_parts(steps: &mut Vec<Step>, desired: &Desired, observed: &Observed, api: Option<&ObservedApi>, stack: &Stack) {
    steps.extend(spare_apis(observed));
    let wanted_api = api.filter(|_| desired.contains_key(&Resource::Api));
    if let Some(api) = wanted_api {
        for route in api.routes.iter().filter(|it| !desired.contains_key(&Resource::Route(it.key.clone()))) {
            let resource = Resource::Route(route.key.clone());
            steps.push(Step::with_id(resource, route.key.clone(), Some(route.id.clone()), Change::Delete));
        }
        let used: BTreeSet<&str> = steps.iter().filter_map(|step| step.id.as_deref()).collect();
        let unused = api.integrations.iter().filter(|it| !used.contains(it.id.as_str()));
        let old = unused.map(|it| {
            Step::with_id(Resource::OldIntegration(it.id.clone()), it.id.clone(), Some(it.id.clone()), Change::Delete)
        });
        let old: Vec<Step> = old.collect();
        steps.extend(old);
    } else if let Some(api) = api {
        steps.push(Step::with_id(Resource::Api, stack.api_name(), Some(api.api.id.clone()), Change::Delete));
    }
    for (key, function) in &observed.functions {
        if !desired.contains_key(&Resource::Function(key.clone())) {
            continue;
        }
        let wanted: BTreeSet<String> = wanted_api.map(|api| wanted_sids(desired, key, api)).unwrap_or_default();
        for old in function.statements.iter().filter(|it| !wanted.contains(&it.sid)) {
            let resource = Resource::OldPermission { function: key.clone(), sid: old.sid.clone() };
            steps.push(Step::named(resource, stack.function_name(key), Change::Delete));
        }
    }
}

fn wanted_sids(desired: &Desired, key: &crate::model::names::Key, api: &ObservedApi) -> BTreeSet<String> {
    let of_function = desired.iter().filter_map(|(resource, spec)| match (resource, spec) {
        (Resource::Permission { function, .. }, Spec::Permission(wanted)) if function == key => Some(wanted),
        _ => None,
    });
    of_function.map(|wanted| wanted.statement(&api.api.id).sid).collect()
}

/// Every API of the stack but the first.
pub(super) fn spare_apis(observed: &Observed) -> impl Iterator<Item = Step> {
    observed.apis.iter().skip(1).map(|it| {
        let id = it.api.id.clone();
        Step::with_id(Resource::SpareApi(id.clone()), it.api.name.clone(), Some(id), Change::Delete)
    })
}

/// Things of the stack that the service file no longer declares.
fn leftovers(desired: &Desired, observed: &Observed, stack: &Stack) -> Vec<Step> {
    all_things(observed, stack).into_iter().filter(|step| !desired.contains_key(&step.resource)).collect()
}

/// A deletion of each thing that is there and has a name of its own; what is in an API goes with it.
pub(super) fn all_things(observed: &Observed, stack: &Stack) -> Vec<Step> {
    let delete = |resource, name| Step::named(resource, name, Change::Delete);
    let roles = observed.roles.keys().map(|key| delete(Resource::Role(key.clone()), stack.role_name(key)));
    let groups = observed.log_groups.keys().map(|key| delete(Resource::LogGroup(key.clone()), stack.log_group(key)));
    let functions = observed.functions.keys();
    let functions = functions.map(|key| delete(Resource::Function(key.clone()), stack.function_name(key)));
    let machines = observed.state_machines.keys();
    let machines = machines.map(|key| delete(Resource::StateMachine(key.clone()), stack.state_machine_name(key)));
    roles.chain(groups).chain(functions).chain(machines).collect()
}

impl Plan {
    /// Whether there is nothing to do.
    pub(crate) fn is_empty(&self) -> bool {
        self.steps.iter().all(|step| step.change == Change::Keep)
    }

    /// How many steps do a thing; `None` counts those that do nothing.
    pub(crate) fn count(&self, doing: Option<Doing>) -> usize {
        self.steps.iter().filter(|step| step.change.doing() == doing).count()
    }

    /// The numbers in one line.
    pub(crate) fn summary(&self) -> String {
        format!(
            "{} to create, {} to update, {} to delete, {} unchanged",
            self.count(Some(Doing::Create)),
            self.count(Some(Doing::Update)),
            self.count(Some(Doing::Delete)),
            self.count(None)
        )
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for step in &self.steps {
            let action = step.change.action();
            write!(f, "{action:<7} {:<14} {}", step.resource.kind(), step.name)?;
            if let Change::Update(_, differences) = &step.change {
                let shown: Vec<String> = differences.iter().map(ToString::to_string).collect();
                write!(f, ": {}", shown.join(", "))?;
            }
            writeln!(f)?;
        }
        f.write_str(&self.summary())
    }
}

impl Serialize for Step {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let differences: Vec<String> = match &self.change {
            Change::Update(_, differences) => differences.iter().map(ToString::to_string).collect(),
            _ => Vec::new(),
        };
        let mut step = serializer.serialize_struct("Step", 4)?;
        step.serialize_field("action", &self.change.action())?;
        step.serialize_field("kind", self.resource.kind())?;
        step.serialize_field("name", &self.name)?;
        step.serialize_field("differences", &differences)?;
        step.end()
    }
}

#[cfg(test)]
#[path = "plan_tests.rs"]
mod tests;
