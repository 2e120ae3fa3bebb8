//! Forks: an execution begins where another one was, and is as durable as any.

use std::time::Duration;

use cloud_core::ServiceError;
use serde_json::{Value, json};

use super::{ForkRequest, Forked};
use crate::tests::fixture::{Fixture, MACHINE};

/// A machine that assigns, waits an hour and fails.
fn machine(last: &Value) -> Value {
    json!({"StartAt": "First", "States": {
        "First": {"Type": "Pass", "Result": {"n": 1}, "Assign": {"kept": 5}, "Next": "Rest"},
        "Rest": {"Type": "Wait", "Seconds": 3600, "Next": "Last"},
        "Last": last,
    }})
}

fn failing() -> Value {
    machine(&json!({"Type": "Fail", "Error": "Broken"}))
}

fn fixed() -> Value {
    machine(&json!({"Type": "Pass", "Parameters": {"kept.$": "$kept", "n.$": "$.n"}, "End": true}))
}

fn request(fields: Value) -> ForkRequest {
    serde_json::from_value(fields).unwrap()
}

async fn fork(fixture: &Fixture, fields: Value) -> Result<Forked, ServiceError> {
    fixture.states.fork(request(fields)).await
}

/// An execution that has failed in its last state, an hour after its start.
async fn failed(fixture: &Fixture) -> String {
    fixture.create(&failing()).await;
    let arn = fixture.start("e", &json!({"in": 1})).await.unwrap();
    fixture.run_for(Duration::from_secs(3600)).await;
    assert_eq!(fixture.ended(&arn).await["status"], "FAILED");
    arn
}

