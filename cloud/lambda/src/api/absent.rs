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

/// DeleteFunctionCodeSigningConfig: nothing is to be deleted.
pub(crate) fn no_code_signing(functions: &Arc<Functions>, request: &Request) -> Result<Response, ServiceError> {
    known(functions, request)?;
    Ok(Response::empty(204))
}

/// ListCodeSigningConfigs: there are none.
pub(crate) fn code_signing_configs() -> Response {
    Response::json(200, &json!({"CodeSigningConfigs": []}))
}

/// GetCodeSigningConfig, ListFunctionsByCodeSigningConfig: there is none.
pub(crate) fn no_code_signing_config(request: &Request) -> Result<Response, ServiceError> {
    let arn = request.label("CodeSigningConfigArn");
    let message = format!("The Lambda code signing configuration {arn} can not be found.");
    Err(ServiceError::new(404, "ResourceNotFoundException", message))
}

/// GetEventSourceMapping, DeleteEventSourceMapping: there is none.
pub(crate) fn no_event_source() -> Result<Response, ServiceError> {
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
