//! Plans the return to an earlier deployment. Pure.

use std::collections::BTreeSet;

use crate::desired::resource::Resource;
use crate::desired::spec::{AliasSpec, Spec, StateMachineSpec};
use crate::plan::diff::{self, Difference, Field, same_json};
use crate::plan::{Change, Plan, Step};
use crate::versions::deployments::{DeployedVersion, Deployment, Versions};
use crate::versions::pinned;
use aws::{Tags, sfn};
use model::names::Key;
use model::stack::Stack;

/// Why a text names no deployment.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoSuchDeployment {
    /// No id begins so.
    #[error("No deployment's id begins with `{0}`.")]
    Unknown(String),
    /// Several do.
    #[error("{} deployments' ids begin with `{beginning}`: {}.", .ids.len(), .ids.join(", "))]
    Several {
        /// What was given.
        beginning: String,
        /// The ids.
        ids: Vec<String>,
    },
}

/// Versions that a deployment needs and that were deleted since.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("There is no way back to the deployment {id}: {} was deleted since. Nothing was changed.", .missing.join(", and "))]
pub struct MissingVersions {
    /// The deployment.
    pub id: String,
    /// What is missing.
    pub missing: Vec<String>,
}

/// The deployment whose id begins so.
///
/// # Errors
/// There is none, or there are several.
pub fn find_deployment<'a>(deployments: &'a [Deployment], beginning: &str) -> Result<&'a Deployment, NoSuchDeployment> {
    let found: Vec<&Deployment> = deployments.iter().filter(|it| it.id.to_string().starts_with(beginning)).collect();
    match found[..] {
        [only] => Ok(only),
        [] => Err(NoSuchDeployment::Unknown(beginning.to_owned())),
        _ => {
            let ids = found.iter().map(|it| it.id.to_string()).collect();
            Err(NoSuchDeployment::Several { beginning: beginning.to_owned(), ids })
        }
    }
}

/// The plan that points the aliases to a deployment's versions and gives the state machines its definitions. What did not exist then
/// stays as it is.
///
/// # Errors
/// A version is needed that was deleted since.
pub fn plan_rollback(to: &Deployment, versions: &Versions, stack: &Stack) -> Result<Plan, MissingVersions> {
    if versions.current(&versions.deployments()) == Some(to.id) {
        return Ok(Plan::default());
    }
    let mut planner = RollbackPlanner {
        versions,
        stack,
        steps: Vec::new(),
        missing: Vec::new(),
        created_later: Vec::new(),
        denied: Vec::new(),
    };
    for (key, held) in &to.functions {
        planner.function(key, *held);
    }
    for (key, held) in &to.machines {
        planner.machine(key, *held);
    }
    if !planner.missing.is_empty() {
        planner.missing.dedup();
        return Err(MissingVersions { id: to.id.to_string(), missing: planner.missing });
    }
    let mut notes = Vec::new();
    if !planner.created_later.is_empty() {
        notes.push(format!("Did not exist then, and stays as it is: {}.", planner.created_later.join(", ")));
    }
    notes.append(&mut planner.denied);
    planner.steps.sort_by(|one, other| one.resource.cmp(&other.resource));
    Ok(Plan { steps: planner.steps, notes })
}

struct RollbackPlanner<'a> {
    versions: &'a Versions,
    stack: &'a Stack,
    steps: Vec<Step>,
    missing: Vec<String>,
    created_later: Vec<String>,
    denied: Vec<String>,
}

impl RollbackPlanner<'_> {
    fn function(&mut self, key: &Key, held: DeployedVersion) {
        let Some(function) = self.versions.functions.get(key) else { return };
        let number = match held {
            DeployedVersion::Version { number, .. } => number,
            DeployedVersion::NotYet => return self.created_later.push(format!("function {key}")),
            DeployedVersion::Deleted { .. } => return self.missing.push(format!("its version of the function {key}")),
        };
        let spec = Spec::Alias(AliasSpec { function_name: function.name.clone(), version: Some(number) });
        let change = match function.live {
            Some(live) if live == number => Change::Keep,
            Some(live) => Change::Update(spec, diff::alias(Some(number), live)),
            None => Change::Create(spec),
        };
        self.steps.push(Step::named(Resource::Alias(key.clone()), function.name.clone(), change));
    }

    fn machine(&mut self, key: &Key, held: DeployedVersion) {
        let Some(machine) = self.versions.machines.get(key) else { return };
        let version = match held {
            DeployedVersion::Version { number, .. } => machine.version(number),
            DeployedVersion::NotYet => return self.created_later.push(format!("state machine {key}")),
            DeployedVersion::Deleted { .. } => None,
        };
        let Some(version) = version else {
            return self.missing.push(format!("its version of the state machine {key}"));
        };
        self.functions_of(&version.definition);
        let settings = sfn::Settings {
            definition: version.definition.clone(),
            role: machine.role.clone(),
            kind: machine.kind,
            logging: machine.logging.clone(),
        };
        let spec = StateMachineSpec {
            name: machine.name.clone(),
            arn: self.stack.state_machine_arn(key),
            settings,
            functions: Vec::new(),
            publish: false,
            tags: Tags::new(),
        };
        let change = if same_json(&version.definition, &machine.definition) {
            Change::Keep
        } else {
            self.roles_stay(key, &version.definition, &machine.definition);
            let detail = Some(format!("that of version {}", version.number));
            Change::Update(Spec::StateMachine(spec), vec![Difference { field: Field::Definition, detail }])
        };
        self.steps.push(Step::named(Resource::StateMachine(key.clone()), machine.name.clone(), change));
    }

    /// A role allows what the current definition calls, and it stays.
    fn roles_stay(&mut self, key: &Key, then: &str, now: &str) {
        let names = |definition| pinned::all(definition).into_iter().map(|(name, _)| name).collect::<BTreeSet<_>>();
        let denied: Vec<String> = names(then).difference(&names(now)).cloned().collect();
        if !denied.is_empty() {
            self.denied.push(format!(
                "The state machine {key} calls {} again, which its role may not allow any more: roles stay as they are. \
                 Deploying the older sources returns its permissions too.",
                denied.join(", ")
            ));
        }
    }

    /// A definition may name versions that are gone, also of functions that are.
    fn functions_of(&mut self, definition: &str) {
        let start = self.stack.function_name_start();
        let by_arn = pinned::all(definition).into_iter().filter(|(name, _)| name.starts_with(&start));
        let mut named: Vec<(String, u64)> = by_arn.collect();
        for function in self.versions.functions.values() {
            let numbers = pinned::versions_of(definition, &function.name).into_iter();
            named.extend(numbers.map(|number| (function.name.clone(), number)));
        }
        named.sort();
        named.dedup();
        for (name, number) in named {
            let functions = self.versions.functions.values();
            let there =
                functions.filter(|it| it.name == name).flat_map(|it| &it.versions).any(|it| it.number == number);
            if !there {
                self.missing.push(format!("version {number} of the function {name}"));
            }
        }
    }
}

#[cfg(test)]
mod tests;
