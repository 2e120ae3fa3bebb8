//! The tags of a log group, by ARN and, as it was before, by name.

use std::collections::BTreeMap;

use cloud_core::{Location, Request, Response, ServiceError, is_reserved_tag_key};
use serde::Deserialize;
use serde_json::json;

use super::answer::answer;
use super::groups::{edit, is_elsewhere, name_of};
use crate::errors::{invalid, no_group, reserved_tag};
use crate::service::Logs;

const TAGS_LIMIT: usize = 50;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ByArn {
    resource_arn: String,
    #[serde(default)]
    tags: BTreeMap<String, String>,
    #[serde(default)]
    tag_keys: Vec<String>,
}

impl ByArn {
    fn name(&self, here: &Location) -> Result<&str, ServiceError> {
        if self.resource_arn.starts_with("arn:") && self.resource_arn.contains(":log-group:") {
            return match is_elsewhere(&self.resource_arn, here) {
                true => Err(no_group()),
                false => Ok(name_of(&self.resource_arn)),
            };
        }
        Err(invalid(format!("The specified resource ARN {} is not that of a log group.", self.resource_arn)))
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct TagsByName {
    log_group_name: String,
    tags: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct KeysByName {
    log_group_name: String,
    tags: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Name {
    log_group_name: String,
}

pub(crate) async fn tag(logs: &Logs, request: &Request) -> Result<Response, ServiceError> {
    let input: ByArn = request.json()?;
    add(logs, request, input.name(&request.location())?, &input.tags).await
}

pub(crate) async fn tag_group(logs: &Logs, request: &Request) -> Result<Response, ServiceError> {
    let input: TagsByName = request.json()?;
    add(logs, request, &input.log_group_name, &input.tags).await
}

/// Checks the keys of tags that a client gives.
pub(super) fn check_new<'a>(mut keys: impl Iterator<Item = &'a String>) -> Result<(), ServiceError> {
    keys.find(|key| is_reserved_tag_key(key)).map_or(Ok(()), |key| Err(reserved_tag(key)))
}

async fn add(
    logs: &Logs,
    request: &Request,
    name: &str,
    tags: &BTreeMap<String, String>,
) -> Result<Response, ServiceError> {
    check_new(tags.keys())?;
    edit(logs, request, name, |facts| {
        let mut all = facts.tags.clone();
        all.extend(tags.clone());
        if all.len() > TAGS_LIMIT {
            let text = format!("A resource can have no more than {TAGS_LIMIT} tags.");
            return Err(ServiceError::bad_request("TooManyTagsException", text));
        }
        facts.tags = all;
        Ok(())
    })
    .await
}

pub(crate) async fn untag(logs: &Logs, request: &Request) -> Result<Response, ServiceError> {
    let input: ByArn = request.json()?;
    remove(logs, request, input.name(&request.location())?, &input.tag_keys).await
}

pub(crate) async fn untag_group(logs: &Logs, request: &Request) -> Result<Response, ServiceError> {
    let input: KeysByName = request.json()?;
    remove(logs, request, &input.log_group_name, &input.tags).await
}

async fn remove(logs: &Logs, request: &Request, name: &str, keys: &[String]) -> Result<Response, ServiceError> {
    edit(logs, request, name, |facts| {
        facts.tags.retain(|key, _| !keys.contains(key));
        Ok(())
    })
    .await
}

pub(crate) fn list(logs: &Logs, request: &Request) -> Result<Response, ServiceError> {
    tags_of(logs, request, request.json::<ByArn>()?.name(&request.location())?)
}

pub(crate) fn list_group(logs: &Logs, request: &Request) -> Result<Response, ServiceError> {
    tags_of(logs, request, &request.json::<Name>()?.log_group_name)
}

fn tags_of(logs: &Logs, request: &Request, name: &str) -> Result<Response, ServiceError> {
    let key = request.location().key(name);
    let facts = logs.group_facts(&key).ok_or_else(|| logs.no_group(&key))?;
    Ok(answer(&json!({ "tags": facts.tags })))
}
