//! The same seed and the same clock give the same run, byte for byte.

use std::sync::Arc;
use std::time::Duration;

use cloud_core::Location;
use serde_json::{Value, json};

use super::fixture::{Fixture, MACHINE, call};

const ACTIVITY: &str = "arn:aws:states:us-east-1:000000000000:activity:a";

fn invoke(function: &str, payload: &Value) -> Value {
    json!({"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke",
        "Arguments": {"FunctionName": function, "Payload": payload}, "Output": "{% $states.result.Payload %}"})
}

fn with(mut state: Value, member: &str, value: Value) -> Value {
    state[member] = value;
    state
}

fn workflow() -> Value {
    let chance = json!({"random": "{% $random() %}", "uuid": "{% $uuid() %}"});
    let slow = with(invoke("slow", &chance), "End", json!(true));
    let echo = with(invoke("echo", &json!("{% $states.input %}")), "End", json!(true));
    let activity = json!({"Type": "Task", "Resource": ACTIVITY, "End": true});
    json!({"QueryLanguage": "JSONata", "StartAt": "W", "States": {
        "W": {"Type": "Wait", "Seconds": 2, "Next": "T"},
        "T": with(invoke("echo", &chance), "Next", json!("P")),
        "P": {"Type": "Parallel", "Next": "M", "Branches": [
            {"StartAt": "S", "States": {"S": slow}},
            {"StartAt": "A", "States": {"A": activity}},
            {"StartAt": "E", "States": {"E": echo}},
        ]},
        "M": {"Type": "Map", "Items": [1, 2, 3], "End": true,
            "ItemProcessor": {"StartAt": "I", "States": {"I": slow}}},
    }})
}

/// Everything that a client sees of a run.
async fn run(seed: u64) -> String {
    let fixture = Fixture::seeded(seed).await;
    fixture.call("CreateActivity", json!({"name": "a"})).await.unwrap();
    fixture.create(&workflow()).await;
    let worker = {
        let states = Arc::clone(&fixture.states);
        tokio::spawn(async move {
            let home = Location::default();
            let task = call(&states, &home, "GetActivityTask", json!({"activityArn": ACTIVITY})).await.unwrap();
            let done = json!({"taskToken": task["taskToken"], "output": "\"done\""});
            call(&states, &home, "SendTaskSuccess", done).await.unwrap();
            task
        })
    };
    // Its name is given by chance.
    let started = fixture.call("StartExecution", json!({"stateMachineArn": MACHINE})).await.unwrap();
    fixture.run_for(Duration::from_secs(10)).await;
    let task = worker.await.unwrap();
    let arn = started["executionArn"].as_str().unwrap();
    let described = fixture.describe(arn).await;
    assert_eq!(described["status"], "SUCCEEDED", "{described}");
    let history = fixture.call("GetExecutionHistory", json!({"executionArn": arn, "maxResults": 1000})).await.unwrap();
    let update = json!({"stateMachineArn": MACHINE, "definition": super::fixture::waiting().to_string()});
    let updated = fixture.call("UpdateStateMachine", update).await.unwrap();
    let invoked = fixture.outside.functions.invoked.lock().unwrap().clone();
    json!([started, task, described, history, updated, invoked]).to_string()
}

#[tokio::test(start_paused = true)]
async fn a_seed_replays_a_run_and_another_one_differs() {
    let first = run(1).await;
    assert_eq!(run(1).await, first);
    assert_ne!(run(2).await, first);
}
