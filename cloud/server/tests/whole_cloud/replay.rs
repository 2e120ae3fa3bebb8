//! The same seed replays a whole cloud: histories, tokens and identifiers, on a clock that the test moves.

use std::time::Duration;

use crate::world::World;
use cloud_core::testing::run_for;
use serde_json::{Value, json};

const ACCOUNT: &str = "000000000000";

fn definition(function: &str, activity: &str) -> Value {
    json!({
        "QueryLanguage": "JSONata",
        "StartAt": "Wait",
        "States": {
            "Wait": {"Type": "Wait", "Seconds": 1800, "Next": "Both"},
            "Both": {
                "Type": "Parallel",
                "Next": "Each",
                "Branches": [
                    {"StartAt": "Send", "States": {"Send": {
                        "Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": true,
                        "Arguments": {"FunctionName": function, "Payload": {"id": "{% $uuid() %}", "draw": "{% $random() %}"}},
                        "Output": {"id": "{% $states.result.SdkResponseMetadata.RequestId %}"},
                    }}},
                    {"StartAt": "Ask", "States": {"Ask": {"Type": "Task", "Resource": activity, "End": true}}},
                ],
            },
            "Each": {
                "Type": "Map", "Items": [1, 2, 3], "End": true,
                "ItemProcessor": {"StartAt": "Draw", "States": {"Draw": {
                    "Type": "Pass", "End": true, "Output": {"draw": "{% $random() %}", "id": "{% $uuid() %}"},
                }}},
            },
        },
    })
}

/// Everything that a client sees of one workflow.
async fn run(seed: u64) -> Vec<Value> {
    let world = World::new(seed);
    let role = world.create_role(ACCOUNT).await;
    let function = world.create_function(ACCOUNT, "send", &role).await;
    let activity = world.states(ACCOUNT, "CreateActivity", &json!({"name": "ask"})).await;
    let activity_arn = activity["activityArn"].as_str().unwrap().to_owned();
    let machine = world.create_machine(ACCOUNT, "m", &role, &definition(&function, &activity_arn)).await;
    let started = world.states(ACCOUNT, "StartExecution", &json!({"stateMachineArn": machine, "input": "{}"})).await;
    run_for(&world.control, Duration::from_secs(1799)).await;
    let waiting = world.states(ACCOUNT, "DescribeExecution", &json!({"executionArn": started["executionArn"]})).await;
    assert_eq!(waiting["status"], "RUNNING");
    run_for(&world.control, Duration::from_secs(5)).await;
    let task = world.states(ACCOUNT, "GetActivityTask", &json!({"activityArn": activity_arn})).await;
    let success = json!({"taskToken": task["taskToken"], "output": "\"yes\""});
    let told = world.states(ACCOUNT, "SendTaskSuccess", &success).await;
    run_for(&world.control, Duration::from_secs(5)).await;
    let ended = world.states(ACCOUNT, "DescribeExecution", &json!({"executionArn": started["executionArn"]})).await;
    assert_eq!(ended["status"], "SUCCEEDED", "{ended}");
    let history = world.states(ACCOUNT, "GetExecutionHistory", &json!({"executionArn": started["executionArn"]})).await;
    let lines = world.logs(ACCOUNT, "FilterLogEvents", &json!({"logGroupName": "/aws/lambda/send"})).await;
    assert!(lines.to_string().contains("sending"), "{lines}");
    vec![activity, started, task, told, ended, history, lines]
}

#[tokio::test(flavor = "current_thread", start_paused = true)]
async fn the_same_seed_gives_the_same_histories_tokens_and_identifiers() {
    let first = run(7).await;
    let second = run(7).await;
    for (one, other) in first.iter().zip(&second) {
        assert_eq!(one.to_string(), other.to_string());
    }
    let other = run(8).await;
    assert_ne!(first[1], other[1], "execution names come from the seed");
    assert_ne!(first[2]["taskToken"], other[2]["taskToken"]);
    assert_ne!(first[4]["output"], other[4]["output"]);
}
