//! Reads of what the embedded cloud has nothing of, which deploy tools make of every function: each answers as AWS does for a
//! function that has none, so that those tools go on.

use std::sync::Arc;

use cloud_core::{Request, Response, ServiceError};
use serde_json::json;

use super::access::named;
use crate::service::Functions;

/// GetFunctionCodeSigningConfig: its code need not be signed.
pub(crate) fn code_signing(functions: &Arc<Functions>, request: &Request) -> Result<Response, ServiceError> {
    let name = known(functions, request)?;
    Ok(Response::json(200, &json!({"FunctionName": name})))
}

/// GetFunctionUrlConfig: it has no URL of its own.
pub(crate) fn url(functions: &Arc<Functions>, request: &Request) -> Result<Response, ServiceError> {
    known(functions, request)?;
    Err(ServiceError::new(404, "ResourceNotFoundException", "The resource you requested does not exist."))
}

/// ListEventSourceMappings: nothing reads queues or streams.
pub(crate) fn event_sources() -> Response {
    Response::json(200, &json!({"EventSourceMappings": []}))
}

/// ListLayers: there are none.
pub(crate) fn layers() -> Response {
    Response::json(200, &json!({"Layers": []}))
}

/// The name of the function, which has to be there.
fn known(functions: &Functions, request: &Request) -> Result<String, ServiceError> {
    let reference = named(request)?;
    functions.function(&reference)?;
    Ok(reference.name)
}
