//! Whether a role has reached the services that assume it.

use cloud_core::{Account, Window};

use crate::role::Role;
use crate::service::Iam;

impl Iam {
    /// Whether a role and its trust policy stayed as they are throughout a time.
    pub(crate) fn is_settled(&self, role_arn: &str, window: Window) -> bool {
        let name = role_arn.rsplit('/').next().unwrap_or_default();
        let key = Account::of_arn(role_arn).unwrap_or_default().key(name);
        stayed(&self.roles.held(&key, window.from, window.to))
    }
}

/// Whether the values that a role had, oldest first, are the same role with the same trust policy. A deleted role whose
/// name is used again is another one.
fn stayed(held: &[Option<Role>]) -> bool {
    let of = |role: &Role| (role.id.clone(), role.assume_role_policy.clone(), role.trusted_ids.clone());
    let trusted = |role: &Option<Role>| role.as_ref().map(of);
    match held.last().map(trusted) {
        Some(Some(last)) => held.iter().all(|role| trusted(role).as_ref() == Some(&last)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use jiff::Timestamp;

    use super::*;

    fn role(id: &str, trust: &str, description: &str) -> Option<Role> {
        Some(Role {
            account: Account::default(),
            name: "r".to_owned(),
            path: "/".to_owned(),
            id: id.to_owned(),
            created_at: Timestamp::UNIX_EPOCH,
            assume_role_policy: trust.to_owned(),
            trusted_ids: BTreeMap::new(),
            description: Some(description.to_owned()),
            max_session_duration_s: 3600,
            permissions_boundary: None,
            tags: Vec::new(),
            inline: BTreeMap::new(),
            attached: BTreeSet::new(),
        })
    }

    #[test]
    fn a_new_role_or_trust_policy_is_not_known_yet() {
        assert!(stayed(&[role("1", "a", "x")]));
        assert!(stayed(&[role("1", "a", "x"), role("1", "a", "y")]), "its description matters to nobody");
        assert!(!stayed(&[None, role("1", "a", "x")]));
        assert!(!stayed(&[role("1", "a", "x"), role("1", "b", "x")]));
        assert!(!stayed(&[role("1", "a", "x"), None, role("2", "a", "x")]));
        assert!(!stayed(&[role("1", "a", "x"), None]) && !stayed(&[None]));
    }
}
