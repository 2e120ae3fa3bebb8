//! Accounts and regions see nothing of each other.

use cloud_core::{Account, Location};
use serde_json::{Value, json};

use super::fixture::{Fixture, MACHINE, in_an_hour, waiting};

fn other() -> Location {
    Location::new(Account::of_access_key("000000000002"), "us-east-1")
}

fn other_region() -> Location {
    Location::new(Account::default(), "eu-west-1")
}

const ACTIVITY: &str = "arn:aws:states:us-east-1:000000000000:activity:a";

/// What is asked for in the first account.
struct Names {
    version: String,
    alias: String,
    routes: Value,
    run: Value,
    execution: String,
    mapping: String,
}

/// Operations with what they are asked for, and the error that another account gets.
fn asked(names: &Names) -> Vec<(&'static str, Value, &'static str)> {
    let Names { version, alias, routes, run, execution, mapping } = names;
    let express = "arn:aws:states:us-east-1:000000000000:stateMachine:x";
    vec![
        ("DescribeStateMachine", json!({"stateMachineArn": MACHINE}), "StateMachineDoesNotExist"),
        ("DescribeStateMachine", json!({"stateMachineArn": version}), "StateMachineDoesNotExist"),
        (
            "UpdateStateMachine",
            json!({"stateMachineArn": MACHINE, "definition": waiting().to_string()}),
            "StateMachineDoesNotExist",
        ),
        ("PublishStateMachineVersion", json!({"stateMachineArn": MACHINE}), "StateMachineDoesNotExist"),
        ("ListStateMachineVersions", json!({"stateMachineArn": MACHINE}), "StateMachineDoesNotExist"),
        ("ListStateMachineAliases", json!({"stateMachineArn": MACHINE}), "StateMachineDoesNotExist"),
        ("DescribeStateMachineAlias", json!({"stateMachineAliasArn": alias}), "ResourceNotFound"),
        ("UpdateStateMachineAlias", json!({"stateMachineAliasArn": alias, "description": "d"}), "ResourceNotFound"),
        ("DeleteStateMachineAlias", json!({"stateMachineAliasArn": alias}), "ResourceNotFound"),
        ("CreateStateMachineAlias", json!({"name": "n", "routingConfiguration": routes}), "ResourceNotFound"),
        ("StartExecution", json!({"stateMachineArn": MACHINE}), "StateMachineDoesNotExist"),
        ("StartSyncExecution", json!({"stateMachineArn": express}), "StateMachineDoesNotExist"),
        ("ListExecutions", json!({"stateMachineArn": MACHINE}), "StateMachineDoesNotExist"),
        ("ListExecutions", json!({"mapRunArn": run}), "ResourceNotFound"),
        ("DescribeExecution", json!({"executionArn": execution}), "ExecutionDoesNotExist"),
        ("DescribeStateMachineForExecution", json!({"executionArn": execution}), "ExecutionDoesNotExist"),
        ("GetExecutionHistory", json!({"executionArn": execution}), "ExecutionDoesNotExist"),
        ("StopExecution", json!({"executionArn": execution}), "ExecutionDoesNotExist"),
        ("ListMapRuns", json!({"executionArn": mapping}), "ExecutionDoesNotExist"),
        ("DescribeMapRun", json!({"mapRunArn": run}), "ResourceNotFound"),
        ("UpdateMapRun", json!({"mapRunArn": run, "maxConcurrency": 1}), "ResourceNotFound"),
        ("DescribeActivity", json!({"activityArn": ACTIVITY}), "ActivityDoesNotExist"),
        ("GetActivityTask", json!({"activityArn": ACTIVITY}), "ActivityDoesNotExist"),
        ("TagResource", json!({"resourceArn": MACHINE, "tags": []}), "ResourceNotFound"),
        ("UntagResource", json!({"resourceArn": ACTIVITY, "tagKeys": []}), "ResourceNotFound"),
        ("ListTagsForResource", json!({"resourceArn": MACHINE}), "ResourceNotFound"),
    ]
}

