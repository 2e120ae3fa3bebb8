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

/// There is no API of this id for a caller in this location.
pub(crate) fn no_api(location: &Location, id: &str) -> ServiceError {
    not_found(format!("Invalid API identifier specified {}:{id}", location.account().as_str()))
}
