//! Whoever asks may go away at any moment: memory and disk agree, and nothing is lost.

use std::collections::BTreeMap;
use std::sync::Arc;

use cloud_core::testing::{come_to_rest, drop_at_every_await, poll_times};
use cloud_core::{CachedTable, Location};
use serde_json::{Value, json};

use super::fixture::{Fixture, MACHINE, ROLE, call, in_an_hour, waiting};
use crate::OPERATIONS;
use crate::rows::activity::Activity;
use crate::rows::machine::Row;
use crate::rows::{ACTIVITIES, EXPRESS_EXECUTIONS, STATE_MACHINES};

const ACTIVITY: &str = "arn:aws:states:us-east-1:000000000000:activity:a";

/// A service with one of everything, and what the operations are asked with.
#[derive(Clone)]
struct Subject {
    fixture: Arc<Fixture>,
    inputs: Arc<BTreeMap<&'static str, Value>>,
}

async fn subject() -> Subject {
    let fixture = Fixture::new().await;
    fixture.call("CreateActivity", json!({"name": "a"})).await.unwrap();
    let publish = json!({"name": "m", "definition": waiting().to_string(), "roleArn": ROLE, "publish": true});
    fixture.call("CreateStateMachine", publish).await.unwrap();
    let version = format!("{MACHINE}:1");
    let routes = json!([{"stateMachineVersionArn": version, "weight": 100}]);
    let alias = fixture.call("CreateStateMachineAlias", json!({"name": "live", "routingConfiguration": routes}));
    let alias = alias.await.unwrap()["stateMachineAliasArn"].clone();
    let execution = fixture.start("running", &in_an_hour()).await.unwrap();
    let pass = json!({"StartAt": "P", "States": {"P": {"Type": "Pass", "End": true}}});
    let express = fixture.create_as("x", "EXPRESS", &pass).await;
    let idle = fixture.create_as("idle", "STANDARD", &pass).await;
    let published = fixture.call("PublishStateMachineVersion", json!({"stateMachineArn": idle})).await.unwrap();
    let task = json!({"Type": "Task", "Resource": ACTIVITY, "End": true});
    let worker = fixture.create_as("w", "STANDARD", &json!({"StartAt": "T", "States": {"T": task}})).await;
    fixture.start_of(&worker, "taken", &json!({})).await.unwrap();
    let taken = fixture.call("GetActivityTask", json!({"activityArn": ACTIVITY})).await.unwrap();
    fixture.start_of(&worker, "waits", &json!({})).await.unwrap();
    let map = json!({"StartAt": "M", "States": {"M": {"Type": "Map", "Label": "Each", "End": true, "MaxConcurrency": 1,
        "ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
            "StartAt": "S", "States": {"S": task}}}}});
    let mapper = fixture.create_as("map", "STANDARD", &map).await;
    let mapping = fixture.start_of(&mapper, "e", &json!([1, 2])).await.unwrap();
    come_to_rest().await;
    let stopped = fixture.start("stopped", &in_an_hour()).await.unwrap();
    fixture.call("StopExecution", json!({"executionArn": stopped})).await.unwrap();
    let runs = fixture.call("ListMapRuns", json!({"executionArn": mapping})).await.unwrap();
    let token = &taken["taskToken"];
    let inputs = BTreeMap::from([
        ("CreateStateMachine", json!({"name": "new", "definition": pass.to_string(), "roleArn": ROLE})),
        ("UpdateStateMachine", json!({"stateMachineArn": MACHINE, "definition": pass.to_string(), "publish": true})),
        ("DeleteStateMachine", json!({"stateMachineArn": idle})),
        ("PublishStateMachineVersion", json!({"stateMachineArn": express})),
        ("DeleteStateMachineVersion", json!({"stateMachineVersionArn": published["stateMachineVersionArn"]})),
        ("CreateStateMachineAlias", json!({"name": "other", "routingConfiguration": routes})),
        ("UpdateStateMachineAlias", json!({"stateMachineAliasArn": alias, "description": "d"})),
        ("DeleteStateMachineAlias", json!({"stateMachineAliasArn": alias})),
        ("StartExecution", json!({"stateMachineArn": MACHINE, "input": in_an_hour().to_string()})),
        ("StartSyncExecution", json!({"stateMachineArn": express})),
        ("TestState", json!({"definition": pass["States"]["P"].to_string()})),
        ("StopExecution", json!({"executionArn": mapping})),
        ("RedriveExecution", json!({"executionArn": stopped})),
        ("UpdateMapRun", json!({"mapRunArn": runs["mapRuns"][0]["mapRunArn"], "maxConcurrency": 2})),
        ("CreateActivity", json!({"name": "b"})),
        ("DeleteActivity", json!({"activityArn": ACTIVITY})),
        ("GetActivityTask", json!({"activityArn": ACTIVITY})),
        ("SendTaskSuccess", json!({"taskToken": token, "output": "1"})),
        ("SendTaskFailure", json!({"taskToken": token, "error": "E"})),
        ("SendTaskHeartbeat", json!({"taskToken": token})),
        ("TagResource", json!({"resourceArn": MACHINE, "tags": [{"key": "k", "value": "v"}]})),
        ("UntagResource", json!({"resourceArn": ACTIVITY, "tagKeys": ["k"]})),
    ]);
    assert_eq!(fixture.describe(&execution).await["status"], "RUNNING");
    Subject { fixture: Arc::new(fixture), inputs: Arc::new(inputs) }
}

