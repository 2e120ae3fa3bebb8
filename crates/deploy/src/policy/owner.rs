//! Whose role a refusal is about, and where its service file gives that role more.

use model::names::Key;
use model::service::{Permission, Service};
use model::source::Place;
use model::stack::Stack;

use super::RoleOwner;

/// Where a role of the service gets its permissions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RolePlace {
    /// What runs as the role.
    pub owner: RoleOwner,
    /// The line after which a statement is added: that of the last one, else that of the function or state machine.
    pub at: Place,
}

impl RolePlace {
    /// The role with this deployed name; none when it is not one that the service makes.
    pub fn of(service: &Service, stack: &Stack, role_name: &str) -> Option<Self> {
        let is_it = |key: &Key, own: bool| !own && stack.role_name(key) == role_name;
        let after = |at: &Place, permissions: &[Permission]| permissions.last().map_or(at, |last| &last.at).clone();
        let functions = service.functions.iter().filter(|(key, function)| is_it(key, function.role.is_some()));
        let mut functions = functions.map(|(key, function)| Self {
            owner: RoleOwner::Function(key.clone()),
            at: after(&function.at, &function.permissions),
        });
        let machines = service.state_machines.iter().filter(|(key, machine)| is_it(key, machine.role.is_some()));
        let mut machines = machines.map(|(key, machine)| Self {
            owner: RoleOwner::StateMachine(key.clone()),
            at: after(&machine.at, &machine.permissions),
        });
        functions.next().or_else(|| machines.next())
    }

    /// A statement as the service file has it: a table of `service.toml`, an item of `serverless.yml`.
    pub fn statement(&self, action: &str, resource: &str) -> String {
        if self.is_yaml() {
            return format!("- Effect: Allow\n  Action: {action}\n  Resource: \"{resource}\"");
        }
        format!("{}\nactions = [\"{action}\"]\nresources = [\"{resource}\"]", self.table())
    }

    /// What the statement is added to, in words.
    pub fn table(&self) -> String {
        match &self.owner {
            _ if self.is_yaml() => "provider.iam.role.statements".to_owned(),
            RoleOwner::Function(key) => format!("[[functions.{key}.permissions]]"),
            RoleOwner::StateMachine(key) => format!("[[state_machines.{key}.permissions]]"),
        }
    }

    fn is_yaml(&self) -> bool {
        [".yml", ".yaml"].iter().any(|end| self.at.file.ends_with(end))
    }
}
