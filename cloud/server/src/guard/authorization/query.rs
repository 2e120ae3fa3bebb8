//! The signature in the query: a presigned request
//! (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-authentication-methods.html>).

use std::collections::BTreeMap;

use cloud_core::Request;

use super::parts::{ALGORITHM, Authorization, Parts, Place, unsupported};
use crate::guard::refusal::Refusal;

/// What a signature in the query consists of, without the session token.
const REQUIRED: [&str; 6] =
    ["X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Signature", "X-Amz-SignedHeaders", "X-Amz-Date", "X-Amz-Expires"];
const SESSION_TOKEN: &str = "X-Amz-Security-Token";

/// The longest that a presigned request is valid: 7 days.
const MAX_EXPIRES_S: u32 = 604_800;

/// The one header that clients do not sign though its name begins with `x-amz-`: it says which SDK it is.
const UNSIGNED_HEADER: &str = "x-amz-user-agent";

/// Reads the signature in the query.
///
/// # Errors
/// [`Refusal::Unsigned`] when the query has none of it, what it lacks, and whatever [`Authorization::new`] refuses.
pub(super) fn read(request: &Request) -> Result<Authorization, Refusal> {
    let parameters = parameters(request);
    if !REQUIRED.iter().any(|name| parameters.contains_key(name)) {
        return Err(Refusal::Unsigned);
    }
    let parameter = |name: &str| parameters.get(name).map(String::as_str).filter(|value| !value.is_empty());
    let [algorithm, credential, signature, signed_headers, date, expires] = REQUIRED.map(parameter);
    let (Some(algorithm), Some(credential), Some(signature), Some(signed_headers), Some(date), Some(expires)) =
        (algorithm, credential, signature, signed_headers, date, expires)
    else {
        return Err(incomplete(REQUIRED.iter().filter(|name| parameter(name).is_none())));
    };
    if algorithm != ALGORITHM {
        return Err(unsupported(algorithm));
    }
    let place = Place::Query { expires_in_s: read_expires(expires)? };
    let session_token = parameter(SESSION_TOKEN).map(str::to_owned);
    let parts = Parts { credential, signed_headers, signature, date };
    let authorization = Authorization::new(&parts, session_token, place)?;
    check_headers(request, &authorization)?;
    Ok(authorization)
}

/// The query without the signature: what the signature covers beside its own parameters. Of a parameter that is there twice
/// the second stays, as something that nobody signed.
pub(crate) fn without_signature(raw_query: &str) -> String {
    let mut left: Vec<&str> = REQUIRED.iter().copied().chain([SESSION_TOKEN]).collect();
    let is_other = |pair: &&str| {
        let name = pair.split('=').next().unwrap_or_default();
        let at = left.iter().position(|known| *known == name);
        at.map(|at| left.swap_remove(at)).is_none()
    };
    raw_query.split('&').filter(is_other).collect::<Vec<_>>().join("&")
}

/// The first value of each parameter of the signature.
fn parameters(request: &Request) -> BTreeMap<&'static str, String> {
    let mut found = BTreeMap::new();
    for (name, value) in request.query() {
        if let Some(known) = REQUIRED.iter().chain([&SESSION_TOKEN]).find(|known| **known == name) {
            found.entry(*known).or_insert(value);
        }
    }
    found
}

fn read_expires(text: &str) -> Result<u32, Refusal> {
    let seconds = text.parse().ok().filter(|seconds| (1..=MAX_EXPIRES_S).contains(seconds));
    seconds.ok_or_else(|| {
        Refusal::Incomplete(format!(
            "X-Amz-Expires must be a number of seconds from 1 to {MAX_EXPIRES_S}. Got '{text}'."
        ))
    })
}

/// A presigned request is passed on: whoever has it must not make another one of it with a header such as `X-Amz-Target`.
fn check_headers(request: &Request, authorization: &Authorization) -> Result<(), Refusal> {
    let names = request.headers.keys().map(|name| name.as_str());
    let mut amazon = names.filter(|name| name.starts_with("x-amz-") && *name != UNSIGNED_HEADER);
    match amazon.find(|name| !authorization.signed_headers.iter().any(|signed| signed == name)) {
        None => Ok(()),
        Some(name) => {
            let text = "There were headers present in the request which were not signed";
            Err(Refusal::WrongScope(format!("{text}: {name}")))
        }
    }
}

fn incomplete<'a>(missing: impl Iterator<Item = &'a &'a str>) -> Refusal {
    let sentences = missing.map(|name| format!("AWS query-string parameters must include '{name}'. "));
    let text: String = sentences.chain(["Re-examine the query-string parameters.".to_owned()]).collect();
    Refusal::Incomplete(text)
}
