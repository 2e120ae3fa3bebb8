//! Reads of what the embedded cloud has nothing of, which deploy tools make of every function: each answers as AWS does for a
//! function that has none, so that those tools go on.

use std::sync::Arc;

use cloud_core::{Request, Response, ServiceError};
use serde_json::json;

use super::access::permitted;
use crate::pool::CONCURRENCY;
use crate::service::Functions;

/// What a region's functions may take together on AWS by default (Lambda quotas).
const CODE_STORAGE_BYTES: u64 = 75 << 30;
const UNZIPPED_BYTES: u64 = 250 << 20;
const ZIPPED_BYTES: u64 = 50 << 20;

/// GetFunctionConcurrency: no concurrency is reserved for it.
pub(crate) fn concurrency(functions: &Arc<Functions>, request: &Request) -> Result<Response, ServiceError> {
    known(functions, request, "lambda:GetFunctionConcurrency")?;
    Ok(Response::json(200, &json!({})))
}

/// DeleteFunctionConcurrency: there is none to remove, and AWS says nothing of that.
pub(crate) fn delete_concurrency(functions: &Arc<Functions>, request: &Request) -> Result<Response, ServiceError> {
    known(functions, request, "lambda:DeleteFunctionConcurrency")?;
    Ok(Response::empty(204))
}

/// GetFunctionCodeSigningConfig: its code need not be signed.
pub(crate) fn code_signing(functions: &Arc<Functions>, request: &Request) -> Result<Response, ServiceError> {
    let name = known(functions, request, "lambda:GetFunctionCodeSigningConfig")?;
    Ok(Response::json(200, &json!({"FunctionName": name})))
}

/// GetFunctionUrlConfig: it has no URL of its own.
pub(crate) fn url(functions: &Arc<Functions>, request: &Request) -> Result<Response, ServiceError> {
    known(functions, request, "lambda:GetFunctionUrlConfig")?;
    Err(ServiceError::new(404, "ResourceNotFoundException", "The resource you requested does not exist."))
}

/// GetFunctionEventInvokeConfig: its asynchronous events are treated as by default.
pub(crate) fn event_invoke(functions: &Arc<Functions>, request: &Request) -> Result<Response, ServiceError> {
    let reference = permitted(functions, request, "lambda:GetFunctionEventInvokeConfig")?;
    let version = functions.resolve(&reference)?;
    let message = format!("The function {} doesn't have an EventInvokeConfig", version.qualified_arn());
    Err(ServiceError::new(404, "ResourceNotFoundException", message))
}

/// ListEventSourceMappings: nothing reads queues or streams.
pub(crate) fn event_sources() -> Response {
    Response::json(200, &json!({"EventSourceMappings": []}))
}

/// ListLayers: there are none.
pub(crate) fn layers() -> Response {
    Response::json(200, &json!({"Layers": []}))
}

/// GetAccountSettings: AWS's quotas, and what the functions of the account take in this region.
pub(crate) fn account(functions: &Arc<Functions>, request: &Request) -> Response {
    let prefix = request.location().key("");
    let (count, code_bytes) = functions.table.read(|functions| {
        let own = functions.iter().filter(|(key, _)| key.strip_prefix(&prefix).is_some_and(|name| !name.contains('/')));
        own.fold((0_u64, 0_u64), |(count, bytes), (_, function)| {
            (count + 1, bytes + function.versions().map(|version| version.code.size_bytes).sum::<u64>())
        })
    });
    let limit = json!({
        "TotalCodeSize": CODE_STORAGE_BYTES,
        "CodeSizeUnzipped": UNZIPPED_BYTES,
        "CodeSizeZipped": ZIPPED_BYTES,
        "ConcurrentExecutions": CONCURRENCY,
        "UnreservedConcurrentExecutions": CONCURRENCY,
    });
    let usage = json!({"TotalCodeSize": code_bytes, "FunctionCount": count});
    Response::json(200, &json!({"AccountLimit": limit, "AccountUsage": usage}))
}

/// The name of the function, which has to be there.
fn known(functions: &Functions, request: &Request, action: &str) -> Result<String, ServiceError> {
    let reference = permitted(functions, request, action)?;
    functions.function(&reference)?;
    Ok(reference.name)
}
