//! GetFunction, GetFunctionConfiguration, ListFunctions and ListVersionsByFunction.

use std::sync::Arc;

use serde_json::{Value, json};

use super::limits::invalid;
use crate::local::Cloud;
use crate::local::error::ServiceError;
use crate::local::http::{Request, Response};
use crate::local::lambda::function::{Configuration, Function};
use crate::local::lambda::invoke::find;
use crate::local::lambda::reference::FunctionReference;

/// How many items a page has when the caller does not say (API model, `MaxListItems`: at most 10,000; AWS gives 50).
const PAGE: usize = 50;

/// Where the code is: there is no S3 to link to, so there is no `Location`.
pub(super) fn function(cloud: &Arc<Cloud>, reference: &FunctionReference) -> Result<Response, ServiceError> {
    let version = find(cloud, reference)?;
    let function = cloud.functions.records.get(&reference.key()).ok_or_else(|| reference.not_found())?;
    let mut answer = json!({
        "Configuration": asked_for(&version, reference),
        "Code": {"RepositoryType": "S3"},
    });
    if let (false, Some(members)) = (function.tags.is_empty(), answer.as_object_mut()) {
        members.insert("Tags".to_owned(), json!(function.tags));
    }
    Ok(Response::json(200, &answer))
}

pub(super) fn configuration(cloud: &Arc<Cloud>, reference: &FunctionReference) -> Result<Response, ServiceError> {
    Ok(Response::json(200, &asked_for(&find(cloud, reference)?, reference)))
}

/// A version with the ARN that it was asked for by: of an alias, the alias's.
fn asked_for(version: &Configuration, reference: &FunctionReference) -> Value {
    let mut answer = version.to_json(false);
    if let Some(members) = answer.as_object_mut() {
        members.insert("FunctionArn".to_owned(), json!(reference.arn()));
    }
    answer
}

/// A version as lists show it: they tell nothing of its state (API model, `ListFunctions`).
fn listed(version: &Configuration, qualified: bool) -> Value {
    let mut item = version.to_json(qualified);
    if let Some(members) = item.as_object_mut() {
        members.retain(|name, _| !name.starts_with("State") && !name.starts_with("LastUpdateStatus"));
    }
    item
}

pub(super) fn functions(cloud: &Arc<Cloud>, request: &Request) -> Result<Response, ServiceError> {
    let every_version = request.query_value("FunctionVersion").as_deref() == Some("ALL");
    let prefix = request.region().key("");
    let items: Vec<Value> = cloud.functions.records.read(|functions| {
        let here = functions.range(prefix.clone()..).take_while(|(key, _)| key.starts_with(&prefix));
        here.flat_map(|(_, function)| match every_version {
            true => function.versions().map(|version| listed(version, true)).collect(),
            false => vec![listed(&function.latest, false)],
        })
        .collect()
    });
    page(request, "Functions", items)
}

pub(super) fn versions(
    cloud: &Arc<Cloud>,
    request: &Request,
    reference: &FunctionReference,
) -> Result<Response, ServiceError> {
    let function: Function =
        cloud.functions.records.get(&reference.key()).ok_or_else(|| reference.unqualified().not_found())?;
    page(request, "Versions", function.versions().map(|version| listed(version, true)).collect())
}

/// One page of a list; the marker is the position of its first item.
pub(super) fn page(request: &Request, member: &str, items: Vec<Value>) -> Result<Response, ServiceError> {
    let number = |name: &str| match request.query_value(name) {
        None => Ok(None),
        Some(text) => text.parse::<usize>().map(Some).map_err(|_| invalid(format!("Invalid {name}: {text}"))),
    };
    let from = number("Marker")?.unwrap_or(0);
    let size = number("MaxItems")?.unwrap_or(PAGE).clamp(1, PAGE);
    let total = items.len();
    let shown: Vec<Value> = items.into_iter().skip(from).take(size).collect();
    let end = from.saturating_add(shown.len());
    let mut answer = json!({ member: shown });
    if let (true, Some(members)) = (end < total, answer.as_object_mut()) {
        members.insert("NextMarker".to_owned(), json!(end.to_string()));
    }
    Ok(Response::json(200, &answer))
}
