//! A function is invoked for an API, if its own policy or a role lets the API do so.

use std::time::Duration;

use bytes::Bytes;
use cloud_core::{
    ActingRole, Actor, ConditionKeys, FunctionReference, Invocation, Permit, Principal, RoleTrust, ServiceError,
};

use super::event::Call;
use crate::model::function_arn;
use crate::model::stage_variable::{filled, has_variables};
use crate::service::Apis;

/// API Gateway, as policies name it.
pub(super) const GATEWAY: &str = "apigateway.amazonaws.com";

/// The name of the sessions in which API Gateway calls services, as refusals and logs show it on AWS.
const SESSION: &str = "BackplaneAssumeRoleSession";

/// Who invokes.
pub(super) struct Caller<'a> {
    /// What of the API: the function's policy may ask for it.
    pub(super) source_arn: &'a str,
    /// As which role; none where the function's own policy decides.
    pub(super) role: Option<&'a str>,
}

/// Why a function gave no answer.
#[derive(Debug, thiserror::Error)]
pub(super) enum NotInvoked {
    /// It is none, is not there, or may not be invoked.
    #[error("{0}")]
    Refused(String),
    /// It has too much to do.
    #[error("{0}")]
    Throttled(ServiceError),
    /// It took too long.
    #[error("the function took longer than {} ms", .0.as_millis())]
    Late(Duration),
}

/// Invokes what a URI names, within a time.
///
/// # Errors
/// Why there is no answer.
pub(super) async fn invoke(
    apis: &Apis,
    call: &Call<'_>,
    uri: &str,
    caller: &Caller<'_>,
    payload: Bytes,
    limit: Duration,
) -> Result<Invocation, NotInvoked> {
    let refused = |why: String| NotInvoked::Refused(why);
    let here = call.api.location();
    let resolved = filled(uri, &call.stage.stage_variables).map_err(|why| refused(why.to_string()))?;
    let arn = function_arn(&resolved).ok_or_else(|| refused("the URI names no function".to_owned()))?;
    let function = FunctionReference::parse(arn, &here).map_err(|error| refused(error.to_string()))?;
    // "Stage variables don't support cross-account Lambda functions" (the reference of stage variables).
    if has_variables(uri) && function.location.account() != here.account() {
        return Err(refused("a stage variable stands for a function of another account".to_owned()));
    }
    apis.faults.at_endpoint(async { permitted(apis, call, &function, caller) }).await.map_err(refused)?;
    match apis.clock.machine().timeout(limit, apis.functions.invoke(&function, payload)).await {
        Ok(Ok(invocation)) => Ok(invocation),
        Ok(Err(error)) if error.status == 429 => Err(NotInvoked::Throttled(error)),
        Ok(Err(error)) => Err(refused(error.to_string())),
        Err(_) => Err(NotInvoked::Late(limit)),
    }
}

/// Whether the function may be invoked.
fn permitted(apis: &Apis, call: &Call<'_>, function: &FunctionReference, caller: &Caller<'_>) -> Result<(), String> {
    let source_arn = caller.source_arn;
    let Some(role) = caller.role else {
        return match apis.functions.may_invoke(function, GATEWAY, source_arn) {
            true => Ok(()),
            false => Err(format!("the policy of {} does not let {source_arn} invoke it", function.arn())),
        };
    };
    let ActingRole { arn, session } = assume(apis, call, role, source_arn)?;
    let resource = function.arn();
    let policy = apis.functions.resource_policy(function);
    let keys = || {
        let tags = apis.functions.tags(function).into_iter();
        tags.fold(call.request.condition_keys(), |context, (key, value)| {
            context.with(&format!("aws:ResourceTag/{key}"), value)
        })
    };
    let permit = Permit {
        resource_policy: policy.as_ref(),
        keys: ConditionKeys::made_by(&keys),
        ..Permit::new(Actor::Role { arn: &arn, session: &session }, "lambda:InvokeFunction", &resource)
    };
    apis.roles.permit(&permit).map_err(|refused| refused.to_string())
}

/// The session in which API Gateway acts as a role, which stage variables may name, for something of an API.
///
/// # Errors
/// The role does not let it.
pub(super) fn assume(apis: &Apis, call: &Call<'_>, role: &str, source_arn: &str) -> Result<ActingRole, String> {
    let role = filled(role, &call.stage.stage_variables).map_err(|why| why.to_string())?;
    let gateway = Principal::Service { name: GATEWAY, resource: source_arn };
    match apis.roles.trust(&role, gateway) {
        RoleTrust::Trusted => Ok(ActingRole { arn: role.into_owned(), session: SESSION.to_owned() }),
        _ => Err(format!("{GATEWAY} can't assume the role {role}")),
    }
}
