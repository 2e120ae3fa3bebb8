//! TagResource, UntagResource and ListTagsForResource.

use std::collections::BTreeMap;
use std::sync::Arc;

use cloud_core::{Change, Request, ServiceError, is_reserved_tag_key};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::answer::Answer;
use crate::rows::machine::{Machine, Row};
use crate::states::States;
use crate::wire::errors::{resource_missing, validation};
use crate::wire::names::{ActivityReference, MachineReference};

/// The most tags that one resource may have (Step Functions developer guide, "Tagging").
const MAX_TAGS: usize = 50;

/// One tag as the API has it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Tag {
    key: String,
    #[serde(default)]
    value: String,
}

/// Tags with others put over them.
pub(crate) fn merge(
    mut tags: BTreeMap<String, String>,
    more: Vec<Tag>,
) -> Result<BTreeMap<String, String>, ServiceError> {
    for tag in more {
        check(&tag)?;
        tags.insert(tag.key, tag.value);
    }
    if tags.len() > MAX_TAGS {
        let message = format!("Number of tags exceeds the limit of {MAX_TAGS}.");
        return Err(ServiceError::bad_request("TooManyTags", message));
    }
    Ok(tags)
}

/// "Tags may only contain Unicode letters, digits, white space, or these symbols: _ . : / = + - @." (API reference,
/// `TagResource`); `aws:` is AWS's own. The texts are ours.
fn check(tag: &Tag) -> Result<(), ServiceError> {
    let is_allowed = |it: char| it.is_alphanumeric() || it.is_whitespace() || "_.:/=+-@".contains(it);
    if let Some(text) = [&tag.key, &tag.value].into_iter().find(|text| !text.chars().all(is_allowed)) {
        return Err(validation(format!(
            "Tags may only contain letters, digits, white space and _ . : / = + - @, but this is: {text}"
        )));
    }
    if is_reserved_tag_key(&tag.key) {
        return Err(validation(format!("Tag keys that begin with aws: are AWS's own: {}", tag.key)));
    }
    Ok(())
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct TagResource {
    resource_arn: String,
    tags: Vec<Tag>,
}

pub(crate) async fn tag(states: &Arc<States>, request: &Request) -> Answer {
    let input: TagResource = request.json()?;
    edit(states, request, &input.resource_arn, |tags| merge(tags, input.tags)).await
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct UntagResource {
    resource_arn: String,
    tag_keys: Vec<String>,
}

pub(crate) async fn untag(states: &Arc<States>, request: &Request) -> Answer {
    let input: UntagResource = request.json()?;
    let keep = |mut tags: BTreeMap<String, String>| {
        tags.retain(|key, _| !input.tag_keys.contains(key));
        Ok(tags)
    };
    edit(states, request, &input.resource_arn, keep).await
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ListTags {
    resource_arn: String,
}

pub(crate) async fn list(states: &Arc<States>, request: &Request) -> Answer {
    let input: ListTags = request.json()?;
    let missing = || resource_missing(&input.resource_arn);
    let tags = match Taggable::of(request, &input.resource_arn)? {
        Taggable::Machine(key) => states.machine(&key).ok_or_else(|| states.no_machine(&key, missing))?.tags,
        Taggable::Activity(key) => {
            states.activities.get(&key).ok_or_else(|| states.activities.missing(&key, missing))?.tags
        }
    };
    let tags: Vec<Tag> = tags.into_iter().map(|(key, value)| Tag { key, value }).collect();
    Ok(json!({ "tags": tags }))
}

async fn edit(
    states: &Arc<States>,
    request: &Request,
    arn: &str,
    edit: impl FnOnce(BTreeMap<String, String>) -> Result<BTreeMap<String, String>, ServiceError>,
) -> Answer {
    let missing = || resource_missing(arn);
    match Taggable::of(request, arn)? {
        Taggable::Machine(key) => {
            let edited = states.machines.change(|rows| {
                let Some(Row::Machine(machine)) = rows.get(&key) else { return Err(states.no_machine(&key, missing)) };
                let changed = Machine { tags: edit(machine.tags.clone())?, ..machine.clone() };
                Ok((vec![Change::Put(key.clone(), Row::Machine(changed))], json!({})))
            });
            edited.await
        }
        Taggable::Activity(key) => {
            let edited = states.activities.update(&key, missing, |activity| {
                activity.tags = edit(std::mem::take(&mut activity.tags))?;
                Ok(json!({}))
            });
            edited.await
        }
    }
}

/// What can be tagged, by its key.
enum Taggable {
    Machine(String),
    Activity(String),
}

impl Taggable {
    /// Versions cannot be tagged: to AWS they are no resources here.
    fn of(request: &Request, arn: &str) -> Result<Self, ServiceError> {
        if let Ok(activity) = ActivityReference::of(request, arn) {
            return Ok(Self::Activity(activity.key));
        }
        let reference = MachineReference::of(request, arn)?;
        if reference.qualifier.is_some() { Err(resource_missing(arn)) } else { Ok(Self::Machine(reference.key)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_have_the_characters_that_aws_allows() {
        let merged = |key: &str, value: &str| {
            merge(BTreeMap::new(), vec![Tag { key: key.to_owned(), value: value.to_owned() }])
                .map_err(|error| error.code)
        };
        for (key, value) in [("a b_c.d:e/f=g+h-i@j", "für 日本"), ("awsome", ""), ("k", "aws:x")] {
            assert!(merged(key, value).is_ok(), "{key} {value}");
        }
        for (key, value) in [("a#b", ""), ("k", "*"), ("aws:k", ""), ("AWS:k", "")] {
            assert_eq!(merged(key, value), Err("ValidationException".into()), "{key} {value}");
        }
    }
}
