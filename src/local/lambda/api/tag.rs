//! TagResource, UntagResource and ListTags.

use std::collections::BTreeMap;
use std::sync::Arc;

use hyper::Method;
use serde::Deserialize;
use serde_json::json;

use super::{limits, not_implemented};
use crate::local::Cloud;
use crate::local::error::ServiceError;
use crate::local::http::{Request, Response};
use crate::local::lambda::reference::FunctionReference;

/// The most tags that one function may have (Lambda developer guide, "Tag requirements").
const MAX_TAGS: usize = 50;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Tag {
    tags: BTreeMap<String, String>,
}

pub(super) async fn handle(cloud: &Arc<Cloud>, request: &Request, arn: &str) -> Result<Response, ServiceError> {
    let reference = FunctionReference::parse(arn, &request.region())?;
    if reference.qualifier.is_some() {
        return Err(limits::invalid(
            "Tags on function aliases and versions are not supported. Please specify a function ARN.",
        ));
    }
    match request.method {
        Method::GET => {
            let function = cloud.functions.records.get(&reference.key()).ok_or_else(|| reference.not_found())?;
            Ok(Response::json(200, &json!({"Tags": function.tags})))
        }
        Method::POST => {
            let input: Tag = request.json()?;
            let tagged = cloud.functions.edit(&reference, |function| {
                function.tags.extend(input.tags);
                match function.tags.len() > MAX_TAGS {
                    true => Err(limits::invalid("Number of tags exceeds function tag limit.")),
                    false => Ok(()),
                }
            });
            tagged.await?;
            Ok(Response::empty(204))
        }
        Method::DELETE => {
            let names: Vec<String> =
                request.query().into_iter().filter(|(name, _)| name == "tagKeys").map(|(_, value)| value).collect();
            let untagged = cloud.functions.edit(&reference, |function| {
                function.tags.retain(|name, _| !names.contains(name));
                Ok(())
            });
            untagged.await?;
            Ok(Response::empty(204))
        }
        _ => Err(not_implemented(request)),
    }
}