#[tokio::test(start_paused = true)]
async fn another_account_or_region_finds_nothing_by_arn() {
    let fixture = Fixture::new().await;
    let pass = json!({"StartAt": "P", "States": {"P": {"Type": "Pass", "End": true}}});
    let map = json!({"StartAt": "M", "States": {"M": {"Type": "Map", "Label": "L", "End": true, "ItemProcessor":
        {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
            "StartAt": "W", "States": waiting()["States"].clone()}}}});
    fixture.create(&waiting()).await;
    fixture.create_as("x", "EXPRESS", &pass).await;
    let mapper = fixture.create_as("map", "STANDARD", &map).await;
    fixture.call("CreateActivity", json!({"name": "a"})).await.unwrap();
    let execution = fixture.start("e", &in_an_hour()).await.unwrap();
    let mapping = fixture.start_of(&mapper, "e", &json!([in_an_hour()])).await.unwrap();
    cloud_core::testing::come_to_rest().await;
    fixture.call("PublishStateMachineVersion", json!({"stateMachineArn": MACHINE})).await.unwrap();
    let version = format!("{MACHINE}:1");
    let routes = json!([{"stateMachineVersionArn": version, "weight": 100}]);
    fixture.call("CreateStateMachineAlias", json!({"name": "live", "routingConfiguration": routes})).await.unwrap();
    let alias = format!("{MACHINE}:live");
    let runs = fixture.call("ListMapRuns", json!({"executionArn": mapping})).await.unwrap();
    let run = runs["mapRuns"][0]["mapRunArn"].clone();
    let names = Names { version: version.clone(), alias, routes, run, execution, mapping };
    for (operation, input, code) in asked(&names) {
        for elsewhere in [other(), other_region()] {
            let answer = fixture.call_in(&elsewhere, operation, input.clone()).await;
            assert_eq!(answer.unwrap_err().code, code, "{operation} {input}");
        }
        assert!(
            fixture
                .call_in(&Location::default(), "DescribeStateMachine", json!({"stateMachineArn": MACHINE}))
                .await
                .is_ok()
        );
    }
    for (operation, input) in [
        ("DeleteStateMachine", json!({"stateMachineArn": MACHINE})),
        ("DeleteStateMachineVersion", json!({"stateMachineVersionArn": version})),
        ("DeleteActivity", json!({"activityArn": ACTIVITY})),
    ] {
        for elsewhere in [other(), other_region()] {
            fixture.call_in(&elsewhere, operation, input.clone()).await.unwrap();
        }
    }
    let described = fixture.call("DescribeStateMachine", json!({"stateMachineArn": version})).await.unwrap();
    assert_eq!(described["status"], "ACTIVE");
    fixture.call("DescribeActivity", json!({"activityArn": ACTIVITY})).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn the_same_names_in_two_accounts_are_two_things() {
    let fixture = Fixture::new().await;
    let here = fixture.create_as("m", "STANDARD", &waiting()).await;
    let create = json!({"name": "m", "definition": waiting().to_string(), "roleArn": super::fixture::ROLE});
    let there = fixture.call_in(&other(), "CreateStateMachine", create).await.unwrap()["stateMachineArn"].clone();
    assert_ne!(json!(here), there);
    let start = json!({"stateMachineArn": there, "name": "e", "input": in_an_hour().to_string()});
    fixture.call_in(&other(), "StartExecution", start).await.unwrap();
    let counts = async |location: &Location, operation: &str, member: &str, input: Value| {
        fixture.call_in(location, operation, input).await.unwrap()[member].as_array().unwrap().len()
    };
    let home = Location::default();
    for (location, machine, executions) in [(&home, json!(here), 0), (&other(), there, 1)] {
        assert_eq!(counts(location, "ListStateMachines", "stateMachines", json!({})).await, 1);
        let input = json!({"stateMachineArn": machine});
        assert_eq!(counts(location, "ListExecutions", "executions", input).await, executions);
    }
}

#[tokio::test(start_paused = true)]
async fn a_token_counts_in_its_own_account() {
    let fixture = Fixture::new().await;
    fixture.call("CreateActivity", json!({"name": "a"})).await.unwrap();
    let task = json!({"Type": "Task", "Resource": ACTIVITY, "End": true});
    fixture.create(&json!({"StartAt": "T", "States": {"T": task}})).await;
    fixture.start("e", &json!({})).await.unwrap();
    let taken = fixture.call("GetActivityTask", json!({"activityArn": ACTIVITY})).await.unwrap();
    let done = json!({"taskToken": taken["taskToken"], "output": "1"});
    assert_eq!(fixture.call_in(&other(), "SendTaskSuccess", done.clone()).await.unwrap_err().code, "TaskTimedOut");
    fixture.call("SendTaskSuccess", done).await.unwrap();
}
