//! Who asks: its ARNs, its policies, and the condition keys that follow from it.

use std::sync::Arc;

use cloud_core::{Account, Actor, Context};
use jiff::Timestamp;
use policy::{Caller, Document, Identity};

use super::kept_roles::ReadRole;
use crate::role::date;
use crate::service::Iam;
use crate::sessions::{Session, SessionSettings};
use crate::sts::{USER_ID, USER_NAME, user_arn};

/// Who asks.
pub(super) struct Subject {
    /// The session's ARN, or the user's.
    pub(super) arn: String,
    pub(super) account: Account,
    /// The role's ARN, of a session.
    role_arn: Option<String>,
    /// The unique id, of a session with its name.
    pub(super) id: String,
    may: May,
    /// What narrows the session, where it was opened so.
    session: Option<Vec<Arc<Document>>>,
    /// The tags of the session, beside the role's.
    tags: Vec<(String, String)>,
    source_identity: Option<String>,
    /// When the session was opened.
    issued_at: Option<Timestamp>,
}

/// What somebody may do.
enum May {
    /// Everything in the own account.
    All,
    /// What the role's policies allow.
    AsRole(Arc<ReadRole>),
    /// Nothing: the role is gone.
    Nothing,
}

impl Subject {
    pub(super) fn of(iam: &Iam, actor: Actor<'_>) -> Self {
        match actor {
            Actor::Key { id, account } => match iam.sessions.get(id) {
                Some(session) => Self::of_session(iam, session),
                None => Self::administrator(account),
            },
            Actor::Role { arn, session } => Self::of_service(iam, arn, session),
        }
    }

    /// The one user of an account, who may do everything.
    fn administrator(account: &Account) -> Self {
        Self {
            arn: user_arn(account),
            account: account.clone(),
            role_arn: None,
            id: USER_ID.to_owned(),
            may: May::All,
            session: None,
            tags: Vec::new(),
            source_identity: None,
            issued_at: None,
        }
    }

    fn of_session(iam: &Iam, session: Session) -> Self {
        let account = Account::of_arn(&session.arn).unwrap_or_default();
        let Some(role_arn) = session.role_arn else {
            return Self { issued_at: Some(session.issued_at), ..Self::administrator(&account) };
        };
        // The sessions of a role that is gone may do nothing any more, also when there is another role of its name.
        let is_of = |role: &Arc<ReadRole>| session.id.split(':').next() == Some(role.id.as_str());
        let may = iam.read_for_decision(&role_arn).filter(is_of).map_or(May::Nothing, May::AsRole);
        let SessionSettings { source_identity, tags, policy, policy_arns, .. } = session.settings;
        let is_narrowed = policy.is_some() || !policy_arns.is_empty();
        let narrowing = policy.iter().map(|text| iam.document(text));
        let narrowing = narrowing.chain(policy_arns.iter().filter_map(|arn| iam.managed_document(arn)));
        Self {
            arn: session.arn,
            account,
            role_arn: Some(role_arn),
            id: session.id,
            may,
            session: is_narrowed.then(|| narrowing.collect()),
            tags,
            source_identity,
            issued_at: Some(session.issued_at),
        }
    }

    /// A service in a session of a role. What runs as a role that was never made is not judged: creating it did not ask for
    /// the role either.
    fn of_service(iam: &Iam, role_arn: &str, session: &str) -> Self {
        let account = Account::of_arn(role_arn).unwrap_or_default();
        if let Some(role) = iam.read_for_decision(role_arn) {
            return Self {
                arn: format!("{}/{session}", role.session_arn),
                account,
                role_arn: Some(role_arn.to_owned()),
                id: format!("{}:{session}", role.id),
                may: May::AsRole(role),
                session: None,
                tags: Vec::new(),
                source_identity: None,
                issued_at: Some(iam.now()),
            };
        }
        let unknown = |may| Self { role_arn: Some(role_arn.to_owned()), may, ..Self::administrator(&account) };
        if !iam.is_gone(role_arn) {
            return unknown(May::All);
        }
        let name = role_arn.rsplit('/').next().unwrap_or_default();
        let arn = account.global_arn("sts", &format!("assumed-role/{name}/{session}"));
        Self { arn, ..unknown(May::Nothing) }
    }

    /// Whether it may do everything in its account.
    pub(super) fn may_do_all(&self) -> bool {
        matches!(self.may, May::All)
    }

    /// Whether it may do nothing: its role is gone.
    pub(super) fn may_nothing(&self) -> bool {
        matches!(self.may, May::Nothing)
    }

    pub(super) fn caller(&self) -> Caller<'_> {
        match &self.role_arn {
            Some(role) => Caller::Session { session: &self.arn, role },
            None => Caller::Aws(&self.arn),
        }
    }

    /// Its policies, for a resource without one in its own account.
    pub(super) fn policies(&self) -> policy::Policies<'_> {
        let (identity, boundary) = match &self.may {
            May::All => (Identity::Everything, None),
            May::Nothing => (Identity::Documents(Vec::new()), None),
            May::AsRole(role) => {
                let documents = role.policies.iter().map(AsRef::as_ref).collect();
                (Identity::Documents(documents), role.boundary.as_deref())
            }
        };
        let mut policies = policy::Policies::new(identity);
        policies.boundary = boundary;
        policies.session = self.session.as_ref().map(|documents| documents.iter().map(AsRef::as_ref).collect());
        policies
    }

    /// The tags of the role, and of the session, whose own come first.
    fn tags(&self) -> impl Iterator<Item = &(String, String)> {
        let of_role = match &self.may {
            May::AsRole(role) => role.tags.as_slice(),
            May::All | May::Nothing => &[],
        };
        let is_own = |key: &str| self.tags.iter().any(|(own, _)| own.eq_ignore_ascii_case(key));
        of_role.iter().filter(move |(key, _)| !is_own(key)).chain(&self.tags)
    }

    /// Adds the condition keys that follow from who asks.
    pub(super) fn keys(&self, context: Context) -> Context {
        let principal = self.role_arn.as_deref().unwrap_or(&self.arn);
        let mut context = context
            .with("aws:PrincipalArn", principal)
            .with("aws:PrincipalAccount", self.account.as_str())
            .with("aws:PrincipalIsAWSService", "false")
            .with("aws:userid", self.id.as_str());
        context = match self.role_arn {
            Some(_) => context.with("aws:PrincipalType", "AssumedRole").with("aws:MultiFactorAuthPresent", "false"),
            None => context.with("aws:PrincipalType", "User").with("aws:username", USER_NAME),
        };
        if let Some(issued_at) = self.issued_at {
            context = context.with("aws:TokenIssueTime", date(issued_at));
        }
        for (key, value) in self.tags() {
            context = context.with(&format!("aws:PrincipalTag/{key}"), value.as_str());
        }
        match &self.source_identity {
            Some(name) => context.with("aws:SourceIdentity", name.as_str()),
            None => context,
        }
    }
}