#[tokio::test(start_paused = true)]
async fn a_changed_definition_is_tried_where_it_failed() {
    let fixture = Fixture::new().await;
    let arn = failed(&fixture).await;
    let asked = json!({"executionArn": arn, "name": "again", "definition": fixed().to_string()});
    let forked = fork(&fixture, asked.clone()).await.unwrap();
    let ended = fixture.ended(&forked.execution_arn).await;
    assert_eq!((&ended["status"], &ended["output"]), (&json!("SUCCEEDED"), &json!(r#"{"kept":5,"n":1}"#)));
    assert_eq!(ended["input"], r#"{"in":1}"#, "the input of the execution stays");
    assert_eq!(
        fixture.history(&forked.execution_arn).await,
        ["ExecutionStarted", "PassStateEntered", "PassStateExited", "ExecutionSucceeded"]
    );
    let own = json!({"executionArn": forked.execution_arn});
    let runs = fixture.call("DescribeStateMachineForExecution", own).await.unwrap();
    assert_eq!(runs["definition"], fixed().to_string());
    let machine = fixture.call("DescribeStateMachine", json!({"stateMachineArn": MACHINE})).await.unwrap();
    assert_eq!(machine["definition"], failing().to_string(), "the state machine is as it was");
    let taken = fork(&fixture, asked).await.map(|forked| forked.execution_arn).unwrap_err();
    assert_eq!(taken.code, "ExecutionAlreadyExists", "a fork is no start that is asked again");
}

#[tokio::test(start_paused = true)]
async fn an_update_after_a_fork_has_a_revision_of_its_own() {
    let fixture = Fixture::new().await;
    let arn = failed(&fixture).await;
    let other = machine(&json!({"Type": "Fail", "Error": "Other"}));
    for (name, definition) in [("a", fixed()), ("b", fixed()), ("c", other)] {
        let asked = json!({"executionArn": arn, "name": name, "definition": definition.to_string()});
        fork(&fixture, asked).await.unwrap();
    }
    let updated = machine(&json!({"Type": "Succeed"}));
    let update = json!({"stateMachineArn": MACHINE, "definition": updated.to_string()});
    fixture.call("UpdateStateMachine", update).await.unwrap();
    let fixture = fixture.restart().await;
    let machine_of = arn.strip_suffix('e').unwrap();
    for (name, error) in [("b", Value::Null), ("c", json!("Other"))] {
        let ended = fixture.ended(&format!("{machine_of}{name}")).await;
        assert_eq!(ended.get("error").cloned().unwrap_or_default(), error);
    }
    let machine = fixture.call("DescribeStateMachine", json!({"stateMachineArn": MACHINE})).await.unwrap();
    assert_eq!(machine["definition"], updated.to_string());
}

#[tokio::test(start_paused = true)]
async fn a_fork_that_waits_goes_on_after_a_restart() {
    let fixture = Fixture::new().await;
    let arn = failed(&fixture).await;
    let asked = json!({"executionArn": arn, "name": "early", "atEvent": 4, "definition": fixed().to_string()});
    let forked = fork(&fixture, asked).await.unwrap();
    assert_eq!(forked.taken_over.begins[0].state, "Rest");
    let fixture = fixture.restart().await;
    assert_eq!(fixture.describe(&forked.execution_arn).await["status"], "RUNNING");
    fixture.run_for(Duration::from_secs(3600)).await;
    assert_eq!(fixture.ended(&forked.execution_arn).await["output"], r#"{"kept":5,"n":1}"#);
}

#[tokio::test(start_paused = true)]
async fn another_input_is_for_the_state_that_begins() {
    let fixture = Fixture::new().await;
    fixture.create(&machine(&json!({"Type": "Pass", "OutputPath": "$.n", "End": true}))).await;
    let arn = fixture.start("e", &json!({})).await.unwrap();
    fixture.run_for(Duration::from_secs(3600)).await;
    assert_eq!(fixture.ended(&arn).await["output"], "1");
    let forked = fork(&fixture, json!({"executionArn": arn, "input": r#"{"n": 2}"#})).await.unwrap();
    assert_eq!(fixture.ended(&forked.execution_arn).await["output"], "2");
}

#[tokio::test(start_paused = true)]
async fn the_history_of_an_execution_elsewhere_is_forked_here() {
    let fixture = Fixture::new().await;
    let arn = failed(&fixture).await;
    let history = fixture.call("GetExecutionHistory", json!({"executionArn": arn})).await.unwrap();
    fixture
        .call("UpdateStateMachine", json!({"stateMachineArn": MACHINE, "definition": fixed().to_string()}))
        .await
        .unwrap();
    let mut asked = json!({
        "stateMachineArn": MACHINE, "history": history["events"], "historyDefinition": failing().to_string(),
    });
    let forked = fork(&fixture, asked.clone()).await.unwrap();
    assert_eq!(fixture.ended(&forked.execution_arn).await["output"], r#"{"kept":5,"n":1}"#);
    let last = asked["history"].as_array().unwrap().len() - 2;
    asked["history"][last]["stateEnteredEventDetails"].as_object_mut().unwrap().remove("input");
    let refused = fork(&fixture, asked).await.map(|forked| forked.execution_arn).unwrap_err();
    assert_eq!(refused.code, "ForkNotPossible");
    insta::assert_snapshot!(refused.message, @"The history does not have the input of event 6: it was recorded without data, or cut off.");
}

#[tokio::test(start_paused = true)]
async fn what_can_not_be_forked_is_refused() {
    let fixture = Fixture::new().await;
    let arn = failed(&fixture).await;
    let mut refusals = Vec::new();
    for asked in [
        json!({}),
        json!({"executionArn": format!("{arn}x")}),
        json!({"executionArn": arn.replace(":m:", ":m/Each:")}),
        json!({"executionArn": arn, "atEvent": 99}),
        json!({"executionArn": arn, "input": "no"}),
        json!({"executionArn": arn, "name": "a b"}),
        json!({"executionArn": arn, "definition": "{}"}),
        json!({"executionArn": arn, "definition": r#"{"StartAt":"A","States":{"A":{"Type":"Succeed"}}}"#}),
        json!({"stateMachineArn": MACHINE, "history": []}),
    ] {
        let refused = fork(&fixture, asked).await.map(|forked| forked.execution_arn).unwrap_err();
        refusals.push(format!("{}: {}", refused.code, refused.message));
    }
    insta::assert_snapshot!(refusals.join("\n"), @r"
    ValidationException: A fork is of an executionArn, or of a history with a stateMachineArn.
    ExecutionDoesNotExist: Execution Does Not Exist: 'arn:aws:states:us-east-1:000000000000:execution:m:ex'
    ForkNotPossible: It is a child of a Map Run; fork the execution that started the Map Run.
    ForkNotPossible: The history has no event 99: its last one is 7.
    InvalidExecutionInput: Invalid State Machine Execution Input: 'Unrecognized token 'no': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')'
    InvalidName: Invalid Name: 'a b'
    InvalidDefinition: Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: These fields are required: [States, StartAt] at /'
    ForkNotPossible: The definition has no state 'Last' to begin with.
    ForkNotPossible: The history does not have the input of the execution.
    ");
}
