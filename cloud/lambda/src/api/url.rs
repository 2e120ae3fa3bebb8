//! Create-, Get-, Update-, Delete- and ListFunctionUrlConfigs.

use std::sync::Arc;

use cloud_core::{FunctionReference, LATEST, Request, Response, ServiceError};
use serde::Deserialize;
use serde_json::Value;

use super::access::named;
use super::checks::limits::invalid;
use super::list::page;
use crate::model::{Function, FunctionUrl, InvokeMode, UrlAuthType, UrlCors, is_alias_name};
use crate::service::Functions;

/// The pattern of AWS's own validation message for the qualifier of a URL.
const QUALIFIER_PATTERN: &str = "((?!^\\d+$)^[0-9a-zA-Z-_]+$)";

/// The input of both operations that set something.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Input {
    auth_type: Option<UrlAuthType>,
    cors: Option<UrlCors>,
    invoke_mode: Option<InvokeMode>,
}

/// Gives a function, or an alias of it, a URL.
pub(crate) async fn create(functions: &Arc<Functions>, request: &Request) -> Result<Response, ServiceError> {
    let reference = url_of(request)?;
    let input: Input = request.json()?;
    let auth_type = input.auth_type.ok_or_else(|| invalid("A function URL needs an AuthType."))?;
    let invoke_mode = input.invoke_mode.unwrap_or_default();
    let cors = input.cors;
    let now = request.received_at;
    let id = FunctionUrl::new_id(&functions.random);
    let url = FunctionUrl { id, auth_type, invoke_mode, cors, created_at: now, last_modified: now };
    let port = functions.endpoint_port;
    let created = change(functions, &reference, |function| {
        let qualifier = qualifier(&reference);
        if qualifier != LATEST && !function.aliases.contains_key(qualifier) {
            return Err(no_function());
        }
        if function.settings.urls.contains_key(qualifier) {
            let message = format!(
                "Failed to create function url config for [functionArn = {}]. Error message:  FunctionUrlConfig exists for \
                 this Lambda function",
                reference.arn()
            );
            return Err(ServiceError::new(409, "ResourceConflictException", message));
        }
        let mut answer = url.to_json(&reference, port);
        // What was just created has not been changed (API model, `CreateFunctionUrlConfigResponse`).
        if let Some(members) = answer.as_object_mut() {
            members.shift_remove("LastModifiedTime");
        }
        function.settings.urls.insert(qualifier.to_owned(), url);
        Ok(answer)
    });
    Ok(Response::json(201, &created.await?))
}

/// The URL of a function or an alias.
pub(crate) fn get(functions: &Arc<Functions>, request: &Request) -> Result<Response, ServiceError> {
    let reference = url_of(request)?;
    let function = functions.table.get(&reference.key());
    let function = function.ok_or_else(|| functions.table.missing(&reference.key(), none))?;
    let url = function.settings.urls.get(qualifier(&reference)).ok_or_else(none)?;
    Ok(Response::json(200, &url.to_json(&reference, functions.endpoint_port)))
}

/// Changes what is given of a URL; the rest stays.
pub(crate) async fn update(functions: &Arc<Functions>, request: &Request) -> Result<Response, ServiceError> {
    let reference = url_of(request)?;
    let input: Input = request.json()?;
    let auth_type = input.auth_type;
    let invoke_mode = input.invoke_mode;
    let cors = input.cors;
    let port = functions.endpoint_port;
    let updated = change(functions, &reference, |function| {
        let url = function.settings.urls.get_mut(qualifier(&reference)).ok_or_else(none)?;
        url.auth_type = auth_type.unwrap_or(url.auth_type);
        url.invoke_mode = invoke_mode.unwrap_or(url.invoke_mode);
        if cors.is_some() {
            url.cors = cors;
        }
        url.last_modified = request.received_at;
        Ok(url.to_json(&reference, port))
    });
    Ok(Response::json(200, &updated.await?))
}

/// Takes the URL away.
pub(crate) async fn delete(functions: &Arc<Functions>, request: &Request) -> Result<Response, ServiceError> {
    let reference = url_of(request)?;
    let deleted = change(functions, &reference, |function| {
        function.settings.urls.remove(qualifier(&reference)).map(|_| Value::Null).ok_or_else(none)
    });
    deleted.await?;
    Ok(Response::empty(204))
}

/// The URLs of a function and its aliases.
pub(crate) fn list(functions: &Arc<Functions>, request: &Request) -> Result<Response, ServiceError> {
    let reference = named(request)?.unqualified();
    let function = functions.table.get(&reference.key());
    let function = function.ok_or_else(|| functions.table.missing(&reference.key(), no_function))?;
    page(request, "FunctionUrlConfigs", function.settings.urls.iter(), |(qualifier, url)| {
        let of_alias = reference.with(qualifier);
        url.to_json(if qualifier == LATEST { &reference } else { &of_alias }, functions.endpoint_port)
    })
}

/// Changes a function that must exist.
async fn change(
    functions: &Functions,
    reference: &FunctionReference,
    change: impl FnOnce(&mut Function) -> Result<Value, ServiceError>,
) -> Result<Value, ServiceError> {
    functions.table.update(&reference.key(), no_function, change).await
}

/// The function that a request names, with an alias; its URLs are not those of versions.
fn url_of(request: &Request) -> Result<FunctionReference, ServiceError> {
    let reference = named(request)?;
    match reference.qualifier.as_deref() {
        Some(qualifier) if !is_alias_name(qualifier) => {
            let text = format!(
                "1 validation error detected: Value '{qualifier}' at 'qualifier' failed to satisfy constraint: Member must \
                 satisfy regular expression pattern: {QUALIFIER_PATTERN}"
            );
            Err(ServiceError::bad_request("ValidationException", text))
        }
        _ => Ok(reference),
    }
}

fn qualifier(reference: &FunctionReference) -> &str {
    reference.qualifier.as_deref().unwrap_or(LATEST)
}

fn no_function() -> ServiceError {
    ServiceError::new(404, "ResourceNotFoundException", "Function does not exist")
}

fn none() -> ServiceError {
    ServiceError::new(404, "ResourceNotFoundException", "The resource you requested does not exist.")
}
