//! Time that is moved as `workshop local time` moves it: each thing happens at its own moment, as if so much time had gone.

use cloud_core::Clock;
use cloud_store::Store;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::world::World;

const ACCOUNT: &str = "000000000000";
const DAY_MS: i64 = 86_400_000;

/// A world with a state machine, and one execution of it.
async fn started(definition: &Value) -> (World, Value) {
    let world = World::new(5);
    let execution = start(&world, definition).await;
    (world, execution)
}

/// Creates a state machine and starts it.
async fn start(world: &World, definition: &Value) -> Value {
    let role = world.create_role(ACCOUNT).await;
    let machine = world.create_machine(ACCOUNT, "m", &role, definition).await;
    let input = json!({"stateMachineArn": machine, "input": "{}", "name": "e"});
    let started = world.states(ACCOUNT, "StartExecution", &input).await;
    assert!(started["executionArn"].is_string(), "{started}");
    started["executionArn"].clone()
}

/// The execution's status, and when it stopped.
async fn status(world: &World, execution: &Value) -> (String, Option<Timestamp>) {
    let told = world.states(ACCOUNT, "DescribeExecution", &json!({"executionArn": execution})).await;
    let stopped = told["stopDate"].as_f64().map(seconds);
    (told["status"].as_str().unwrap_or_default().to_owned(), stopped)
}

/// Each event of a type, in seconds since the beginning of the execution.
async fn moments(world: &World, execution: &Value, kind: &str) -> Vec<i64> {
    let mut events = Vec::new();
    let mut input = json!({"executionArn": execution, "maxResults": 1000});
    loop {
        let page = world.states(ACCOUNT, "GetExecutionHistory", &input).await;
        events.extend(page["events"].as_array().unwrap().clone());
        if page["nextToken"].is_null() {
            break;
        }
        input["nextToken"] = page["nextToken"].clone();
    }
    let begun = seconds(events[0]["timestamp"].as_f64().unwrap());
    let found = events.iter().filter(|event| event["type"] == kind);
    found.map(|event| seconds(event["timestamp"].as_f64().unwrap()).duration_since(begun).as_secs()).collect()
}

fn seconds(since_1970: f64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_millis((since_1970 * 1000.0).round() as i64)
}

fn wait(seconds: i64) -> Value {
    json!({"StartAt": "Wait", "States": {"Wait": {"Type": "Wait", "Seconds": seconds, "End": true}}})
}

/// Waits a day, again and again.
fn daily() -> Value {
    json!({"StartAt": "Wait", "States": {
        "Wait": {"Type": "Wait", "Seconds": 86_400, "Next": "Again"},
        "Again": {"Type": "Choice", "Choices": [{"Variable": "$.end", "IsPresent": true, "Next": "End"}], "Default": "Wait"},
        "End": {"Type": "Succeed"},
    }})
}

/// Waits a day and starts itself anew: no execution lives longer than a year, this workflow does.
fn endless() -> Value {
    json!({"StartAt": "Wait", "States": {
        "Wait": {"Type": "Wait", "Seconds": 86_400, "Next": "Again"},
        "Again": {"Type": "Task", "Resource": "arn:aws:states:::states:startExecution", "End": true,
            "Parameters": {"StateMachineArn": "arn:aws:states:us-east-1:000000000000:stateMachine:m", "Input": {}}},
    }})
}

#[tokio::test]
async fn a_wait_of_a_week_ends_at_its_own_moment() {
    let (world, execution) = started(&wait(7 * 86_400)).await;
    let began = world.now();
    let (_, moved) = world.move_time(&json!({"advanceMs": 7 * DAY_MS - 1})).await;
    assert_eq!(moved["ending"], "arrived", "{moved}");
    assert_eq!(status(&world, &execution).await.0, "RUNNING");
    world.move_time(&json!({"advanceMs": 30 * DAY_MS})).await;
    let week = began + SignedDuration::from_hours(7 * 24);
    assert_eq!(status(&world, &execution).await, ("SUCCEEDED".to_owned(), Some(week)));
    assert_eq!(world.now(), began + SignedDuration::from_millis(37 * DAY_MS - 1));
}

