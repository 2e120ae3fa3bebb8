//! What a request asks for, and lists in answers.

use cloud_core::{Location, Request, ServiceError};
use serde_json::Value;

/// A parameter of the query that must be there.
pub(super) fn asked(request: &Request, name: &str) -> Result<String, ServiceError> {
    let missing = || ServiceError::bad_request("ValidationException", format!("The parameter {name} is missing."));
    request.query_value(name).filter(|value| !value.is_empty()).ok_or_else(missing)
}

/// The region that is asked for, in the default account.
pub(super) fn asked_location(request: &Request) -> Location {
    let default = Location::default();
    match request.query_value("region").filter(|region| !region.is_empty()) {
        Some(region) => Location::new(default.account().clone(), region.as_str()),
        None => default,
    }
}

/// Where an ARN belongs.
pub(super) fn location_of(arn: &str) -> Result<Location, ServiceError> {
    let wrong = || ServiceError::bad_request("InvalidArn", "This is no ARN.");
    Location::of_arn(arn).ok_or_else(wrong)
}

/// A list in an answer.
pub(super) fn list(mut answer: Value, name: &str) -> Vec<Value> {
    answer[name].as_array_mut().map(std::mem::take).unwrap_or_default()
}
