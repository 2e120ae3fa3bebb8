//! Temporary credentials that STS gave out: whose they are, and what a request made with them is signed with.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use cloud_core::Account;
use jiff::{SignedDuration, Timestamp};

/// How long the keys of an expired session are remembered, so that their owner is told that they have expired.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(1);

/// What a session was asked to be, beside its role's.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct SessionSettings {
    /// Who is behind it, for all sessions that follow from it.
    pub(crate) source_identity: Option<String>,
    /// Its tags by key.
    pub(crate) tags: Vec<(String, String)>,
    /// The keys of those tags that sessions made with it have too.
    pub(crate) transitive_tags: Vec<String>,
    /// A document that narrows what it may do.
    pub(crate) policy: Option<String>,
    /// Managed policies that narrow what it may do.
    pub(crate) policy_arns: Vec<String>,
}

/// One session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Session {
    /// `arn:aws:sts::000000000000:assumed-role/<role>/<session>`, or the user's.
    pub(crate) arn: String,
    /// The role's own ARN; none for a user's session (`GetSessionToken`).
    pub(crate) role_arn: Option<String>,
    /// `<role id>:<session>`, or the user's id.
    pub(crate) id: String,
    pub(crate) issued_at: Timestamp,
    pub(crate) expires_at: Timestamp,
    /// What its requests are signed with.
    pub(crate) secret: String,
    /// What its requests show.
    pub(crate) token: String,
    /// What was asked of it.
    pub(crate) settings: SessionSettings,
}

/// What a request that was made with temporary credentials has to show.
#[derive(Clone, PartialEq, Eq)]
pub struct SessionKeys {
    /// The secret access key that signs it.
    pub secret_access_key: String,
    /// The session token it has to carry.
    pub session_token: String,
    /// When the credentials expire.
    pub expires_at: Timestamp,
}

/// The sessions by access key. They end with the cloud, as they end with time on AWS.
#[derive(Debug, Default)]
pub(crate) struct Sessions {
    by_access_key: Mutex<BTreeMap<String, Session>>,
    /// The access key of the last session that a service got, by the session's id.
    of_services: Mutex<BTreeMap<String, String>>,
}

impl Sessions {
    /// Opens a session and forgets those that have expired a while ago.
    pub(crate) fn open(&self, access_key: String, session: Session, now: Timestamp) {
        let mut sessions = self.by_access_key.lock().unwrap_or_else(PoisonError::into_inner);
        sessions.retain(|_, session| session.expires_at + REMEMBERED > now);
        sessions.insert(access_key, session);
    }

    /// The session with this id that a service got lately and that lasts for a while from a moment on, with its access key.
    pub(crate) fn of_service(&self, id: &str, lasts_until: Timestamp) -> Option<(String, Session)> {
        let access_key = self.of_services.lock().unwrap_or_else(PoisonError::into_inner).get(id).cloned()?;
        let session = self.get(&access_key).filter(|session| session.expires_at > lasts_until)?;
        Some((access_key, session))
    }

    /// Opens a session for a service, which gets it again while it lasts.
    pub(crate) fn open_for_service(&self, access_key: String, session: Session, now: Timestamp) {
        let mut of_services = self.of_services.lock().unwrap_or_else(PoisonError::into_inner);
        of_services.insert(session.id.clone(), access_key.clone());
        drop(of_services);
        self.open(access_key, session, now);
    }

    /// The session that has this access key.
    pub(crate) fn get(&self, access_key: &str) -> Option<Session> {
        self.by_access_key.lock().unwrap_or_else(PoisonError::into_inner).get(access_key).cloned()
    }

    /// The account that the session with this access key acts in.
    pub(crate) fn account(&self, access_key: &str) -> Option<Account> {
        let sessions = self.by_access_key.lock().unwrap_or_else(PoisonError::into_inner);
        sessions.get(access_key).and_then(|session| Account::of_arn(&session.arn))
    }

    /// Whether this access key is that of a role's session.
    pub(crate) fn is_of_role(&self, access_key: &str) -> bool {
        let sessions = self.by_access_key.lock().unwrap_or_else(PoisonError::into_inner);
        sessions.get(access_key).is_some_and(|session| session.role_arn.is_some())
    }

    /// What a request with this access key has to show.
    pub(crate) fn keys(&self, access_key: &str) -> Option<SessionKeys> {
        let sessions = self.by_access_key.lock().unwrap_or_else(PoisonError::into_inner);
        sessions.get(access_key).map(|session| SessionKeys {
            secret_access_key: session.secret.clone(),
            session_token: session.token.clone(),
            expires_at: session.expires_at,
        })
    }
}
