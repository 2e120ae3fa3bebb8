//! Whether all policies together allow a request: those of the identity, of the resource, a boundary and a session's
//! ([evaluation]).
//!
//! [evaluation]: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics.html

use std::fmt::{self, Display, Formatter};

use crate::decide::{Decision, Request, StatementRef, decide, decide_resource};
use crate::document::Document;
use crate::principal::Naming;

/// The policies that have a say in a request.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Policies<'a> {
    /// What is attached to who asks.
    pub identity: Identity<'a>,
    /// The boundary of who asks: the most that it may do.
    pub boundary: Option<&'a Document>,
    /// The policies that the session was opened with, which narrow what it may do; none when it was opened without.
    pub session: Option<Vec<&'a Document>>,
    /// The policy of the resource, such as that of a function, or a role's trust policy.
    pub resource: Option<&'a Document>,
    /// Whether the resource belongs to the account of who asks.
    pub is_same_account: bool,
}

/// What is attached to an identity.
#[derive(Debug, Clone)]
pub enum Identity<'a> {
    /// It may do everything, as an account's root may.
    Everything,
    /// These policies.
    Documents(Vec<&'a Document>),
    /// None: a service, which only the resource's policy lets in.
    Nobody,
}

/// The kinds of policies, as AWS's texts name them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PolicyKind {
    /// Attached to a user or role.
    Identity,
    /// Of a resource.
    Resource,
    /// The boundary of a user or role.
    Boundary,
    /// Of a session.
    Session,
}

/// Why a request is not allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Denial<'a> {
    /// Policies of which kind.
    pub kind: PolicyKind,
    /// The statement that denies it; none when no statement of that kind allows it.
    pub by: Option<StatementRef<'a>>,
}

impl<'a> Policies<'a> {
    /// The policies of an identity alone, for a resource of its own account.
    pub fn new(identity: Identity<'a>) -> Self {
        Self { identity, boundary: None, session: None, resource: None, is_same_account: true }
    }

    /// Whether the decision can depend on condition keys; where it can't, a request needs none.
    pub fn ask_for_keys(&self) -> bool {
        let attached = match &self.identity {
            Identity::Documents(documents) => documents.as_slice(),
            Identity::Everything | Identity::Nobody => &[],
        };
        let session = self.session.iter().flatten();
        let all = attached.iter().chain(session).copied().chain(self.boundary).chain(self.resource);
        all.into_iter().any(Document::asks_for_keys)
    }
}

impl PolicyKind {
    /// The kind in AWS's words: `identity-based policy`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Identity => "identity-based policy",
            Self::Resource => "resource-based policy",
            Self::Boundary => "permissions boundary",
            Self::Session => "session policy",
        }
    }
}

impl Display for PolicyKind {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl<'a> Denial<'a> {
    fn explicit(kind: PolicyKind, by: StatementRef<'a>) -> Self {
        Self { kind, by: Some(by) }
    }

    fn implicit(kind: PolicyKind) -> Self {
        Self { kind, by: None }
    }
}

/// Decides. Within an account either the identity's policies or the resource's have to allow the request, across two both;
/// a boundary and a session's policies limit what the identity's allow, and what the resource's allow to the role of a
/// session; whom the resource's policy names itself is not limited by them. A deny anywhere wins.
///
/// # Errors
/// What denies the request, or does not allow it.
pub fn evaluate<'a>(policies: &Policies<'a>, request: &Request<'_>) -> Result<(), Denial<'a>> {
    let by_identity = identity(policies, request)?;
    let by_boundary = limit(policies.boundary.map(|boundary| vec![boundary]), PolicyKind::Boundary, request)?;
    let by_session = limit(policies.session.clone(), PolicyKind::Session, request)?;
    let by_resource = match policies.resource {
        Some(document) => {
            decide_resource(document, request).map_err(|by| Denial::explicit(PolicyKind::Resource, by))?
        }
        None => None,
    };
    let limited = |allowed: bool| {
        let first = [(by_boundary, PolicyKind::Boundary), (by_session, PolicyKind::Session)];
        let refused = first.into_iter().find(|(allows, _)| !allows).map(|(_, kind)| kind);
        match (allowed, refused) {
            (false, _) => Err(Denial::implicit(PolicyKind::Identity)),
            (true, Some(kind)) => Err(Denial::implicit(kind)),
            (true, None) => Ok(()),
        }
    };
    if matches!(policies.identity, Identity::Nobody) {
        return by_resource.map(|_| ()).ok_or(Denial::implicit(PolicyKind::Resource));
    }
    match (policies.is_same_account, by_resource) {
        (true, Some(Naming::Caller)) => Ok(()),
        (true, Some(Naming::Role)) => limited(true),
        (true, Some(Naming::Account) | None) => limited(by_identity),
        (false, Some(_)) => limited(by_identity),
        (false, None) => limited(by_identity).and(Err(Denial::implicit(PolicyKind::Resource))),
    }
}

/// Whether the identity's policies allow the request.
fn identity<'a>(policies: &Policies<'a>, request: &Request<'_>) -> Result<bool, Denial<'a>> {
    match &policies.identity {
        Identity::Everything => Ok(true),
        Identity::Nobody => Ok(false),
        Identity::Documents(documents) => allows(documents, PolicyKind::Identity, request),
    }
}

/// Whether policies that limit allow the request; where there are none, nothing is limited.
fn limit<'a>(
    documents: Option<Vec<&'a Document>>,
    kind: PolicyKind,
    request: &Request<'_>,
) -> Result<bool, Denial<'a>> {
    documents.map_or(Ok(true), |documents| allows(&documents, kind, request))
}

fn allows<'a>(documents: &[&'a Document], kind: PolicyKind, request: &Request<'_>) -> Result<bool, Denial<'a>> {
    match decide(documents.iter().copied(), request) {
        Decision::DeniedBy(by) => Err(Denial::explicit(kind, by)),
        Decision::Allowed => Ok(true),
        Decision::NotAllowed => Ok(false),
    }
}

#[cfg(test)]
mod tests;
