//! Which keys to look for: those that the service file declares, and those that names in the account give away.

use std::collections::BTreeSet;

use crate::aws::{Aws, iam, sfn};
use crate::deploy::error::DeployError;
use crate::model::names::Key;
use crate::model::service::Service;
use crate::model::stack::Stack;

/// Keys of functions and of state machines; a key that may be either is in both.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Keys {
    /// Keys to look for functions under.
    pub(crate) functions: BTreeSet<Key>,
    /// Keys to look for state machines under.
    pub(crate) state_machines: BTreeSet<Key>,
}

impl Keys {
    /// What a service declares.
    pub(super) fn declared(service: &Service) -> Self {
        Self {
            functions: service.functions.keys().cloned().collect(),
            state_machines: service.state_machines.keys().cloned().collect(),
        }
    }

    /// Every key: each has a role.
    pub(super) fn roles(&self) -> BTreeSet<Key> {
        self.functions.union(&self.state_machines).cloned().collect()
    }

    /// What is there by name and not declared. What a role's name gives away may be a function or a state machine.
    pub(super) fn leftover(&self, roles: &[Key], state_machines: &[Key], log_groups: &[Key]) -> Self {
        let known = self.roles();
        let roles: BTreeSet<Key> = roles.iter().filter(|key| !known.contains(key)).cloned().collect();
        let functions = log_groups.iter().filter(|key| !self.functions.contains(key)).cloned();
        let machines = state_machines.iter().filter(|key| !self.state_machines.contains(key)).cloned();
        Self {
            functions: roles.iter().cloned().chain(functions).collect(),
            state_machines: roles.iter().cloned().chain(machines).collect(),
        }
    }

    /// Whether there are none.
    pub(super) fn is_empty(&self) -> bool {
        self.functions.is_empty() && self.state_machines.is_empty()
    }
}

/// The keys that names of roles and of state machines give away. A role is made before what uses it and deleted after it, so
/// the roles are the index; names alone do not say whose they are, and other stacks' may begin alike: tags tell.
pub(super) async fn named(aws: &Aws, stack: &Stack) -> Result<(Vec<Key>, Vec<Key>), DeployError> {
    let role_prefix = format!("{}-{}-", stack.name(), stack.region);
    let prefix = format!("{}-", stack.name());
    let (roles, machines) =
        tokio::try_join!(iam::role_names(&aws.iam, &role_prefix), sfn::state_machine_names(&aws.sfn, &prefix))?;
    let roles = roles.iter().filter_map(|name| key_after(&role_prefix, name)).collect();
    Ok((roles, machines.iter().filter_map(|name| key_after(&prefix, name)).collect()))
}

/// The key that a deployed name ends with.
pub(super) fn key_after(prefix: &str, name: &str) -> Option<Key> {
    name.strip_prefix(prefix).and_then(|rest| Key::parse(rest).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(names: &[&str]) -> Vec<Key> {
        names.iter().map(|name| Key::parse(name).unwrap()).collect()
    }

    fn set(names: &[&str]) -> BTreeSet<Key> {
        keys(names).into_iter().collect()
    }

    #[test]
    fn leftovers_are_what_nobody_declares() {
        let declared = Keys { functions: set(&["send"]), state_machines: set(&["flow"]) };
        let none = declared.leftover(&keys(&["flow", "send"]), &keys(&["flow"]), &keys(&["send"]));
        assert!(none.is_empty());
        let leftover = declared.leftover(&keys(&["flow", "old", "send"]), &keys(&["flow", "send"]), &keys(&["flow"]));
        assert_eq!(leftover, Keys { functions: set(&["flow", "old"]), state_machines: set(&["old", "send"]) });
    }

    #[test]
    fn a_key_is_what_follows_the_prefix() {
        assert_eq!(key_after("shop-dev-", "shop-dev-send"), Key::parse("send").ok());
        assert_eq!(key_after("shop-dev-", "shop-dev-2-send"), None);
        assert_eq!(key_after("shop-dev-", "shop-prod-send"), None);
    }
}