/// On a clock that goes with the machine's, as a real cloud has it: what the store does not take is tried again by that one.
#[tokio::test]
async fn a_move_that_meets_a_full_disk_ends_with_an_error() {
    let store = Store::in_memory().unwrap();
    let world = World::on(5, store.clone(), Clock::movable());
    let execution = start(&world, &wait(1)).await;
    store.set_disk_full(true);
    // The Wait is over, and its end is not written.
    store.write_failure().await;
    let day = json!({"advanceMs": DAY_MS});
    let moved = Clock::system().timeout(std::time::Duration::from_secs(60), world.move_time(&day)).await;
    let (status_code, answer) = moved.expect("it ends");
    let message = answer["message"].as_str().unwrap();
    assert_eq!(status_code, 500, "{message}");
    assert!(message.contains("and no further. The disk that holds") && message.contains("is full"), "{message}");
    store.set_disk_full(false);
    assert_eq!(world.move_time(&day).await.0, 200);
    assert_eq!(status(&world, &execution).await.0, "SUCCEEDED");
}

#[tokio::test]
async fn a_year_of_days_has_each_day_in_its_place() {
    let (world, execution) = started(&daily()).await;
    let (status_code, moved) = world.move_time(&json!({"advanceMs": 365 * DAY_MS})).await;
    assert_eq!((status_code, &moved["moments"]), (200, &json!(365)), "{moved}");
    let exits = moments(&world, &execution, "WaitStateExited").await;
    assert_eq!(exits, (1..=364).map(|day| day * 86_400).collect::<Vec<_>>());
    // No execution lives longer than a year.
    let year = world.now();
    assert_eq!(status(&world, &execution).await, ("TIMED_OUT".to_owned(), Some(year)));
}

#[tokio::test]
async fn until_idle_ends_with_the_last_wait_and_gives_up_on_what_never_ends() {
    let (world, execution) = started(&wait(3600)).await;
    let (_, moved) = world.move_time(&json!("untilIdle")).await;
    assert_eq!((&moved["ending"], &moved["moments"]), (&json!("idle"), &json!(1)), "{moved}");
    assert_eq!(status(&world, &execution).await.0, "SUCCEEDED");
    let (world, _) = started(&endless()).await;
    let began = world.now();
    let (_, moved) = world.move_time(&json!("untilIdle")).await;
    assert_eq!(moved["ending"], "limit", "{moved}");
    assert_eq!(world.now(), began + SignedDuration::from_hours(366 * 24));
}

#[tokio::test]
async fn timeouts_heartbeats_and_retries_follow() {
    let task = json!({
        "Type": "Task", "Resource": "arn:aws:states:us-east-1:000000000000:activity:ask", "End": true,
        "TimeoutSeconds": 100, "HeartbeatSeconds": 30,
        "Retry": [{"ErrorEquals": ["States.ALL"], "IntervalSeconds": 60, "MaxAttempts": 2, "BackoffRate": 2.0}],
    });
    let world = World::new(5);
    let role = world.create_role(ACCOUNT).await;
    let activity = world.states(ACCOUNT, "CreateActivity", &json!({"name": "ask"})).await;
    let machine = world.create_machine(ACCOUNT, "m", &role, &json!({"StartAt": "Ask", "States": {"Ask": task}})).await;
    let execution =
        world.states(ACCOUNT, "StartExecution", &json!({"stateMachineArn": machine})).await["executionArn"].clone();
    let taken = world.states(ACCOUNT, "GetActivityTask", &json!({"activityArn": activity["activityArn"]})).await;
    assert!(taken["taskToken"].is_string(), "{taken}");
    world.move_time(&json!({"advanceMs": 20_000})).await;
    let beat = world.states(ACCOUNT, "SendTaskHeartbeat", &json!({"taskToken": taken["taskToken"]})).await;
    assert_eq!(beat, json!({}));
    world.move_time(&json!({"advanceMs": DAY_MS})).await;
    // The heartbeat of second 20 is the last: 20 + 30. A minute later the task is there again, and waits for a worker.
    assert_eq!(moments(&world, &execution, "ActivityTimedOut").await, [50]);
    assert_eq!(moments(&world, &execution, "ActivityScheduled").await, [0, 110]);
    let (_, moved) = world.move_time(&json!("untilIdle")).await;
    assert_eq!((&moved["ending"], &moved["moments"]), (&json!("idle"), &json!(0)), "a worker has to come: {moved}");
    let taken = world.states(ACCOUNT, "GetActivityTask", &json!({"activityArn": activity["activityArn"]})).await;
    assert!(taken["taskToken"].is_string(), "{taken}");
    world.move_time(&json!({"advanceMs": DAY_MS})).await;
    let timed_out = moments(&world, &execution, "ActivityTimedOut").await;
    assert_eq!(timed_out, [50, 20 + 86_400 + 30]);
    assert_eq!(moments(&world, &execution, "ActivityScheduled").await, [0, 110, timed_out[1] + 120]);
}

