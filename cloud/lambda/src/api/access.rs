//! Which function a request names.

use cloud_core::{FunctionReference, LATEST, Request, ServiceError};

use super::checks::limits::invalid;

/// The function that the path names, with the `Qualifier` of the query.
pub(crate) fn named(request: &Request) -> Result<FunctionReference, ServiceError> {
    let reference = reachable(request.label("FunctionName"), request)?;
    reference.qualified(request.query_value("Qualifier"))
}

/// The function that the path names, whose latest version is changed or published: AWS refuses every other qualifier, also one
/// that there is not (recorded by others of UpdateFunctionCode).
pub(super) fn named_latest(request: &Request) -> Result<FunctionReference, ServiceError> {
    let reference = named(request)?;
    match reference.qualifier.as_deref() {
        None | Some(LATEST) => Ok(reference),
        Some(_) => Err(invalid(
            "Current operation does not support versions other than $LATEST. Please set the version to $LATEST or do not set \
             a version in your request.",
        )),
    }
}

/// The function that a text names in the region that was asked.
pub(super) fn reachable(text: &str, request: &Request) -> Result<FunctionReference, ServiceError> {
    let here = request.location();
    let reference = FunctionReference::parse(text, &here)?;
    reference.check_region(here.region())?;
    Ok(reference)
}

/// What the statements of a function's policy name. The function's own policy is its latest version's too.
pub(crate) fn policy_resource(reference: &FunctionReference) -> String {
    match reference.qualifier.as_deref() {
        Some(LATEST) => reference.unqualified().arn(),
        _ => reference.arn(),
    }
}
