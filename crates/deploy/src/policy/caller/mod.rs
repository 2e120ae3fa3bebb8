//! What a person must be allowed who runs commands on a stack: the least policy.
//!
//! The way to it: a command makes calls ([`commands`]), each call needs permissions ([`aws::permissions`]), and each
//! permission is given on this stack's resources alone, as far as AWS can tell them apart ([`resources`]).

mod commands;
mod resources;

use std::collections::{BTreeMap, BTreeSet};

use ::policy::{Comparison, Condition, Document, Effect, OneOrMany, Statement};

use aws::permissions::{Operation, Permission, ResourceKind};
pub use commands::CallerCommand;
use model::stack::Stack;

/// How many characters a managed policy may have; white space does not count ([IAM's quotas]).
///
/// [IAM's quotas]: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
pub const MANAGED_POLICY_LIMIT: usize = 6144;

/// The least policy with which a person may run some commands on a stack.
pub fn caller_policy(commands: &BTreeSet<CallerCommand>, stack: &Stack) -> Document {
    let resources = |kind| {
        let mut resources = resources::of_statement(kind, stack);
        match resources.len() {
            1 => OneOrMany::from(resources.remove(0)),
            _ => OneOrMany::from(resources),
        }
    };
    let mut actions: BTreeMap<ResourceKind, BTreeSet<&'static str>> = BTreeMap::new();
    let mut services = BTreeSet::new();
    for (_, permission) in commands.iter().flat_map(|command| command.permissions()) {
        services.extend(passed_to(permission.on).map(str::to_owned));
        actions.entry(statement_of(permission.on)).or_default().insert(permission.action);
    }
    let statement = |(kind, actions): (ResourceKind, BTreeSet<&str>)| {
        let statement = Statement::new(Effect::Allow)
            .with_sid(resources::sid(kind))
            .with_actions(actions.into_iter().map(str::to_owned).collect::<Vec<_>>())
            .with_resources(resources(kind));
        if passed_to(kind).is_none() {
            return statement;
        }
        let services: Vec<String> = services.iter().cloned().collect();
        statement.with_condition(Condition::new(Comparison::StringEquals, "iam:PassedToService", services))
    };
    Document::new(actions.into_iter().map(statement).collect())
}

/// The kind of resource that a statement is about: roles that are given away stand in one, whoever gets them.
fn statement_of(kind: ResourceKind) -> ResourceKind {
    match kind {
        ResourceKind::RoleOfStateMachine => ResourceKind::RoleOfFunction,
        other => other,
    }
}

/// One permission of a command, and the calls that ask for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallerNeed {
    /// The action.
    pub action: &'static str,
    /// The resources, as the policy has them.
    pub resource: String,
    /// The service that a role is given to, where it is.
    pub passed_to: Option<&'static str>,
    /// The calls: service and operation of each.
    pub calls: Vec<String>,
}

/// What one command needs, and for which calls.
pub fn caller_needs(command: CallerCommand, stack: &Stack) -> Vec<CallerNeed> {
    let mut needs: BTreeMap<Permission, Vec<String>> = BTreeMap::new();
    for (operation, permission) in command.permissions() {
        needs.entry(*permission).or_default().push(format!("{} {}", operation.service, operation.name));
    }
    let need = |(permission, calls): (Permission, Vec<String>)| CallerNeed {
        action: permission.action,
        resource: resources::of_statement(permission.on, stack).join(", "),
        passed_to: passed_to(permission.on),
        calls,
    };
    needs.into_iter().map(need).collect()
}

impl CallerCommand {
    /// The calls that it may make, each with the permissions that it needs for them.
    fn permissions(self) -> impl Iterator<Item = (&'static Operation, &'static Permission)> {
        let names: BTreeSet<&(&str, &str)> = self.calls().iter().copied().flatten().collect();
        let operations = names.into_iter().filter_map(|(service, name)| Operation::find(service, name));
        let needs = operations.flat_map(|operation| operation.needs.iter().map(move |need| (operation, need)));
        needs.filter(move |(_, need)| !self.spares(need))
    }
}

/// The service that a kind of resource is given to.
fn passed_to(kind: ResourceKind) -> Option<&'static str> {
    match kind {
        ResourceKind::RoleOfFunction => Some("lambda.amazonaws.com"),
        ResourceKind::RoleOfStateMachine => Some("states.amazonaws.com"),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
