//! TestState: one state, with a mock and without.

use std::time::Duration;

use serde_json::{Value, json};

use super::fixture::{Fixture, ROLE};

fn lambda(more: &Value) -> Value {
    let mut task = json!({"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Parameters": {"FunctionName.$": "$.f", "Payload.$": "$"}, "Next": "B"});
    task.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    task
}

fn asked(state: &Value, more: &Value) -> Value {
    let mut asked = json!({"definition": state.to_string(), "inspectionLevel": "DEBUG"});
    asked.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    asked
}

async fn tested(fixture: &Fixture, state: &Value, more: &Value) -> Value {
    fixture.call("TestState", asked(state, more)).await.unwrap()
}

async fn refused(fixture: &Fixture, state: &Value, more: &Value) -> String {
    let error = fixture.call("TestState", asked(state, more)).await.unwrap_err();
    format!("{}: {}", error.code, error.message)
}

#[tokio::test(start_paused = true)]
async fn a_task_without_a_mock_calls_its_function() {
    let fixture = Fixture::new().await;
    let more = json!({"roleArn": ROLE, "input": "{\"f\":\"echo\"}"});
    let selected = lambda(&json!({"ResultSelector": {"p.$": "$.Payload"}}));
    let answer = tested(&fixture, &selected, &more).await;
    assert_eq!((&answer["status"], &answer["nextState"]), (&json!("SUCCEEDED"), &json!("B")));
    assert_eq!(answer["output"], "{\"p\":{\"f\":\"echo\"}}");
    assert_eq!(*fixture.outside.functions.invoked.lock().unwrap(), ["echo {\"f\":\"echo\"}"]);
    let missing = json!({"roleArn": ROLE, "input": "{\"f\":\"other\"}"});
    let caught = lambda(&json!({"Catch": [{"ErrorEquals": ["States.ALL"], "Next": "C"}]}));
    let answer = tested(&fixture, &caught, &missing).await;
    assert_eq!((&answer["status"], &answer["nextState"]), (&json!("CAUGHT_ERROR"), &json!("C")));
    assert_eq!(answer["error"], "Lambda.ResourceNotFoundException");
    assert_eq!(answer["inspectionData"]["errorDetails"], json!({"catchIndex": 0}));
}

#[tokio::test(start_paused = true)]
async fn a_client_context_goes_with_an_invocation() {
    let fixture = Fixture::new().await;
    let parameters = json!({"FunctionName": "echo", "Payload": 1, "ClientContext": "e30="});
    let answer = tested(&fixture, &lambda(&json!({"Parameters": parameters})), &json!({"roleArn": ROLE})).await;
    assert_eq!(answer["status"], "SUCCEEDED");
    assert_eq!(*fixture.outside.functions.invoked.lock().unwrap(), ["for e30=", "echo 1"]);
}

#[tokio::test(start_paused = true)]
async fn a_test_takes_as_long_as_its_state_and_five_minutes_at_most() {
    let fixture = Fixture::new().await;
    // The function takes a second.
    let more = json!({"roleArn": ROLE, "input": "{\"f\":\"slow\"}"});
    let state = lambda(&json!({"TimeoutSeconds": 2}));
    let (answer, ()) = tokio::join!(tested(&fixture, &state, &more), fixture.run_for(Duration::from_secs(2)));
    assert_eq!(answer["status"], "SUCCEEDED");
    let wait = json!({"Type": "Wait", "Seconds": 301, "End": true});
    let empty = json!({});
    let (answer, ()) = tokio::join!(tested(&fixture, &wait, &empty), fixture.run_for(Duration::from_secs(302)));
    assert_eq!((&answer["status"], &answer["error"]), (&json!("FAILED"), &json!("States.Timeout")));
}

#[tokio::test(start_paused = true)]
async fn a_mock_takes_the_place_of_the_call() {
    let fixture = Fixture::new().await;
    let mock = json!({"mock": {"result": "{\"Payload\": 7}"}, "input": "{\"f\":\"echo\"}"});
    assert_eq!(tested(&fixture, &lambda(&json!({})), &mock).await["output"], "{\"Payload\": 7}");
    assert!(fixture.outside.functions.invoked.lock().unwrap().is_empty());
    let token = json!({"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken", "Parameters": {"QueueUrl": "q", "MessageBody.$": "$$.Task.Token"}, "End": true});
    let given = json!({"mock": {"result": "[1]"}, "context": "{\"Task\":{\"Token\":\"t\"}}"});
    let answer = tested(&fixture, &token, &given).await;
    assert_eq!(answer["output"], "[1]");
    assert_eq!(answer["inspectionData"]["afterParameters"], "{\"QueueUrl\":\"q\",\"MessageBody\":\"t\"}");
}