#[tokio::test]
async fn log_events_expire_and_names_are_free_again() {
    let (world, _) = started(&wait(1)).await;
    let now_ms = world.now().as_millisecond();
    let group = json!({"logGroupName": "g", "logStreamName": "s", "retentionInDays": 1});
    for operation in ["CreateLogGroup", "CreateLogStream", "PutRetentionPolicy"] {
        world.logs(ACCOUNT, operation, &group).await;
    }
    let events = json!([{"timestamp": now_ms, "message": "here"}]);
    world.logs(ACCOUNT, "PutLogEvents", &json!({"logGroupName": "g", "logStreamName": "s", "logEvents": events})).await;
    let lines = async || {
        let found = world.logs(ACCOUNT, "FilterLogEvents", &json!({"logGroupName": "g"})).await;
        found["events"].as_array().map_or(0, Vec::len)
    };
    assert_eq!(lines().await, 1);
    world.move_time(&json!({"advanceMs": 2 * DAY_MS})).await;
    assert_eq!(lines().await, 0);

    let machines = world.states(ACCOUNT, "ListStateMachines", &json!({})).await;
    let again = json!({"stateMachineArn": machines["stateMachines"][0]["stateMachineArn"], "input": "[]", "name": "e"});
    let refused = world.states(ACCOUNT, "StartExecution", &again).await;
    assert!(refused["__type"].as_str().unwrap_or_default().contains("ExecutionAlreadyExists"), "{refused}");
    world.move_time(&json!({"advanceMs": 91 * DAY_MS})).await;
    let taken = world.states(ACCOUNT, "StartExecution", &again).await;
    assert!(taken["executionArn"].is_string(), "{taken}");
}

#[tokio::test]
async fn time_never_goes_back_neither_by_hand_nor_over_a_restart() {
    let store = Store::in_memory().unwrap();
    let world = World::open(1, store.clone());
    let began = world.now();
    world.move_time(&json!({"advanceMs": DAY_MS})).await;
    let (refused, answer) = world.move_time(&json!({"to": began})).await;
    assert_eq!(refused, 409);
    insta::assert_snapshot!(answer["message"].as_str().unwrap(), @"The embedded cloud's time is 2026-01-02T00:00:00Z: it can be moved ahead only, never back.");
    let (refused, answer) = world.move_time(&json!({"to": "2200-01-01T00:00:00Z"})).await;
    assert_eq!(refused, 409);
    insta::assert_snapshot!(answer["message"].as_str().unwrap(), @"2200-01-01T00:00:00Z is too far ahead: the embedded cloud's time can be at most 100 years ahead of this machine's clock.");
    world.cloud.stop().await.unwrap();
    drop(world);
    let again = World::open(2, store);
    assert_eq!(again.now(), began + SignedDuration::from_hours(24));
}

#[tokio::test]
async fn a_move_waits_for_the_functions_that_it_causes() {
    let world = World::new(5);
    let role = world.create_role(ACCOUNT).await;
    let function = world.create_function(ACCOUNT, "send", &role).await;
    let definition = json!({"StartAt": "Wait", "States": {
        "Wait": {"Type": "Wait", "Seconds": 60, "Next": "Send"},
        "Send": {"Type": "Task", "Resource": function, "ResultPath": null, "Next": "Again"},
        "Again": {"Type": "Choice", "Choices": [{"Variable": "$.end", "IsPresent": true, "Next": "End"}], "Default": "Wait"},
        "End": {"Type": "Succeed"},
    }});
    let machine = world.create_machine(ACCOUNT, "m", &role, &definition).await;
    let execution =
        world.states(ACCOUNT, "StartExecution", &json!({"stateMachineArn": machine})).await["executionArn"].clone();
    world.move_time(&json!({"advanceMs": 3600 * 1000})).await;
    // Each function takes a second of the simulated machine.
    let sent = moments(&world, &execution, "LambdaFunctionSucceeded").await;
    assert_eq!(sent, (1..=59).map(|round| round * 61).take_while(|second| *second <= 3600).collect::<Vec<_>>());
    let lines = world
        .logs(ACCOUNT, "FilterLogEvents", &json!({"logGroupName": "/aws/lambda/send", "filterPattern": "sending"}))
        .await;
    assert_eq!(lines["events"].as_array().map(Vec::len), Some(sent.len()), "{lines}");
}
