//! The key that a caller shows, where the service asks for one.

use crate::refusal::Refusal;
use subtle::ConstantTimeEq;

/// The environment variable that holds the key.
pub(crate) const VARIABLE: &str = "START_KEY";

/// Who may start executions.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Access {
    /// Everybody, as in the lesson.
    Open,
    /// Who shows this key.
    Key(String),
}

/// What a caller has shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shown {
    /// Nothing, for nothing was asked for.
    Nothing,
    /// The key.
    Key,
}

impl Access {
    /// What the variable says: without it, or with an empty one, everybody.
    pub(crate) fn of_variable(key: Option<String>) -> Self {
        key.filter(|key| !key.is_empty()).map_or(Self::Open, Self::Key)
    }

    /// Lets the caller with this `Authorization` header in. How long the comparison takes says nothing about the key.
    pub(crate) fn check(&self, authorization: Option<&[u8]>) -> Result<Shown, Refusal> {
        let Self::Key(key) = self else { return Ok(Shown::Nothing) };
        let Some(shown) = authorization.and_then(bearer) else {
            let sentence = "This endpoint asks for a key; send it in the header \"Authorization: Bearer KEY\"";
            return Err(Refusal::new(401, "no_key", sentence));
        };
        match bool::from(shown.ct_eq(key.as_bytes())) {
            true => Ok(Shown::Key),
            false => Err(Refusal::new(403, "wrong_key", "The key is not the one that this endpoint asks for")),
        }
    }
}

/// The token of the scheme `Bearer`, whose name has no case (RFC 6750, RFC 9110).
fn bearer(authorization: &[u8]) -> Option<&[u8]> {
    let (scheme, token) = authorization.split_at_checked(b"Bearer ".len())?;
    scheme.eq_ignore_ascii_case(b"Bearer ").then(|| token.trim_ascii())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(key: &str, authorization: Option<&str>) -> Result<Shown, (u16, &'static str)> {
        let access = Access::of_variable(Some(key.to_owned()));
        access.check(authorization.map(str::as_bytes)).map_err(|refusal| (refusal.status, refusal.code))
    }

    #[test]
    fn without_a_key_everybody_may() {
        assert!(Access::of_variable(None) == Access::Open);
        assert_eq!(checked("", None), Ok(Shown::Nothing));
        assert_eq!(checked("", Some("Bearer whatever")), Ok(Shown::Nothing));
    }

    #[test]
    fn a_key_must_be_shown_whole() {
        for shown in ["Bearer s3cret", "bearer s3cret", "BEARER  s3cret "] {
            assert_eq!(checked("s3cret", Some(shown)), Ok(Shown::Key), "{shown}");
        }
        for missing in [None, Some(""), Some("s3cret"), Some("Basic s3cret"), Some("Bearer")] {
            assert_eq!(checked("s3cret", missing), Err((401, "no_key")), "{missing:?}");
        }
        for wrong in ["Bearer S3cret", "Bearer s3cre", "Bearer s3crets", "Bearer "] {
            assert_eq!(checked("s3cret", Some(wrong)), Err((403, "wrong_key")), "{wrong}");
        }
    }
}
