//! What there is: state machines, the newest executions, what waits for somebody, functions, endpoints.

use cloud_core::{Location, ServiceError};
use serde_json::{Value, json};

use super::execution::wait_json;
use super::logs::groups;
use super::parameters::list;
use crate::cloud::Cloud;

/// How many state machines are shown.
const MACHINES: usize = 100;
/// How many executions of each are looked at.
const EACH: u64 = 20;
/// How many executions are shown.
const EXECUTIONS: usize = 25;
/// How many tasks that wait for somebody are shown.
const INBOX: usize = 50;

/// What there is in one region.
pub(super) async fn home(cloud: &Cloud, location: &Location) -> Result<Value, ServiceError> {
    let machines = cloud.states(location, "ListStateMachines", &json!({ "maxResults": MACHINES })).await?;
    let mut shown = Vec::new();
    let mut executions = Vec::new();
    for machine in list(machines, "stateMachines") {
        let is_standard = machine["type"] == "STANDARD";
        let mut value = json!({
            "name": machine["name"],
            "arn": machine["stateMachineArn"],
            "type": machine["type"],
            "running": null,
        });
        if is_standard {
            let arn = &machine["stateMachineArn"];
            let newest = json!({ "stateMachineArn": arn, "maxResults": EACH });
            executions.extend(list(cloud.states(location, "ListExecutions", &newest).await?, "executions"));
            value["running"] = json!(cloud.handles.histories.running(arn.as_str().unwrap_or_default()));
            value["lastFailed"] = json!(last_failed(&executions, arn));
        }
        shown.push(value);
    }
    executions.sort_by(|one, other| started(other).total_cmp(&started(one)));
    executions.truncate(EXECUTIONS);
    let functions = cloud.read(location, "lambda", "/2015-03-31/functions").await?;
    let functions = list(functions, "Functions").into_iter().map(|function| {
        json!({ "name": function["FunctionName"], "runtime": function["Runtime"], "memoryMb": function["MemorySize"] })
    });
    Ok(json!({
        "region": location.region(),
        "account": location.account().as_str(),
        "places": places(cloud),
        "now": cloud.handles.clock.now(),
        "inbox": inbox(cloud, location).await,
        "machines": shown,
        "executions": executions,
        "functions": functions.collect::<Vec<_>>(),
        "endpoints": endpoints(cloud, location).await?,
        "groups": groups(cloud, location).await?,
    }))
}

/// Every account and region that has anything.
fn places(cloud: &Cloud) -> Vec<Value> {
    let found = cloud.handles.places.locations();
    found.iter().map(|place| json!({ "account": place.account().as_str(), "region": place.region() })).collect()
}

/// The tasks that wait for somebody who has their token.
async fn inbox(cloud: &Cloud, location: &Location) -> Vec<Value> {
    let waits = cloud.handles.waits.waits_for_tokens(location, INBOX).await;
    let shown = waits.iter().map(|wait| {
        let mut value = wait_json(wait);
        value["executionArn"] = json!(wait.execution_arn);
        value
    });
    shown.collect()
}

/// Whether the newest execution of a machine that has ended did not succeed; nothing where none is among the newest.
fn last_failed(executions: &[Value], machine: &Value) -> Option<bool> {
    let of_machine = executions.iter().filter(|execution| &execution["stateMachineArn"] == machine);
    let ended = of_machine.map(|execution| &execution["status"]).find(|status| *status != "RUNNING");
    ended.map(|status| status != "SUCCEEDED")
}

fn started(execution: &Value) -> f64 {
    execution["startDate"].as_f64().unwrap_or_default()
}

/// The routes of all HTTP APIs. Each has the path below which this very origin serves it.
pub(super) async fn endpoints(cloud: &Cloud, location: &Location) -> Result<Vec<Value>, ServiceError> {
    let mut endpoints = Vec::new();
    for api in list(cloud.read(location, "apigateway", "/v2/apis").await?, "items") {
        let Some(id) = api["apiId"].as_str() else { continue };
        let routes = list(cloud.read(location, "apigateway", &format!("/v2/apis/{id}/routes")).await?, "items");
        let stages = list(cloud.read(location, "apigateway", &format!("/v2/apis/{id}/stages")).await?, "items");
        for stage in stages.iter().filter_map(|stage| stage["stageName"].as_str()) {
            let stage_path = if stage == "$default" { String::new() } else { format!("/{stage}") };
            for route in routes.iter().filter_map(|route| route["routeKey"].as_str()) {
                let (method, path) = route.split_once(' ').unwrap_or(("ANY", "/"));
                endpoints.push(json!({
                    "api": api["name"],
                    "method": method,
                    "path": format!("{stage_path}{path}"),
                    "here": format!("/_api/{id}{stage_path}{path}"),
                }));
            }
        }
    }
    Ok(endpoints)
}
