//! `JWT`: who bears a token of an issuer.
//!
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html>

use cloud_core::Response;

use crate::authorizers::{KeysError, Token};
use crate::endpoint::authorized::Authorized;
use crate::endpoint::event::Call;
use crate::endpoint::mapped;
use crate::endpoint::plain_answer::{failed, forbidden, message, unauthorized};
use crate::model::{Authorizer, JwtConfiguration, Route, identity_source};
use crate::service::Apis;

/// Decides.
///
/// # Errors
/// 401 without a token, or with one that is not taken; 403 with one that lacks the route's scopes; 501 where its issuer can't
/// be reached from here.
pub(super) async fn authorize(
    apis: &Apis,
    call: &Call<'_>,
    route: &Route,
    authorizer: &Authorizer,
) -> Result<Authorized, Response> {
    let source = authorizer.identity_source.first().and_then(|source| identity_source(source));
    let text = source.and_then(|source| mapped::value(call, &source)).filter(|text| !text.is_empty());
    let Some(text) = text else {
        return Err(unauthorized().with_header("www-authenticate", "Bearer"));
    };
    let Some(configuration) = &authorizer.jwt_configuration else {
        return Err(failed(call.api, call.request, "the authorizer has no configuration"));
    };
    let token = Token::read(&text).map_err(|why| invalid(route, &why))?;
    verify(apis, call, configuration, &token).await.map_err(|refusal| match refusal {
        Refusal::Invalid(why) => invalid(route, &why),
        Refusal::Unreachable(why) => message(501, &why),
    })?;
    let scopes = token.scopes();
    let asked = &route.authorization_scopes;
    if !asked.is_empty() && !scopes.iter().any(|scope| asked.contains(scope)) {
        let challenge = challenge(route, "insufficient_scope", "the token does not have a required scope");
        return Err(forbidden().with_header("www-authenticate", challenge));
    }
    // Events of routes that ask for no scopes have null there, whatever the token's claims say.
    Ok(Authorized::Bearer { claims: token.claims(), scopes: Some(scopes).filter(|_| !asked.is_empty()) })
}

enum Refusal {
    /// The token is not taken.
    Invalid(String),
    /// Nobody here can tell.
    Unreachable(String),
}

async fn verify(
    apis: &Apis,
    call: &Call<'_>,
    configuration: &JwtConfiguration,
    token: &Token<'_>,
) -> Result<(), Refusal> {
    let issuer = configuration.issuer.as_deref().unwrap_or_default();
    let key = match apis.issuer_keys.find(&apis.clock, issuer, &token.key_id).await {
        Ok(key) => key,
        Err(error @ KeysError::Unreachable(..)) => {
            tracing::warn!(issuer, %error, api = call.api.facts.api_id, "a token could not be verified");
            return Err(Refusal::Unreachable(error.to_string()));
        }
        Err(error) => {
            tracing::warn!(issuer, %error, api = call.api.facts.api_id, "a token could not be verified");
            return Err(Refusal::Invalid(error.to_string()));
        }
    };
    let unknown = || Refusal::Invalid("the token's kid is none of its issuer's keys".to_owned());
    token.verify(&key.ok_or_else(unknown)?).map_err(Refusal::Invalid)?;
    token.check(configuration, call.request.received_at).map_err(Refusal::Invalid)
}

fn invalid(route: &Route, why: &str) -> Response {
    unauthorized().with_header("www-authenticate", challenge(route, "invalid_token", why))
}

/// RFC 6750, as AWS writes it. What a token or an issuer says does not end the text.
fn challenge(route: &Route, error: &str, description: &str) -> String {
    let plain = |text: &str| -> String {
        text.chars().filter(|letter| (' '..='~').contains(letter) && !['"', '\\'].contains(letter)).collect()
    };
    let scopes = plain(&route.authorization_scopes.join(" "));
    format!("Bearer scope=\"{scopes}\" error=\"{error}\" error_description=\"{}\"", plain(description))
}
