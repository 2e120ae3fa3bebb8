//! The tags of APIs and stages, by ARN.

use std::collections::BTreeMap;

use hyper::Method;
use serde::Deserialize;
use serde_json::json;

use super::{bad_request, edit, find, not_found, unknown};
use crate::local::Cloud;
use crate::local::apigw::model::Api;
use crate::local::error::ServiceError;
use crate::local::http::{Request, Response};

type Tags = BTreeMap<String, String>;

const TAGS_LIMIT: usize = 50;

/// What an ARN such as `arn:aws:apigateway:us-east-1::/apis/abc/stages/dev` names.
struct Tagged<'a> {
    api: &'a str,
    stage: Option<&'a str>,
}

impl<'a> Tagged<'a> {
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

#[derive(Deserialize)]
struct TagInput {
    #[serde(default)]
    tags: Tags,
}

pub(super) async fn handle(cloud: &Cloud, request: &Request, arn: &str) -> Result<Response, ServiceError> {
    let tagged = Tagged::parse(arn)?;
    match request.method {
        Method::GET => {
            let mut api = find(cloud, request, tagged.api)?;
            Ok(Response::json(200, &json!({ "tags": tagged.tags(&mut api)? })))
        }
        Method::POST => {
            let input: TagInput = request.json()?;
            edit(cloud, request, tagged.api, |api| {
                let tags = tagged.tags(api)?;
                tags.extend(input.tags);
                if tags.len() > TAGS_LIMIT {
                    return Err(bad_request(format!("A resource can have no more than {TAGS_LIMIT} tags")));
                }
                Ok(Response::json(201, &json!({})))
            })
            .await
        }
        Method::DELETE => {
            let keys: Vec<String> =
                request.query().into_iter().filter(|(name, _)| name == "tagKeys").map(|(_, key)| key).collect();
            edit(cloud, request, tagged.api, |api| {
                tagged.tags(api)?.retain(|key, _| !keys.contains(key));
                Ok(Response::empty(204))
            })
            .await
        }
        _ => Err(unknown(request)),
    }
}
