//! AssumeRoleWithWebIdentity: read and checked as AWS does. There are no identity providers here, so that no token is anybody's.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use cloud_core::{Form, Request, ServiceError, Xml};
use serde_json::Value;

use crate::assume_role::{AssumeRole, is_role_arn, validation};
use crate::service::Iam;

/// Checks the input, and says that nobody vouches for the token.
pub(crate) fn assume_role(_iam: &Iam, request: &Request) -> Result<Xml, ServiceError> {
    let form = Form::of(request);
    let token = form.required("WebIdentityToken")?;
    if form.get("RoleArn").is_some_and(|arn| !is_role_arn(arn)) {
        return Err(validation("Request ARN is invalid"));
    }
    AssumeRole::read(&form)?;
    let claims = claims(token).ok_or_else(|| {
        invalid_token("The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)")
    })?;
    match claims.get("iss").and_then(Value::as_str) {
        Some(issuer) => Err(invalid_token(&format!("No OpenIDConnect provider found in your account for {issuer}"))),
        None => Err(invalid_token("Missing a required claim: iss")),
    }
}

/// What a token claims; none when it is no JSON Web Token (RFC 7519).
fn claims(token: &str) -> Option<Value> {
    let parts: Vec<&str> = token.split('.').collect();
    let [header, payload, _signature] = parts.as_slice() else { return None };
    let read = |part: &str| serde_json::from_slice::<Value>(&BASE64_URL_SAFE_NO_PAD.decode(part).ok()?).ok();
    read(header).filter(|header| header.get("alg").is_some())?;
    read(payload).filter(Value::is_object)
}

fn invalid_token(text: &str) -> ServiceError {
    ServiceError::bad_request("InvalidIdentityToken", text)
}
