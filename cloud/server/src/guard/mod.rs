//! Who may connect: the cloud's own user with any credentials, everybody else with the cloud's own keys.
//!
//! It decides on a request's headers, before a byte of the body is read. What it can't decide then is the signature of a
//! known access key, which covers the body: [`Guard::verify`] does that.

mod authorization;
mod origin;
mod peer;
mod permission;
mod refusal;
mod signature;
#[cfg(test)]
mod tests;

use cloud_core::{Clock, Request};
use cloud_iam::SessionKeys;

use crate::keys::CloudKeys;
use authorization::Authorization;
use signature::Secret;

pub(crate) use origin::is_foreign;
pub use peer::Peer;
pub(crate) use peer::Peers;
pub(crate) use permission::Permissions;
pub(crate) use refusal::Refusal;
pub(crate) use signature::signing_headers;

/// What is still to be looked at once the body is there.
pub(crate) struct SignatureCheck {
    authorization: Authorization,
    secret: Secret,
}

/// Decides who is let in.
#[derive(Debug, Clone)]
pub(crate) struct Guard {
    keys: CloudKeys,
    /// The machine's clock, by which clients sign, whatever time the cloud shows.
    machine: Clock,
}

impl Guard {
    /// A guard that knows these keys as the cloud's own.
    pub(crate) fn new(keys: CloudKeys, machine: Clock) -> Self {
        Self { keys, machine }
    }

    /// Decides on the headers of a request to a service. `sessions` knows the keys that STS gave out.
    ///
    /// # Errors
    /// Why it is not let in.
    pub(crate) fn admit(
        &self,
        request: &Request,
        peer: Peer,
        sessions: impl FnOnce(&str) -> Option<SessionKeys>,
    ) -> Result<Option<SignatureCheck>, Refusal> {
        let Some(scope) = &request.scope else {
            return Err(incomplete(request));
        };
        if scope.access_key == self.keys.access_key_id {
            return self.known(request, None).map(Some);
        }
        match sessions(&scope.access_key) {
            Some(session) => self.known(request, Some(session)).map(Some),
            None if !peer.is_owner() => Err(Refusal::Stranger),
            // Any page or mail may have a link with made-up keys, which its reader follows.
            None if !request.headers.contains_key("authorization") => Err(Refusal::UnknownPresigner),
            None => Ok(None),
        }
    }

    /// Decides on the headers of a request to the cloud itself: its own user may do everything, others what the cloud's own
    /// keys sign.
    ///
    /// # Errors
    /// Why it is not let in.
    pub(crate) fn admit_to_administration(
        &self,
        request: &Request,
        peer: Peer,
    ) -> Result<Option<SignatureCheck>, Refusal> {
        match &request.scope {
            Some(scope) if scope.access_key == self.keys.access_key_id => self.known(request, None).map(Some),
            _ if peer.is_owner() => Ok(None),
            _ => Err(Refusal::Stranger),
        }
    }

    /// Compares a whole request with its signature.
    ///
    /// # Errors
    /// [`Refusal::WrongSignature`].
    pub(crate) fn verify(request: &Request, check: &SignatureCheck) -> Result<(), Refusal> {
        signature::check(request, &check.authorization, &check.secret)
    }

    /// What of a known key's signature can be seen before the body is there.
    fn known(&self, request: &Request, session: Option<SessionKeys>) -> Result<SignatureCheck, Refusal> {
        let authorization = authorization::read(request)?;
        let agrees = request.scope.as_ref().is_some_and(|scope| {
            scope.access_key == authorization.access_key_id && scope.service == authorization.service
        });
        if !agrees {
            return Err(incomplete(request));
        }
        let now = self.machine.now();
        let secret = match session {
            None => Secret { secret_access_key: self.keys.secret_access_key.clone(), session_token: None },
            Some(keys) if keys.expires_at <= now => return Err(Refusal::Expired),
            Some(keys) => Secret { secret_access_key: keys.secret_access_key, session_token: Some(keys.session_token) },
        };
        if authorization.session_token != secret.session_token {
            return Err(Refusal::UnknownKey);
        }
        authorization.check_time(now)?;
        Ok(SignatureCheck { authorization, secret })
    }
}

/// The refusal of a request without a signature, or with one that can't be read.
fn incomplete(request: &Request) -> Refusal {
    let unreadable = || Refusal::Incomplete("Authorization header is malformed.".to_owned());
    authorization::read(request).map_or_else(|refusal| refusal, |_| unreadable())
}
