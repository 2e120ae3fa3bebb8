//! What the service says of time, and skipping it.

use std::time::Duration;

use cloud_core::testing::come_to_rest;
use cloud_core::{ExecutionHistories as _, ExecutionWaits as _, Location, WaitReason};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::fixture::{Fixture, in_an_hour, waiting};

const ACTIVITY: &str = "arn:aws:states:us-east-1:000000000000:activity:a";
const MISSING: &str = "arn:aws:lambda:us-east-1:000000000000:function:missing";

fn after(fixture: &Fixture, seconds: i64) -> Option<Timestamp> {
    Some(fixture.control.now() + SignedDuration::from_secs(seconds))
}

#[tokio::test(start_paused = true)]
async fn a_skip_ends_the_wait_and_is_durable() {
    let mut fixture = Fixture::new().await;
    fixture.create(&waiting()).await;
    let arn = fixture.start("e", &in_an_hour()).await.unwrap();
    assert_eq!(fixture.states.skip(&arn).await.unwrap(), ["W"]);
    fixture = fixture.restart().await;
    assert_eq!(fixture.describe(&arn).await["status"], "SUCCEEDED");
    assert_eq!(fixture.states.skip(&arn).await.unwrap(), [""; 0], "nothing waits");
    assert_eq!(fixture.states.next_wait(), None);
    let missing = fixture.states.skip(&format!("{arn}x")).await.unwrap_err();
    assert_eq!(missing.code, "ExecutionDoesNotExist");
    assert_eq!(fixture.states.skip("no arn").await.unwrap_err().code, "InvalidArn");
}

#[tokio::test(start_paused = true)]
async fn a_skip_ends_the_backoff_before_a_retry() {
    let fixture = Fixture::new().await;
    let retry = json!([{"ErrorEquals": ["States.ALL"], "IntervalSeconds": 600, "MaxAttempts": 1}]);
    let task = json!({"Type": "Task", "Resource": MISSING, "Retry": retry, "End": true});
    fixture.create(&json!({"StartAt": "T", "States": {"T": task}})).await;
    let arn = fixture.start("e", &json!({})).await.unwrap();
    come_to_rest().await;
    assert_eq!(fixture.states.next_wait(), after(&fixture, 600));
    assert_eq!(fixture.states.skip(&arn).await.unwrap(), ["T"]);
    assert_eq!(fixture.ended(&arn).await["status"], "FAILED");
    assert_eq!(fixture.states.next_wait(), None);
}

