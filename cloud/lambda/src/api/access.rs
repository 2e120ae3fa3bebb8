//! Which function a request names, and whether its caller may use it.

use cloud_core::{FunctionReference, LATEST, Request, ServiceError};

use crate::service::Functions;

/// The function that the path names, with the `Qualifier` of the query.
pub(crate) fn named(request: &Request) -> Result<FunctionReference, ServiceError> {
    let reference = reachable(request.label("FunctionName"), request)?;
    reference.qualified(request.query_value("Qualifier"))
}

/// The function that a text names in the region that was asked.
pub(super) fn reachable(text: &str, request: &Request) -> Result<FunctionReference, ServiceError> {
    let here = request.location();
    let reference = FunctionReference::parse(text, &here)?;
    let named = reference.location.region();
    let asked = here.region();
    if named == asked {
        return Ok(reference);
    }
    let message = format!("Functions from '{named}' are not reachable in this region ('{asked}')");
    Err(ServiceError::new(404, "ResourceNotFoundException", message))
}

/// The function that the path names, when the caller may do this with it.
pub(super) fn permitted(
    functions: &Functions,
    request: &Request,
    action: &str,
) -> Result<FunctionReference, ServiceError> {
    let reference = named(request)?;
    permit(functions, request, &reference, action)?;
    Ok(reference)
}

/// Refuses a caller of another account whom no resource policy lets in. Inside an account everybody may do everything.
pub(super) fn permit(
    functions: &Functions,
    request: &Request,
    reference: &FunctionReference,
    action: &str,
) -> Result<(), ServiceError> {
    let location = request.location();
    let account = location.account();
    if account == reference.location.account() {
        return Ok(());
    }
    let user_arn = account.global_arn("iam", "root");
    let resource = policy_resource(reference);
    let key = reference.key();
    let is_allowed = functions.table.read(|functions| {
        functions.get(&key).is_some_and(|function| function.policy.allows_user(&resource, &user_arn, action))
    });
    if is_allowed {
        return Ok(());
    }
    let message = format!(
        "User: {user_arn} is not authorized to perform: {action} on resource: {resource} because no resource-based policy \
         allows the {action} action"
    );
    Err(ServiceError::new(403, "AccessDeniedException", message))
}

/// What the statements of a function's policy name. The function's own policy is its latest version's too.
pub(super) fn policy_resource(reference: &FunctionReference) -> String {
    match reference.qualifier.as_deref() {
        Some(LATEST) => reference.unqualified().arn(),
        _ => reference.arn(),
    }
}
