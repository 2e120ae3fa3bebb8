//! Redrive: executions, and Map Runs with their children, go on where they had not finished.

use std::time::Duration;

use cloud_core::ServiceError;
use cloud_core::testing::come_to_rest;
use serde_json::{Value, json};

use crate::tests::fixture::{Fixture, MACHINE, in_an_hour, until, waiting};

/// A task that fails until its execution is redriven: there is no function of the first name.
fn task() -> Value {
    let name = "States.ArrayGetItem(States.Array('missing', 'echo', 'echo'), $$.Execution.RedriveCount)";
    json!({"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": true,
        "Parameters": {"FunctionName.$": name, "Payload.$": "$"}, "OutputPath": "$.Payload"})
}

fn machine() -> Value {
    json!({"StartAt": "P", "States": {"P": {"Type": "Pass", "Result": {"n": 1}, "Next": "T"}, "T": task()}})
}

async fn redrive(fixture: &Fixture, arn: &str) -> Result<Value, ServiceError> {
    fixture.call("RedriveExecution", json!({"executionArn": arn})).await
}

async fn refused(fixture: &Fixture, arn: &str) -> String {
    let refused = redrive(fixture, arn).await.unwrap_err();
    format!("{}: {}", refused.code, refused.message)
}

async fn failed(fixture: &Fixture, name: &str, input: &Value) -> String {
    let arn = fixture.start(name, input).await.unwrap();
    assert_eq!(fixture.ended(&arn).await["status"], "FAILED");
    arn
}

async fn listed(fixture: &Fixture, more: Value) -> Vec<String> {
    let mut input = json!({"stateMachineArn": MACHINE});
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let answer = fixture.call("ListExecutions", input).await.unwrap();
    let items = answer["executions"].as_array().unwrap().iter();
    items.map(|item| format!("{} {} {}", item["name"], item["status"], item["redriveCount"]).replace('"', "")).collect()
}

