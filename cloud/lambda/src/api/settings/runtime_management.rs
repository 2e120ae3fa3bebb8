//! Get- and PutRuntimeManagementConfig, Get- and PutFunctionRecursionConfig: kept and shown. Functions here run with this machine's
//! interpreters, and nothing here that could send an event back to its function exists.

use std::sync::Arc;

use cloud_core::{FunctionReference, LATEST, Request, Response, ServiceError};
use serde::Deserialize;
use serde_json::json;

use crate::api::access::named;
use crate::api::checks::limits::invalid;
use crate::model::{RuntimeManagement, UpdateRuntimeOn};
use crate::service::Functions;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct PutRuntime {
    update_runtime_on: UpdateRuntimeOn,
    runtime_version_arn: Option<String>,
}

/// Says when a version gets a new version of its runtime.
pub(crate) async fn put(functions: &Arc<Functions>, request: &Request) -> Result<Response, ServiceError> {
    let reference = version_of(request)?;
    let input: PutRuntime = request.json()?;
    let update_on = input.update_runtime_on;
    match (update_on, &input.runtime_version_arn) {
        (UpdateRuntimeOn::Manual, None) => {
            return Err(invalid("You must specify a runtime version ARN with the Manual runtime update mode."));
        }
        (UpdateRuntimeOn::Auto | UpdateRuntimeOn::FunctionUpdate, Some(_)) => {
            return Err(invalid("You can specify a runtime version ARN with the Manual runtime update mode only."));
        }
        _ => {}
    }
    functions.resolve(&reference)?;
    let management = RuntimeManagement { update_on, runtime_version_arn: input.runtime_version_arn };
    let answer = management.to_json(&reference.arn());
    let qualifier = reference.qualifier.clone().unwrap_or_default();
    let whole = reference.unqualified();
    let changed = functions.update(&whole, |function| {
        function.settings.runtime_management.insert(qualifier, management);
        Ok(())
    });
    changed.await?;
    Ok(Response::json(200, &answer))
}

/// When a version gets a new version of its runtime: as AWS sees fit, unless something else was said.
pub(crate) fn get(functions: &Arc<Functions>, request: &Request) -> Result<Response, ServiceError> {
    let reference = version_of(request)?;
    functions.resolve(&reference)?;
    let function = functions.function(&reference.unqualified())?;
    let set = function.settings.runtime_management.get(reference.qualifier.as_deref().unwrap_or_default());
    let auto = RuntimeManagement { update_on: UpdateRuntimeOn::Auto, runtime_version_arn: None };
    Ok(Response::json(200, &set.unwrap_or(&auto).to_json(&reference.arn())))
}

/// The version that a request names; the latest where it names none.
fn version_of(request: &Request) -> Result<FunctionReference, ServiceError> {
    let reference = named(request)?;
    Ok(match reference.qualifier {
        Some(_) => reference,
        None => reference.with(LATEST),
    })
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct PutRecursion {
    recursive_loop: String,
}

/// Says whether a loop of the function is ended.
pub(crate) async fn put_recursion(functions: &Arc<Functions>, request: &Request) -> Result<Response, ServiceError> {
    let reference = named(request)?.unqualified();
    let asked = request.json::<PutRecursion>()?.recursive_loop;
    let allows = asked == "Allow";
    let changed = functions.update(&reference, |function| {
        function.settings.allows_recursion = allows;
        Ok(())
    });
    changed.await?;
    Ok(Response::json(200, &json!({"RecursiveLoop": asked})))
}

/// Whether a loop of the function is ended.
pub(crate) fn recursion(functions: &Arc<Functions>, request: &Request) -> Result<Response, ServiceError> {
    let function = functions.function(&named(request)?.unqualified())?;
    let shown = if function.settings.allows_recursion { "Allow" } else { "Terminate" };
    Ok(Response::json(200, &json!({"RecursiveLoop": shown})))
}
