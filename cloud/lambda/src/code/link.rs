//! Links to functions' zips, as GetFunction gives them: whoever has one may fetch that zip, for ten minutes.

use cloud_core::{Clock, Random, Request, ServiceError};
use hmac::{Hmac, KeyInit, Mac};
use jiff::{SignedDuration, Timestamp};
use sha2::Sha256;

use super::folder::hex;
use super::is_hash;
use crate::model::Code;

/// What the paths of links begin with; no service's paths do.
pub const CODE_PATH: &str = "/_code/";

/// How long a link is good for: AWS's are "valid for 10 minutes" (API model, `FunctionCodeLocation`).
const VALID_S: i64 = 600;

/// Moments in links, as AWS writes them in its own.
const DATE: &str = "%Y%m%dT%H%M%SZ";

/// Makes links, and knows its own again. Those of the process before are not good any more.
pub(crate) struct CodeLinks {
    endpoint_url: String,
    key: [u8; 64],
    /// The machine's clock, by which whoever fetches lives.
    machine: Clock,
}

impl CodeLinks {
    /// Links to a cloud at this URL.
    pub(crate) fn new(endpoint_url: String, random: &Random, machine: Clock) -> Self {
        let mut key = [0; 64];
        key.chunks_mut(8).for_each(|part| part.copy_from_slice(&random.next_u64().to_be_bytes()));
        Self { endpoint_url, key, machine }
    }

    /// A link to a zip.
    pub(crate) fn link(&self, code: &Code) -> String {
        let date = self.machine.now().strftime(DATE).to_string();
        let signature = hex(&self.mac(&code.sha256, &date).finalize().into_bytes());
        let Self { endpoint_url, .. } = self;
        let hash = &code.sha256;
        format!("{endpoint_url}{CODE_PATH}{hash}?X-Amz-Date={date}&X-Amz-Expires={VALID_S}&X-Amz-Signature={signature}")
    }

    /// The hash of the zip that a request's link names.
    ///
    /// # Errors
    /// `AccessDenied`, as S3 answers a link that was changed or has expired.
    pub(crate) fn zip_of(&self, request: &Request) -> Result<String, ServiceError> {
        let denied = |text: &str| ServiceError::new(403, "AccessDenied", text);
        let hash = request.path.strip_prefix(CODE_PATH).filter(|hash| is_hash(hash));
        let (Some(hash), Some(date), Some(signature)) =
            (hash, request.query_value("X-Amz-Date"), request.query_value("X-Amz-Signature"))
        else {
            return Err(denied("Access Denied"));
        };
        let is_own = bytes_of(&signature).is_some_and(|tag| self.mac(hash, &date).verify_slice(&tag).is_ok());
        if !is_own {
            return Err(denied("Access Denied"));
        }
        let made_at = jiff::civil::DateTime::strptime(DATE, &date).and_then(|at| at.to_zoned(jiff::tz::TimeZone::UTC));
        let made_at = made_at.map_or(Timestamp::MIN, |at| at.timestamp());
        match self.machine.now().duration_since(made_at) > SignedDuration::from_secs(VALID_S) {
            true => Err(denied("Request has expired")),
            false => Ok(hash.to_owned()),
        }
    }

    fn mac(&self, hash: &str, date: &str) -> Hmac<Sha256> {
        let mut mac = Hmac::<Sha256>::new(&self.key.into());
        mac.update(hash.as_bytes());
        mac.update(b"\n");
        mac.update(date.as_bytes());
        mac
    }
}

fn bytes_of(hex: &str) -> Option<Vec<u8>> {
    if !hex.is_ascii() || !hex.len().is_multiple_of(2) {
        return None;
    }
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(hex.get(at..at + 2)?, 16).ok()).collect()
}
