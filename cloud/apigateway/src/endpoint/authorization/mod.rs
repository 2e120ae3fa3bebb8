//! Who may call a route, by its type of authorization: everybody, bearers of a token, whom a function lets in, or who signs.
//!
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-access-control.html>

mod function;
mod signer;
mod token_bearer;

use std::collections::BTreeMap;

use cloud_core::Response;

use super::authorized::Authorized;
use super::event::Call;
use super::plain_answer::failed;
use crate::model::{Authorizer, Route};
use crate::service::Apis;

/// Decides whether a request may call the route that it found.
///
/// # Errors
/// The answer to one that may not.
pub(super) async fn authorize(
    apis: &Apis,
    call: &Call<'_>,
    route: &Route,
    authorizers: &BTreeMap<String, Authorizer>,
) -> Result<Authorized, Response> {
    let authorizer = route.authorizer_id.as_deref().and_then(|id| authorizers.get(id));
    match (route.authorization_type.as_str(), authorizer) {
        ("NONE", _) => Ok(Authorized::Anybody),
        ("AWS_IAM", _) => signer::authorize(apis, call),
        ("JWT", Some(authorizer)) => token_bearer::authorize(apis, call, route, authorizer).await,
        ("CUSTOM", Some(authorizer)) => function::authorize(apis, call, authorizer).await,
        (kind, _) => Err(failed(call.api, call.request, &format!("the route has no authorizer for {kind}"))),
    }
}
