//! Who may use the page: a token in the address is exchanged for a cookie.

use cloud_core::Request;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

/// The secrets of one cloud's page, which follow from the cloud's own secret key: they stay when it is started again, and are
/// others once it is reset.
#[derive(Clone)]
pub struct Access {
    token: String,
    session: String,
    cookie: String,
}

impl std::fmt::Debug for Access {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Access").field("cookie", &self.cookie).finish_non_exhaustive()
    }
}

impl Access {
    /// For the cloud with this secret key on this port. Browsers send cookies to every port of a name, so the port is in the
    /// cookie's name.
    #[must_use]
    pub fn new(secret_access_key: &str, port: u16) -> Self {
        Self {
            token: derived("workshop console: token", secret_access_key),
            session: derived("workshop console: session", secret_access_key),
            cookie: format!("workshop_console_{port}"),
        }
    }

    /// What stands in the address: whoever has it may use the page.
    #[must_use]
    pub fn token(&self) -> &str {
        &self.token
    }

    /// Whether a text is the token.
    pub(crate) fn is_token(&self, text: &str) -> bool {
        text.as_bytes().ct_eq(self.token.as_bytes()).into()
    }

    /// Whether a request has the cookie.
    pub(crate) fn has_session(&self, request: &Request) -> bool {
        let cookies = request.headers.get_all("cookie").iter().filter_map(|value| value.to_str().ok());
        cookies.flat_map(|value| value.split(';')).any(|pair| match pair.trim().split_once('=') {
            Some((name, value)) if name == self.cookie => value.as_bytes().ct_eq(self.session.as_bytes()).into(),
            _ => false,
        })
    }

    /// The header that gives a browser the cookie: no script reads it, no other site has it sent.
    pub(crate) fn set_cookie(&self, path: &str) -> String {
        format!("{}={}; Path={path}; HttpOnly; SameSite=Strict", self.cookie, self.session)
    }
}

/// A secret for one purpose, of another one that can't be found from it.
fn derived(purpose: &str, secret: &str) -> String {
    let mut hash = Sha256::new();
    hash.update(purpose.as_bytes());
    hash.update([0]);
    hash.update(secret.as_bytes());
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use cloud_core::Location;
    use jiff::Timestamp;

    use super::*;

    fn with(cookie: &str) -> Request {
        Request::internal(String::new(), Timestamp::UNIX_EPOCH, &Location::default(), "").with_header("cookie", cookie)
    }

    #[test]
    fn the_cookie_of_this_cloud_alone_is_taken() {
        let access = Access::new("secret", 4566);
        let cookie = format!("workshop_console_4566={}", access.session);
        assert!(access.has_session(&with(&cookie)));
        assert!(access.has_session(&with(&format!("a=b; {cookie}; c=d"))));
        assert!(!access.has_session(&with(&format!("workshop_console_4567={}", access.session))));
        assert!(
            !access.has_session(&with(&format!("workshop_console_4566={}", access.token))),
            "the token is no cookie"
        );
        assert!(!access.has_session(&with("workshop_console_4566=")));
        assert!(!Access::new("other", 4566).has_session(&with(&cookie)));
    }

    #[test]
    fn secrets_are_not_shown() {
        let access = Access::new("secret", 4566);
        assert!(!format!("{access:?}").contains(&access.token));
        assert_eq!(access.token.len(), 64);
        assert!(access.is_token(&access.token.clone()) && !access.is_token("") && !access.is_token(&access.session));
    }
}
