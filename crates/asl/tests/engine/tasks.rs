//! Tasks of every kind, their timeouts and heartbeats.

use asl::{Input, Outcome, TaskPhase, TaskResource};
use serde_json::json;

use crate::drive::{Driver, LAMBDA, at, machine};

fn task(resource: &str, more: &str) -> Driver {
    Driver::start(machine(&format!(r#""A":{{"Type":"Task","Resource":"{resource}",{more}"End":true}}"#)), r#"{"x": 1}"#)
}

#[test]
fn a_function_gets_the_input_as_it_was_written() {
    let mut driver = task(LAMBDA, "");
    let request = driver.requests[0].clone();
    assert_eq!((&*request.input, request.attempt, request.token), (r#"{"x": 1}"#, 0, None));
    assert_eq!(request.resource, TaskResource::Lambda { arn: LAMBDA.into() });
    assert_eq!(driver.execution.running_tasks().next().unwrap().1, TaskPhase::Scheduled);
    driver.succeed("[1, 2]", 1.0);
    assert_eq!(driver.outcome, Some(Outcome::Succeeded { output: "[1, 2]".into() }));
    assert_eq!(driver.execution.running_tasks().count(), 0);
    insta::assert_snapshot!(driver.short(), @"
        0  1  0 ExecutionStarted
        0  2  0 TaskStateEntered A
        0  3  2 LambdaFunctionScheduled
        1  4  3 LambdaFunctionStarted
        1  5  4 LambdaFunctionSucceeded
        1  6  5 TaskStateExited [1, 2]
        1  7  6 ExecutionSucceeded [1, 2]
    ");
}

#[test]
fn the_data_flow_of_a_task() {
    let more = r#""InputPath":"$.x","Parameters":{"FunctionName":"f","Payload":{"p.$":"$","n":{"list":[{"who.$":"$$.Execution.Name"}]}}},
        "ResultSelector":{"r.$":"$.answer"},"ResultPath":"$.got","OutputPath":"$.got","#;
    let mut driver = task("arn:aws:states:::lambda:invoke", more);
    assert_eq!(&*driver.requests[0].input, r#"{"FunctionName":"f","Payload":{"p":1,"n":{"list":[{"who":"e"}]}}}"#);
    driver.succeed(r#"{"answer":[7]}"#, 1.0);
    assert_eq!(driver.outcome, Some(Outcome::Succeeded { output: r#"{"r":[7]}"#.into() }));
    let (member, scheduled) = driver.history[2].details.to_api().unwrap();
    assert_eq!(member, "taskScheduledEventDetails");
    assert_eq!(scheduled["region"], "eu-west-1");
}

#[test]
fn a_task_that_takes_too_long_is_cancelled() {
    let mut driver = task(LAMBDA, r#""TimeoutSeconds":5,"#);
    let id = driver.begin(0.0);
    assert_eq!(driver.execution.next_wake(), Some(at(5.0)));
    driver.wake(5.0);
    assert_eq!(driver.cancelled, [id]);
    assert!(
        matches!(&driver.outcome, Some(Outcome::Failed(failure)) if failure.error.as_deref() == Some("States.Timeout"))
    );
}

#[test]
fn a_heartbeat_puts_the_next_one_off() {
    let activity = "arn:aws:states:eu-west-1:000000000000:activity:a";
    let mut driver = task(activity, r#""HeartbeatSeconds":5,"TimeoutSeconds":60,"#);
    assert!(driver.requests[0].token.is_some());
    assert_eq!(driver.execution.next_wake().unwrap(), at(365.0 * 86_400.0), "its time counts from its beginning");
    let task = driver.begin(100.0);
    driver.give(Input::TaskHeartbeat { task }, 104.0);
    assert_eq!(driver.execution.next_wake(), Some(at(109.0)));
    driver.wake(109.0);
    insta::assert_snapshot!(driver.short(), @"
        0  1  0 ExecutionStarted
        0  2  0 TaskStateEntered A
        0  3  2 ActivityScheduled
      100  4  3 ActivityStarted
      109  5  4 ActivityTimedOut
      109  6  5 ExecutionFailed States.Timeout | -
    ");
}

#[test]
fn a_callback_task_is_submitted_and_ends_by_its_token() {
    let more = r#""Parameters":{"QueueUrl":"q","MessageBody":{"t.$":"$$.Task.Token"}},"#;
    let mut driver = task("arn:aws:states:::sqs:sendMessage.waitForTaskToken", more);
    let request = driver.requests[0].clone();
    let parameters: serde_json::Value = serde_json::from_str(&request.input).unwrap();
    assert_eq!(parameters["MessageBody"]["t"], json!(request.token));
    let task = driver.begin(1.0);
    driver.give(Input::TaskSubmitted { task, output: r#"{"MessageId":"1"}"#.into() }, 2.0);
    assert_eq!(driver.execution.running_tasks().next().unwrap().1, TaskPhase::Submitted);
    driver.give(Input::TaskSucceeded { task, output: "true".into() }, 3.0);
    assert_eq!(driver.outcome, Some(Outcome::Succeeded { output: "true".into() }));
    assert_eq!(driver.history[4].type_name(), "TaskSubmitted");
}

#[test]
fn a_stop_cancels_what_runs() {
    let mut driver = task(LAMBDA, "");
    let task = driver.begin(0.0);
    driver.give(Input::Stop { error: Some("Enough".into()), cause: None }, 1.0);
    assert_eq!(driver.cancelled, [task]);
    insta::assert_snapshot!(driver.short().lines().last().unwrap(), @"    1  5  0 ExecutionAborted Enough | -");
}

#[test]
fn an_invocation_that_is_not_waited_for_succeeds_with_an_empty_payload() {
    let parameters = r#""Parameters":{"FunctionName":"f","InvocationType":"Event"},"#;
    for (status, executed_version) in [(202, None), (204, Some("$LATEST"))] {
        let mut driver = task("arn:aws:states:::lambda:invoke", parameters);
        driver.begin(0.0);
        let acceptance =
            asl::lambda::AcceptedInvocation { status, executed_version, request_id: "id", http_date: "now" };
        let input = asl::lambda::accepted_task_result(&driver.requests[0], &acceptance);
        driver.give(input, 1.0);
        let Some(Outcome::Succeeded { output }) = &driver.outcome else { panic!("{:?}", driver.outcome) };
        let output: serde_json::Value = serde_json::from_str(output).unwrap();
        assert_eq!((&output["Payload"], &output["StatusCode"]), (&json!(""), &json!(status)));
        assert_eq!(output.get("ExecutedVersion"), executed_version.map(|version| json!(version)).as_ref());
        assert_eq!(output["SdkHttpMetadata"]["HttpHeaders"]["x-amzn-RequestId"], "id");
    }
}
