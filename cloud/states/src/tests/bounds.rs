//! Executions that could go on for ever get on in small steps: others get theirs, and what happens in between is obeyed.

use std::ops::ControlFlow;
use std::time::Duration;

use cloud_core::testing::come_to_rest;
use cloud_store::Range;
use serde_json::{Value, json};

use super::fixture::{Fixture, in_an_hour, turn, until, waiting};
use crate::rows::execution::{ExecutionKey, ExecutionRow};
use crate::rows::history::HistoryRow;
use crate::rows::{HISTORY, RUNNING_EXECUTIONS};

const ECHO: &str = "arn:aws:lambda:us-east-1:000000000000:function:echo";

fn endless() -> Value {
    json!({"StartAt": "A", "States": {
        "A": {"Type": "Pass", "Next": "B"},
        "B": {"Type": "Choice", "Choices": [{"Variable": "$", "IsPresent": true, "Next": "A"}], "Default": "C"},
        "C": {"Type": "Succeed"},
    }})
}

/// Runs a test as one task among those of the service, which take turns with it.
async fn beside(test: impl Future<Output = ()> + Send + 'static) {
    tokio::spawn(test).await.unwrap();
}

/// Every event of an execution, in the order of the store.
fn stored_ids(fixture: &Fixture, name: &str) -> Vec<u64> {
    let key = ExecutionKey::new("us-east-1/endless", name);
    let rows: Vec<(String, HistoryRow)> = fixture.store.load_prefix(HISTORY, &key.row()).unwrap();
    rows.iter().flat_map(|(_, row)| row.events.iter().map(|event| event.id)).collect()
}

/// How many rows the history of an execution has.
fn stored_rows(fixture: &Fixture, name: &str) -> usize {
    let key = ExecutionKey::new("us-east-1/endless", name);
    let mut rows = 0;
    let count = |_: &str| {
        rows += 1;
        ControlFlow::Continue(())
    };
    fixture.store.scan_keys(HISTORY, Range::prefix(&key.row()), count).unwrap();
    rows
}

