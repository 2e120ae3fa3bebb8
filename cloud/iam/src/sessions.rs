//! Temporary credentials that STS gave out: whose they are, and what a request made with them is signed with.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use cloud_core::Account;
use jiff::{SignedDuration, Timestamp};

/// How long the keys of an expired session are remembered, so that their owner is told that they have expired.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(1);

/// One session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Session {
    /// `arn:aws:sts::000000000000:assumed-role/<role>/<session>`, or the user's.
    pub(crate) arn: String,
    /// The role's own ARN; none for a user's session (`GetSessionToken`).
    pub(crate) role_arn: Option<String>,
    /// `<role id>:<session>`, or the user's id.
    pub(crate) id: String,
    pub(crate) expires_at: Timestamp,
    /// What its requests are signed with.
    pub(crate) secret: String,
    /// What its requests show.
    pub(crate) token: String,
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
}

impl Sessions {
    /// Opens a session and forgets those that have expired a while ago.
    pub(crate) fn open(&self, access_key: String, session: Session, now: Timestamp) {
        let mut sessions = self.by_access_key.lock().unwrap_or_else(PoisonError::into_inner);
        sessions.retain(|_, session| session.expires_at + REMEMBERED > now);
        sessions.insert(access_key, session);
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
