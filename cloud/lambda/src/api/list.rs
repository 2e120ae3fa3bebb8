//! GetFunction, GetFunctionConfiguration, ListFunctions and ListVersionsByFunction.

use std::sync::Arc;

use cloud_core::{FunctionReference, Page, Request, Response, ServiceError};
use serde_json::{Value, json};

use super::access::named;
use super::checks::limits::invalid;
use crate::model::{Function, FunctionVersion};
use crate::service::Functions;

/// How many items a page has when the caller does not say (API model, `MaxListItems`: at most 10,000; AWS gives 50).
const PAGE: usize = 50;

/// A version with its function's tags, reserved concurrency and a link to its zip.
pub(crate) fn function(functions: &Arc<Functions>, request: &Request) -> Result<Response, ServiceError> {
    let reference = named(request)?;
    let version = functions.resolve(&reference)?;
    let function = functions.function(&reference)?;
    let mut answer = json!({
        "Configuration": asked_for(&version, &reference),
        "Code": {"RepositoryType": "S3", "Location": functions.code_links.link(&version.code)},
    });
    if let (false, Some(members)) = (function.tags.is_empty(), answer.as_object_mut()) {
        members.insert("Tags".to_owned(), json!(function.tags));
    }
    if let (Some(reserved), Some(members)) = (function.reserved_concurrency, answer.as_object_mut()) {
        members.insert("Concurrency".to_owned(), json!({"ReservedConcurrentExecutions": reserved}));
    }
    Ok(functions.show_progress(200, answer))
}

/// The configuration of a version.
pub(crate) fn configuration(functions: &Arc<Functions>, request: &Request) -> Result<Response, ServiceError> {
    let reference = named(request)?;
    let version = functions.resolve(&reference)?;
    Ok(functions.show_progress(200, asked_for(&version, &reference)))
}

/// A version with the ARN that it was asked for by: of an alias, the alias's.
fn asked_for(version: &FunctionVersion, reference: &FunctionReference) -> Value {
    let mut answer = version.to_json(false);
    if let Some(members) = answer.as_object_mut() {
        members.insert("FunctionArn".to_owned(), json!(reference.arn()));
    }
    answer
}

/// A version as lists show it: they tell nothing of its state (API model, `ListFunctions`).
fn listed(version: &FunctionVersion, qualified: bool) -> Value {
    let mut item = version.to_json(qualified);
    if let Some(members) = item.as_object_mut() {
        let lacks = |name: &str| name.starts_with("State") || name.starts_with("LastUpdateStatus");
        members.retain(|name, _| !lacks(name) && name != "RuntimeVersionConfig");
    }
    item
}

/// The functions of the caller's account in one region.
pub(crate) fn functions(functions: &Arc<Functions>, request: &Request) -> Result<Response, ServiceError> {
    // `ALL` is all that it can be.
    let every_version = request.query_value("FunctionVersion").is_some();
    let prefix = request.location().key("");
    functions.table.read(|functions| {
        let here = functions.range(prefix.clone()..).take_while(|(key, _)| key.starts_with(&prefix));
        let here = here.map(|(_, function)| function);
        match every_version {
            true => page(request, "Functions", here.flat_map(Function::versions), |version| listed(version, true)),
            false => page(request, "Functions", here, |function| listed(&function.latest, false)),
        }
    })
}

/// The versions of a function, the latest first.
pub(crate) fn versions(functions: &Arc<Functions>, request: &Request) -> Result<Response, ServiceError> {
    let reference = named(request)?;
    let function = functions.function(&reference.unqualified())?;
    page(request, "Versions", function.versions(), |version| listed(version, true))
}

/// One page of a list; the marker is the position of its first item. Only its items are
/// made into JSON.
pub(super) fn page<T>(
    request: &Request,
    member: &str,
    items: impl Iterator<Item = T>,
    show: impl Fn(T) -> Value,
) -> Result<Response, ServiceError> {
    let number = |name: &str| match request.query_value(name) {
        None => Ok(None),
        Some(text) => text.parse::<usize>().map(Some).map_err(|_| invalid(format!("Invalid {name}: {text}"))),
    };
    let from = number("Marker")?.unwrap_or(0);
    let size = number("MaxItems")?.unwrap_or(PAGE).clamp(1, PAGE);
    let page = Page::take(items.skip(from), size);
    let end = from.saturating_add(page.items.len());
    let items: Vec<Value> = page.items.into_iter().map(show).collect();
    let mut answer = json!({ member: items });
    if let (true, Some(members)) = (page.has_more, answer.as_object_mut()) {
        members.insert("NextMarker".to_owned(), json!(end.to_string()));
    }
    Ok(Response::json(200, &answer))
}
