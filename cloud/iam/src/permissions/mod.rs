//! Whether somebody may do something: who asks, which policies have a say, and what they say together.

mod documents;
pub(crate) mod enforcement;
pub(crate) mod read_role;
pub(crate) mod simulate;
mod subject;
pub(crate) mod trust;

use cloud_core::{Account, Actor, CallerIdentity, Context, Permit, Refused, Why};
use policy::{Identity, Request, evaluate};

use crate::service::Iam;
use subject::Subject;

impl Iam {
    /// Whether policies decide what somebody may do in the own account.
    pub fn is_enforced(&self) -> bool {
        self.enforcement.is_on()
    }

    /// Has policies decide, or lets everybody do everything in the own account.
    pub fn enforce(&self, is_enforced: bool) {
        self.enforcement.set(is_enforced);
    }

    /// Whether somebody may do everything with a resource.
    pub(crate) fn may_do_all_with(&self, actor: Actor<'_>, resource_arn: &str) -> bool {
        let is_in = |account: &Account| account_of(resource_arn).is_none_or(|owner| owner == *account);
        match actor {
            Actor::Key { id, account } => is_in(account) && (!self.is_enforced() || !self.sessions.is_of_role(id)),
            Actor::Role { arn, .. } => {
                !self.is_enforced() && Account::of_arn(arn).is_some_and(|account| is_in(&account))
            }
        }
    }

    /// Who somebody is.
    pub(crate) fn identity_of(&self, actor: Actor<'_>) -> CallerIdentity {
        let Subject { arn, account, id, .. } = Subject::of(self, actor);
        CallerIdentity { arn, account, id }
    }

    /// Adds the condition keys that follow from who somebody is.
    pub(crate) fn keys_of(&self, actor: Actor<'_>, context: Context) -> Context {
        Subject::of(self, actor).keys(context)
    }

    /// Decides by all policies that have a say.
    ///
    /// # Errors
    /// Why not.
    pub(crate) fn decide(&self, asked: &Permit<'_>) -> Result<(), Refused> {
        let subject = Subject::of(self, asked.actor);
        let resource = self.with_path(asked);
        let mut policies = subject.policies();
        policies.resource = asked.resource_policy;
        policies.is_same_account = account_of(&resource).is_none_or(|account| account == subject.account);
        if policies.is_same_account && (subject.may_do_all() || !self.is_enforced()) {
            return Ok(());
        }
        if !self.is_enforced() {
            policies.identity = Identity::Everything;
            policies.boundary = None;
            policies.session = None;
        }
        let context = match policies.ask_for_keys() {
            true => {
                let owner = account_of(&resource).unwrap_or_else(|| subject.account.clone());
                subject.keys(asked.keys.make()).with("aws:ResourceAccount", owner.as_str())
            }
            false => Context::default(),
        };
        let request = Request::new(subject.caller(), asked.action, &resource).with_context(context);
        evaluate(&policies, &request).map_err(|denial| Refused {
            user: subject.arn.clone(),
            action: asked.action.to_owned(),
            resource: in_words(asked.action, &resource),
            why: if denial.by.is_some() { Why::Denied(denial.kind) } else { Why::NoneAllows(denial.kind) },
        })
    }

    /// The resource that is asked for. A role's path belongs to its ARN, and a request that names the role does not have it.
    fn with_path(&self, asked: &Permit<'_>) -> String {
        let named = asked.resource.rsplit_once(":role/").filter(|_| asked.action.starts_with("iam:"));
        let key = named.and_then(|(_, name)| Some(Account::of_arn(asked.resource)?.key(name)));
        let known = key.and_then(|key| self.roles.read(|roles| Some(roles.get(&key)?.arn())));
        known.unwrap_or_else(|| asked.resource.to_owned())
    }
}

/// The account that a resource belongs to; none where its ARN names none.
fn account_of(arn: &str) -> Option<Account> {
    Account::of_arn(arn)
}

/// A resource as IAM's texts have it: a role that is there by its name alone (seen in reports of refusals).
fn in_words(action: &str, resource: &str) -> String {
    let by_name = action.starts_with("iam:") && !["iam:CreateRole", "iam:PassRole"].contains(&action);
    let name = resource.split_once(":role/").and_then(|(_, path)| path.rsplit('/').next());
    match name.filter(|_| by_name) {
        Some(name) => format!("role {name}"),
        None if by_name && resource.contains(":policy/") => format!("policy {resource}"),
        None => resource.to_owned(),
    }
}
