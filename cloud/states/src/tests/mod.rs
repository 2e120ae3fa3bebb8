//! The service through its table of operations.

mod accounts;
mod bounds;
mod determinism;
mod due_together;
pub(crate) mod fixture;
mod history;
mod interruptions;
mod listing;
mod random_workflow;
mod sizes;
mod stored;
mod tasks;
mod test_state;
mod time;
mod versions;

use std::time::Duration;

use jiff::Timestamp;
use serde_json::json;

use self::fixture::{Fixture, MACHINE, in_an_hour, until, waiting};

#[tokio::test(start_paused = true)]
async fn a_wait_ends_at_its_time_and_not_before() {
    let fixture = Fixture::new().await;
    fixture.create(&waiting()).await;
    // A whole second, which the answer's seconds hold exactly.
    let due = Timestamp::from_second(fixture.control.now().as_second() + 1).unwrap();
    let arn = fixture.start("e", &json!({"until": due.to_string()})).await.unwrap();
    fixture.run_for(Duration::from_nanos(999_999_999)).await;
    assert_eq!(fixture.describe(&arn).await["status"], "RUNNING");
    fixture.run_for(Duration::from_nanos(1)).await;
    let ended = fixture.ended(&arn).await;
    assert_eq!(ended["status"], "SUCCEEDED");
    assert!(ended["stopDate"].as_f64().unwrap() >= due.as_second() as f64);
    assert_eq!(
        fixture.history(&arn).await,
        [
            "ExecutionStarted",
            "WaitStateEntered",
            "WaitStateExited",
            "PassStateEntered",
            "PassStateExited",
            "ExecutionSucceeded"
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn the_same_start_again_is_the_same_execution() {
    let fixture = Fixture::new().await;
    fixture.create(&waiting()).await;
    let input = in_an_hour();
    let (one, other) = tokio::join!(fixture.start("e", &input), fixture.start("e", &input));
    assert_eq!(one, other);
    assert_eq!(fixture.history(&one.unwrap()).await, ["ExecutionStarted", "WaitStateEntered"]);
    assert_eq!(fixture.start("e", &json!({})).await.unwrap_err().code, "ExecutionAlreadyExists");
    assert_eq!(fixture.states.index().running("us-east-1/m"), 1);
}

#[tokio::test(start_paused = true)]
async fn executions_go_on_after_a_restart() {
    let mut fixture = Fixture::new().await;
    fixture.create(&waiting()).await;
    let due = Timestamp::from_second(fixture.control.now().as_second() + 1).unwrap();
    let soon = fixture.start("soon", &json!({"until": due.to_string()})).await.unwrap();
    let later = fixture.start("later", &in_an_hour()).await.unwrap();
    fixture = fixture.restart().await;
    fixture.run_for(Duration::from_secs(1)).await;
    assert_eq!(fixture.ended(&soon).await["status"], "SUCCEEDED");
    assert_eq!(fixture.history(&soon).await.len(), 6);
    assert_eq!(fixture.describe(&later).await["status"], "RUNNING");
    assert_eq!(fixture.start("soon", &json!({})).await.unwrap_err().code, "ExecutionAlreadyExists");
}

#[tokio::test(start_paused = true)]
async fn a_task_under_way_is_begun_again_after_a_restart() {
    let mut fixture = Fixture::new().await;
    let function = "arn:aws:lambda:us-east-1:000000000000:function:missing";
    fixture
        .create(&json!({"StartAt": "T", "States": {"T": {"Type": "Task", "Resource": function, "End": true}}}))
        .await;
    let arn = fixture.start("e", &json!({})).await.unwrap();
    fixture = fixture.restart().await;
    let ended = fixture.ended(&arn).await;
    assert_eq!(ended["error"], "Lambda.ResourceNotFoundException");
    assert_eq!(
        fixture.history(&arn).await,
        [
            "ExecutionStarted",
            "TaskStateEntered",
            "LambdaFunctionScheduled",
            "LambdaFunctionStarted",
            "LambdaFunctionFailed",
            "ExecutionFailed"
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn stopping_is_durable_and_final() {
    let mut fixture = Fixture::new().await;
    fixture.create(&waiting()).await;
    let arn = fixture.start("e", &in_an_hour()).await.unwrap();
    let stop = json!({"executionArn": arn, "error": "E", "cause": "C"});
    let first = fixture.call("StopExecution", stop.clone()).await.unwrap();
    assert_eq!(fixture.call("StopExecution", stop).await.unwrap(), first);
    fixture = fixture.restart().await;
    let stopped = fixture.describe(&arn).await;
    assert_eq!(
        (&stopped["status"], &stopped["error"], &stopped["cause"]),
        (&json!("ABORTED"), &json!("E"), &json!("C"))
    );
    assert_eq!(fixture.history(&arn).await, ["ExecutionStarted", "WaitStateEntered", "ExecutionAborted"]);
}

#[tokio::test(start_paused = true)]
async fn a_deleted_machine_goes_with_its_last_execution() {
    let fixture = Fixture::new().await;
    fixture.create(&waiting()).await;
    let arn = fixture.start("e", &in_an_hour()).await.unwrap();
    fixture.call("DeleteStateMachine", json!({"stateMachineArn": MACHINE})).await.unwrap();
    let machine = fixture.call("DescribeStateMachine", json!({"stateMachineArn": MACHINE})).await.unwrap();
    assert_eq!(machine["status"], "DELETING");
    assert_eq!(fixture.start("f", &json!({})).await.unwrap_err().code, "StateMachineDeleting");

    fixture.call("StopExecution", json!({"executionArn": arn})).await.unwrap();
    let gone =
        until(|| async { fixture.call("DescribeStateMachine", json!({"stateMachineArn": MACHINE})).await.err() }).await;
    assert_eq!(gone.code, "StateMachineDoesNotExist");
    fixture.create(&waiting()).await;
    assert_eq!(fixture.start("e", &in_an_hour()).await, Ok(arn), "the name is free again");
}

#[tokio::test(start_paused = true)]
async fn a_deletion_takes_its_time_where_it_is_set_to() {
    let fixture = Fixture::new().await;
    fixture.outside.faults.set("machine-deletion=5s".parse().unwrap());
    fixture.create(&waiting()).await;
    fixture.run_for(Duration::from_secs(60)).await;
    fixture.call("DeleteStateMachine", json!({"stateMachineArn": MACHINE})).await.unwrap();
    fixture.run_for(Duration::from_secs(4)).await;
    let machine = fixture.call("DescribeStateMachine", json!({"stateMachineArn": MACHINE})).await.unwrap();
    assert_eq!(machine["status"], "DELETING");
    fixture.run_for(Duration::from_secs(2)).await;
    let gone = fixture.call("DescribeStateMachine", json!({"stateMachineArn": MACHINE})).await.unwrap_err();
    assert_eq!(gone.code, "StateMachineDoesNotExist");
}
