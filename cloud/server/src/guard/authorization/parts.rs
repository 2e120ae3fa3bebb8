//! What a signature says, wherever it is.

use jiff::{SignedDuration, Timestamp};

use super::scope::{CredentialScope, basic, read_date};
use crate::guard::refusal::Refusal;

/// The one algorithm.
pub(super) const ALGORITHM: &str = "AWS4-HMAC-SHA256";

/// How far the date of a signature may be from now.
const SKEW: SignedDuration = SignedDuration::from_mins(5);

/// What a signed request says of its signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Authorization {
    pub(crate) access_key_id: String,
    pub(crate) region: String,
    pub(crate) service: String,
    /// Names of the headers that are signed, in lower case.
    pub(crate) signed_headers: Vec<String>,
    /// 64 hexadecimal digits.
    pub(crate) signature: String,
    /// When it was signed, by `X-Amz-Date`.
    pub(crate) signed_at: Timestamp,
    /// `X-Amz-Security-Token`.
    pub(crate) session_token: Option<String>,
    pub(crate) place: Place,
}

/// Where a signature is, which decides what it covers and how long it is valid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// In the `Authorization` header.
    Header,
    /// In the query: the request is presigned, and valid for `X-Amz-Expires`.
    Query {
        /// How long, in seconds.
        expires_in_s: u32,
    },
}

/// The texts that a signature consists of.
pub(super) struct Parts<'a> {
    pub(super) credential: &'a str,
    pub(super) signed_headers: &'a str,
    pub(super) signature: &'a str,
    pub(super) date: &'a str,
}

impl Authorization {
    /// Puts a signature together.
    ///
    /// # Errors
    /// The refusal of a date or a scope that is none.
    pub(super) fn new(parts: &Parts<'_>, session_token: Option<String>, place: Place) -> Result<Self, Refusal> {
        let signed_at = read_date(parts.date)?;
        let scope = CredentialScope::read(parts.credential)?;
        scope.check(parts.date)?;
        Ok(Self {
            access_key_id: scope.access_key_id.to_owned(),
            region: scope.region.to_owned(),
            service: scope.service.to_owned(),
            signed_headers: parts.signed_headers.split(';').map(str::to_ascii_lowercase).collect(),
            signature: parts.signature.to_owned(),
            signed_at,
            session_token,
            place,
        })
    }

    /// Refuses a signature that is not valid at `now`.
    ///
    /// # Errors
    /// AWS's text with both times.
    pub(crate) fn check_time(&self, now: Timestamp) -> Result<(), Refusal> {
        let (valid_for, shown) = match self.place {
            Place::Header => (SKEW, "5 min.".to_owned()),
            Place::Query { expires_in_s } => {
                (SignedDuration::from_secs(expires_in_s.into()), format!("{expires_in_s} sec."))
            }
        };
        let signed = basic(self.signed_at);
        let earliest = now - valid_for;
        let latest = now + SKEW;
        if self.signed_at < earliest {
            let text = format!("{} ({} - {shown})", basic(earliest), basic(now));
            return Err(Refusal::WrongScope(format!("Signature expired: {signed} is now earlier than {text}")));
        }
        if self.signed_at > latest {
            let text = format!("{} ({} + 5 min.)", basic(latest), basic(now));
            return Err(Refusal::WrongScope(format!("Signature not yet current: {signed} is still later than {text}")));
        }
        Ok(())
    }
}

/// The refusal of another algorithm.
pub(super) fn unsupported(algorithm: &str) -> Refusal {
    Refusal::Incomplete(format!("Unsupported AWS 'algorithm': '{algorithm}'."))
}
