//! The operations on APIs.

use cloud_core::{Change, Request, Response, ServiceError};
use serde_json::{Map, Value, json};

use super::members::{members, patched, read};
use super::output::{item, page};
use super::quick_create::QuickCreate;
use super::tags;
use crate::errors::{bad_request, no_api};
use crate::model::{Api, ApiFacts, date, new_id};
use crate::service::Apis;

/// An API as clients see it: with its endpoint, which moves with the cloud's port.
fn output(apis: &Apis, facts: &ApiFacts) -> Value {
    let mut value = item(facts);
    let endpoint = format!("http://{}.execute-api.localhost:{}", facts.api_id, apis.endpoint_port);
    value["apiEndpoint"] = Value::from(endpoint);
    value
}

/// Refuses what the embedded cloud would have to leave out silently.
fn check(members: &Map<String, Value>) -> Result<(), ServiceError> {
    if members.get("protocolType").is_some_and(|protocol| protocol != "HTTP") {
        return Err(ServiceError::not_implemented("apigateway: WebSocket APIs"));
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
    Ok(())
}

pub(crate) async fn create(apis: &Apis, request: &Request) -> Result<Response, ServiceError> {
    let mut members = members(request)?;
    check(&members)?;
    let quick = QuickCreate::take(&mut members)?;
    let id = new_id(&apis.random, 10);
    let facts: ApiFacts = read(members, json!({ "apiId": id, "createdDate": date(request.received_at) }))?;
    check_cors(&facts)?;
    tags::check_new(&facts.tags)?;
    let answer = output(apis, &facts);
    let mut api = Api::new(&request.location(), facts);
    quick.fill(&mut api, &apis.random, request.received_at)?;
    apis.table.change(|_| Ok((vec![Change::Put(id, api)], ()))).await?;
    Ok(Response::json(201, &answer))
}

pub(crate) fn get(apis: &Apis, request: &Request) -> Result<Response, ServiceError> {
    Ok(Response::json(200, &output(apis, &apis.find(request)?.facts)))
}

pub(crate) fn list(apis: &Apis, request: &Request) -> Result<Response, ServiceError> {
    let location = request.location();
    let found: Vec<(String, Value)> = apis.table.read(|all| {
        let here = all.values().filter(|api| api.is_in(&location));
        here.map(|api| (api.facts.api_id.clone(), output(apis, &api.facts))).collect()
    });
    page(request, found)
}

pub(crate) async fn update(apis: &Apis, request: &Request) -> Result<Response, ServiceError> {
    let mut members = members(request)?;
    check(&members)?;
    members.remove("tags");
    let quick = QuickCreate::take(&mut members)?;
    let facts = apis
        .edit(request, |api| {
            quick.change(api, &apis.random, request.received_at)?;
            let facts = &api.facts;
            let fixed = json!({
                "apiId": facts.api_id, "createdDate": facts.created_date, "protocolType": facts.protocol_type
            });
            api.facts = patched(facts, members, fixed)?;
            check_cors(&api.facts)?;
            Ok(api.facts.clone())
        })
        .await?;
    Ok(Response::json(200, &output(apis, &facts)))
}

pub(crate) async fn delete(apis: &Apis, request: &Request) -> Result<Response, ServiceError> {
    let location = request.location();
    let id = request.label("ApiId");
    apis.table
        .change(|all| match all.get(id).filter(|api| api.is_in(&location)) {
            Some(_) => Ok((vec![Change::Delete(id.to_owned())], ())),
            None => Err(no_api(&location, id)),
        })
        .await?;
    apis.throttle.forget(id);
    apis.verdicts.forget_api(id);
    Ok(Response::empty(204))
}

pub(crate) async fn delete_cors(apis: &Apis, request: &Request) -> Result<Response, ServiceError> {
    apis.edit(request, |api| {
        api.facts.cors_configuration = None;
        Ok(())
    })
    .await?;
    Ok(Response::empty(204))
}
