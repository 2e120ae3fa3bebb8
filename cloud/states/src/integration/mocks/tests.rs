//! Executions whose tasks mocks answer: the test cases of a mock configuration, and mocks of their own.

use std::time::Duration;

use cloud_core::ServiceError;
use cloud_store::Store;
use serde_json::{Value, json};

use super::MockedStart;
use crate::tests::fixture::{Fixture, MACHINE, Outside};

const ACTIVITY: &str = "arn:aws:states:us-east-1:000000000000:activity:none";

fn config() -> Value {
    json!({
        "StateMachines": {"m": {"TestCases": {
            "Happy": {"Call": "Success"},
            "Retried": {"Call": "Later"},
            "Down": {"Call": "Broken"},
        }}},
        "MockedResponses": {
            "Success": {"0": {"Return": {"StatusCode": 200, "Payload": {"ok": true}}}},
            "Later": {"0-1": {"Throw": {"Error": "Busy", "Cause": "c"}}, "2": {"Return": 7}},
            "Broken": {"0-1": {"Throw": {"Error": "Busy"}}},
        }
    })
}

fn calling(resource: &str) -> Value {
    json!({"StartAt": "Call", "States": {"Call": {"Type": "Task", "Resource": resource, "End": true,
        "Parameters": {"FunctionName": "missing"},
        "Retry": [{"ErrorEquals": ["Busy"], "IntervalSeconds": 60, "MaxAttempts": 3, "BackoffRate": 1}]}}})
}

/// A service that has this mock configuration, and the file's folder.
fn configured() -> (Fixture, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("MockConfigFile.json");
    std::fs::write(&file, config().to_string()).unwrap();
    let (mut outside, control) = Outside::new(1);
    outside.mock_config = Some(file);
    let store = Store::in_memory().unwrap();
    let states = outside.open(&store);
    states.resume();
    (Fixture { store, states, control, outside }, folder)
}

async fn start_case(fixture: &Fixture, case: &str) -> Result<String, ServiceError> {
    fixture.start_of(&format!("{MACHINE}#{case}"), case, &json!({})).await
}