#[tokio::test(start_paused = true)]
async fn the_result_of_a_job_is_what_describes_it() {
    let fixture = Fixture::new().await;
    let job = json!({"Type": "Task", "Resource": "arn:aws:states:::states:startExecution.sync:2", "Parameters": {"StateMachineArn": "m"}, "End": true});
    let strict = json!({"mock": {"result": "{\"ExecutionArn\":\"e\"}"}});
    assert_eq!(
        refused(&fixture, &job, &strict).await,
        "ValidationException: Mock result schema validation error: Required field 'StateMachineArn' is missing"
    );
    let present = json!({"mock": {"result": "{\"Output\":{}}", "fieldValidationMode": "PRESENT"}});
    assert_eq!(
        refused(&fixture, &job, &present).await,
        "ValidationException: Mock result schema validation error: Field 'Output' must be a string"
    );
    let none = json!({"mock": {"result": "{\"Output\":{}}", "fieldValidationMode": "NONE"}});
    assert_eq!(tested(&fixture, &job, &none).await["status"], "SUCCEEDED");
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_tested_is_refused_in_the_order_of_aws() {
    let fixture = Fixture::new().await;
    let pass = json!({"Type": "Pass", "End": true});
    let job = json!({"Type": "Task", "Resource": "arn:aws:states:::states:startExecution.sync", "Parameters": {"StateMachineArn": "m"}, "End": true});
    let both = json!({"mock": {"result": "1", "errorOutput": {"error": "E"}}});
    let cases = [
        (
            &pass,
            json!({"definition": "{}"}),
            "InvalidDefinition: Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: ",
        ),
        (&pass, json!({"stateName": "X"}), "InvalidDefinition: "),
        (&pass, both, "ValidationException: A test mock should have only one of the following fields"),
        (
            &pass,
            json!({"mock": {"result": "1"}, "context": "7"}),
            "ValidationException: State type 'Pass' is not supported",
        ),
        (&pass, json!({"context": "{}"}), "ValidationException: TestState does not support Context"),
        (&pass, json!({"input": "{"}), "InvalidExecutionInput: "),
        (&pass, json!({"variables": "7"}), "ValidationException: Variables must be"),
        (&pass, json!({"roleArn": "role"}), "InvalidArn: "),
        (&pass, json!({"roleArn": "arn:aws:iam::000000000000:role/unknown"}), "AccessDeniedException: "),
        (
            &pass,
            json!({"inspectionLevel": "ALL"}),
            "ValidationException: 1 validation error detected: Value 'ALL' at 'inspectionLevel'",
        ),
        (&pass, json!({"stateName": ""}), "ValidationException: 1 validation error detected: Value at 'stateName'"),
        (&job, json!({"roleArn": ROLE}), "InvalidDefinition: TestState API does not support activities"),
        (&lambda(&json!({})), json!({}), "ValidationException: TestState requires a RoleArn"),
    ];
    for (state, more, expected) in cases {
        let said = refused(&fixture, state, &more).await;
        assert!(said.starts_with(expected), "{more}: {said}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_http_task_is_not_called_and_says_so() {
    let fixture = Fixture::new().await;
    let http = json!({"Type": "Task", "Resource": "arn:aws:states:::http:invoke", "Parameters": {"ApiEndpoint": "https://example.com", "Method": "GET", "Authentication": {"ConnectionArn": "c"}}, "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "C"}], "End": true});
    let answer = tested(&fixture, &http, &json!({"roleArn": ROLE, "inspectionLevel": "TRACE"})).await;
    assert_eq!((&answer["status"], &answer["error"]), (&json!("FAILED"), &json!("States.Runtime")));
    assert!(answer["cause"].as_str().unwrap().contains("arn:aws:states:::http:invoke"), "{answer}");
    let mock =
        json!({"mock": {"result": "{\"StatusCode\":200,\"ResponseBody\":{\"a\":1}}"}, "inspectionLevel": "TRACE"});
    let answer = tested(&fixture, &http, &mock).await;
    assert_eq!(answer["output"], "{\"StatusCode\":200,\"ResponseBody\":{\"a\":1}}");
}

#[tokio::test(start_paused = true)]
async fn parameters_that_the_api_does_not_have_are_refused_before_the_call() {
    let fixture = Fixture::new().await;
    let task = lambda(&json!({"QueryLanguage": "JSONata", "Arguments": "{% $states.input %}"}));
    let mut task = task.as_object().unwrap().clone();
    task.remove("Parameters");
    let given = json!({"roleArn": ROLE, "input": "{\"FunctionName\":\"echo\",\"TaskToken\":\"t\"}"});
    let answer = tested(&fixture, &Value::Object(task), &given).await;
    assert_eq!(answer["error"], "States.Runtime");
    let why = "[The field \"TaskToken\" is not supported by Step Functions]";
    assert!(answer["cause"].as_str().unwrap().ends_with(why), "{answer}");
    assert!(fixture.outside.functions.invoked.lock().unwrap().is_empty());
}

#[tokio::test(start_paused = true)]
async fn every_services_mock_has_the_shape_of_its_answer() {
    let fixture = Fixture::new().await;
    let describe = json!({"Type": "Task", "Resource": "arn:aws:states:::aws-sdk:rds:describeDBInstances", "Parameters": {"DbInstanceIdentifier": "d"}, "End": true});
    let mock = |result: Value| json!({"mock": {"result": result.to_string()}});
    let right = mock(json!({"DbInstances": [{"DbInstanceStatus": "available", "AllocatedStorage": 20}]}));
    assert_eq!(tested(&fixture, &describe, &right).await["status"], "SUCCEEDED");
    let wrong = mock(json!({"DbInstances": [{"DbInstanceStatus": "available", "AllocatedStorage": "20"}]}));
    assert_eq!(
        refused(&fixture, &describe, &wrong).await,
        "ValidationException: Mock result schema validation error: Field 'AllocatedStorage' must be a number"
    );
    let cased = json!({"Type": "Task", "Resource": "arn:aws:states:::aws-sdk:rds:DescribeDBInstances", "Parameters": {}, "End": true});
    let said = refused(&fixture, &cased, &right).await;
    assert!(said.starts_with("InvalidDefinition: ") && said.contains("is not recognized"), "{said}");
}

#[tokio::test(start_paused = true)]
async fn an_http_task_shows_its_request_and_its_response_where_all_is_asked_for() {
    let fixture = Fixture::new().await;
    let state = json!({"Type": "Task", "Resource": "arn:aws:states:::http:invoke", "End": true, "Parameters": {
        "Method": "GET", "ApiEndpoint": "https://example.com/get", "Headers": {"definitionHeader": "h1"},
        "Authentication": {"ConnectionArn": "arn:aws:events:us-east-1:000000000000:connection/c/1"},
        "QueryParameters": {"q": "a b"}, "RequestBody": {"message": "hello"}}});
    let result = json!({"Headers": {"content-type": ["application/json"]}, "ResponseBody": {"x": 1}, "StatusCode": 200, "StatusText": "OK"});
    let more = |level: &str| json!({"inspectionLevel": level, "mock": {"result": result.to_string()}});
    let debug = tested(&fixture, &state, &more("DEBUG")).await;
    assert_eq!((&debug["inspectionData"]["request"], &debug["status"]), (&Value::Null, &json!("SUCCEEDED")));
    let trace = tested(&fixture, &state, &more("TRACE")).await;
    assert_eq!(
        trace["inspectionData"]["request"],
        json!({
        "protocol": "https", "method": "GET", "url": "https://example.com/get?q=a+b",
        "headers": "[definitionHeader: h1, User-Agent: Amazon|StepFunctions|HttpInvoke|us-east-1, Range: bytes=0-262144]",
        "body": "{\"message\":\"hello\"}"})
    );
    assert_eq!(
        trace["inspectionData"]["response"],
        json!({
        "protocol": "https", "statusCode": "200", "statusMessage": "OK", "headers": "[content-type: application/json]",
        "body": "{\"x\":1}"})
    );
}

#[tokio::test(start_paused = true)]
async fn a_mocked_error_comes_from_a_state_that_is_there() {
    let fixture = Fixture::new().await;
    let inside = json!({"StartAt": "Inner", "States": {"Inner": {"Type": "Pass", "End": true}}});
    let map = json!({"Type": "Map", "ItemProcessor": inside, "End": true});
    let from = |state: &str| json!({"input": "[]", "mock": {"errorOutput": {"error": "E", "cause": "c"}}, "stateConfiguration": {"errorCausedByState": state}});
    let answer = tested(&fixture, &map, &from("Inner")).await;
    assert_eq!((&answer["status"], &answer["error"]), (&json!("FAILED"), &json!("E")));
    assert_eq!(refused(&fixture, &map, &from("Other")).await, "ValidationException: State not found in definition");
}
