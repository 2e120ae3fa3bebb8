//! Who asks: its ARNs, its policies, and the condition keys that follow from it.

use std::sync::Arc;

use cloud_core::{Account, Actor, Context};
use policy::{Caller, Document, Identity};

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
    /// What is attached; none for who may do everything.
    attached: Option<Vec<Arc<Document>>>,
    boundary: Option<Arc<Document>>,
    session: Option<Vec<Arc<Document>>>,
    /// The tags of the role, and of the session.
    tags: Vec<(String, String)>,
    source_identity: Option<String>,
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
            attached: None,
            boundary: None,
            session: None,
            tags: Vec::new(),
            source_identity: None,
        }
    }

    fn of_session(iam: &Iam, session: Session) -> Self {
        let account = Account::of_arn(&session.arn).unwrap_or_default();
        let Some(role_arn) = session.role_arn.clone() else {
            return Self::administrator(&account);
        };
        // The sessions of a role that is gone may do nothing any more.
        let subject = Self::of_role(iam, &role_arn).unwrap_or_else(|| Self {
            attached: Some(Vec::new()),
            role_arn: Some(role_arn),
            ..Self::administrator(&account)
        });
        let SessionSettings { source_identity, tags, policy, policy_arns, .. } = session.settings;
        let narrowing: Vec<Arc<Document>> = policy
            .iter()
            .map(|text| iam.document(text))
            .chain(policy_arns.iter().filter_map(|arn| iam.managed_document(arn)))
            .collect();
        let is_narrowed = policy.is_some() || !policy_arns.is_empty();
        let mut all_tags = subject.tags.clone();
        all_tags.retain(|(key, _)| !tags.iter().any(|(own, _)| own.eq_ignore_ascii_case(key)));
        all_tags.extend(tags);
        Self {
            arn: session.arn,
            id: session.id,
            session: is_narrowed.then_some(narrowing),
            tags: all_tags,
            source_identity,
            ..subject
        }
    }

    /// A service in a session of a role. What runs as a role that was never made is not judged: creating it did not ask for
    /// the role either.
    fn of_service(iam: &Iam, role_arn: &str, session: &str) -> Self {
        match Self::of_role(iam, role_arn) {
            Some(role) => Self { arn: format!("{}/{session}", role.arn), id: format!("{}:{session}", role.id), ..role },
            None => {
                let account = Account::of_arn(role_arn).unwrap_or_default();
                Self { role_arn: Some(role_arn.to_owned()), ..Self::administrator(&account) }
            }
        }
    }

    /// Who acts as a role, with the ARN and the id that its sessions' begin with; none when there is no such role.
    fn of_role(iam: &Iam, role_arn: &str) -> Option<Self> {
        // The row is not copied: a role has up to 10 KiB of documents. Managed policies are another table, which must not be
        // waited for while this one is held.
        let (mut role, managed, boundary) = iam.read_role(role_arn, |role| {
            let subject = Self {
                arn: role.account.global_arn("sts", &format!("assumed-role/{}", role.name)),
                account: role.account.clone(),
                role_arn: Some(role_arn.to_owned()),
                id: role.id.clone(),
                attached: None,
                boundary: None,
                session: None,
                tags: role.tags.clone(),
                source_identity: None,
            };
            let inline: Vec<Arc<Document>> = role.inline.values().map(|text| iam.document(text)).collect();
            (Self { attached: Some(inline), ..subject }, role.attached.clone(), role.permissions_boundary.clone())
        })?;
        let managed = managed.iter().filter_map(|arn| iam.managed_document(arn));
        if let Some(attached) = &mut role.attached {
            attached.extend(managed);
        }
        // A boundary that is gone leaves nothing.
        let none = || Arc::new(Document::new(Vec::new()));
        role.boundary = boundary.map(|arn| iam.managed_document(&arn).unwrap_or_else(none));
        Some(role)
    }

    /// Whether it may do everything in its account.
    pub(super) fn may_do_all(&self) -> bool {
        self.attached.is_none()
    }

    pub(super) fn caller(&self) -> Caller<'_> {
        match &self.role_arn {
            Some(role) => Caller::Session { session: &self.arn, role },
            None => Caller::Aws(&self.arn),
        }
    }

    /// Its policies, for a resource without one in its own account.
    pub(super) fn policies(&self) -> policy::Policies<'_> {
        let identity = match &self.attached {
            None => Identity::Everything,
            Some(documents) => Identity::Documents(documents.iter().map(AsRef::as_ref).collect()),
        };
        let mut policies = policy::Policies::new(identity);
        policies.boundary = self.boundary.as_deref();
        policies.session = self.session.as_ref().map(|documents| documents.iter().map(AsRef::as_ref).collect());
        policies
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
        for (key, value) in &self.tags {
            context = context.with(&format!("aws:PrincipalTag/{key}"), value.as_str());
        }
        match &self.source_identity {
            Some(name) => context.with("aws:SourceIdentity", name.as_str()),
            None => context,
        }
    }
}
