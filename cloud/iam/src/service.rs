//! The service: what it holds, and the handles it was given.

use cloud_core::{Account, CachedTable, Clock, FaultInjection, Random, ServiceError};
use cloud_store::{Store, StoreError, Table};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::permissions::enforcement::{Documents, Enforcement};
use crate::permissions::kept_roles::ReadRoles;
use crate::policies::managed_policy::ManagedPolicy;
use crate::role::Role;
use crate::roles::instance_profile::InstanceProfile;
use crate::sessions::{SessionKeys, Sessions};

/// Roles with their inline policies, by account and name.
pub const ROLES: Table = Table::new("roles");

/// Managed policies, by ARN.
pub const POLICIES: Table = Table::new("policies");

/// Roles that were deleted, by ARN: what ran as one of them fails, what names a role that was never made does not.
pub const DELETED_ROLES: Table = Table::new("deleted-roles");

/// Instance profiles, by account and name.
pub const INSTANCE_PROFILES: Table = Table::new("instance-profiles");

/// How many deleted roles are remembered: the last ones.
pub(crate) const MOST_DELETED_ROLES: usize = 10_000;

/// A role that was deleted. One with its ARN may have been made since: that one counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct DeletedRole {
    pub(crate) deleted_at: Timestamp,
}

/// All roles, managed policies, and the sessions of assumed roles.
pub struct Iam {
    /// By the account's key of the name.
    pub(crate) roles: CachedTable<Role>,
    /// By ARN.
    pub(crate) policies: CachedTable<ManagedPolicy>,
    /// By ARN.
    pub(crate) deleted_roles: CachedTable<DeletedRole>,
    /// By the account's key of the name.
    pub(crate) instance_profiles: CachedTable<InstanceProfile>,
    pub(crate) sessions: Sessions,
    /// The roles, read.
    pub(crate) read_roles: ReadRoles,
    /// The documents of policies, read.
    pub(crate) documents: Documents,
    pub(crate) enforcement: Enforcement,
    pub(crate) random: Random,
    pub(crate) faults: FaultInjection,
    clock: Clock,
}

impl Iam {
    /// Loads what the store has. `faults` says how long a changed role takes to reach the services.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn open(store: &Store, clock: Clock, random: Random, faults: FaultInjection) -> Result<Self, StoreError> {
        Ok(Self {
            roles: CachedTable::open(store, ROLES, clock.clone())?,
            policies: CachedTable::open(store, POLICIES, clock.clone())?,
            deleted_roles: CachedTable::open(store, DELETED_ROLES, clock.clone())?,
            instance_profiles: CachedTable::open(store, INSTANCE_PROFILES, clock.clone())?,
            sessions: Sessions::default(),
            read_roles: ReadRoles::default(),
            documents: Documents::default(),
            enforcement: Enforcement::default(),
            random,
            faults,
            clock,
        })
    }

    /// How many stored values could not be read.
    pub fn unreadable_rows(&self) -> usize {
        let tables = [
            self.roles.unreadable(),
            self.policies.unreadable(),
            self.deleted_roles.unreadable(),
            self.instance_profiles.unreadable(),
        ];
        tables.iter().map(|unreadable| unreadable.count()).sum()
    }

    /// The account that the session with this access key acts in; none for an access key of no session.
    pub fn session_account(&self, access_key: &str) -> Option<Account> {
        self.sessions.account(access_key)
    }

    /// What a request that is made with this access key has to show; none for an access key of no session. The keys of an
    /// expired session are known for a while.
    pub fn session_keys(&self, access_key: &str) -> Option<SessionKeys> {
        self.sessions.keys(access_key)
    }

    /// The role with this ARN.
    pub(crate) fn role(&self, arn: &str) -> Option<Role> {
        let name = arn.rsplit('/').next()?;
        let key = Account::of_arn(arn)?.key(name);
        self.roles.read(|roles| roles.get(&key).filter(|role| role.arn() == arn).cloned())
    }

    /// The answer to whoever may not have the role with this ARN: `refused`, unless the role can't be read.
    pub(crate) fn no_role(&self, arn: &str, refused: impl FnOnce() -> ServiceError) -> ServiceError {
        let key = arn.rsplit('/').next().zip(Account::of_arn(arn)).map(|(name, account)| account.key(name));
        match key {
            Some(key) => self.roles.missing(&key, refused),
            None => refused(),
        }
    }

    /// What the machine's clock says, by which whoever calls lives.
    pub(crate) fn machine_now(&self) -> Timestamp {
        self.clock.machine().now()
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }
}

/// The answer to a document that IAM refuses.
pub(crate) fn malformed(reason: &policy::Malformed) -> ServiceError {
    ServiceError::bad_request("MalformedPolicyDocument", reason.to_string())
}
