//! Whether somebody may do something: what a service asks IAM, and the refusal in AWS's words.

use std::fmt::{self, Display, Formatter};

use policy::{Context, Document, PolicyKind};

use crate::location::Account;

/// Who acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Actor<'a> {
    /// Whoever signs with this access key: the session that has it, else the account's administrator.
    Key {
        /// The access key.
        id: &'a str,
        /// The account that it acts in.
        account: &'a Account,
    },
    /// A service, in a session of this role.
    Role {
        /// The role's ARN.
        arn: &'a str,
        /// The session's name.
        session: &'a str,
    },
}

/// The condition keys of a request, which are made when a policy asks for one: most policies ask for none.
#[derive(Clone, Copy)]
pub struct ConditionKeys<'a>(&'a (dyn Fn() -> Context + 'a));

impl<'a> ConditionKeys<'a> {
    /// Those that `make` gives.
    #[must_use]
    pub fn made_by(make: &'a dyn Fn() -> Context) -> Self {
        Self(make)
    }

    /// None.
    #[must_use]
    pub fn none() -> Self {
        Self(&Context::default)
    }

    /// The keys with their values.
    #[must_use]
    pub fn make(&self) -> Context {
        (self.0)()
    }
}

/// Somebody wants to do something.
#[derive(Clone, Copy)]
pub struct Permit<'a> {
    /// Who.
    pub actor: Actor<'a>,
    /// What, such as `lambda:InvokeFunction`.
    pub action: &'a str,
    /// With which resource, by ARN; `*` where the action knows none.
    pub resource: &'a str,
    /// The resource's own policy, where it has one.
    pub resource_policy: Option<&'a Document>,
    /// What is known of the request; who acts is added.
    pub keys: ConditionKeys<'a>,
}

impl<'a> Permit<'a> {
    /// The question without a resource policy and condition keys.
    #[must_use]
    pub fn new(actor: Actor<'a>, action: &'a str, resource: &'a str) -> Self {
        Self { actor, action, resource, resource_policy: None, keys: ConditionKeys::none() }
    }
}

/// Why somebody may not do something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// No policy of this kind allows it.
    NoneAllows(PolicyKind),
    /// A policy of this kind denies it.
    Denied(PolicyKind),
}

/// Somebody may not do something. It reads as AWS's refusals do ([formats]).
///
/// [formats]: https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct Refused {
    /// The ARN of who asks.
    pub user: String,
    /// The action.
    pub action: String,
    /// The resource as IAM names it in texts.
    pub resource: String,
    /// Why.
    pub why: Why,
}

impl Display for Refused {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self { user, action, resource, why } = self;
        write!(f, "User: {user} is not authorized to perform: {action} on resource: {resource} ")?;
        match why {
            Why::NoneAllows(kind) => write!(f, "because no {kind} allows the {action} action"),
            Why::Denied(kind) => {
                let article = if *kind == PolicyKind::Identity { "an" } else { "a" };
                write!(f, "with an explicit deny in {article} {kind}")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_reads_as_awss() {
        let refused = |why| {
            let user = "arn:aws:sts::1:assumed-role/r/s".to_owned();
            let action = "lambda:InvokeFunction".to_owned();
            Refused { user, action, resource: "arn:f".to_owned(), why }.to_string()
        };
        insta::assert_snapshot!(refused(Why::NoneAllows(PolicyKind::Identity)), @"User: arn:aws:sts::1:assumed-role/r/s is not authorized to perform: lambda:InvokeFunction on resource: arn:f because no identity-based policy allows the lambda:InvokeFunction action");
        insta::assert_snapshot!(refused(Why::Denied(PolicyKind::Identity)), @"User: arn:aws:sts::1:assumed-role/r/s is not authorized to perform: lambda:InvokeFunction on resource: arn:f with an explicit deny in an identity-based policy");
        insta::assert_snapshot!(refused(Why::Denied(PolicyKind::Boundary)), @"User: arn:aws:sts::1:assumed-role/r/s is not authorized to perform: lambda:InvokeFunction on resource: arn:f with an explicit deny in a permissions boundary");
    }
}
