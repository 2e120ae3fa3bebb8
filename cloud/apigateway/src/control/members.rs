//! The members of a request's body, and the resources that are read from them.

use cloud_core::{Request, ServiceError};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::errors::bad_request;

/// The members of a request's body, without those that say null.
pub(super) fn members(request: &Request) -> Result<Map<String, Value>, ServiceError> {
    if request.body.is_empty() {
        return Ok(Map::new());
    }
    let body: Map<String, Value> =
        serde_json::from_slice(&request.body).map_err(|_| bad_request("Unable to parse the request body as JSON"))?;
    Ok(body.into_iter().filter(|(_, value)| !value.is_null()).collect())
}

/// Reads a resource from members; what a client may not set is given in `fixed` and wins.
pub(super) fn read<T: DeserializeOwned>(mut members: Map<String, Value>, fixed: Value) -> Result<T, ServiceError> {
    if let Value::Object(fixed) = fixed {
        members.extend(fixed);
    }
    serde_json::from_value(Value::Object(members))
        .map_err(|error| bad_request(format!("Invalid request body: {error}")))
}

/// A resource with the members of a PATCH set; what a client may not set is given in `fixed` and wins.
pub(super) fn patched<T: Serialize + DeserializeOwned>(
    current: &T,
    patch: Map<String, Value>,
    fixed: Value,
) -> Result<T, ServiceError> {
    let mut members = match serde_json::to_value(current) {
        Ok(Value::Object(members)) => members,
        _ => Map::new(),
    };
    members.extend(patch);
    read(members, fixed)
}
