//! Whom a role's trust policy names: that there is such a one, and which role an ARN meant when the policy was saved.
//!
//! AWS turns the ARN of a role into its unique id on saving, and shows the ARN as long as the role with that id is there
//! (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>). Here the row keeps the ids
//! beside the policy as it was given.

use std::borrow::Cow;
use std::collections::BTreeMap;

use cloud_core::{Account, ServiceError};
use policy::{Document, Malformed, PrincipalType};

use crate::role::Role;
use crate::service::{Iam, malformed};
use crate::sts::user_arn;

impl Iam {
    /// The unique ids of the roles and sessions that a trust policy of an account names, by their ARNs.
    ///
    /// # Errors
    /// It names a role or a user that is not there (recorded by others), or one that can't be read. An account that has nothing
    /// here may be one of AWS's: whom it has is not judged, and has no id.
    pub(crate) fn trusted_ids(
        &self,
        trust: &Document,
        account: &Account,
    ) -> Result<BTreeMap<String, String>, ServiceError> {
        let principals = trust.statements.iter().filter_map(|statement| statement.principal.as_ref());
        let mut ids = BTreeMap::new();
        for arn in principals.flat_map(|principal| principal.named().of_type(PrincipalType::Aws)) {
            match self.unique_id_of(arn) {
                Some(id) => {
                    ids.insert(arn.to_owned(), id);
                }
                None => self.check_absent(arn, account)?,
            }
        }
        Ok(ids)
    }

    /// A role's trust policy as it is in force and shown: a role that is not the one any more that was meant has its id in place
    /// of its ARN, which lets nobody in.
    pub(crate) fn trust_policy<'a>(&self, role: &'a Role) -> Cow<'a, str> {
        let written = Cow::Borrowed(role.assume_role_policy.as_str());
        let is_gone = |arn: &str, id: &String| self.unique_id_of(arn).as_ref() != Some(id);
        if !role.trusted_ids.iter().any(|(arn, id)| is_gone(arn, id)) {
            return written;
        }
        let rename = |arn: &str| role.trusted_ids.get(arn).filter(|id| is_gone(arn, id)).cloned();
        match Document::read(&role.assume_role_policy) {
            Ok(trust) => Cow::Owned(trust.with_renamed_principals(rename).to_string()),
            // It lets nobody in as it is.
            Err(_) => written,
        }
    }

    /// The unique id of the role that an ARN means, with the session where it names one.
    fn unique_id_of(&self, arn: &str) -> Option<String> {
        let named = NamedRole::read(arn)?;
        self.roles.read(|roles| {
            let role = roles.get(&named.key)?;
            let (known, id) = match named.session {
                Some(session) => {
                    let resource = format!("assumed-role/{}/{session}", role.name);
                    (role.account.global_arn("sts", &resource), format!("{}:{session}", role.id))
                }
                None => (role.arn(), role.id.clone()),
            };
            (known == arn).then_some(id)
        })
    }

    /// Refuses a principal without an id where there had to be one.
    fn check_absent(&self, arn: &str, own: &Account) -> Result<(), ServiceError> {
        let Some(account) = Account::of_arn(arn) else { return Ok(()) };
        let refused = || malformed(&Malformed::AwsPrincipal(arn.to_owned()));
        let is_seen = account == *own || self.has_roles(&account) || self.deleted_roles.get(arn).is_some();
        match NamedRole::read(arn) {
            Some(named) if is_seen => Err(self.roles.missing(&named.key, refused)),
            None if is_seen && arn.contains(":user/") && arn != user_arn(&account) => Err(refused()),
            _ => Ok(()),
        }
    }

    fn has_roles(&self, account: &Account) -> bool {
        self.roles.read(|roles| roles.values().any(|role| role.account == *account))
    }
}

/// What an ARN of a role, or of a session of one, says of the role.
struct NamedRole<'a> {
    /// The role's row.
    key: String,
    session: Option<&'a str>,
}

impl<'a> NamedRole<'a> {
    /// Nothing when it is the ARN of something else.
    fn read(arn: &'a str) -> Option<Self> {
        let account = Account::of_arn(arn)?;
        let (kind, path) = arn.splitn(6, ':').nth(5)?.split_once('/')?;
        match kind {
            "role" => Some(Self { key: account.key(path.rsplit('/').next().unwrap_or(path)), session: None }),
            "assumed-role" => {
                let (name, session) = path.split_once('/')?;
                Some(Self { key: account.key(name), session: Some(session) })
            }
            _ => None,
        }
    }
}