#[tokio::test(start_paused = true)]
async fn a_test_case_of_the_mock_configuration_answers_the_tasks() {
    let (fixture, _folder) = configured();
    fixture.create(&calling("arn:aws:states:::lambda:invoke")).await;
    let mut ends = Vec::new();
    for case in ["Happy", "Retried", "Down"] {
        let arn = start_case(&fixture, case).await.unwrap();
        fixture.run_for(Duration::from_secs(300)).await;
        let ended = fixture.ended(&arn).await;
        assert_eq!(ended["stateMachineArn"], MACHINE);
        ends.push(format!("{case} {} {} {}", ended["status"], ended["output"], ended["cause"]));
    }
    insta::assert_snapshot!(ends.join("\n"), @r#"
    Happy "SUCCEEDED" "{\"StatusCode\":200,\"Payload\":{\"ok\":true}}" null
    Retried "SUCCEEDED" "7" null
    Down "FAILED" null "No mocked response is left for this call of the state 'Call'."
    "#);
    assert!(fixture.outside.functions.invoked.lock().unwrap().is_empty());
    let unknown = start_case(&fixture, "Hapy").await.unwrap_err();
    assert!(unknown.message.ends_with("has no test case 'Hapy' of 'm'"), "{}", unknown.message);
}

#[tokio::test(start_paused = true)]
async fn without_a_mock_configuration_a_test_case_is_no_state_machine() {
    let fixture = Fixture::new().await;
    fixture.create(&calling("arn:aws:states:::lambda:invoke")).await;
    assert_eq!(start_case(&fixture, "Happy").await.unwrap_err().code, "StateMachineDoesNotExist");
}

#[tokio::test(start_paused = true)]
async fn calls_are_counted_over_a_restart() {
    let (fixture, _folder) = configured();
    fixture.create(&calling("arn:aws:states:::lambda:invoke")).await;
    let arn = start_case(&fixture, "Retried").await.unwrap();
    let fixture = fixture.restart().await;
    fixture.run_for(Duration::from_secs(60)).await;
    let fixture = fixture.restart().await;
    fixture.run_for(Duration::from_secs(60)).await;
    assert_eq!(fixture.ended(&arn).await["output"], "7");
}

#[tokio::test(start_paused = true)]
async fn synchronous_express_executions_have_test_cases_too() {
    let (fixture, _folder) = configured();
    let definition = calling("arn:aws:states:::lambda:invoke");
    fixture.create_as("m", "EXPRESS", &definition).await;
    let input = json!({"stateMachineArn": format!("{MACHINE}#Happy")});
    let ended = fixture.call("StartSyncExecution", input).await.unwrap();
    assert_eq!(ended["output"], r#"{"StatusCode":200,"Payload":{"ok":true}}"#);
}

async fn start_with(fixture: &Fixture, name: &str, mocks: Value) -> Result<String, ServiceError> {
    let asked = json!({"stateMachineArn": MACHINE, "name": name, "input": "{}", "mocks": mocks});
    let asked: MockedStart = serde_json::from_value(asked).unwrap();
    fixture.states.start_mocked(asked).await
}

fn answer(answer: Value) -> Value {
    json!({"afterMs": 0, "answer": answer})
}

#[tokio::test(start_paused = true)]
async fn mocks_take_their_time_and_outlive_a_restart() {
    let fixture = Fixture::new().await;
    let mut definition = calling("arn:aws:states:::sqs:sendMessage.waitForTaskToken");
    definition["States"]["Call"]["Parameters"] = json!({"QueueUrl": "q", "MessageBody.$": "$$.Task.Token"});
    fixture.create(&definition).await;
    let mock = json!({"Call": [{"afterMs": 3_600_000, "heartbeatMs": 60_000, "submitted": {"id": 1}, "answer": {"return": 5}}]});
    let arn = start_with(&fixture, "slow", mock).await.unwrap();
    fixture.run_for(Duration::from_secs(1800)).await;
    assert_eq!(fixture.describe(&arn).await["status"], "RUNNING");
    let fixture = fixture.restart().await;
    fixture.run_for(Duration::from_secs(3600)).await;
    assert_eq!(fixture.ended(&arn).await["output"], "5");
    let events = fixture.history(&arn).await;
    assert_eq!(events.iter().filter(|event| *event == "TaskSubmitted").count(), 1, "{events:?}");
}

#[tokio::test(start_paused = true)]
async fn activities_iterations_and_payloads_are_mocked() {
    let fixture = Fixture::new().await;
    let each = json!({"StartAt": "Each", "States": {"Each": {"Type": "Map", "ItemsPath": "$", "End": true, "ItemProcessor": {
        "StartAt": "Call", "States": {"Call": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke",
            "OutputPath": "$.Payload", "End": true, "Parameters": {"FunctionName": "missing"}}}}}}});
    fixture.create(&each).await;
    let asked = json!({"stateMachineArn": MACHINE, "name": "e", "input": "[1, 2]", "mocks": {"Call": [
        {"index": 1, "afterMs": 0, "answer": {"payload": "second"}}, answer(json!({"payload": {"n": 1}})),
    ]}});
    let arn = fixture.states.start_mocked(serde_json::from_value(asked).unwrap()).await.unwrap();
    assert_eq!(fixture.ended(&arn).await["output"], r#"[{"n":1},"second"]"#);

    let activity = json!({"StartAt": "Call", "States": {"Call": {"Type": "Task", "Resource": ACTIVITY, "End": true}}});
    fixture.call("CreateActivity", json!({"name": "none"})).await.unwrap();
    fixture
        .call("UpdateStateMachine", json!({"stateMachineArn": MACHINE, "definition": activity.to_string()}))
        .await
        .unwrap();
    let done = start_with(&fixture, "done", json!({"Call": [answer(json!({"return": "by nobody"}))]})).await.unwrap();
    assert_eq!(fixture.ended(&done).await["output"], r#""by nobody""#);
    let unfit = start_with(&fixture, "unfit", json!({"Call": [answer(json!({"payload": 1}))]})).await.unwrap();
    insta::assert_snapshot!(fixture.ended(&unfit).await["cause"].as_str().unwrap(), @"The mock of the state 'Call' does not fit: `payload` is for a Lambda function; write the task's result as `return`.");
    let file = start_with(&fixture, "file", json!({"Call": [answer(json!({"function": "f.mjs"}))]})).await;
    assert_eq!(file.unwrap_err().code, "ValidationException");
}

#[tokio::test(start_paused = true)]
async fn children_of_a_map_run_have_the_mocks_of_their_parent() {
    let fixture = Fixture::new().await;
    for children in ["STANDARD", "EXPRESS"] {
        let each = json!({"StartAt": "Each", "States": {"Each": {"Type": "Map", "End": true, "ItemProcessor": {
            "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": children},
            "StartAt": "Call", "States": {"Call": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke",
                "OutputPath": "$.Payload", "End": true, "Parameters": {"FunctionName": "missing"}}}}}}});
        let name = children.to_lowercase();
        let machine = fixture.create_as(&name, "STANDARD", &each).await;
        let asked = json!({"stateMachineArn": machine, "name": "e", "input": "[1, 2]",
            "mocks": {"Call": [answer(json!({"payload": "mocked"}))]}});
        let arn = fixture.states.start_mocked(serde_json::from_value(asked).unwrap()).await.unwrap();
        assert_eq!(fixture.ended(&arn).await["output"], r#"["mocked","mocked"]"#, "{children}");
    }
}