#[tokio::test(start_paused = true)]
async fn a_loop_gives_others_their_turn_and_ends_at_its_last_event() {
    beside(async {
        let fixture = Fixture::new().await;
        let machine = fixture.create_as("endless", "STANDARD", &endless()).await;
        fixture.create(&waiting()).await;
        let payload = json!({});
        let arn = fixture.start_of(&machine, "loop", &payload).await.unwrap();
        assert!(stored_ids(&fixture, "loop").len() < 2_000, "the start is answered after the first step");
        let other = fixture.start("other", &in_an_hour()).await.unwrap();
        assert_eq!(fixture.describe(&arn).await["status"], "RUNNING", "another start is answered in between");
        assert_eq!(fixture.describe(&other).await["status"], "RUNNING");
        let ended = fixture.ended(&arn).await;
        assert_eq!(ended["error"], "States.Runtime");
        assert_eq!(stored_ids(&fixture, "loop"), (1..=asl::MAX_EVENTS).collect::<Vec<u64>>());
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_loop_goes_on_after_a_restart() {
    beside(async {
        let mut fixture = Fixture::new().await;
        let machine = fixture.create_as("endless", "STANDARD", &endless()).await;
        let arn = fixture.start_of(&machine, "loop", &json!({})).await.unwrap();
        for _ in 0..3 {
            let before = stored_ids(&fixture, "loop").len();
            fixture = fixture.restart().await;
            assert_eq!(fixture.describe(&arn).await["status"], "RUNNING");
            while stored_ids(&fixture, "loop").len() == before {
                turn().await;
            }
        }
        assert_eq!(fixture.ended(&arn).await["status"], "FAILED");
        assert_eq!(stored_ids(&fixture, "loop"), (1..=asl::MAX_EVENTS).collect::<Vec<u64>>());
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_loop_can_be_stopped_and_deleted_with_its_machine() {
    beside(async {
        let fixture = Fixture::new().await;
        let machine = fixture.create_as("endless", "STANDARD", &endless()).await;
        let arn = fixture.start_of(&machine, "loop", &json!({})).await.unwrap();
        fixture.call("StopExecution", json!({"executionArn": arn, "error": "E"})).await.unwrap();
        let stopped = fixture.describe(&arn).await;
        assert_eq!((&stopped["status"], &stopped["error"]), (&json!("ABORTED"), &json!("E")));
        let events = stored_ids(&fixture, "loop").len() as u64;
        assert!(events < asl::MAX_EVENTS, "{events}");
        fixture.start_of(&machine, "again", &json!({})).await.unwrap();
        fixture.call("DeleteStateMachine", json!({"stateMachineArn": machine})).await.unwrap();
        come_to_rest().await;
        let gone = fixture.call("DescribeStateMachine", json!({"stateMachineArn": machine})).await.unwrap_err();
        assert_eq!(gone.code, "StateMachineDoesNotExist");
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn rows_and_commits_are_small_whatever_the_payload() {
    beside(async {
        for size_bytes in [50_000, 261_000] {
            let fixture = Fixture::new().await;
            let machine = fixture.create_as("endless", "STANDARD", &endless()).await;
            let arn = fixture.start_of(&machine, "loop", &json!("x".repeat(size_bytes))).await.unwrap();
            let mut steps = 0;
            let mut before = 0;
            while steps < 4 {
                let now = stored_rows(&fixture, "loop");
                steps += usize::from(now > before);
                assert!(now - before <= (2 << 20) / size_bytes + 4, "{before} to {now} events in a commit");
                before = now;
                turn().await;
            }
            fixture.call("StopExecution", json!({"executionArn": arn})).await.unwrap();
            let key = ExecutionKey::new("us-east-1/endless", "loop");
            let rows: Vec<(String, Value)> = fixture.store.load_prefix(HISTORY, &key.row()).unwrap();
            assert!(rows.iter().all(|(_, row)| row.to_string().len() <= size_bytes + 1_000));
            let running: Vec<(String, ExecutionRow)> = fixture.store.load(RUNNING_EXECUTIONS).unwrap();
            assert!(running.is_empty());
        }
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_timeout_ends_a_loop() {
    beside(async {
        let fixture = Fixture::new().await;
        let mut definition = endless();
        definition["TimeoutSeconds"] = json!(1);
        let machine = fixture.create_as("endless", "STANDARD", &definition).await;
        let arn = fixture.start_of(&machine, "loop", &json!({})).await.unwrap();
        fixture.control.advance_to(fixture.control.now() + jiff::SignedDuration::from_secs(1));
        assert_eq!(fixture.ended(&arn).await["status"], "TIMED_OUT");
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn an_express_loop_gives_others_their_turn() {
    beside(async {
        let fixture = Fixture::new().await;
        let machine = fixture.create_as("x", "EXPRESS", &endless()).await;
        fixture.create(&waiting()).await;
        let run = fixture.call("StartSyncExecution", json!({"stateMachineArn": machine}));
        let mut run = std::pin::pin!(run);
        let input = in_an_hour();
        let mut other = std::pin::pin!(fixture.start("other", &input));
        tokio::select! {
            biased;
            ended = &mut run => panic!("the start waits for the loop: {ended:?}"),
            started = &mut other => drop(started.unwrap()),
        }
        assert_eq!(run.await.unwrap()["status"], "FAILED");
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_map_of_two_hundred_tasks_has_each_of_its_events_once() {
    let fixture = Fixture::new().await;
    let task = json!({"StartAt": "T", "States": {"T": {"Type": "Task", "Resource": ECHO, "End": true}}});
    fixture
        .create(&json!({"StartAt": "M", "States": {"M": {"Type": "Map", "ItemProcessor": task, "End": true}}}))
        .await;
    let arn = fixture.start("e", &json!((0..200).collect::<Vec<u32>>())).await.unwrap();
    assert_eq!(fixture.ended(&arn).await["status"], "SUCCEEDED");
    let mut ids = Vec::new();
    let mut token = Value::Null;
    loop {
        let page = json!({"executionArn": arn, "nextToken": token});
        let page = fixture.call("GetExecutionHistory", page).await.unwrap();
        for event in page["events"].as_array().unwrap() {
            let id = event["id"].as_u64().unwrap();
            assert!(event["previousEventId"].as_u64().unwrap() < id);
            ids.push(id);
        }
        token = page["nextToken"].clone();
        if token.is_null() {
            break;
        }
    }
    assert_eq!(ids, (1..=1_406).collect::<Vec<u64>>());
}

#[tokio::test(start_paused = true)]
async fn a_distributed_map_of_many_items_starts_its_children_in_small_steps() {
    let mut fixture = Fixture::new().await;
    let processor = json!({"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
        "StartAt": "P", "States": {"P": {"Type": "Pass", "End": true}}});
    let map = json!({"Type": "Map", "Label": "Each", "ItemProcessor": processor, "ResultPath": null, "End": true});
    let machine = fixture.create_as("map", "STANDARD", &json!({"StartAt": "M", "States": {"M": map}})).await;
    let arn = fixture.start_of(&machine, "e", &json!((0..700).collect::<Vec<u32>>())).await.unwrap();
    fixture = fixture.restart().await;
    assert_eq!(fixture.ended(&arn).await["status"], "SUCCEEDED");
    let runs = fixture.call("ListMapRuns", json!({"executionArn": arn})).await.unwrap();
    let run = fixture.call("DescribeMapRun", json!({"mapRunArn": runs["mapRuns"][0]["mapRunArn"]})).await.unwrap();
    assert_eq!(run["executionCounts"]["succeeded"], 700);
}

#[tokio::test(start_paused = true)]
async fn an_account_has_a_million_open_executions_in_a_region() {
    let fixture = Fixture::new().await;
    fixture.create(&waiting()).await;
    let first = fixture.start("first", &in_an_hour()).await.unwrap();
    let elsewhere = "us-east-1/elsewhere";
    for _ in 1..crate::executions::MAX_OPEN_EXECUTIONS {
        fixture.states.index().begin_start(elsewhere);
    }
    let refused = fixture.start("second", &in_an_hour()).await.unwrap_err();
    assert_eq!(refused.code, "ExecutionLimitExceeded");
    assert_eq!(fixture.start("first", &in_an_hour()).await.unwrap(), first, "the same request needs no room");
    fixture.states.index().end(elsewhere);
    fixture.start("second", &in_an_hour()).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn an_account_has_a_thousand_open_map_runs_and_further_ones_wait_for_their_turn() {
    let mut fixture = Fixture::new().await;
    let most = crate::driver::MAX_OPEN_MAP_RUNS;
    let wait = json!({"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, "StartAt": "W", "States": {
        "W": {"Type": "Wait", "TimestampPath": "$.until", "End": true}}});
    let map = json!({"Type": "Map", "Label": "Each", "ItemProcessor": wait, "ResultPath": null, "End": true});
    let machine = fixture.create_as("map", "STANDARD", &json!({"StartAt": "M", "States": {"M": map}})).await;
    let mut executions = Vec::new();
    for index in 0..=most {
        executions.push(fixture.start_of(&machine, &format!("e{index}"), &json!([in_an_hour()])).await.unwrap());
    }
    let running = async |fixture: &Fixture| {
        let mut running = Vec::new();
        for execution in [&executions[0], &executions[most - 1], &executions[most]] {
            let runs = fixture.call("ListMapRuns", json!({"executionArn": execution})).await.unwrap();
            let run = json!({"mapRunArn": runs["mapRuns"][0]["mapRunArn"]});
            let run = fixture.call("DescribeMapRun", run).await.unwrap();
            running.push(run["executionCounts"]["running"].clone());
        }
        running
    };
    until(async || (running(&fixture).await == [1, 1, 0]).then_some(())).await;
    fixture = fixture.restart().await;
    until(async || (running(&fixture).await == [1, 1, 0]).then_some(())).await;
    fixture.call("StopExecution", json!({"executionArn": executions[7]})).await.unwrap();
    until(async || (running(&fixture).await == [1, 1, 1]).then_some(())).await;
}

#[tokio::test(start_paused = true)]
async fn an_execution_that_has_too_many_events_stops_the_one_that_it_waits_for() {
    let fixture = Fixture::new().await;
    let child = fixture.create_as("child", "STANDARD", &waiting()).await;
    let parameters = json!({"StateMachineArn": child, "Name": "c", "Input.$": "$"});
    let job = json!({"StartAt": "T", "States": {"T": {"Type": "Task", "End": true,
        "Resource": "arn:aws:states:::states:startExecution.sync:2", "Parameters": parameters}}});
    let mut later = endless();
    later["StartAt"] = json!("Later");
    later["States"]["Later"] = json!({"Type": "Wait", "Seconds": 60, "Next": "A"});
    let both = json!({"StartAt": "Both", "States": {
        "Both": {"Type": "Parallel", "Branches": [job, later], "End": true}}});
    let parent = fixture.create_as("parent", "STANDARD", &both).await;
    let arn = fixture.start_of(&parent, "e", &in_an_hour()).await.unwrap();
    fixture.run_for(Duration::from_secs(61)).await;
    let ended = fixture.ended(&arn).await;
    assert_eq!((&ended["status"], &ended["error"]), (&json!("FAILED"), &json!("States.Runtime")));
    let stopped = fixture.ended("arn:aws:states:us-east-1:000000000000:execution:child:c").await;
    assert_eq!(stopped["status"], "ABORTED", "{stopped:#}");
}