/// What is in memory is what a service opened on the same store would have, and it has the same tasks and tokens out.
async fn check(subject: Subject) {
    let states = &subject.fixture.states;
    let store = &subject.fixture.store;
    let machines = CachedTable::<Row>::open(store, STATE_MACHINES, states.clock.clone()).unwrap();
    let activities = CachedTable::<Activity>::open(store, ACTIVITIES, states.clock.clone()).unwrap();
    assert_eq!(states.machines.read(Clone::clone), machines.read(Clone::clone));
    assert_eq!(states.activities.read(Clone::clone), activities.read(Clone::clone));
    for (key, row) in machines.read(Clone::clone) {
        if let Row::Machine(machine) = row {
            assert!(!machine.deleting || states.index().running(&key) > 0, "{key} is never removed");
        }
    }
    assert_eq!(store.load::<Value>(EXPRESS_EXECUTIONS).unwrap(), []);
    let again = subject.fixture.outside.open(store);
    assert_eq!(states.index().machines(), again.index().machines());
    again.resume();
    come_to_rest().await;
    assert_eq!(states.driver.activities.waiting(), again.driver.activities.waiting());
    assert_eq!(states.driver.tokens.issued(), again.driver.tokens.issued());
    again.stop().await;
}

#[tokio::test(start_paused = true)]
async fn memory_and_disk_agree_wherever_an_operation_is_dropped() {
    for operation in OPERATIONS.iter().filter(|operation| operation.info.access.writes()) {
        let name = operation.info.name;
        let act = |subject: Subject| async move {
            let input = subject.inputs.get(name).unwrap_or_else(|| panic!("{name} has no input here")).clone();
            call(&subject.fixture.states, &Location::default(), name, input).await.unwrap();
        };
        let awaits = drop_at_every_await(subject, act, check).await;
        assert!(awaits > 1, "{name} never waited");
    }
}

#[tokio::test(start_paused = true)]
async fn an_express_start_that_is_dropped_runs_or_was_never_there() {
    let begin = || async {
        let subject = subject().await;
        let express = "arn:aws:states:us-east-1:000000000000:stateMachine:x";
        let inputs = BTreeMap::from([("StartExecution", json!({"stateMachineArn": express}))]);
        Subject { inputs: Arc::new(inputs), ..subject }
    };
    let act = |subject: Subject| async move {
        let input = subject.inputs["StartExecution"].clone();
        call(&subject.fixture.states, &Location::default(), "StartExecution", input).await.unwrap();
    };
    drop_at_every_await(begin, act, check).await;
}

#[tokio::test(start_paused = true)]
async fn a_task_is_not_lost_when_its_worker_goes_away_while_there_is_no_room() {
    let fixture = subject().await.fixture;
    let driver = &fixture.states.driver;
    let waiting = driver.activities.waiting();
    assert!(!waiting.is_empty());
    let rooms = driver.all_room();
    let home = Location::default();
    let asking = call(&fixture.states, &home, "GetActivityTask", json!({"activityArn": ACTIVITY}));
    assert!(poll_times(asking, 3).await.is_none(), "it waits for room");
    assert_eq!(driver.activities.waiting(), waiting);
    drop(rooms);
    let task = fixture.call("GetActivityTask", json!({"activityArn": ACTIVITY})).await.unwrap();
    assert!(task["taskToken"].is_string());
}
