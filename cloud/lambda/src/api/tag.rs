//! TagResource, UntagResource and ListTags.

use std::collections::BTreeMap;
use std::sync::Arc;

use cloud_core::{FunctionReference, Request, Response, ServiceError};
use serde::Deserialize;
use serde_json::json;

use super::access::reachable;
use super::checks::limits::{self, invalid};
use crate::service::Functions;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Tag {
    tags: BTreeMap<String, String>,
}

/// The tags of a function.
pub(crate) fn list(functions: &Arc<Functions>, request: &Request) -> Result<Response, ServiceError> {
    let reference = tagged(request)?;
    let function = functions.function(&reference)?;
    Ok(Response::json(200, &json!({"Tags": function.tags})))
}

/// Gives a function tags.
pub(crate) async fn add(functions: &Arc<Functions>, request: &Request) -> Result<Response, ServiceError> {
    let reference = tagged(request)?;
    let input: Tag = request.json()?;
    limits::new_tags(&input.tags)?;
    let added = functions.update(&reference, |function| {
        function.tags.extend(input.tags);
        limits::tags(&function.tags)
    });
    added.await?;
    Ok(Response::empty(204))
}

/// Removes tags from a function.
pub(crate) async fn remove(functions: &Arc<Functions>, request: &Request) -> Result<Response, ServiceError> {
    let reference = tagged(request)?;
    let keys = request.query().into_iter().filter(|(name, _)| name == "tagKeys");
    let keys: Vec<String> = keys.map(|(_, key)| key).collect();
    let removed = functions.update(&reference, |function| {
        function.tags.retain(|key, _| !keys.contains(key));
        Ok(())
    });
    removed.await?;
    Ok(Response::empty(204))
}

/// The function that the path names by its ARN.
fn tagged(request: &Request) -> Result<FunctionReference, ServiceError> {
    let arn = request.label("Resource");
    let reference = reachable(arn, request)?;
    if arn != reference.arn() {
        return Err(invalid(format!("Invalid ARN: {arn}")));
    }
    if reference.qualifier.is_some() {
        return Err(invalid("Tags on function aliases and versions are not supported. Please specify a function ARN."));
    }
    Ok(reference)
}
