//! Makes the signature of a request as received, with the SDK's own code, and compares it with the one that it came with.

use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SignatureLocation, SigningParams, SigningSettings, sign};
use aws_sigv4::sign::v4;
use aws_smithy_runtime_api::client::identity::Identity;
use cloud_core::Request;
use jiff::Timestamp;
use subtle::ConstantTimeEq as _;

use super::authorization::{Authorization, Place, without_signature};
use super::refusal::Refusal;
use crate::keys::CloudKeys;

/// What a request of a known access key is signed with.
#[derive(Clone)]
pub(crate) struct Secret {
    pub(crate) secret_access_key: String,
    pub(crate) session_token: Option<String>,
}

/// Compares.
///
/// The hash of the body is made from the body, whatever `X-Amz-Content-Sha256` says: of the services here none takes an
/// unsigned or chunked payload (`UNSIGNED-PAYLOAD` and `STREAMING-...` are S3's).
///
/// # Errors
/// [`Refusal::WrongSignature`], also for a request that can't be signed at all.
pub(crate) fn check(request: &Request, authorization: &Authorization, secret: &Secret) -> Result<(), Refusal> {
    let expected = expected(request, authorization, secret).ok_or(Refusal::WrongSignature)?;
    match expected.as_bytes().ct_eq(authorization.signature.as_bytes()).into() {
        true => Ok(()),
        false => Err(Refusal::WrongSignature),
    }
}

fn expected(request: &Request, authorization: &Authorization, secret: &Secret) -> Option<String> {
    let mut headers = Vec::new();
    for name in &authorization.signed_headers {
        // What the signing code adds by itself: it would stand there twice.
        if name == "x-amz-date" || name == "x-amz-security-token" {
            continue;
        }
        let values: Vec<&str> =
            request.headers.get_all(name).iter().map(|value| value.to_str().ok()).collect::<Option<_>>()?;
        headers.push((name.as_str(), values.join(",")));
    }
    if !authorization.signed_headers.iter().any(|name| name == "host") {
        return None;
    }
    let query = match authorization.place {
        Place::Header => request.raw_query.clone(),
        // The signing code adds the parameters of the signature by itself.
        Place::Query { .. } => without_signature(&request.raw_query),
    };
    let uri = match query.as_str() {
        "" => request.path.clone(),
        query => format!("{}?{query}", request.path),
    };
    let identity: Identity = Credentials::from_keys(
        authorization.access_key_id.as_str(),
        secret.secret_access_key.as_str(),
        secret.session_token.clone(),
    )
    .into();
    let pairs = headers.iter().map(|(name, value)| (*name, value.as_str()));
    let body = SignableBody::Bytes(&request.body);
    let signable = SignableRequest::new(request.method.as_str(), uri, pairs, body).ok()?;
    let Authorization { region, service, signed_at, place, .. } = authorization;
    let params = params(region, service, *signed_at, &identity, *place)?;
    sign(signable, &params).ok().map(|signed| signed.signature().to_owned())
}

fn params<'a>(
    region: &'a str,
    service: &'a str,
    at: Timestamp,
    identity: &'a Identity,
    place: Place,
) -> Option<SigningParams<'a>> {
    let mut settings = SigningSettings::default();
    settings.excluded_headers = None;
    if let Place::Query { expires_in_s } = place {
        settings.signature_location = SignatureLocation::QueryParams;
        settings.expires_in = Some(Duration::from_secs(expires_in_s.into()));
    }
    let params = v4::SigningParams::builder()
        .identity(identity)
        .region(region)
        .name(service)
        .time(SystemTime::from(at))
        .settings(settings)
        .build();
    params.ok().map(SigningParams::from)
}

/// The headers that sign a request to the cloud itself with its own keys: `Authorization` and `X-Amz-Date`; none for a
/// request that can't be signed.
pub(crate) fn signing_headers(
    keys: &CloudKeys,
    method: &str,
    url: &str,
    body: &[u8],
    now: Timestamp,
) -> Vec<(String, String)> {
    let credentials = Credentials::from_keys(keys.access_key_id.as_str(), keys.secret_access_key.as_str(), None);
    let identity: Identity = credentials.into();
    let signed = (|| {
        let request = SignableRequest::new(method, url, std::iter::empty(), SignableBody::Bytes(body)).ok()?;
        sign(request, &params("us-east-1", "workshop", now, &identity, Place::Header)?).ok()
    })();
    let headers = signed.map(|signed| signed.into_parts().0);
    let pairs = headers.iter().flat_map(|headers| headers.headers());
    pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}
