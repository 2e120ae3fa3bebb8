//! What there is: state machines, the newest executions, what waits for somebody, functions, endpoints.

use cloud_core::{Location, ServiceError};
use serde_json::{Value, json};

use super::endpoints::endpoints;
use super::execution::wait_json;
use super::listing;
use super::parameters::list;
use crate::cloud::Cloud;

/// How many state machines, functions and log groups are shown.
const SHOWN: usize = 100;
/// How many executions of each are looked at.
const EACH: u64 = 20;
/// How many executions are shown.
const EXECUTIONS: usize = 25;
/// How many tasks that wait for somebody are shown.
const INBOX: usize = 50;
/// Up to which number what waits is counted.
const COUNTED: usize = 1_000;

/// What there is in one region.
pub(super) async fn home(cloud: &Cloud, location: &Location) -> Result<Value, ServiceError> {
    let machines = listing::machines(cloud, location, SHOWN).await?;
    let functions = listing::functions(cloud, location, SHOWN).await?;
    let groups = listing::groups(cloud, location, SHOWN).await?;
    let more = [("machines", &machines), ("functions", &functions), ("groups", &groups)];
    let more: Vec<&str> = more.iter().filter(|(_, listed)| listed.has_more).map(|(name, _)| *name).collect();
    let mut shown = Vec::new();
    let mut executions = Vec::new();
    for machine in machines.items {
        let newest = newest(cloud, location, &machine).await?;
        shown.push(counted(cloud, &machine, &newest));
        executions.extend(newest);
    }
    executions.sort_by(|one, other| started(other).total_cmp(&started(one)));
    executions.truncate(EXECUTIONS);
    Ok(json!({
        "region": location.region(),
        "account": location.account().as_str(),
        "places": places(cloud),
        "now": cloud.handles.clock.now(),
        "inbox": inbox(cloud, location).await,
        "machines": shown,
        "executions": executions,
        "functions": functions.items.iter().map(shown_function).collect::<Vec<_>>(),
        "endpoints": endpoints(cloud, location).await?,
        "groups": groups.items.iter().map(shown_group).collect::<Vec<_>>(),
        "more": more,
    }))
}

/// The newest executions of a state machine, without the children of its Map Runs. Those of an express one are not kept.
async fn newest(cloud: &Cloud, location: &Location, machine: &Value) -> Result<Vec<Value>, ServiceError> {
    if machine["type"] != "STANDARD" {
        return Ok(Vec::new());
    }
    let input = json!({ "stateMachineArn": machine["stateMachineArn"], "maxResults": EACH });
    Ok(list(cloud.states(location, "ListExecutions", &input).await?, "executions"))
}

/// A state machine with its counts: of all that runs and waits, and of the newest that did not succeed.
fn counted(cloud: &Cloud, machine: &Value, newest: &[Value]) -> Value {
    let arn = machine["stateMachineArn"].as_str().unwrap_or_default();
    let is_standard = machine["type"] == "STANDARD";
    let histories = &cloud.handles.histories;
    let failed = newest.iter().filter(|execution| is_failure(execution)).count();
    let ended = newest.iter().find(|execution| execution["status"] != "RUNNING");
    json!({
        "name": machine["name"],
        "arn": arn,
        "type": machine["type"],
        "running": is_standard.then(|| histories.running(arn)),
        "waiting": is_standard.then(|| histories.waiting(arn, COUNTED)),
        "failed": is_standard.then_some(failed),
        "newest": newest.len(),
        "lastFailed": ended.map(is_failure),
    })
}

fn is_failure(execution: &Value) -> bool {
    !["RUNNING", "SUCCEEDED"].iter().any(|status| execution["status"] == *status)
}

fn shown_function(function: &Value) -> Value {
    json!({ "name": function["FunctionName"], "runtime": function["Runtime"], "memoryMb": function["MemorySize"] })
}

fn shown_group(group: &Value) -> Value {
    json!({ "name": group["logGroupName"], "bytes": group["storedBytes"] })
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

fn started(execution: &Value) -> f64 {
    execution["startDate"].as_f64().unwrap_or_default()
}
