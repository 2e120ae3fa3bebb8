//! Whether somebody may do something: who asks, which policies have a say, and what they say together.

mod documents;
pub(crate) mod enforcement;
pub(crate) mod kept_roles;
mod read_role;
pub(crate) mod simulate;
mod subject;
pub(crate) mod trust;

use cloud_core::{Account, Actor, CallerIdentity, Context, Permit, Refused, Why};
use policy::{Identity, PolicyKind, Request, evaluate};

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
        // A user that is not named is who asks.
        let resource = match asked.resource {
            "*" if asked.action == "iam:GetUser" => subject.arn.clone(),
            _ => self.with_path(asked),
        };
        let mut policies = subject.policies();
        policies.resource = asked.resource_policy;
        policies.is_same_account = account_of(&resource).is_none_or(|account| account == subject.account);
        if policies.is_same_account && (subject.may_do_all() || !self.is_enforced()) {
            return Ok(());
        }
        // Whom a resource's policy names by the ARN is the role that is there now.
        if self.is_enforced() && subject.may_nothing() {
            let why = Why::NoneAllows(PolicyKind::Identity);
            return Err(refused(&subject, asked.action, &resource, why));
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
        evaluate(&policies, &request).map_err(|denial| {
            let why = if denial.by.is_some() { Why::Denied(denial.kind) } else { Why::NoneAllows(denial.kind) };
            refused(&subject, asked.action, &resource, why)
        })
    }

    /// The resource that is asked for. A role's or an instance profile's path belongs to its ARN, and a request that names it does
    /// not have it.
    fn with_path(&self, asked: &Permit<'_>) -> String {
        let known = || {
            let account = Account::of_arn(asked.resource)?;
            let (_, resource) = asked.resource.split_once("::").filter(|_| asked.action.starts_with("iam:"))?;
            match resource.split_once(':')?.1.split_once('/')? {
                ("role", name) => self.roles.read(|roles| Some(roles.get(&account.key(name))?.arn())),
                ("instance-profile", name) => {
                    self.instance_profiles.read(|profiles| Some(profiles.get(&account.key(name))?.arn()))
                }
                _ => None,
            }
        };
        known().unwrap_or_else(|| asked.resource.to_owned())
    }
}

fn refused(subject: &Subject, action: &str, resource: &str, why: Why) -> Refused {
    let resource = in_words(action, resource);
    Refused { user: subject.arn.clone(), action: action.to_owned(), resource, why }
}

/// The account that a resource belongs to; none where its ARN names none.
fn account_of(arn: &str) -> Option<Account> {
    Account::of_arn(arn)
}

/// Actions on roles and instance profiles whose refusals have the ARN (this and the other forms: seen in reports of refusals).
const BY_ARN: [&str; 9] = [
    "iam:CreateInstanceProfile",
    "iam:CreateRole",
    "iam:DeleteRolePermissionsBoundary",
    "iam:ListRoles",
    "iam:PassRole",
    "iam:PutRolePermissionsBoundary",
    "iam:SimulatePrincipalPolicy",
    "iam:TagRole",
    "iam:UntagRole",
];

/// A resource as IAM's texts have it: most of what it has itself by the name alone.
fn in_words(action: &str, resource: &str) -> String {
    let named = resource.strip_prefix("arn:aws:iam::").and_then(|rest| rest.split_once(':')?.1.split_once('/'));
    let Some((kind, path)) = named.filter(|_| action.starts_with("iam:") && !BY_ARN.contains(&action)) else {
        return resource.to_owned();
    };
    let name = path.rsplit('/').next().unwrap_or_default();
    match (kind, action) {
        ("role" | "user", _) => format!("{kind} {name}"),
        ("instance-profile", _) if !name.is_empty() => format!("instance profile {name}"),
        ("policy", "iam:ListPolicies") => format!("policy path /{path}"),
        ("policy", "iam:CreatePolicy" | "iam:TagPolicy") => format!("policy {name}"),
        ("policy", _) => format!("policy {resource}"),
        _ => resource.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resources_are_named_as_in_the_refusals_of_aws() {
        for (action, resource, expected) in [
            ("GetRole", "role/a/r", "role r"),
            ("AttachRolePolicy", "role/r", "role r"),
            ("GetUser", "user/local", "user local"),
            ("GetInstanceProfile", "instance-profile/a/p", "instance profile p"),
            ("ListPolicies", "policy/", "policy path /"),
            ("ListPolicies", "policy/a/b/", "policy path /a/b/"),
            ("CreatePolicy", "policy/a/p", "policy p"),
            ("GetPolicy", "policy/p", "policy arn:aws:iam::000000000000:policy/p"),
            ("ListRoles", "role/", "arn:aws:iam::000000000000:role/"),
            ("ListInstanceProfiles", "instance-profile/", "arn:aws:iam::000000000000:instance-profile/"),
            ("PassRole", "role/a/r", "arn:aws:iam::000000000000:role/a/r"),
            ("TagRole", "role/r", "arn:aws:iam::000000000000:role/r"),
        ] {
            let resource = format!("arn:aws:iam::000000000000:{resource}");
            assert_eq!(in_words(&format!("iam:{action}"), &resource), expected, "{action}");
        }
        assert_eq!(in_words("sts:AssumeRole", "arn:aws:iam::000000000000:role/r"), "arn:aws:iam::000000000000:role/r");
    }
}
