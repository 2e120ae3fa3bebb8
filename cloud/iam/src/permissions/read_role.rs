//! Roles with their policies as they are read for decisions: once, until a role or a managed policy changes.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use cloud_core::Account;
use policy::Document;

use crate::service::Iam;

/// How many roles are kept. When there are more all are forgotten, and read again as they are needed.
const MOST: usize = 4096;

/// A role with all that decides what it may do, and who may have it.
#[derive(Debug)]
pub(crate) struct ReadRole {
    /// What the ARNs of its sessions begin with.
    pub(crate) session_arn: String,
    /// `AROA` and 17 further characters.
    pub(crate) id: String,
    pub(crate) tags: Vec<(String, String)>,
    /// Its trust policy. One that can't be read lets nobody in.
    pub(crate) trust: Arc<Document>,
    /// What is inline and attached.
    pub(crate) policies: Vec<Arc<Document>>,
    pub(crate) boundary: Option<Arc<Document>>,
}

/// Which state of the roles and of the managed policies something was read from.
type Generation = (u64, u64);

/// The roles that were read lately, by ARN.
#[derive(Debug, Default)]
pub(crate) struct ReadRoles(Mutex<BTreeMap<String, (Generation, Arc<ReadRole>)>>);

impl Iam {
    /// The role with this ARN as it is now; none when there is no such role.
    pub(crate) fn read_for_decision(&self, arn: &str) -> Option<Arc<ReadRole>> {
        // Before anything is read: what changes meanwhile is read again by the next one who asks.
        let generation = (self.roles.generation(), self.policies.generation());
        let mut known = self.read_roles.0.lock().unwrap_or_else(PoisonError::into_inner);
        match known.get(arn) {
            Some((read, role)) if *read == generation => return Some(Arc::clone(role)),
            Some(_) => {}
            None if known.len() >= MOST => known.clear(),
            None => {}
        }
        drop(known);
        let role = Arc::new(self.read_whole(arn)?);
        let mut known = self.read_roles.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert(arn.to_owned(), (generation, Arc::clone(&role)));
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
            trust: self.document(&role.assume_role_policy),
            id: role.id,
            tags: role.tags,
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
