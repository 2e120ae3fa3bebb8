//! Requests against the API's model: what every operation is checked for before it is looked at.

use api_models::{action_name, refusal, requests};
use cloud_core::{Request, ServiceError};
use serde_json::Value;

use super::errors;

/// Refuses a request that breaks a constraint of the API's model. One that can't be read is refused where it is read.
pub(crate) fn check(operation: &str, request: &Request) -> Result<(), ServiceError> {
    let body: &[u8] = if request.body.is_empty() { b"{}" } else { &request.body };
    let (Some(model), Ok(Value::Object(members))) = (requests("sfn"), serde_json::from_slice(body)) else {
        return Ok(());
    };
    let Some(operation) = model.operation(&action_name(operation)) else {
        return Ok(());
    };
    if let Some(problem) = operation.wrong_type(&members) {
        return Err(ServiceError::bad_request("SerializationException", problem));
    }
    match refusal(&operation.violations(&members)) {
        Some(message) => Err(errors::validation(message)),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests;
