//! `AWS_IAM`: who signs the request, and may `execute-api:Invoke` the route by the policies of IAM.
//!
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-access-control-iam.html>. HTTP APIs have no policies
//! of their own, so that nobody of another account may call them but in a role of theirs.

use cloud_core::{Actor, ConditionKeys, Permit, Response, Signed};

use crate::endpoint::authorized::Authorized;
use crate::endpoint::event::Call;
use crate::endpoint::plain_answer::forbidden;
use crate::service::Apis;

/// The service that a request has to be signed for.
const SIGNING_NAME: &str = "execute-api";

/// The action that has to be allowed.
pub(super) const ACTION: &str = "execute-api:Invoke";

/// Decides. AWS tells the client nothing of why not; the log does.
///
/// # Errors
/// 403.
pub(super) fn authorize(apis: &Apis, call: &Call<'_>) -> Result<Authorized, Response> {
    let request = call.request;
    let refuse = |why: &str| {
        let request_id = &request.id;
        tracing::info!(target: "cloud::request", operation = ACTION, status = 403, duration_ms = 0.0, request_id, code = "AccessDeniedException", cause = why);
        forbidden()
    };
    let scope = match (&request.signed, &request.scope) {
        (Signed::Rightly, Some(scope)) => scope,
        (Signed::Wrongly(why), _) => return Err(refuse(why)),
        _ => return Err(refuse("Missing Authentication Token")),
    };
    if scope.service != SIGNING_NAME || scope.location.region() != call.api.region {
        let service = &scope.service;
        let region = scope.location.region();
        return Err(refuse(&format!(
            "The request is signed for {service} in {region}, not for {SIGNING_NAME} in {}.",
            call.api.region
        )));
    }
    let actor = Actor::Key { id: &scope.access_key, account: scope.location.account() };
    let resource = call.route_arn();
    let keys = || request.condition_keys();
    let permit = Permit { keys: ConditionKeys::made_by(&keys), ..Permit::new(actor, ACTION, &resource) };
    apis.roles.permit(&permit).map_err(|refused| refuse(&refused.to_string()))?;
    Ok(Authorized::Signer { access_key: scope.access_key.clone(), identity: apis.roles.identify(actor) })
}
