//! The `Authorization` header.

use cloud_core::Request;

use super::parts::{ALGORITHM, Authorization, Parts, Place, unsupported};
use crate::guard::refusal::Refusal;

/// Reads the header, and the date and the session token beside it.
///
/// # Errors
/// What the header lacks, and whatever [`Authorization::new`] refuses.
pub(super) fn read(request: &Request, header: &str) -> Result<Authorization, Refusal> {
    let other = || unsupported(header.split_whitespace().next().unwrap_or_default());
    let parameters = header.trim().strip_prefix(ALGORITHM).ok_or_else(other)?;
    let parameter = |name: &str| {
        let mut pairs = parameters.split(',').filter_map(|pair| pair.trim().split_once('='));
        pairs.find(|(key, _)| *key == name).map(|(_, value)| value).filter(|value| !value.is_empty())
    };
    let credential = parameter("Credential");
    let signature = parameter("Signature");
    let signed_headers = parameter("SignedHeaders");
    let date = request.header("x-amz-date");
    let (Some(credential), Some(signature), Some(signed_headers), Some(date)) =
        (credential, signature, signed_headers, date)
    else {
        let missing = [
            ("Credential", credential.is_none()),
            ("Signature", signature.is_none()),
            ("SignedHeaders", signed_headers.is_none()),
        ];
        return Err(incomplete(&missing, date.is_none()));
    };
    let session_token = request.header("x-amz-security-token").map(str::to_owned);
    Authorization::new(&Parts { credential, signed_headers, signature, date }, session_token, Place::Header)
}

fn incomplete(parameters: &[(&str, bool)], no_date: bool) -> Refusal {
    let missing = parameters.iter().filter(|(_, missing)| *missing);
    let mut sentences: Vec<String> =
        missing.map(|(name, _)| format!("Authorization header requires '{name}' parameter.")).collect();
    if no_date {
        let text = "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.";
        sentences.push(text.to_owned());
    }
    Refusal::Incomplete(sentences.join(" "))
}
