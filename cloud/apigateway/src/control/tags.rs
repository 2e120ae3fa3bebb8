//! The tags of APIs and stages, by ARN.

use std::collections::BTreeMap;

use cloud_core::{Request, Response, ServiceError, is_reserved_tag_key};
use serde::Deserialize;
use serde_json::json;

use crate::errors::{bad_request, no_api, not_found};
use crate::model::Api;
use crate::service::Apis;

type Tags = BTreeMap<String, String>;

const TAGS_LIMIT: usize = 50;

/// What an ARN such as `arn:aws:apigateway:us-east-1::/apis/abc/stages/dev` names.
struct Tagged<'a> {
    api: &'a str,
    stage: Option<&'a str>,
}

impl<'a> Tagged<'a> {
    /// What a request names, in the region that it asks.
    fn of(request: &'a Request) -> Result<Self, ServiceError> {
        let arn = request.label("ResourceArn");
        let tagged = Self::parse(arn)?;
        let location = request.location();
        match arn.strip_prefix("arn:aws:apigateway:").and_then(|rest| rest.split_once("::")) {
            Some((region, _)) if region == location.region() => Ok(tagged),
            Some(_) => Err(no_api(&location, tagged.api)),
            None => Err(bad_request(format!("Invalid resource ARN: {arn}"))),
        }
    }

    fn parse(arn: &'a str) -> Result<Self, ServiceError> {
        let path = arn.split_once("::/apis/").map(|(_, path)| path);
        let parts: Vec<&str> = path.unwrap_or_default().split('/').collect();
        match parts.as_slice() {
            [api] if !api.is_empty() => Ok(Self { api, stage: None }),
            [api, "stages", stage] => Ok(Self { api, stage: Some(stage) }),
            _ => Err(bad_request(format!("Invalid resource ARN: {arn}"))),
        }
    }

    fn tags<'b>(&self, api: &'b mut Api) -> Result<&'b mut Tags, ServiceError> {
        match self.stage {
            None => Ok(&mut api.facts.tags),
            Some(name) => {
                let stage = api.stages.get_mut(name);
                stage.map(|stage| &mut stage.tags).ok_or_else(|| not_found("Invalid stage identifier specified"))
            }
        }
    }
}

/// The tags of an API, also for what is in it, or of a stage.
pub fn resource_tags(apis: &Apis, arn: &str) -> Vec<(String, String)> {
    let tags = || {
        let path = arn.split_once("::/apis/").map(|(_, path)| path)?;
        let id = path.split('/').next()?;
        let mut api = apis.table.get(id)?;
        let tagged = Tagged::parse(arn).unwrap_or(Tagged { api: id, stage: None });
        tagged.tags(&mut api).ok().map(|tags| std::mem::take(tags).into_iter().collect())
    };
    tags().unwrap_or_default()
}

/// Checks tags that a client gives; the error's text is AWS's, as others have recorded it.
pub(super) fn check_new(tags: &Tags) -> Result<(), ServiceError> {
    match tags.keys().any(|key| is_reserved_tag_key(key)) {
        true => Err(bad_request("Invalid tag key. Tag keys cannot start with 'aws:' (case insensitive)")),
        false => Ok(()),
    }
}

#[derive(Deserialize)]
struct TagInput {
    #[serde(default)]
    tags: Tags,
}

pub(crate) fn list(apis: &Apis, request: &Request) -> Result<Response, ServiceError> {
    let tagged = Tagged::of(request)?;
    let mut api = apis.find_id(request, tagged.api)?;
    Ok(Response::json(200, &json!({ "tags": tagged.tags(&mut api)? })))
}

pub(crate) async fn tag(apis: &Apis, request: &Request) -> Result<Response, ServiceError> {
    let tagged = Tagged::of(request)?;
    let input: TagInput = request.json()?;
    check_new(&input.tags)?;
    apis.edit_id(request, tagged.api, |api| {
        let tags = tagged.tags(api)?;
        tags.extend(input.tags);
        if tags.len() > TAGS_LIMIT {
            return Err(bad_request(format!("A resource can have no more than {TAGS_LIMIT} tags")));
        }
        Ok(Response::json(201, &json!({})))
    })
    .await
}

pub(crate) async fn untag(apis: &Apis, request: &Request) -> Result<Response, ServiceError> {
    let tagged = Tagged::of(request)?;
    let query = request.query().into_iter();
    let keys: Vec<String> = query.filter(|(name, _)| name == "tagKeys").map(|(_, key)| key).collect();
    apis.edit_id(request, tagged.api, |api| {
        tagged.tags(api)?.retain(|key, _| !keys.contains(key));
        Ok(Response::empty(204))
    })
    .await
}
