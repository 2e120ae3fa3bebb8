//! What a restart reads, and what it goes on with.

use std::sync::Arc;
use std::time::Duration;

use cloud_core::Clock;
use cloud_store::{Batch, Store};
use serde_json::{Value, json};

use crate::rows::execution::{EndedState, ExecutionKey, ExecutionState, ListChange};
use crate::rows::put_execution::put_execution;
use crate::rows::{ENDED_EXECUTIONS, HISTORY};
use crate::tests::fixture::{Fixture, MACHINE, Outside, in_an_hour, until, waiting};

async fn names(fixture: &Fixture, more: &Value) -> Vec<String> {
    let mut names = Vec::new();
    let mut token = Value::Null;
    loop {
        let mut input = json!({"stateMachineArn": MACHINE, "maxResults": 2, "nextToken": token});
        input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let page = fixture.call("ListExecutions", input).await.unwrap();
        let executions = page["executions"].as_array().unwrap();
        names.extend(executions.iter().map(|execution| execution["name"].as_str().unwrap().to_owned()));
        token = page["nextToken"].clone();
        if token.is_null() {
            return names;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn lists_are_the_same_after_a_restart_newest_first() {
    let mut fixture = Fixture::new().await;
    fixture.create(&waiting()).await;
    let now = fixture.control.now();
    for (name, wait_s) in [("a", 1), ("b", 9), ("c", 1), ("d", 9)] {
        let until = now + jiff::SignedDuration::from_secs(wait_s);
        fixture.start(name, &json!({"until": until.to_string()})).await.unwrap();
    }
    fixture.run_for(Duration::from_secs(2)).await;
    fixture.start("e", &in_an_hour()).await.unwrap();
    for _ in 0..2 {
        assert_eq!(names(&fixture, &json!({})).await, ["e", "c", "a", "d", "b"]);
        assert_eq!(names(&fixture, &json!({"statusFilter": "RUNNING"})).await, ["e", "d", "b"]);
        assert_eq!(names(&fixture, &json!({"statusFilter": "SUCCEEDED"})).await, ["c", "a"]);
        assert_eq!(names(&fixture, &json!({"statusFilter": "FAILED"})).await, [""; 0]);
        fixture = fixture.restart().await;
    }
    fixture.start("f", &in_an_hour()).await.unwrap();
    assert_eq!(names(&fixture, &json!({})).await, ["f", "e", "c", "a", "d", "b"], "the same instant, a later start");
    fixture.run_for(Duration::from_secs(10)).await;
    assert_eq!(names(&fixture, &json!({"statusFilter": "RUNNING"})).await, ["f", "e"]);
}

#[tokio::test(start_paused = true)]
async fn what_has_ended_is_not_read_at_a_start() {
    let mut fixture = Fixture::new().await;
    fixture.create(&waiting()).await;
    let past = json!({"until": "2020-01-01T00:00:00Z"});
    let ended = fixture.start("ended", &past).await.unwrap();
    let running = fixture.start("running", &in_an_hour()).await.unwrap();
    // Rows that nobody can read: a start that read them would fail.
    let key = ExecutionKey::new("us-east-1/m", "ended");
    let mut batch = Batch::new();
    batch.put_bytes(ENDED_EXECUTIONS, key.row(), "no row");
    batch.put_bytes(HISTORY, key.history(1), "no row");
    fixture.store.commit(batch).await.unwrap();
    fixture = fixture.restart().await;
    assert_eq!(fixture.describe(&running).await["status"], "RUNNING");
    assert_eq!(names(&fixture, &json!({})).await, ["running", "ended"]);
    let unread = fixture.call("DescribeExecution", json!({"executionArn": ended})).await.unwrap_err();
    assert_eq!(unread.status, 500);
    assert!(unread.message.contains("can't read, in table `ended-executions`"), "{}", unread.message);
}

#[tokio::test(start_paused = true)]
async fn a_file_keeps_what_was_answered() {
    let folder = tempfile::tempdir().unwrap();
    let (outside, control) = Outside::new(1);
    let store = Store::open_inline(folder.path()).unwrap();
    let states = outside.open(&store);
    states.resume();
    let fixture = Fixture { store, states, control, outside };
    fixture.create(&waiting()).await;
    let arn = fixture.start("e", &in_an_hour()).await.unwrap();
    let Fixture { store, states, control, outside } = fixture;
    states.stop().await;
    drop((states, store));
    let store = until(|| async { Store::open_inline(folder.path()).ok() }).await;
    let states = outside.open(&store);
    states.resume();
    let fixture = Fixture { store, states, control, outside };
    assert_eq!(fixture.describe(&arn).await["status"], "RUNNING");
    fixture.run_for(Duration::from_secs(3600)).await;
    assert_eq!(fixture.describe(&arn).await["status"], "SUCCEEDED");
}

#[tokio::test(start_paused = true)]
async fn a_task_learns_of_a_child_that_ended_untold() {
    let mut fixture = Fixture::new().await;
    let child = fixture.create_as("child", "STANDARD", &waiting()).await;
    for parameters in [
        json!({"StateMachineArn": child, "Name": "c", "Input.$": "$"}),
        json!({"StateMachineArn": child, "Input.$": "$"}),
    ] {
        let task = json!({"Type": "Task", "Resource": "arn:aws:states:::states:startExecution.sync",
            "Parameters": parameters, "End": true});
        let name = format!("parent-{}", parameters["Name"].as_str().unwrap_or("random"));
        let parent = fixture.create_as(&name, "STANDARD", &json!({"StartAt": "T", "States": {"T": task}})).await;
        let arn = fixture.start_of(&parent, "e", &in_an_hour()).await.unwrap();
        let submitted = async || fixture.history(&arn).await.contains(&"TaskSubmitted".to_owned()).then_some(());
        until(submitted).await;
        // The child's end reached the disk, and its parent was not told.
        let running = fixture.call("ListExecutions", json!({"stateMachineArn": child})).await.unwrap();
        let key = ExecutionKey::new("us-east-1/child", running["executions"][0]["name"].as_str().unwrap());
        let mut row = fixture.states.execution(&key).unwrap().unwrap();
        row.head.status = asl::Status::Succeeded;
        row.head.stopped_at = Some(fixture.control.now());
        row.state = ExecutionState::Ended(Box::new(EndedState {
            input: "{}".to_owned(),
            outcome: asl::Outcome::Succeeded { output: "7".into() },
            unfinished: None,
        }));
        let mut batch = Batch::new();
        put_execution(&mut batch, &key, &mut row, ListChange::Started, None, None).unwrap();
        fixture.store.commit(batch).await.unwrap();
        fixture = fixture.restart().await;
        assert_eq!(fixture.ended(&arn).await["status"], "SUCCEEDED", "{name}");
    }
}

/// Twenty branches that create an activity each, and one that fails: what is under way then is abandoned.
fn abandoning() -> Value {
    let mut branches: Vec<Value> = (0..20)
        .map(|number| {
            let parameters = json!({"Name.$": format!("States.Format('{{}}-{number}', $$.Execution.Name)")});
            let name = format!("C{number}");
            let states = json!({ &name: {"Type": "Task", "End": true,
                "Resource": "arn:aws:states:::aws-sdk:sfn:createActivity", "Parameters": parameters}});
            json!({"StartAt": name, "States": states})
        })
        .collect();
    let failing = "arn:aws:lambda:us-east-1:000000000000:function:missing";
    branches.push(json!({"StartAt": "F", "States": {"F": {"Type": "Task", "Resource": failing, "End": true}}}));
    json!({"StartAt": "P", "States": {"P": {"Type": "Parallel", "Branches": branches, "End": true}}})
}

async fn activities(fixture: &Fixture) -> Value {
    fixture.call("ListActivities", json!({"maxResults": 1000})).await.unwrap()
}

#[tokio::test(start_paused = true)]
async fn calls_that_are_abandoned_leave_memory_and_disk_alike() {
    let mut fixture = Fixture::new().await;
    fixture.create(&abandoning()).await;
    for number in 0..40 {
        let arn = fixture.start(&format!("e{number}"), &json!({})).await.unwrap();
        assert_eq!(fixture.ended(&arn).await["status"], "FAILED");
    }
    let before = activities(&fixture).await;
    fixture = fixture.restart().await;
    assert_eq!(activities(&fixture).await, before);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn calls_that_are_abandoned_while_the_disk_writes_leave_memory_and_disk_alike() {
    let folder = tempfile::tempdir().unwrap();
    let (outside, control) = Outside::new(1);
    let store = Store::open(folder.path()).unwrap();
    let states = outside.open(&store);
    states.resume();
    let fixture = Fixture { store, states, control, outside };
    fixture.create(&abandoning()).await;
    let run = async {
        for number in 0..40 {
            let arn = fixture.start(&format!("e{number}"), &json!({})).await.unwrap();
            while fixture.describe(&arn).await["status"] == "RUNNING" {
                tokio::task::yield_now().await;
            }
        }
        fixture.states.stop().await;
        // What is under way holds the service.
        while Arc::strong_count(&fixture.states) > 1 {
            tokio::task::yield_now().await;
        }
    };
    Clock::system().timeout(Duration::from_secs(60), run).await.expect("it ends within a minute");
    let before = activities(&fixture).await;
    let states = fixture.outside.open(&fixture.store);
    let again = Fixture { states, ..fixture };
    assert_eq!(activities(&again).await, before);
}
