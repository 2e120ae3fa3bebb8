//! Pure: the plan that deploys one function and points the state machines that name it to its new version, and the part of a
//! stack that it is about.

use std::collections::BTreeMap;

use crate::desired::Desired;
use crate::desired::resource::Resource;
use crate::desired::spec::{NamedFunction, Spec, StateMachineSpec};
use crate::error::DeployError;
use crate::observe::{Observed, ObservedFunction, ObservedStateMachine};
use crate::plan::{ForeignResources, Plan, plan};
use crate::versions::pinned;
use aws::{TagRead, Tags, sfn};
use model::names::Key;
use model::stack::Stack;

/// What exists of a function and of the state machines that may name it.
#[derive(Debug, Clone, PartialEq)]
pub struct ObservedPart {
    /// The function.
    pub function: ObservedFunction,
    /// The state machines.
    pub state_machines: BTreeMap<Key, ObservedStateMachine>,
}

/// What of a function is deployed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FunctionScope {
    /// Its code.
    Code,
    /// Its code and configuration.
    CodeAndConfiguration,
}

/// The plan for one function of what the whole stack should be. The state machines keep their deployed definitions; only that
/// function's version is exchanged in them.
///
/// # Errors
/// The function belongs to somebody else.
pub fn plan_function(
    key: &Key,
    desired: &Desired,
    part: &ObservedPart,
    extent: FunctionScope,
    stack: &Stack,
) -> Result<Plan, DeployError> {
    let mut wanted = Desired::new();
    for resource in [Resource::Function(key.clone()), Resource::Alias(key.clone())] {
        wanted.extend(desired.get(&resource).map(|spec| (resource, spec.clone())));
    }
    if let Some(Spec::Function(spec)) = wanted.get_mut(&Resource::Function(key.clone())) {
        let there = &part.function.function;
        match extent {
            FunctionScope::Code => {
                spec.configuration = there.configuration.clone();
                spec.tags = known(&there.tags);
            }
            FunctionScope::CodeAndConfiguration => {
                check_role_path(&there.configuration.role, &spec.configuration.role, key, stack)?;
            }
        }
    }
    let mut state_machines = BTreeMap::new();
    for (machine, there) in &part.state_machines {
        let declared = match desired.get(&Resource::StateMachine(machine.clone())) {
            Some(Spec::StateMachine(spec)) => spec.settings.definition.as_str(),
            _ => "",
        };
        if let Some(spec) = repinned(key, machine, there, declared, stack) {
            wanted.insert(Resource::StateMachine(machine.clone()), Spec::StateMachine(spec));
            state_machines.insert(machine.clone(), there.clone());
        }
    }
    // Its permissions are not compared.
    let function = ObservedFunction { statements: Vec::new(), ..part.function.clone() };
    let functions = BTreeMap::from([(key.clone(), function)]);
    let observed = Observed { functions, state_machines, ..Observed::default() };
    plan(&wanted, &observed, stack, ForeignResources::Refuse)
}

/// The tags that stay as they are. Those that may not be read stop the plan.
fn known(tags: &TagRead) -> Tags {
    tags.known().cloned().unwrap_or_default()
}

/// Refuses a function whose role has another path than the service file says: there is no such role, and none can be made
/// while the name is taken.
fn check_role_path(there: &str, wanted: &str, key: &Key, stack: &Stack) -> Result<(), DeployError> {
    let name = stack.role_name(key);
    match there.split_once(":role").and_then(|(_, role)| role.strip_suffix(&name)) {
        Some(was) if there != wanted && was != stack.role_path.as_str() => {
            Err(DeployError::RolePathChanged { name, was: was.to_owned(), wanted: stack.role_path.clone() })
        }
        _ => Ok(()),
    }
}

/// A state machine as it is, but with the new version of a function; none when no deployment put a version of it in.
/// Versions that its own file, `declared`, names are kept.
fn repinned(
    key: &Key,
    machine: &Key,
    there: &ObservedStateMachine,
    declared: &str,
    stack: &Stack,
) -> Option<StateMachineSpec> {
    let name = stack.function_name(key);
    let arn = stack.function_arn(key);
    let current = &there.machine;
    let stay = pinned::versions_of(declared, &name);
    let definition = pinned::without_versions(&current.definition, arn.as_str(), &name, &stay);
    if current.deleting || definition == current.definition {
        return None;
    }
    let function = NamedFunction { key: key.clone(), arn, name };
    let kind = if current.kind == "EXPRESS" { "EXPRESS" } else { "STANDARD" };
    Some(StateMachineSpec {
        name: stack.state_machine_name(machine),
        arn: stack.state_machine_arn(machine),
        settings: sfn::Settings { definition, role: current.role.clone(), kind, logging: current.logging.clone() },
        functions: vec![function],
        publish: true,
        tags: known(&there.tags),
    })
}

#[cfg(test)]
mod tests;
