//! Tasks that somebody else ends: workers, whoever holds a token, other executions. And express executions.

use cloud_core::Location;
use serde_json::{Value, json};

use super::fixture::{Fixture, in_an_hour, until, waiting};
use crate::integration::{self, Caller};

const ACTIVITY: &str = "arn:aws:states:us-east-1:000000000000:activity:a";

fn one_task(resource: &str, parameters: &Value) -> Value {
    json!({"StartAt": "T", "States": {"T": {"Type": "Task", "Resource": resource, "Parameters": parameters, "End": true}}})
}

fn activity_task() -> Value {
    json!({"StartAt": "T", "States": {"T": {"Type": "Task", "Resource": ACTIVITY, "End": true}}})
}

/// The task that an execution hands to a worker.
async fn take(fixture: &Fixture) -> Value {
    fixture.call("GetActivityTask", json!({"activityArn": ACTIVITY, "workerName": "w"})).await.unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_worker_takes_a_task_and_ends_it_across_restarts() {
    let mut fixture = Fixture::new().await;
    fixture.call("CreateActivity", json!({"name": "a"})).await.unwrap();
    let machine = fixture.create_as("m", "STANDARD", &activity_task()).await;
    let arn = fixture.start_of(&machine, "e", &json!({"n": 1})).await.unwrap();
    fixture = fixture.restart().await;
    let task = take(&fixture).await;
    assert_eq!(task["input"], "{\"n\":1}");
    let token = task["taskToken"].as_str().unwrap().to_owned();
    fixture = fixture.restart().await;
    fixture.call("SendTaskHeartbeat", json!({"taskToken": token})).await.unwrap();
    let bad = fixture.call("SendTaskSuccess", json!({"taskToken": token, "output": "no json"})).await.unwrap_err();
    assert_eq!(bad.code, "InvalidOutput");
    let done = json!({"taskToken": token, "output": "[1.0]"});
    fixture.call("SendTaskSuccess", done.clone()).await.unwrap();
    assert_eq!(fixture.ended(&arn).await["output"], "[1.0]");
    assert_eq!(fixture.call("SendTaskSuccess", done).await.unwrap_err().code, "TaskTimedOut");
    assert_eq!(
        fixture.history(&arn).await,
        [
            "ExecutionStarted",
            "TaskStateEntered",
            "ActivityScheduled",
            "ActivityStarted",
            "ActivitySucceeded",
            "TaskStateExited",
            "ExecutionSucceeded"
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn a_worker_that_waits_gets_the_task_that_comes_and_each_task_goes_to_one_worker() {
    let fixture = Fixture::new().await;
    fixture.call("CreateActivity", json!({"name": "a"})).await.unwrap();
    let machine = fixture.create_as("m", "STANDARD", &activity_task()).await;
    let start = async {
        fixture.start_of(&machine, "one", &json!(1)).await.unwrap();
        fixture.start_of(&machine, "two", &json!(2)).await.unwrap();
    };
    let (first, second, ()) = tokio::join!(take(&fixture), take(&fixture), start);
    let mut inputs = [first["input"].clone(), second["input"].clone()];
    inputs.sort_by_key(ToString::to_string);
    assert_eq!(inputs, [json!("1"), json!("2")]);
}

#[tokio::test(start_paused = true)]
async fn an_activity_that_is_not_there_fails_the_state_before_anything_is_scheduled() {
    let fixture = Fixture::new().await;
    let machine = fixture.create_as("m", "STANDARD", &activity_task()).await;
    let arn = fixture.start_of(&machine, "e", &json!({})).await.unwrap();
    let ended = fixture.ended(&arn).await;
    assert_eq!(ended["error"], "States.Runtime");
    assert_eq!(
        ended["cause"],
        format!(
            "An error occurred while executing the state 'T' (entered at the event id #2). The activity {ACTIVITY} does not exist."
        )
    );
    assert_eq!(fixture.history(&arn).await, ["ExecutionStarted", "TaskStateEntered", "ExecutionFailed"]);
}

#[tokio::test(start_paused = true)]
async fn a_child_ends_its_task_after_a_restart() {
    let mut fixture = Fixture::new().await;
    fixture.call("CreateActivity", json!({"name": "a"})).await.unwrap();
    let child = fixture.create_as("child", "STANDARD", &activity_task()).await;
    let job = one_task(
        "arn:aws:states:::states:startExecution.sync:2",
        &json!({"StateMachineArn": child, "Input": {"n": 1}}),
    );
    let parent = fixture.create_as("parent", "STANDARD", &job).await;
    let arn = fixture.start_of(&parent, "e", &json!({})).await.unwrap();
    fixture = fixture.restart().await;
    let task = take(&fixture).await;
    fixture = fixture.restart().await;
    let failed = json!({"taskToken": task["taskToken"], "error": "Oops", "cause": "why"});
    fixture.call("SendTaskFailure", failed).await.unwrap();
    let ended = fixture.ended(&arn).await;
    assert_eq!(ended["error"], "States.TaskFailed");
    let cause: Value = serde_json::from_str(ended["cause"].as_str().unwrap()).unwrap();
    assert_eq!(
        (&cause["Status"], &cause["Error"], &cause["Input"]),
        (&json!("FAILED"), &json!("Oops"), &json!({"n": 1}))
    );
    assert_eq!(
        fixture.history(&arn).await,
        [
            "ExecutionStarted",
            "TaskStateEntered",
            "TaskScheduled",
            "TaskStarted",
            "TaskSubmitted",
            "TaskFailed",
            "ExecutionFailed"
        ]
    );
    let children = fixture.call("ListExecutions", json!({"stateMachineArn": child})).await.unwrap();
    assert_eq!(children["executions"].as_array().unwrap().len(), 1, "it was started once");
}

#[tokio::test(start_paused = true)]
async fn stopping_an_execution_stops_the_one_that_it_waits_for() {
    let mut fixture = Fixture::new().await;
    let child = fixture.create_as("child", "STANDARD", &waiting()).await;
    let parameters = json!({"StateMachineArn": child, "Name": "c", "Input.$": "$"});
    let job = one_task("arn:aws:states:::states:startExecution.sync", &parameters);
    let parent = fixture.create_as("parent", "STANDARD", &job).await;
    let arn = fixture.start_of(&parent, "e", &in_an_hour()).await.unwrap();
    let submitted = async || fixture.history(&arn).await.contains(&"TaskSubmitted".to_owned()).then_some(());
    until(submitted).await;
    fixture = fixture.restart().await;
    fixture.call("StopExecution", json!({"executionArn": arn})).await.unwrap();
    let stopped = fixture.ended("arn:aws:states:us-east-1:000000000000:execution:child:c").await;
    assert_eq!((&stopped["status"], &stopped["error"]), (&json!("ABORTED"), &json!(null)));
    let cause = "The Task state in AWS Step Functions execution \
        [arn:aws:states:us-east-1:000000000000:execution:parent:e] which was managing this resource was aborted";
    assert_eq!(stopped["cause"], cause);
}

#[tokio::test(start_paused = true)]
async fn a_callback_is_answered_once() {
    let fixture = Fixture::new().await;
    let child = fixture.create_as("child", "STANDARD", &waiting()).await;
    let parameters =
        json!({"StateMachineArn": child, "Name": "c", "Input": {"token.$": "$$.Task.Token", "until.$": "$.until"}});
    let callback = one_task("arn:aws:states:::states:startExecution.waitForTaskToken", &parameters);
    let parent = fixture.create_as("parent", "STANDARD", &callback).await;
    let arn = fixture.start_of(&parent, "e", &in_an_hour()).await.unwrap();
    let submitted = async || fixture.history(&arn).await.contains(&"TaskSubmitted".to_owned()).then_some(());
    until(submitted).await;
    let described = fixture.describe("arn:aws:states:us-east-1:000000000000:execution:child:c").await;
    let input: Value = serde_json::from_str(described["input"].as_str().unwrap()).unwrap();
    let done = json!({"taskToken": input["token"], "output": "\"done\""});
    fixture.call("SendTaskSuccess", done.clone()).await.unwrap();
    assert_eq!(fixture.ended(&arn).await["output"], "\"done\"");
    assert_eq!(fixture.call("SendTaskSuccess", done).await.unwrap_err().code, "TaskTimedOut");
    let unknown = fixture.call("SendTaskFailure", json!({"taskToken": "never"})).await.unwrap_err();
    assert_eq!(unknown.message, "Invalid Token: 'Invalid token'");
}

#[tokio::test(start_paused = true)]
async fn a_token_ends_a_task_that_waits_for_an_execution_and_the_execution_goes_on() {
    let mut fixture = Fixture::new().await;
    let child = fixture.create_as("child", "STANDARD", &waiting()).await;
    let parameters =
        json!({"StateMachineArn": child, "Name": "c", "Input": {"token.$": "$$.Task.Token", "until.$": "$.until"}});
    let job = one_task("arn:aws:states:::states:startExecution.sync:2", &parameters);
    let parent = fixture.create_as("parent", "STANDARD", &job).await;
    let arn = fixture.start_of(&parent, "e", &in_an_hour()).await.unwrap();
    let submitted = async || fixture.history(&arn).await.contains(&"TaskSubmitted".to_owned()).then_some(());
    until(submitted).await;
    fixture = fixture.restart().await;
    let child = "arn:aws:states:us-east-1:000000000000:execution:child:c";
    let input: Value = serde_json::from_str(fixture.describe(child).await["input"].as_str().unwrap()).unwrap();
    let done = json!({"taskToken": input["token"], "output": "\"done\""});
    fixture.call("SendTaskSuccess", done.clone()).await.unwrap();
    assert_eq!(fixture.ended(&arn).await["output"], "\"done\"");
    assert_eq!(fixture.call("SendTaskSuccess", done).await.unwrap_err().code, "TaskTimedOut");
    until(async || (fixture.describe(child).await["status"] == "RUNNING").then_some(())).await;
    fixture = fixture.restart().await;
    assert_eq!(fixture.describe(child).await["status"], "RUNNING");
    assert_eq!(
        fixture.history(&arn).await[3..],
        ["TaskStarted", "TaskSubmitted", "TaskSucceeded", "TaskStateExited", "ExecutionSucceeded"]
    );
}

#[tokio::test(start_paused = true)]
async fn an_integration_that_is_not_served_says_so_when_it_runs() {
    let fixture = Fixture::new().await;
    let send = one_task("arn:aws:states:::sqs:sendMessage", &json!({"QueueUrl": "u", "MessageBody": "b"}));
    let machine = fixture.create_as("m", "STANDARD", &send).await;
    let arn = fixture.start_of(&machine, "e", &json!({})).await.unwrap();
    let ended = fixture.ended(&arn).await;
    assert_eq!((&ended["status"], &ended["error"]), (&json!("FAILED"), &json!("States.Runtime")));
    assert!(ended["cause"].as_str().unwrap().contains("arn:aws:states:::sqs:sendMessage"), "{ended}");
}

/// A flow of one state that catches and retries every error.
fn catching(name: &str, mut state: Value) -> Value {
    let done = format!("{name}Done");
    let catcher = |error: &str| json!({"ErrorEquals": [error], "Next": done});
    state["End"] = json!(true);
    state["Catch"] = json!([catcher("States.Runtime"), catcher("States.TaskFailed"), catcher("States.ALL")]);
    state["Retry"] = json!([{"ErrorEquals": ["States.ALL"], "MaxAttempts": 3}]);
    json!({"StartAt": name, "States": {name: state, done: {"Type": "Succeed"}}})
}

#[tokio::test(start_paused = true)]
async fn no_catch_takes_what_is_not_served() {
    let fixture = Fixture::new().await;
    let task = json!({"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage",
        "Parameters": {"QueueUrl": "u", "MessageBody": "b"}});
    let inner = catching("Inner", task.clone());
    let distributed = json!({"StartAt": "P", "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
        "States": {"P": {"Type": "Pass", "End": true}}});
    let reader = json!({"Resource": "arn:aws:states:::s3:getObject", "ReaderConfig": {"InputType": "JSON"},
        "Parameters": {"Bucket": "b", "Key": "k"}});
    let states = [
        task,
        json!({"Type": "Parallel", "Branches": [inner.clone()]}),
        json!({"Type": "Map", "ItemsPath": "$.items", "ItemProcessor": inner}),
        json!({"Type": "Map", "ItemReader": reader, "ItemProcessor": distributed}),
    ];
    for (index, state) in states.into_iter().enumerate() {
        let definition = catching("Outer", state);
        let machine = fixture.create_as(&format!("m{index}"), "STANDARD", &definition).await;
        let arn = fixture.start_of(&machine, "e", &json!({"items": [1]})).await.unwrap();
        let ended = fixture.ended(&arn).await;
        assert_eq!((&ended["status"], &ended["error"]), (&json!("FAILED"), &json!("States.Runtime")), "{definition}");
        assert!(ended["cause"].as_str().unwrap().contains("does not serve"), "{ended}");
    }
}

#[tokio::test(start_paused = true)]
async fn every_way_to_invoke_asks_for_a_function_that_is_there() {
    let fixture = Fixture::new().await;
    for (kind, cause) in [
        ("RequestResponse", "Function not found: "),
        ("Event", "Function not found: "),
        ("DryRun", "Function not found: "),
        ("Never", "Unsupported invocation type: Never "),
    ] {
        let parameters = json!({"FunctionName": "f", "InvocationType": kind});
        let definition = one_task("arn:aws:states:::lambda:invoke", &parameters);
        let machine = fixture.create_as(&kind.to_lowercase(), "STANDARD", &definition).await;
        let arn = fixture.start_of(&machine, "e", &json!({})).await.unwrap();
        let ended = fixture.ended(&arn).await;
        assert!(ended["cause"].as_str().unwrap().starts_with(cause), "{kind}: {ended}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_functions_log_is_in_an_output_once_it_is_durable() {
    let fixture = Fixture::new().await;
    for (kind, flushed) in [("None", &[][..]), ("Tail", &["/aws/lambda/echo"])] {
        let parameters = json!({"FunctionName": "echo", "LogType": kind});
        let definition = one_task("arn:aws:states:::lambda:invoke", &parameters);
        let machine = fixture.create_as(&kind.to_lowercase(), "STANDARD", &definition).await;
        let arn = fixture.start_of(&machine, "e", &json!({})).await.unwrap();
        assert_eq!(fixture.ended(&arn).await["status"], "SUCCEEDED");
        assert_eq!(*fixture.outside.logs.flushed.lock().unwrap(), flushed);
    }
}

#[tokio::test(start_paused = true)]
async fn an_express_execution_runs_at_once_and_is_not_listed() {
    let fixture = Fixture::new().await;
    let definition = json!({"StartAt": "P", "States": {"P": {"Type": "Pass", "End": true}}});
    let machine = fixture.create_as("x", "EXPRESS", &definition).await;
    let run = json!({"stateMachineArn": machine, "name": "e", "input": "{\"n\":1}"});
    let ran = fixture.call("StartSyncExecution", run).await.unwrap();
    assert_eq!((&ran["status"], &ran["output"]), (&json!("SUCCEEDED"), &json!("{\"n\":1}")));
    assert_eq!(ran["billingDetails"]["billedMemoryUsedInMB"], 64);
    let arn = fixture.start_of(&machine, "e", &json!({})).await.unwrap();
    assert!(arn.starts_with("arn:aws:states:us-east-1:000000000000:express:x:e:"), "{arn}");
    let asked = fixture.call("DescribeExecution", json!({"executionArn": arn})).await.unwrap_err();
    assert_eq!(asked.message, "Invalid Arn: 'Resource type not valid in this context: express'");
    let listed = fixture.call("ListExecutions", json!({"stateMachineArn": machine})).await.unwrap_err();
    assert_eq!(listed.code, "StateMachineTypeNotSupported");
    fixture.call("DeleteStateMachine", json!({"stateMachineArn": machine})).await.unwrap();
    until(|| async { fixture.call("DescribeStateMachine", json!({"stateMachineArn": machine})).await.err() }).await;
}

#[tokio::test(start_paused = true)]
async fn a_task_acts_in_the_account_of_its_role_if_the_role_trusts_the_executions() {
    let fixture = Fixture::new().await;
    for (name, trusted) in [("trusts", "000000000000"), ("closed", "000000000009")] {
        let role = format!("arn:aws:iam::000000000002:role/{name}");
        fixture.outside.roles.trusted.lock().unwrap().insert(role, trusted.to_owned());
    }
    let role = |name: &str| format!("arn:aws:iam::000000000002:role/{name}");
    let caller = Caller {
        location: Location::default(),
        role_arn: "arn:aws:iam::000000000000:role/r".into(),
        machine_arn: super::fixture::MACHINE.to_owned(),
        execution: None,
    };
    let called = async |name: &str| {
        let request = asl::TaskRequest {
            task: asl::TaskId(1),
            purpose: asl::TaskPurpose::State,
            state: "T".into(),
            resource: asl::TaskResource::parse("arn:aws:states:::lambda:invoke").unwrap(),
            input: r#"{"FunctionName":"f"}"#.into(),
            credentials: Some(role(name)),
            timeout_s: None,
            heartbeat_s: None,
            attempt: 0,
            token: None,
        };
        match integration::call(&fixture.states, &caller, &request).await {
            Some(asl::Input::TaskFailed { cause: Some(cause), .. }) => cause,
            other => panic!("there is no such function, and yet {other:?}"),
        }
    };
    let found = called("trusts").await;
    assert!(found.starts_with("Function not found: arn:aws:lambda:us-east-1:000000000002:function:f "), "{found}");
    assert_eq!(
        called("closed").await,
        "The role arn:aws:iam::000000000000:role/r is not authorized to assume the task state's role, arn:aws:iam::000000000002:role/closed."
    );
}

fn distributed(children: &str, state: &Value) -> Value {
    json!({"StartAt": "M", "States": {"M": {"Type": "Map", "Label": "Each", "MaxConcurrency": 2, "End": true,
        "ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": children},
            "StartAt": "S", "States": {"S": state}}}}})
}

#[tokio::test(start_paused = true)]
async fn a_distributed_map_runs_children_that_are_executions_of_their_own() {
    let fixture = Fixture::new().await;
    for children in ["STANDARD", "EXPRESS"] {
        let definition = distributed(children, &json!({"Type": "Pass", "End": true}));
        let machine = fixture.create_as(&children.to_lowercase(), "STANDARD", &definition).await;
        let arn = fixture.start_of(&machine, "e", &json!([1, {"a": 2}, "x"])).await.unwrap();
        assert_eq!(fixture.ended(&arn).await["output"], r#"[1,{"a":2},"x"]"#, "{children}");
        let runs = fixture.call("ListMapRuns", json!({"executionArn": arn})).await.unwrap();
        let run = runs["mapRuns"][0]["mapRunArn"].as_str().unwrap();
        let described = fixture.call("DescribeMapRun", json!({"mapRunArn": run})).await.unwrap();
        assert_eq!((&described["status"], &described["itemCounts"]["succeeded"]), (&json!("SUCCEEDED"), &json!(3)));
        let listed = fixture.call("ListExecutions", json!({"mapRunArn": run})).await.unwrap();
        let listed = listed["executions"].as_array().unwrap().clone();
        assert_eq!(listed.len(), 3, "{children}");
        for child in listed {
            assert_eq!(child["stateMachineArn"], format!("{machine}/Each"));
            if children == "EXPRESS" {
                continue;
            }
            let child = child["executionArn"].as_str().unwrap();
            assert_eq!(fixture.describe(child).await["mapRunArn"], run);
            assert_eq!(fixture.history(child).await.len(), 4);
        }
        let all = fixture.call("ListExecutions", json!({"stateMachineArn": machine})).await.unwrap();
        assert_eq!(all["executions"].as_array().unwrap().len(), 1, "children are not among the machine's own");
    }
}

#[tokio::test(start_paused = true)]
async fn a_map_run_goes_on_after_a_restart_and_stops_with_its_execution() {
    let mut fixture = Fixture::new().await;
    fixture.call("CreateActivity", json!({"name": "a"})).await.unwrap();
    let task = json!({"Type": "Task", "Resource": ACTIVITY, "End": true});
    let machine = fixture.create_as("m", "STANDARD", &distributed("STANDARD", &task)).await;
    let arn = fixture.start_of(&machine, "e", &json!([1, 2, 3])).await.unwrap();
    let first = take(&fixture).await;
    fixture = fixture.restart().await;
    let done = json!({"taskToken": first["taskToken"], "output": "0"});
    fixture.call("SendTaskSuccess", done).await.unwrap();
    for _ in 0..2 {
        let next = take(&fixture).await;
        fixture = fixture.restart().await;
        let done = json!({"taskToken": next["taskToken"], "output": next["input"]});
        fixture.call("SendTaskSuccess", done).await.unwrap();
    }
    assert_eq!(fixture.ended(&arn).await["status"], "SUCCEEDED");

    let stopped = fixture.start_of(&machine, "stopped", &json!([1])).await.unwrap();
    take(&fixture).await;
    fixture.call("StopExecution", json!({"executionArn": stopped})).await.unwrap();
    let runs = fixture.call("ListMapRuns", json!({"executionArn": stopped})).await.unwrap();
    let run = runs["mapRuns"][0]["mapRunArn"].clone();
    let described = fixture.call("DescribeMapRun", json!({"mapRunArn": run})).await.unwrap();
    assert_eq!(described["status"], "ABORTED");
    let aborted = async || {
        let listed = fixture.call("ListExecutions", json!({"mapRunArn": run})).await.unwrap();
        (listed["executions"][0]["status"] == "ABORTED").then_some(())
    };
    until(aborted).await;
    fixture.call("DeleteStateMachine", json!({"stateMachineArn": machine})).await.unwrap();
    until(|| async { fixture.call("DescribeStateMachine", json!({"stateMachineArn": machine})).await.err() }).await;
    let gone = fixture.call("DescribeMapRun", json!({"mapRunArn": run})).await.unwrap_err();
    assert_eq!(gone.code, "ResourceNotFound");
}
