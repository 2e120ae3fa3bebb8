//! Which function a request names.

use cloud_core::{FunctionReference, LATEST, Request, ServiceError};

/// The function that the path names, with the `Qualifier` of the query.
pub(crate) fn named(request: &Request) -> Result<FunctionReference, ServiceError> {
    let reference = reachable(request.label("FunctionName"), request)?;
    reference.qualified(request.query_value("Qualifier"))
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
