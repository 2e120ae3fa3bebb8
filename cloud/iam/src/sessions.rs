//! Sessions of an assumed role: whose temporary credentials a request was signed with.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;

/// One session of an assumed role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Session {
    /// `arn:aws:sts::000000000000:assumed-role/<role>/<session>`.
    pub(crate) arn: String,
    /// The role's own ARN.
    pub(crate) role_arn: String,
    /// `<role id>:<session>`.
    pub(crate) id: String,
    pub(crate) expires_at: Timestamp,
}

/// The sessions that have not expired, by access key. They end with the cloud, as they end with time on AWS.
#[derive(Debug, Default)]
pub(crate) struct Sessions {
    by_access_key: Mutex<BTreeMap<String, Session>>,
}

impl Sessions {
    /// Opens a session and forgets those that have expired.
    pub(crate) fn open(&self, access_key: String, session: Session, now: Timestamp) {
        let mut sessions = self.by_access_key.lock().unwrap_or_else(PoisonError::into_inner);
        sessions.retain(|_, session| session.expires_at > now);
        sessions.insert(access_key, session);
    }

    /// The session that has this access key.
    pub(crate) fn get(&self, access_key: &str) -> Option<Session> {
        self.by_access_key.lock().unwrap_or_else(PoisonError::into_inner).get(access_key).cloned()
    }
}