#[tokio::test(start_paused = true)]
async fn what_an_execution_waits_for_is_told_with_its_moment() {
    let mut fixture = Fixture::new().await;
    let retry = json!([{"ErrorEquals": ["States.ALL"], "IntervalSeconds": 600, "MaxAttempts": 1}]);
    let alone = |name: &str, state: Value| json!({"StartAt": name, "States": {name: state}});
    let branches = json!([
        alone("W", json!({"Type": "Wait", "Seconds": 60, "End": true})),
        alone("T", json!({"Type": "Task", "Resource": MISSING, "Retry": retry, "End": true})),
        alone("A", json!({"Type": "Task", "Resource": ACTIVITY, "TimeoutSeconds": 900, "End": true})),
    ]);
    fixture.call("CreateActivity", json!({"name": "a"})).await.unwrap();
    fixture.create(&alone("P", json!({"Type": "Parallel", "Branches": branches, "End": true}))).await;
    let arn = fixture.start("e", &json!({})).await.unwrap();
    come_to_rest().await;
    fixture = fixture.restart().await;
    come_to_rest().await;
    let waits = fixture.states.waits(&arn).await.unwrap();
    let start = fixture.control.now();
    let seconds = |moment: Timestamp| moment.duration_since(start).as_secs();
    let told = waits.iter().map(|wait| match &wait.reason {
        WaitReason::Moment(until) => format!("{}: {} s", wait.state, seconds(*until)),
        WaitReason::Backoff { until, attempt } => format!("{}: attempt {attempt} in {} s", wait.state, seconds(*until)),
        WaitReason::Task { token, times_out_at, attempt } => {
            format!("{}: {}, {:?} s, attempt {attempt}", wait.state, token.is_some(), times_out_at.map(seconds))
        }
    });
    insta::assert_snapshot!(told.collect::<Vec<_>>().join("\n"), @"
    W: 60 s
    T: attempt 2 in 600 s
    A: true, None s, attempt 1
    ");
    let tokens = fixture.states.waits_for_tokens(&Location::default(), 10).await;
    assert_eq!(tokens.iter().map(|wait| (&*wait.state, &*wait.execution_arn)).collect::<Vec<_>>(), [("A", &*arn)]);
    let elsewhere = Location::new(Location::default().account().clone(), "eu-west-1");
    assert!(fixture.states.waits_for_tokens(&elsewhere, 10).await.is_empty());
    let missing = fixture.states.waits(&format!("{arn}x")).await.unwrap_err();
    assert_eq!(missing.code, "ExecutionDoesNotExist");
}

#[tokio::test(start_paused = true)]
async fn what_waits_is_counted_by_machine_and_once_each() {
    let fixture = Fixture::new().await;
    let wait = json!({"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 60, "End": true}}});
    let worked = json!({"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": ACTIVITY, "TimeoutSeconds": 90, "End": true}}});
    fixture.call("CreateActivity", json!({"name": "a"})).await.unwrap();
    let mut map = json!({"Type": "Map", "Label": "Each", "ItemProcessor": wait, "End": true});
    map["ItemProcessor"]["ProcessorConfig"] = json!({"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"});
    let machines = [
        ("m", wait.clone()),
        ("m-2", wait.clone()),
        ("map", json!({"StartAt": "M", "States": {"M": map}})),
        ("worked", worked),
        ("passes", json!({"StartAt": "P", "States": {"P": {"Type": "Pass", "End": true}}})),
    ];
    let mut arns = Vec::new();
    for (name, definition) in machines {
        let machine = fixture.create_as(name, "STANDARD", &definition).await;
        for execution in ["one", "two"] {
            fixture.start_of(&machine, execution, &json!([1, 2])).await.unwrap();
        }
        arns.push(machine);
    }
    come_to_rest().await;
    let waiting = |most| arns.iter().map(|arn| fixture.states.waiting(arn, most)).collect::<Vec<_>>();
    // A task of an activity has a token from its start on, whoever works on it.
    assert_eq!(waiting(100), [2, 2, 4, 2, 0]);
    assert_eq!(waiting(1), [1, 1, 1, 1, 0]);
    assert_eq!(fixture.states.waiting("no arn", 1), 0);
}

#[tokio::test(start_paused = true)]
async fn a_skip_reaches_the_children_of_a_map_run() {
    let fixture = Fixture::new().await;
    let processor = json!({"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
        "StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 60, "End": true}}});
    let map = json!({"Type": "Map", "Label": "Each", "ItemProcessor": processor, "End": true});
    let machine = fixture.create_as("map", "STANDARD", &json!({"StartAt": "M", "States": {"M": map}})).await;
    let arn = fixture.start_of(&machine, "e", &json!([1, 2])).await.unwrap();
    come_to_rest().await;
    assert_eq!(fixture.states.skip(&arn).await.unwrap(), ["W", "W"]);
    assert_eq!(fixture.ended(&arn).await["output"], "[1,2]");
}

#[tokio::test(start_paused = true)]
async fn the_next_wait_is_the_first_that_nobody_else_ends() {
    let mut fixture = Fixture::new().await;
    fixture.call("CreateActivity", json!({"name": "a"})).await.unwrap();
    let task = json!({"Type": "Task", "Resource": ACTIVITY, "TimeoutSeconds": 30, "HeartbeatSeconds": 10, "End": true});
    let wait =
        |seconds: u64| json!({"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": seconds, "End": true}}});
    let one = fixture.create_as("one", "STANDARD", &json!({"StartAt": "T", "States": {"T": task}})).await;
    fixture.start_of(&one, "e", &json!({})).await.unwrap();
    fixture.call("GetActivityTask", json!({"activityArn": ACTIVITY})).await.unwrap();
    assert_eq!(fixture.states.next_wait(), None);
    let mut beside = task;
    beside["HeartbeatSeconds"] = json!(5);
    let both = json!({"StartAt": "P", "States": {"P": {"Type": "Parallel", "End": true,
        "Branches": [{"StartAt": "T", "States": {"T": beside}}, wait(60)]}}});
    let two = fixture.create_as("two", "STANDARD", &both).await;
    fixture.start_of(&two, "e", &json!({})).await.unwrap();
    fixture.call("GetActivityTask", json!({"activityArn": ACTIVITY})).await.unwrap();
    let three = fixture.create_as("three", "STANDARD", &wait(90)).await;
    fixture.start_of(&three, "e", &json!({})).await.unwrap();
    for _ in 0..2 {
        assert_eq!(fixture.states.next_wait(), after(&fixture, 60));
        assert!(!fixture.states.is_busy());
        fixture = fixture.restart().await;
        come_to_rest().await;
    }
    fixture.run_for(Duration::from_secs(20)).await;
    assert_eq!(fixture.states.next_wait(), after(&fixture, 70), "the task and its execution have failed");
}

#[tokio::test(start_paused = true)]
async fn a_call_and_an_express_execution_are_busy_but_not_a_wait() {
    let fixture = Fixture::new().await;
    let slow = "arn:aws:lambda:us-east-1:000000000000:function:slow";
    let states: Value = json!({"T": {"Type": "Task", "Resource": slow, "Next": "W"},
        "W": {"Type": "Wait", "Seconds": 7, "End": true}});
    for kind in ["STANDARD", "EXPRESS"] {
        let definition = json!({"StartAt": "T", "States": states});
        let machine = fixture.create_as(&kind.to_lowercase(), kind, &definition).await;
        assert!(!fixture.states.is_busy());
        fixture.start_of(&machine, "e", &json!({})).await.unwrap();
        come_to_rest().await;
        assert!(fixture.states.is_busy(), "{kind}: its function runs");
        assert_eq!(fixture.states.next_wait(), None);
        fixture.run_for(Duration::from_secs(1)).await;
        assert!(!fixture.states.is_busy(), "{kind}: it waits");
        assert_eq!(fixture.states.next_wait(), after(&fixture, 7));
        fixture.run_for(Duration::from_secs(7)).await;
        assert_eq!((fixture.states.next_wait(), fixture.states.is_busy()), (None, false));
    }
}

/// The clock has moved, and nothing that follows from it has: so it is right after a restart, too.
#[tokio::test(start_paused = true)]
async fn what_is_due_when_a_request_comes_happens_before_it() {
    let fixture = Fixture::new().await;
    fixture.call("CreateActivity", json!({"name": "a"})).await.unwrap();
    let machine = |state: Value| json!({"StartAt": "S", "States": {"S": state}, "TimeoutSeconds": 60});
    let wait =
        fixture.create_as("wait", "STANDARD", &machine(json!({"Type": "Wait", "Seconds": 90, "End": true}))).await;
    let task = json!({"Type": "Task", "Resource": ACTIVITY, "TimeoutSeconds": 30, "HeartbeatSeconds": 10, "End": true});
    let work = fixture.create_as("work", "STANDARD", &machine(task.clone())).await;
    let stopped = fixture.start_of(&wait, "stopped", &json!({})).await.unwrap();
    let skipped = fixture.start_of(&wait, "skipped", &json!({})).await.unwrap();
    let taken = fixture.start_of(&work, "taken", &json!({})).await.unwrap();
    come_to_rest().await;
    let token = fixture.call("GetActivityTask", json!({"activityArn": ACTIVITY})).await.unwrap()["taskToken"].clone();
    come_to_rest().await;

    fixture.control.advance(Duration::from_secs(10));
    let late = fixture.call("SendTaskSuccess", json!({"taskToken": token, "output": "1"})).await.unwrap_err();
    assert_eq!(late.code, "TaskTimedOut");
    assert_eq!(fixture.ended(&taken).await["error"], "States.Timeout");

    fixture.control.advance(Duration::from_secs(50));
    fixture.call("StopExecution", json!({"executionArn": stopped})).await.unwrap();
    assert_eq!(fixture.ended(&stopped).await["status"], "TIMED_OUT");
    assert_eq!(fixture.states.skip(&skipped).await.unwrap(), [""; 0]);
    assert_eq!(fixture.ended(&skipped).await["status"], "TIMED_OUT");
}
