//! Lists of executions: their order, and the express children of Map Runs.

use std::time::Duration;

use cloud_core::testing::come_to_rest;
use serde_json::{Value, json};

use super::fixture::{Fixture, MACHINE};

/// Waits for so many seconds as its input says.
fn wait() -> Value {
    json!({"StartAt": "W", "States": {"W": {"Type": "Wait", "SecondsPath": "$.s", "End": true}}})
}

async fn listed(fixture: &Fixture, input: &Value) -> Vec<Value> {
    let answer = fixture.call("ListExecutions", input.clone()).await.unwrap();
    answer["executions"].as_array().unwrap().clone()
}

/// The names of all pages.
async fn names(fixture: &Fixture, page: u64) -> Vec<String> {
    let mut names = Vec::new();
    let mut token = Value::Null;
    loop {
        let input = json!({"stateMachineArn": MACHINE, "maxResults": page, "nextToken": token});
        let answer = fixture.call("ListExecutions", input).await.unwrap();
        let items = answer["executions"].as_array().unwrap();
        names.extend(items.iter().map(|item| item["name"].as_str().unwrap().to_owned()));
        token = answer["nextToken"].clone();
        if token.is_null() {
            return names;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn what_has_ended_is_listed_by_its_end_and_what_runs_by_its_start() {
    let fixture = Fixture::new().await;
    fixture.create(&wait()).await;
    for (name, seconds) in [("long", 3_000), ("quick", 5), ("short", 1)] {
        fixture.start(name, &json!({"s": seconds})).await.unwrap();
        fixture.run_for(Duration::from_secs(1)).await;
    }
    assert_eq!(names(&fixture, 100).await, ["short", "quick", "long"]);
    fixture.run_for(Duration::from_secs(10)).await;
    assert_eq!(names(&fixture, 100).await, ["quick", "short", "long"]);
    assert_eq!(names(&fixture, 1).await, ["quick", "short", "long"], "page by page");
    let fixture = fixture.restart().await;
    assert_eq!(names(&fixture, 2).await, ["quick", "short", "long"], "after a restart");
    fixture.run_for(Duration::from_secs(3_000)).await;
    assert_eq!(names(&fixture, 100).await, ["long", "quick", "short"]);
}

#[tokio::test(start_paused = true)]
async fn express_children_of_a_map_run_are_listed() {
    let fixture = Fixture::new().await;
    let map = json!({"StartAt": "M", "States": {"M": {"Type": "Map", "Label": "Each", "End": true, "ItemProcessor": {
        "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"},
        "StartAt": "W", "States": {"W": {"Type": "Wait", "SecondsPath": "$.s", "End": true}}}}}});
    let machine = fixture.create_as("map", "STANDARD", &map).await;
    let arn = fixture.start_of(&machine, "e", &json!([{"s": 1}, {"s": 200}])).await.unwrap();
    fixture.run_for(Duration::from_secs(10)).await;
    let runs = fixture.call("ListMapRuns", json!({"executionArn": arn})).await.unwrap();
    let of_run = json!({"mapRunArn": runs["mapRuns"][0]["mapRunArn"]});
    let children = listed(&fixture, &of_run).await;
    let statuses: Vec<_> = children.iter().map(|child| child["status"].as_str().unwrap()).collect();
    assert_eq!(statuses, ["SUCCEEDED", "RUNNING"], "{children:?}");
    for child in &children {
        let name = child["name"].as_str().unwrap();
        let express = format!("arn:aws:states:us-east-1:000000000000:express:map/Each:{name}:{name}");
        assert_eq!((&child["executionArn"], &child["itemCount"]), (&json!(express), &json!(1)));
        assert_eq!(child["stateMachineArn"], json!(format!("{machine}/Each")));
    }
    let running = json!({"mapRunArn": of_run["mapRunArn"], "statusFilter": "RUNNING"});
    assert_eq!(listed(&fixture, &running).await.len(), 1);
    fixture.call("StopExecution", json!({"executionArn": arn})).await.unwrap();
    come_to_rest().await;
    let stopped: Vec<_> = listed(&fixture, &of_run).await.iter().map(|child| child["status"].clone()).collect();
    assert_eq!(stopped, ["ABORTED", "SUCCEEDED"]);
    let fixture = fixture.restart().await;
    assert_eq!(listed(&fixture, &of_run).await.len(), 2);
}