#[tokio::test(start_paused = true)]
async fn an_execution_that_failed_goes_on_where_it_had_not_finished() {
    let fixture = Fixture::new().await;
    fixture.create(&machine()).await;
    let arn = failed(&fixture, "e", &json!({})).await;
    failed(&fixture, "other", &json!({})).await;
    let before = fixture.describe(&arn).await;
    assert_eq!((&before["redriveStatus"], &before["redriveCount"]), (&json!("REDRIVABLE"), &json!(0)));
    assert_eq!((&before["redriveDate"], &before["redriveStatusReason"]), (&Value::Null, &Value::Null));
    // The definition is the first one, whatever the state machine is now.
    let changed = json!({"StartAt": "F", "States": {"F": {"Type": "Fail"}}});
    let update = json!({"stateMachineArn": MACHINE, "definition": changed.to_string()});
    fixture.call("UpdateStateMachine", update).await.unwrap();
    fixture.run_for(Duration::from_secs(60)).await;
    let answer = redrive(&fixture, &arn).await.unwrap();
    let after = fixture.ended(&arn).await;
    assert_eq!((&after["status"], &after["output"]), (&json!("SUCCEEDED"), &json!(r#"{"n":1}"#)));
    assert_eq!((&after["redriveCount"], &after["redriveDate"]), (&json!(1), &answer["redriveDate"]));
    assert_eq!(after["startDate"], before["startDate"]);
    assert_eq!(
        fixture.history(&arn).await[6..],
        [
            "TaskFailed",
            "ExecutionFailed",
            "ExecutionRedriven",
            "TaskScheduled",
            "TaskStarted",
            "TaskSucceeded",
            "TaskStateExited",
            "ExecutionSucceeded"
        ]
    );
    assert_eq!(listed(&fixture, json!({})).await, ["e SUCCEEDED 1", "other FAILED 0"], "it has ended last");
    for filter in ["REDRIVEN", "x"] {
        let refused =
            fixture.call("ListExecutions", json!({"stateMachineArn": MACHINE, "redriveFilter": filter})).await;
        assert_eq!(refused.unwrap_err().code, "ValidationException", "only those of a Map Run are filtered");
    }
}

#[tokio::test(start_paused = true)]
async fn a_short_history_that_was_in_one_row_is_kept() {
    let fixture = Fixture::new().await;
    fixture.create(&json!({"StartAt": "F", "States": {"F": {"Type": "Fail", "Error": "E"}}})).await;
    let arn = failed(&fixture, "e", &json!({})).await;
    for redrives in 1..3 {
        redrive(&fixture, &arn).await.unwrap();
        let ended = fixture.ended(&arn).await;
        assert_eq!((&ended["status"], &ended["redriveCount"]), (&json!("FAILED"), &json!(redrives)));
    }
    let again = ["ExecutionRedriven", "FailStateEntered", "ExecutionFailed"];
    let first = ["ExecutionStarted", "FailStateEntered", "ExecutionFailed"];
    assert_eq!(fixture.history(&arn).await, [first, again, again].concat());
    let fixture = fixture.restart().await;
    assert_eq!(fixture.history(&arn).await, [first, again, again].concat());
    assert_eq!(listed(&fixture, json!({})).await, ["e FAILED 2"]);
}

#[tokio::test(start_paused = true)]
async fn a_token_redrives_once() {
    let fixture = Fixture::new().await;
    fixture.create(&json!({"StartAt": "F", "States": {"F": {"Type": "Fail"}}})).await;
    let arn = failed(&fixture, "e", &json!({})).await;
    let with = |token: &str| fixture.call("RedriveExecution", json!({"executionArn": arn, "clientToken": token}));
    let first = with("first").await.unwrap();
    fixture.run_for(Duration::from_secs(60)).await;
    let fixture = &fixture;
    assert_eq!(with("first").await.unwrap(), first, "it is answered as before");
    assert_eq!(fixture.describe(&arn).await["redriveCount"], 1);
    for number in 0..9 {
        with(&format!("t{number}")).await.unwrap();
    }
    assert_eq!(with("first").await.unwrap(), first);
    with("tenth").await.unwrap();
    assert_eq!(fixture.describe(&arn).await["redriveCount"], 11);
    with("first").await.unwrap();
    assert_eq!(fixture.describe(&arn).await["redriveCount"], 12, "ten tokens are kept");
    fixture.run_for(Duration::from_secs(15 * 60)).await;
    with("tenth").await.unwrap();
    assert_eq!(fixture.describe(&arn).await["redriveCount"], 13, "a token is valid for a quarter of an hour");
    for token in ["", "a b", "\u{e9}", &"x".repeat(65)] {
        assert_eq!(with(token).await.unwrap_err().code, "ValidationException", "{token}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_ends_and_goes_on_in_one_step_is_counted_once() {
    let fixture = Fixture::new().await;
    fixture.create(&waiting()).await;
    let arn = fixture.start("e", &in_an_hour()).await.unwrap();
    let stop = fixture.call("StopExecution", json!({"executionArn": arn}));
    let (stopped, redriven) = tokio::join!(stop, redrive(&fixture, &arn));
    stopped.unwrap();
    redriven.unwrap();
    let index = || fixture.states.index().running("us-east-1/m");
    assert_eq!((fixture.describe(&arn).await["status"].as_str(), index()), (Some("RUNNING"), 1));
    let types = ["ExecutionStarted", "WaitStateEntered", "ExecutionAborted", "ExecutionRedriven"];
    assert_eq!(fixture.history(&arn).await, types);
    let fixture = fixture.restart().await;
    fixture.run_for(Duration::from_secs(3600)).await;
    assert_eq!(fixture.describe(&arn).await["status"], "SUCCEEDED");
    assert_eq!(fixture.states.index().running("us-east-1/m"), 0);
}

#[tokio::test(start_paused = true)]
async fn what_can_not_be_redriven_says_why() {
    let fixture = Fixture::new().await;
    fixture.create(&waiting()).await;
    let running = fixture.start("running", &in_an_hour()).await.unwrap();
    insta::assert_snapshot!(refused(&fixture, &running).await, @"ExecutionNotRedrivable: Execution is RUNNING and cannot be redriven");
    let succeeded = fixture.start("succeeded", &json!({"until": "2020-01-01T00:00:00Z"})).await.unwrap();
    insta::assert_snapshot!(refused(&fixture, &succeeded).await, @"ExecutionNotRedrivable: Execution is SUCCEEDED and cannot be redriven");
    let nothing = running.replace(":running", ":nothing");
    insta::assert_snapshot!(refused(&fixture, &nothing).await, @"ExecutionDoesNotExist: Execution Does Not Exist: 'arn:aws:states:us-east-1:000000000000:execution:m:nothing'");
    let express = running.replace(":execution:", ":express:");
    insta::assert_snapshot!(refused(&fixture, &express).await, @"InvalidArn: Invalid Arn: 'Resource type not valid in this context: express'");
    let child = running.replace(":m:", ":m/label:");
    insta::assert_snapshot!(refused(&fixture, &child).await, @"ValidationException: Labeled Execution ARNs are not supported for this API");
    fixture.call("StopExecution", json!({"executionArn": running})).await.unwrap();
    assert_eq!(fixture.describe(&running).await["redriveStatus"], "REDRIVABLE");
    fixture.run_for(Duration::from_secs(14 * 24 * 3600)).await;
    insta::assert_snapshot!(refused(&fixture, &running).await, @"ExecutionNotRedrivable: Execution redrivable period exceeded");
    let described = fixture.describe(&running).await;
    assert_eq!(described["redriveStatus"], "NOT_REDRIVABLE");
    assert_eq!(described["redriveStatusReason"], "Execution redrivable period exceeded");
    let stopped = fixture.start("stopped", &json!({"until": "2030-01-01T00:00:00Z"})).await.unwrap();
    fixture.call("StopExecution", json!({"executionArn": stopped})).await.unwrap();
    fixture.start("holds", &json!({"until": "2030-01-01T00:00:00Z"})).await.unwrap();
    fixture.call("DeleteStateMachine", json!({"stateMachineArn": MACHINE})).await.unwrap();
    insta::assert_snapshot!(refused(&fixture, &stopped).await, @"ExecutionNotRedrivable: State machine is in DELETING status");
}

#[tokio::test(start_paused = true)]
async fn a_redriven_execution_survives_a_restart_and_keeps_its_name() {
    let fixture = Fixture::new().await;
    fixture.create(&waiting()).await;
    let arn = fixture.start("e", &in_an_hour()).await.unwrap();
    fixture.call("StopExecution", json!({"executionArn": arn})).await.unwrap();
    redrive(&fixture, &arn).await.unwrap();
    assert_eq!(listed(&fixture, json!({"statusFilter": "RUNNING"})).await, ["e RUNNING 1"]);
    let fixture = fixture.restart().await;
    assert_eq!(listed(&fixture, json!({"statusFilter": "RUNNING"})).await, ["e RUNNING 1"]);
    fixture.run_for(Duration::from_secs(3600)).await;
    let ended = fixture.describe(&arn).await;
    assert_eq!((&ended["status"], &ended["redriveCount"]), (&json!("SUCCEEDED"), &json!(1)));
    // Its name is free 90 days after this end.
    let past = json!({"until": "2020-01-01T00:00:00Z"});
    let name_again = || fixture.start("e", &past);
    fixture.run_for(Duration::from_secs(90 * 24 * 3600 - 1)).await;
    assert_eq!(name_again().await.unwrap_err().code, "ExecutionAlreadyExists");
    fixture.run_for(Duration::from_secs(1)).await;
    name_again().await.unwrap();
    assert_eq!(fixture.describe(&arn).await["redriveCount"], 0, "another execution");
}

#[tokio::test(start_paused = true)]
async fn a_child_that_was_redriven_alone_is_not_stopped_by_a_restart() {
    let fixture = Fixture::new().await;
    fixture.create(&waiting()).await;
    let start = json!({"Type": "Task", "Resource": "arn:aws:states:::states:startExecution.sync", "End": true,
        "Parameters": {"StateMachineArn": MACHINE, "Name": "child", "Input.$": "$"}});
    let parent = fixture.create_as("parent", "STANDARD", &json!({"StartAt": "S", "States": {"S": start}})).await;
    let parent = fixture.start_of(&parent, "e", &in_an_hour()).await.unwrap();
    come_to_rest().await;
    let child = MACHINE.replace(":stateMachine:m", ":execution:m:child");
    fixture.call("StopExecution", json!({"executionArn": child})).await.unwrap();
    assert_eq!(fixture.ended(&parent).await["status"], "FAILED");
    redrive(&fixture, &child).await.unwrap();
    let fixture = fixture.restart().await;
    come_to_rest().await;
    assert_eq!(fixture.describe(&child).await["status"], "RUNNING");
    fixture.run_for(Duration::from_secs(3600)).await;
    assert_eq!(fixture.describe(&child).await["status"], "SUCCEEDED");
    assert_eq!(fixture.describe(&parent).await["status"], "FAILED");
}

/// A Map state whose items fail at first where they are above 10; `more` are fields of the state.
fn mapping(kind: &str, more: &Value) -> Value {
    let processor = json!({"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": kind}, "StartAt": "C", "States": {
        "C": {"Type": "Choice", "Choices": [{"Variable": "$", "NumericGreaterThan": 10, "Next": "T"}], "Default": "S"},
        "S": {"Type": "Succeed"}, "T": task()}});
    let mut map = json!({"Type": "Map", "Label": "Each", "End": true, "ItemProcessor": processor});
    map.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    json!({"StartAt": "M", "States": {"M": map}})
}

async fn map_run(fixture: &Fixture, arn: &str) -> Value {
    let runs = fixture.call("ListMapRuns", json!({"executionArn": arn})).await.unwrap();
    assert_eq!(runs["mapRuns"].as_array().unwrap().len(), 1, "the same one");
    let run = &runs["mapRuns"][0]["mapRunArn"];
    fixture.call("DescribeMapRun", json!({"mapRunArn": run})).await.unwrap()
}

async fn children(fixture: &Fixture, run: &Value, more: Value) -> Vec<String> {
    let mut input = json!({"mapRunArn": run["mapRunArn"]});
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let answer = fixture.call("ListExecutions", input).await.unwrap();
    let mut shown: Vec<String> = answer["executions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| format!("{} {}", item["status"].as_str().unwrap(), item["redriveCount"]))
        .collect();
    shown.sort_unstable();
    shown
}

#[tokio::test(start_paused = true)]
async fn a_map_run_goes_on_with_the_children_that_had_not_succeeded() {
    let fixture = Fixture::new().await;
    fixture.create(&mapping("STANDARD", &json!({"MaxConcurrency": 2}))).await;
    let arn = failed(&fixture, "e", &json!([1, 20, 3, 40])).await;
    come_to_rest().await;
    let before = map_run(&fixture, &arn).await;
    assert_eq!((&before["status"], &before["redriveCount"]), (&json!("FAILED"), &json!(0)));
    let listed =
        fixture.call("ListExecutions", json!({"mapRunArn": before["mapRunArn"], "statusFilter": "FAILED"})).await;
    let child = listed.unwrap()["executions"][0]["executionArn"].as_str().unwrap().to_owned();
    let described = fixture.describe(&child).await;
    assert_eq!(described["redriveStatus"], "REDRIVABLE_BY_MAP_RUN");
    redrive(&fixture, &arn).await.unwrap();
    let ended = fixture.ended(&arn).await;
    // The last item's child is started for the first time, and so has not been redriven: it fails.
    assert_eq!(ended["status"], "FAILED", "{ended}");
    redrive(&fixture, &arn).await.unwrap();
    let ended = fixture.ended(&arn).await;
    assert_eq!((&ended["status"], &ended["output"]), (&json!("SUCCEEDED"), &json!("[1,20,3,40]")), "{ended}");
    come_to_rest().await;
    let run = map_run(&fixture, &arn).await;
    assert_eq!((&run["status"], &run["redriveCount"]), (&json!("SUCCEEDED"), &json!(2)));
    assert_eq!(run["startDate"], before["startDate"]);
    assert!(run["redriveDate"].is_number());
    assert_eq!((&run["executionCounts"]["succeeded"], &run["executionCounts"]["total"]), (&json!(4), &json!(4)));
    assert_eq!(run["executionCounts"]["pendingRedrive"], 0);
    let described = fixture.describe(&child).await;
    assert_eq!((&described["status"], &described["redriveCount"]), (&json!("SUCCEEDED"), &json!(1)));
    let all = children(&fixture, &run, json!({})).await;
    assert_eq!(all.len(), 4, "{all:?}");
    assert!(all.iter().all(|child| child.starts_with("SUCCEEDED")), "{all:?}");
    let types = fixture.history(&arn).await;
    assert_eq!(types.iter().filter(|name| *name == "MapRunStarted").count(), 1);
    assert_eq!(types.iter().filter(|name| *name == "MapRunRedriven").count(), 2);
}

#[tokio::test(start_paused = true)]
async fn children_that_wait_for_their_turn_are_pending_and_a_restart_changes_nothing() {
    let fixture = Fixture::new().await;
    let wait = json!({"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, "StartAt": "W", "States": {
        "W": {"Type": "Wait", "Seconds": 10, "End": true}}});
    let map = json!({"Type": "Map", "Label": "Each", "MaxConcurrency": 2, "End": true, "ItemProcessor": wait});
    fixture.create(&json!({"StartAt": "M", "States": {"M": map}})).await;
    let arn = fixture.start("e", &json!([1, 2, 3])).await.unwrap();
    come_to_rest().await;
    let run = map_run(&fixture, &arn).await;
    let one = json!({"mapRunArn": run["mapRunArn"], "maxConcurrency": 1});
    fixture.call("UpdateMapRun", one).await.unwrap();
    fixture.call("StopExecution", json!({"executionArn": arn})).await.unwrap();
    redrive(&fixture, &arn).await.unwrap();
    come_to_rest().await;
    let run = map_run(&fixture, &arn).await;
    let counts = |run: &Value| {
        let counts = &run["executionCounts"];
        ["pendingRedrive", "pending", "running", "aborted"].map(|name| counts[name].as_u64().unwrap())
    };
    assert_eq!((run["status"].as_str(), counts(&run)), (Some("RUNNING"), [1, 1, 1, 0]));
    assert_eq!(children(&fixture, &run, json!({"statusFilter": "PENDING_REDRIVE"})).await, ["PENDING_REDRIVE 0"]);
    assert_eq!(children(&fixture, &run, json!({"redriveFilter": "REDRIVEN"})).await, ["RUNNING 1"]);
    let none =
        fixture.call("ListExecutions", json!({"stateMachineArn": MACHINE, "statusFilter": "PENDING_REDRIVE"})).await;
    assert_eq!(none.unwrap_err().code, "ValidationException");
    let fixture = fixture.restart().await;
    come_to_rest().await;
    fixture.run_for(Duration::from_secs(15)).await;
    let fixture = fixture.restart().await;
    come_to_rest().await;
    fixture.run_for(Duration::from_secs(60)).await;
    assert_eq!(fixture.describe(&arn).await["status"], "SUCCEEDED");
    let run = map_run(&fixture, &arn).await;
    assert_eq!((run["status"].as_str(), counts(&run)), (Some("SUCCEEDED"), [0, 0, 0, 0]));
    assert_eq!(children(&fixture, &run, json!({})).await, ["SUCCEEDED 0", "SUCCEEDED 1", "SUCCEEDED 1"]);
}

#[tokio::test(start_paused = true)]
async fn a_child_that_can_not_be_redriven_stays_as_it_ended() {
    let fixture = Fixture::new().await;
    let processor = json!({"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
        "StartAt": "C", "States": {
            "C": {"Type": "Choice", "Default": "W",
                "Choices": [{"Variable": "$", "NumericGreaterThan": 10, "Next": "F"}]},
            "F": {"Type": "Fail", "Error": "First"},
            "W": {"Type": "Wait", "Seconds": 1_300_000, "End": true}}});
    let map = json!({"Type": "Map", "Label": "Each", "End": true, "ToleratedFailureCount": 1, "MaxConcurrency": 1,
        "ItemProcessor": processor});
    fixture.create(&json!({"StartAt": "M", "States": {"M": map}})).await;
    let arn = fixture.start("e", &json!([20, 1])).await.unwrap();
    come_to_rest().await;
    // The first child has failed at once; its parent ends fifteen days later.
    fixture.run_for(Duration::from_secs(15 * 24 * 3600)).await;
    fixture.call("StopExecution", json!({"executionArn": arn})).await.unwrap();
    redrive(&fixture, &arn).await.unwrap();
    come_to_rest().await;
    let run =
        until(|| async { Some(map_run(&fixture, &arn).await).filter(|run| run["executionCounts"]["failed"] == 1) })
            .await;
    assert_eq!(run["executionCounts"]["failuresNotRedrivable"], 1, "{run}");
    fixture.run_for(Duration::from_secs(16 * 24 * 3600)).await;
    let ended = fixture.describe(&arn).await;
    assert_eq!(ended["status"], "SUCCEEDED");
    assert!(ended["output"].as_str().unwrap().contains("First"), "{ended}");
}

#[tokio::test(start_paused = true)]
async fn express_children_run_again_from_their_start() {
    let fixture = Fixture::new().await;
    // An express child does not know how often it ran: what is wrong goes with time.
    let early = json!({"Variable": "$$.State.EnteredTime", "TimestampLessThan": "2026-01-02T04:00:00Z"});
    let large = json!({"Variable": "$", "NumericGreaterThan": 10});
    let mut definition = mapping("EXPRESS", &json!({}));
    definition["States"]["M"]["ItemProcessor"]["States"] = json!({
        "C": {"Type": "Choice", "Choices": [{"And": [large, early], "Next": "F"}], "Default": "S"},
        "S": {"Type": "Succeed"}, "F": {"Type": "Fail", "Error": "No"}});
    fixture.create(&definition).await;
    let arn = failed(&fixture, "e", &json!([1, 20])).await;
    fixture.run_for(Duration::from_secs(3600)).await;
    redrive(&fixture, &arn).await.unwrap();
    let ended = fixture.ended(&arn).await;
    assert_eq!((&ended["status"], &ended["output"]), (&json!("SUCCEEDED"), &json!("[1,20]")));
    come_to_rest().await;
    let run = map_run(&fixture, &arn).await;
    assert_eq!((&run["redriveCount"], &run["executionCounts"]["succeeded"]), (&json!(1), &json!(2)));
}
