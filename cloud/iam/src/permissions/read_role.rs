//! Roles with their policies as they are read for decisions: once, until a role or a managed policy changes.

use std::sync::{Arc, Mutex};

use cloud_core::Account;
use policy::Document;

use super::kept_roles::ReadRole;
use crate::service::Iam;

impl Iam {
    /// The role with this ARN as it is now; none when there is no such role.
    pub(crate) fn read_for_decision(&self, arn: &str) -> Option<Arc<ReadRole>> {
        // Before anything is read: what changes meanwhile is read again by the next one who asks.
        let generation = (self.roles.generation(), self.policies.generation());
        if let Some(role) = self.read_roles.get(arn, generation) {
            return Some(role);
        }
        let role = Arc::new(self.read_whole(arn)?);
        self.read_roles.keep(arn, generation, &role);
        Some(role)
    }

    fn read_whole(&self, arn: &str) -> Option<ReadRole> {
        // Managed policies are another table, which must not be waited for while this one is held.
        let role = self.role(arn)?;
        let inline = role.inline.values().map(|text| self.document(text));
        let attached = role.attached.iter().filter_map(|arn| self.managed_document(arn));
        // A boundary that is gone leaves nothing.
        let none = || Arc::new(Document::new(Vec::new()));
        let boundary = role.permissions_boundary.as_deref();
        Some(ReadRole {
            session_arn: role.account.global_arn("sts", &format!("assumed-role/{}", role.name)),
            policies: inline.chain(attached).collect(),
            boundary: boundary.map(|arn| self.managed_document(arn).unwrap_or_else(none)),
            trust: self.document(&self.trust_policy(&role)),
            id: role.id,
            tags: role.tags,
            services: Mutex::default(),
        })
    }

    /// Whether no role has this ARN any more: there was one, or there is one of its name with another path, or its row can't be
    /// read. On AWS nobody can have such a role; one that was never made can't be had there either, but is not judged here.
    pub(crate) fn is_gone(&self, role_arn: &str) -> bool {
        let named = role_arn.rsplit('/').next().zip(Account::of_arn(role_arn));
        let Some(key) = named.map(|(name, account)| account.key(name)) else { return false };
        self.deleted_roles.get(role_arn).is_some()
            || self.roles.get(&key).is_some_and(|role| role.arn() != role_arn)
            || self.roles.refuse_unreadable(&key).is_err()
    }
}
