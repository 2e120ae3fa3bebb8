//! The public keys of issuers, as they publish them (OpenID Connect Discovery 1.0, 4).

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use cloud_core::Clock;
use http_body_util::Full;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::token::{Jwks, RsaKey};
use crate::loopback::{ExchangeError, Target, Unreachable, exchange};

/// How long keys are kept: "can cache the public key for two hours" of
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html>.
const KEPT: SignedDuration = SignedDuration::from_hours(2);

/// How long an issuer may take ("Timeout of the JWT endpoint: 1,500 ms" of the quotas), for both of its documents.
const LIMIT: Duration = Duration::from_millis(1_500);

/// How soon, by the machine's clock, an issuer is asked again for a key that it did not have: whoever invents tokens must not
/// keep it busy.
const PAUSE: Duration = Duration::from_secs(1);

/// The largest document of an issuer.
const DOCUMENT_BYTES: usize = 1 << 20;

/// How many issuers are remembered; when there are more, all are asked again.
const MOST_ISSUERS: usize = 100;

/// Why an issuer's keys can't be had.
#[derive(Debug, thiserror::Error)]
pub(crate) enum KeysError {
    /// It is not on this machine.
    #[error("The embedded cloud can't have the keys of {0}: {1}.")]
    Unreachable(String, Unreachable),
    /// It did not answer.
    #[error("the issuer's {0} could not be had: {1}")]
    Exchange(&'static str, ExchangeError),
    /// It took too long.
    #[error("the issuer took longer than 1500 ms")]
    Late,
    /// What it answered is not its document.
    #[error("the issuer's {0} is malformed: {1}")]
    Document(&'static str, String),
    /// It says that it is another one.
    #[error("the issuer in the OIDC discovery endpoint does not match the configured issuer")]
    OtherIssuer,
}

/// The keys of issuers that were asked lately.
#[derive(Default)]
pub(crate) struct IssuerKeys {
    issuers: Mutex<BTreeMap<String, Arc<tokio::sync::Mutex<Option<Known>>>>>,
}

/// What an issuer said.
struct Known {
    keys: Vec<RsaKey>,
    /// By the cloud's clock.
    fetched_at: Timestamp,
    /// By the machine's.
    asked_at: Timestamp,
}

#[derive(Deserialize)]
struct Discovery {
    issuer: String,
    jwks_uri: String,
}

impl IssuerKeys {
    /// The key of an issuer with this id; none where it has no such key.
    ///
    /// # Errors
    /// Why its keys can't be had.
    pub(crate) async fn find(&self, clock: &Clock, issuer: &str, key_id: &str) -> Result<Option<RsaKey>, KeysError> {
        let place = self.place(issuer);
        // One asks, the others wait for what it gets.
        let mut known = place.lock().await;
        let machine = clock.machine();
        let found = |known: &Known| known.keys.iter().find(|key| key.id == key_id).cloned();
        if let Some(recent) = known.as_ref().filter(|known| clock.now() < known.fetched_at + KEPT) {
            let key = found(recent);
            if key.is_some() || machine.since(recent.asked_at) < PAUSE {
                return Ok(key);
            }
        }
        let keys = machine.timeout(LIMIT, fetch(issuer)).await.map_err(|_| KeysError::Late)??;
        let fetched = known.insert(Known { keys, fetched_at: clock.now(), asked_at: machine.now() });
        Ok(found(fetched))
    }

    fn place(&self, issuer: &str) -> Arc<tokio::sync::Mutex<Option<Known>>> {
        let mut issuers = self.issuers.lock().unwrap_or_else(PoisonError::into_inner);
        if issuers.len() >= MOST_ISSUERS && !issuers.contains_key(issuer) {
            issuers.clear();
        }
        Arc::clone(issuers.entry(issuer.to_owned()).or_default())
    }
}

async fn fetch(issuer: &str) -> Result<Vec<RsaKey>, KeysError> {
    let url = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
    let discovery: Discovery = document(&url, "discovery document").await?;
    if discovery.issuer != issuer {
        return Err(KeysError::OtherIssuer);
    }
    let jwks: Jwks = document(&discovery.jwks_uri, "key set").await?;
    Ok(jwks.rsa_keys())
}

async fn document<T: DeserializeOwned>(url: &str, what: &'static str) -> Result<T, KeysError> {
    let target = Target::parse(url).map_err(|why| KeysError::Unreachable(url.to_owned(), why))?;
    let malformed = |why: String| KeysError::Document(what, why);
    let request = hyper::Request::get(target.path.as_str())
        .header("host", target.authority.as_str())
        .header("accept", "application/json")
        .body(Full::new(Bytes::new()))
        .map_err(|error| malformed(error.to_string()))?;
    let answer = exchange(&target.addresses(), request, DOCUMENT_BYTES)
        .await
        .map_err(|error| KeysError::Exchange(what, error))?;
    if answer.status != hyper::StatusCode::OK {
        return Err(malformed(format!("the answer is {}", answer.status)));
    }
    serde_json::from_slice(&answer.body).map_err(|error| malformed(error.to_string()))
}
