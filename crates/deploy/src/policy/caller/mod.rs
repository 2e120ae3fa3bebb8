//! What a person must be allowed who runs commands on a stack: the least policy.
//!
//! The way to it: a command makes calls ([`commands`]), each call needs permissions ([`aws::permissions`]), and each
//! permission is given on this stack's resources alone, as far as AWS can tell them apart ([`resources`]).

mod commands;
mod resources;

use std::collections::{BTreeMap, BTreeSet};

use ::policy::{Comparison, Condition, Document, Effect, Statement};

use aws::permissions::{Operation, Permission, ResourceKind};
pub use commands::CallerCommand;
use model::stack::Stack;

/// How many characters a managed policy may have; white space does not count ([IAM's quotas]).
///
/// [IAM's quotas]: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
pub const MANAGED_POLICY_LIMIT: usize = 6144;

/// The least policy with which a person may run some commands on a stack.
pub fn caller_policy(commands: &BTreeSet<CallerCommand>, stack: &Stack) -> Document {
    let mut actions: BTreeMap<Group, BTreeSet<&'static str>> = BTreeMap::new();
    let mut services = BTreeSet::new();
    for (_, permission) in commands.iter().flat_map(|command| command.permissions()) {
        services.extend(passed_to(permission.on));
        actions.entry(Group::of(permission.on)).or_default().insert(permission.action);
    }
    let statement = |(group, actions): (Group, BTreeSet<&str>)| {
        let actions: Vec<String> = actions.into_iter().map(str::to_owned).collect();
        let statement = Statement::new(Effect::Allow)
            .with_sid(group.sid())
            .with_actions(actions)
            .with_resources(resources::pattern(group.kind(), stack));
        if group != Group::PassedRoles {
            return statement;
        }
        let services: Vec<String> = services.iter().map(|service| (*service).to_owned()).collect();
        statement.with_condition(Condition::new(Comparison::StringEquals, "iam:PassedToService", services))
    };
    Document::new(actions.into_iter().map(statement).collect())
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
        resource: resources::pattern(permission.on, stack),
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
        needs.filter(move |(_, need)| !self.spared().contains(&need.action))
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

/// What stands in one statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Group {
    /// A kind of resource.
    On(ResourceKind),
    /// Roles that are given to a service.
    PassedRoles,
}

impl Group {
    fn of(kind: ResourceKind) -> Self {
        if passed_to(kind).is_some() { Self::PassedRoles } else { Self::On(kind) }
    }

    fn kind(self) -> ResourceKind {
        match self {
            Self::On(kind) => kind,
            Self::PassedRoles => ResourceKind::RoleOfFunction,
        }
    }

    /// The statement's id: letters and digits.
    fn sid(self) -> &'static str {
        match self {
            Self::PassedRoles => "PassRoles",
            Self::On(kind) => resources::sid(kind),
        }
    }
}

#[cfg(test)]
mod tests;
