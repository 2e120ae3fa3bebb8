//! The operations on APIs.

use std::collections::BTreeMap;

use hyper::Method;
use serde_json::{Map, Value, json};

use super::{bad_request, edit, find, item, members, no_api, page, patched, read, unknown};
use crate::local::Cloud;
use crate::local::apigw::model::{Api, ApiFacts, date, new_id};
use crate::local::error::ServiceError;
use crate::local::http::{Request, Response};
use crate::local::records::Change;

pub(super) async fn handle_all(cloud: &Cloud, request: &Request) -> Result<Response, ServiceError> {
    match request.method {
        Method::POST => create(cloud, request).await,
        Method::GET => list(cloud, request),
        _ => Err(unknown(request)),
    }
}

pub(super) async fn handle_one(cloud: &Cloud, request: &Request, id: &str) -> Result<Response, ServiceError> {
    match request.method {
        Method::GET => Ok(Response::json(200, &output(cloud, &find(cloud, request, id)?.facts))),
        Method::PATCH => update(cloud, request, id).await,
        Method::DELETE => delete(cloud, request, id).await,
        _ => Err(unknown(request)),
    }
}

/// An API as clients see it: with its endpoint, which moves with the cloud's port.
fn output(cloud: &Cloud, facts: &ApiFacts) -> Value {
    let mut value = item(facts);
    value["apiEndpoint"] =
        Value::from(format!("http://{}.execute-api.localhost:{}", facts.api_id, cloud.address.port()));
    value
}

/// Refuses what the embedded cloud would have to leave out silently.
fn check(members: &Map<String, Value>) -> Result<(), ServiceError> {
    if members.get("protocolType").is_some_and(|protocol| protocol != "HTTP") {
        return Err(ServiceError::not_implemented("apigateway: WebSocket APIs"));
    }
    for quick in ["target", "routeKey", "credentialsArn"] {
        if members.contains_key(quick) {
            return Err(ServiceError::not_implemented(&format!("apigateway: quick create ({quick} of an API)")));
        }
    }
    match members.get("name").and_then(Value::as_str) {
        Some("") => Err(bad_request("Api name must not be empty")),
        Some(name) if name.chars().count() > 128 => Err(bad_request("Api name must not be longer than 128 characters")),
        _ => Ok(()),
    }
}

fn check_cors(facts: &ApiFacts) -> Result<(), ServiceError> {
    let Some(cors) = &facts.cors_configuration else {
        return Ok(());
    };
    if cors.allow_credentials == Some(true) && cors.allow_origins.iter().any(|origin| origin == "*") {
        return Err(bad_request("Allow-Origin is not allowed to be * if Allow-Credentials is set to true"));
    }
    if cors.max_age.is_some_and(|age| !(-1..=86_400).contains(&age)) {
        return Err(bad_request("Invalid maxAge, it must be between -1 and 86400"));
    }
    Ok(())
}

async fn create(cloud: &Cloud, request: &Request) -> Result<Response, ServiceError> {
    let members = members(request)?;
    check(&members)?;
    let id = new_id(10);
    let facts: ApiFacts = read(members, json!({ "apiId": id, "createdDate": date(request.received_at) }))?;
    check_cors(&facts)?;
    let answer = output(cloud, &facts);
    let api = Api {
        region: request.region().to_string(),
        facts,
        integrations: BTreeMap::new(),
        routes: BTreeMap::new(),
        stages: BTreeMap::new(),
        deployments: BTreeMap::new(),
    };
    cloud.apis.records.change(|_| Ok((vec![Change::Put(id, api)], ()))).await?;
    Ok(Response::json(201, &answer))
}

fn list(cloud: &Cloud, request: &Request) -> Result<Response, ServiceError> {
    let region = request.region();
    let found: Vec<(String, Value)> = cloud.apis.records.read(|apis| {
        let here = apis.values().filter(|api| api.region == region.as_str());
        here.map(|api| (api.facts.api_id.clone(), output(cloud, &api.facts))).collect()
    });
    page(request, found)
}

async fn update(cloud: &Cloud, request: &Request, id: &str) -> Result<Response, ServiceError> {
    let mut members = members(request)?;
    check(&members)?;
    members.remove("tags");
    let facts = edit(cloud, request, id, |api| {
        let fixed =
            json!({ "apiId": id, "createdDate": api.facts.created_date, "protocolType": api.facts.protocol_type });
        api.facts = patched(&api.facts, members, fixed)?;
        check_cors(&api.facts)?;
        Ok(api.facts.clone())
    })
    .await?;
    Ok(Response::json(200, &output(cloud, &facts)))
}

async fn delete(cloud: &Cloud, request: &Request, id: &str) -> Result<Response, ServiceError> {
    let region = request.region();
    cloud
        .apis
        .records
        .change(|apis| match apis.get(id).filter(|api| api.region == region.as_str()) {
            Some(_) => Ok((vec![Change::Delete(id.to_owned())], ())),
            None => Err(no_api(id)),
        })
        .await?;
    Ok(Response::empty(204))
}

pub(super) async fn delete_cors(cloud: &Cloud, request: &Request, id: &str) -> Result<Response, ServiceError> {
    edit(cloud, request, id, |api| {
        api.facts.cors_configuration = None;
        Ok(())
    })
    .await?;
    Ok(Response::empty(204))
}
