//! The history through the API: its order, and its pages.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use cloud_core::{EventSummary, ExecutionHistories};
use cloud_store::Range;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::fixture::{Fixture, MACHINE};
use super::random_workflow::{flow, written};
use super::stored::full_disk::{blocking, drive};
use crate::rows::execution::ExecutionKey;
use crate::rows::{ENDED_EXECUTIONS, RUNNING_EXECUTIONS};

const ECHO: &str = "arn:aws:lambda:us-east-1:000000000000:function:echo";

/// All events' ids, read page by page.
async fn ids(fixture: &Fixture, arn: &str, reverse: bool, size: usize) -> Vec<u64> {
    let mut ids = Vec::new();
    let mut token = Value::Null;
    loop {
        let input = json!({"executionArn": arn, "maxResults": size, "reverseOrder": reverse, "nextToken": token});
        let page = fixture.call("GetExecutionHistory", input).await.unwrap();
        let events = page["events"].as_array().unwrap();
        assert!(events.len() <= size);
        ids.extend(events.iter().map(|event| event["id"].as_u64().unwrap()));
        token = page["nextToken"].clone();
        if token.is_null() {
            return ids;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn tasks_that_begin_in_one_step_leave_their_events_in_order() {
    let fixture = Fixture::new().await;
    let task = |name: &str| {
        let states = json!({ name: {"Type": "Task", "Resource": ECHO, "End": true} });
        json!({"StartAt": name, "States": states})
    };
    let definition = json!({"StartAt": "P", "States": {
        "P": {"Type": "Parallel", "Branches": [task("A"), task("B"), task("C")], "Next": "M"},
        "M": {"Type": "Map", "ItemProcessor": task("D"), "End": true},
    }});
    fixture.create(&definition).await;
    let arn = fixture.start_of(MACHINE, "e", &json!([1])).await.unwrap();
    assert_eq!(fixture.ended(&arn).await["status"], "SUCCEEDED");
    let all: Vec<u64> = (1..=fixture.history(&arn).await.len() as u64).collect();
    let backward: Vec<u64> = all.iter().rev().copied().collect();
    for size in [1, 2, 3, 7, 100] {
        assert_eq!(ids(&fixture, &arn, false, size).await, all, "pages of {size}");
        assert_eq!(ids(&fixture, &arn, true, size).await, backward, "pages of {size}");
    }
}

/// Reads the history of every execution page by page, both ways.
async fn check_pages(fixture: &Fixture, sizes: &[usize]) {
    let mut executions = BTreeSet::new();
    for table in [RUNNING_EXECUTIONS, ENDED_EXECUTIONS] {
        let note = |row: &str| {
            executions.insert(ExecutionKey::stored(row));
            ControlFlow::Continue(())
        };
        fixture.store.scan_keys(table, Range::all(), note).unwrap();
    }
    for execution in executions {
        let arn = execution.arn();
        let whole = json!({"executionArn": arn, "maxResults": 1000});
        let whole = fixture.call("GetExecutionHistory", whole).await.unwrap();
        let events = whole["events"].as_array().unwrap();
        for (id, event) in (1..).zip(events) {
            assert_eq!(event["id"], id, "{arn}");
            assert!(event["previousEventId"].as_u64().unwrap() < id, "{arn}: {event}");
        }
        let all: Vec<u64> = (1..=events.len() as u64).collect();
        let backward: Vec<u64> = all.iter().rev().copied().collect();
        for size in sizes {
            assert_eq!(ids(fixture, &arn, false, *size).await, all, "{arn} in pages of {size}");
            assert_eq!(ids(fixture, &arn, true, *size).await, backward, "{arn} in pages of {size}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn pages_of_random_workflows_have_every_event_once(
        plan in flow(), sizes in prop::collection::vec(1..40_usize, 3),
    ) {
        let definition = written(&plan, false, &mut 0);
        blocking(async move {
            let run = async move {
                let (fixture, _) = drive(definition, None).await;
                check_pages(&fixture, &sizes).await;
            };
            tokio::spawn(run).await.unwrap();
        });
    }
}

#[tokio::test(start_paused = true)]
async fn a_long_history_is_paged_without_gap_or_repeat() {
    let fixture = Fixture::new().await;
    let pass = json!({"StartAt": "S", "States": {"S": {"Type": "Pass", "End": true}}});
    fixture
        .create(&json!({"StartAt": "M", "States": {"M": {"Type": "Map", "ItemProcessor": pass, "End": true}}}))
        .await;
    let items: Vec<u32> = (0..300).collect();
    let arn = fixture.start_of(MACHINE, "e", &json!(items)).await.unwrap();
    assert_eq!(fixture.ended(&arn).await["status"], "SUCCEEDED");
    let forward = ids(&fixture, &arn, false, 100).await;
    assert_eq!(forward, (1..=1206).collect::<Vec<u64>>());
    let mut backward = ids(&fixture, &arn, true, 77).await;
    backward.reverse();
    assert_eq!(backward, forward);
}

#[tokio::test(start_paused = true)]
async fn events_are_logged_and_a_log_that_fails_stops_nothing() {
    let fixture = Fixture::new().await;
    let logs = &fixture.outside.logs;
    logs.groups.lock().unwrap().insert("/g".to_owned());
    let group = "arn:aws:logs:us-east-1:000000000000:log-group:/g:*";
    let pass = json!({"StartAt": "S", "States": {"S": {"Type": "Pass", "End": true}}});
    let input = json!({
        "name": "m", "definition": pass.to_string(), "roleArn": super::fixture::ROLE,
        "loggingConfiguration": {
            "level": "ALL", "destinations": [{"cloudWatchLogsLogGroup": {"logGroupArn": group}}],
        },
    });
    fixture.call("CreateStateMachine", input).await.unwrap();
    fixture.start("one", &json!({})).await.unwrap();
    assert_eq!(logs.lines.lock().unwrap().len(), 4);
    logs.is_broken.store(true, std::sync::atomic::Ordering::SeqCst);
    let arn = fixture.start("two", &json!({})).await.unwrap();
    assert_eq!(fixture.ended(&arn).await["status"], "SUCCEEDED");
}

/// An event of the API as a history in short has it.
fn in_short(event: &Value) -> Value {
    let details = event.as_object().unwrap().iter().find(|(name, _)| name.ends_with("EventDetails"));
    let details = details.map(|(_, details)| details.clone()).unwrap_or_default();
    let kind = event["type"].as_str().unwrap();
    let is_of_state = kind.ends_with("StateEntered") || kind.ends_with("StateExited");
    json!([
        event["id"],
        event["previousEventId"],
        kind,
        details[if is_of_state { "name" } else { "state" }],
        details["error"],
        details["index"],
        details["resource"],
        details["assignedVariables"].is_object(),
    ])
}

fn told(event: &EventSummary) -> Value {
    let EventSummary { id, previous_event_id, kind, state, error, index, resource, assigns, .. } = event;
    json!([id, previous_event_id, kind, state.as_deref(), error, index, resource, assigns])
}

#[tokio::test(start_paused = true)]
async fn a_history_in_short_is_that_of_the_api() {
    let fixture = Fixture::new().await;
    let definition = json!({"StartAt": "M", "States": {
        "M": {"Type": "Map", "ItemsPath": "$.items", "Next": "T", "ResultPath": null, "ItemProcessor": {"StartAt": "P", "States": {
            "P": {"Type": "Pass", "End": true, "Assign": {"it.$": "$"}}}}},
        "T": {"Type": "Task", "Resource": ECHO, "Next": "F"},
        "F": {"Type": "Fail", "Error": "Own", "Cause": "why"},
    }});
    fixture.create(&definition).await;
    // One is kept in its own row, the other in rows of its history.
    for count in [1, 900] {
        let name = format!("e{count}");
        let items: Vec<u64> = (0..count).collect();
        let arn = fixture.start_of(MACHINE, &name, &json!({ "items": items })).await.unwrap();
        assert_eq!(fixture.ended(&arn).await["status"], "FAILED");
        let mut events = Vec::new();
        let mut input = json!({ "executionArn": arn, "maxResults": 1000 });
        while events.is_empty() || !input["nextToken"].is_null() {
            let mut page = fixture.call("GetExecutionHistory", input.clone()).await.unwrap();
            events.extend(page["events"].as_array().unwrap().iter().map(in_short));
            input["nextToken"] = page["nextToken"].take();
        }
        let all = fixture.states.events_after(&arn, 0).unwrap();
        assert_eq!(all.iter().map(told).collect::<Vec<_>>(), events);
        let rest = fixture.states.events_after(&arn, 3).unwrap();
        assert_eq!(rest, all[3..]);
        assert_eq!(fixture.states.events_after(&arn, all.len() as u64).unwrap(), []);
    }
    let missing = format!("{}:nobody", MACHINE.replace(":stateMachine:", ":execution:"));
    assert_eq!(fixture.states.events_after(&missing, 0).unwrap_err().code, "ExecutionDoesNotExist");
}
