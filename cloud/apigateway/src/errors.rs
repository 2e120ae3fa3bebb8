//! The errors of the control plane.

use cloud_core::{Location, ServiceError};

pub(crate) fn bad_request(message: impl Into<String>) -> ServiceError {
    ServiceError::bad_request("BadRequestException", message)
}

pub(crate) fn conflict(message: impl Into<String>) -> ServiceError {
    ServiceError::new(409, "ConflictException", message)
}

pub(crate) fn not_found(message: impl Into<String>) -> ServiceError {
    ServiceError::new(404, "NotFoundException", message)
}

/// An API has as many of something as it can have. The text is AWS's of authorizers, with its status of 429, as others have recorded
/// it; that it says the same of the rest is a guess.
pub(crate) fn limit_reached(what: &str) -> ServiceError {
    let text = format!(
        "Maximum number of {what} for this API has been reached. Please contact AWS if you need additional {what}."
    );
    ServiceError::new(429, "ConflictException", text)
}

/// There is no API of this id for a caller in this location.
pub(crate) fn no_api(location: &Location, id: &str) -> ServiceError {
    not_found(format!("Invalid API identifier specified {}:{id}", location.account().as_str()))
}
