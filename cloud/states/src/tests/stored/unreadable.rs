//! Rows that can't be read: they stay, they are told, and everything else goes on.

use std::ops::ControlFlow;

use cloud_core::testing::come_to_rest;
use cloud_store::{Batch, Range, Store, Table};
use serde_json::{Value, json};

use super::formats::{NEWEST, TABLES, fixture, store_of_fixtures};
use crate::rows::{
    ACTIVITIES, ENDED_EXECUTIONS, EXECUTION_HEADS, EXPRESS_EXECUTIONS, HISTORY, MAP_RUNS, RUNNING_EXECUTIONS,
    STATE_MACHINES,
};
use crate::tests::fixture::{Fixture, MACHINE, Outside, ROLE, in_an_hour, waiting};

const DAMAGED: &[u8] = b"{\"format\":1,";
const RUNNING: &str = "arn:aws:states:us-east-1:000000000000:execution:m:running";
const ENDED: &str = "arn:aws:states:us-east-1:000000000000:execution:m:ended";

/// A store with rows of every kind, one of them damaged, after a start; beside them a state machine that nothing has to do
/// with.
async fn with_damaged(table: Table, key: &str) -> Fixture {
    let store = store_of_fixtures(NEWEST).await;
    let (outside, control) = Outside::new(1);
    let states = outside.open(&store);
    let before = Fixture { store, states, control, outside };
    before.create_as("healthy", "STANDARD", &waiting()).await;
    let mut batch = Batch::new();
    batch.put_bytes(table, key, DAMAGED.to_vec());
    before.store.commit(batch).await.unwrap();
    let after = before.restart().await;
    come_to_rest().await;
    after
}

fn stored(store: &Store, table: Table, key: &str) -> Vec<u8> {
    let mut found = Vec::new();
    let scanned = store.scan_bytes(table, Range::prefix(key), |_, value| {
        found = value.to_vec();
        ControlFlow::Break(())
    });
    scanned.map(|()| found).unwrap()
}

async fn status(fixture: &Fixture, operation: &str, input: Value) -> u16 {
    fixture.call(operation, input).await.map_or_else(|error| error.status, |_| 200)
}

#[tokio::test(start_paused = true)]
async fn whatever_row_is_damaged_everything_else_goes_on() {
    for table in TABLES {
        for key in fixture(table).into_keys() {
            let fixture = with_damaged(table, &key).await;
            let healthy = "arn:aws:states:us-east-1:000000000000:stateMachine:healthy";
            let arn = fixture.start_of(healthy, "e", &in_an_hour()).await.unwrap();
            for operation in ["ListStateMachines", "ListActivities"] {
                assert_eq!(status(&fixture, operation, json!({})).await, 200, "{operation} with {key}");
            }
            assert_eq!(stored(&fixture.store, table, &key), DAMAGED, "{key} is left as it is");
            fixture.run_for(std::time::Duration::from_secs(3600)).await;
            assert_eq!(fixture.describe(&arn).await["status"], "SUCCEEDED", "{key}");
            // What is read at a start is counted then; the rest when somebody asks for it.
            let at_start = [STATE_MACHINES, ACTIVITIES, RUNNING_EXECUTIONS, EXPRESS_EXECUTIONS].contains(&table);
            assert!(!at_start || fixture.states.unreadable_rows() == 1, "{key}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_state_machine_that_cannot_be_read_is_neither_missing_nor_replaced() {
    let fixture = with_damaged(STATE_MACHINES, "us-east-1/m").await;
    let of_machine = json!({"stateMachineArn": MACHINE});
    let create = json!({"name": "m", "definition": waiting().to_string(), "roleArn": ROLE});
    let calls = [
        ("DescribeStateMachine", of_machine.clone()),
        ("UpdateStateMachine", json!({"stateMachineArn": MACHINE, "roleArn": ROLE})),
        ("DeleteStateMachine", of_machine.clone()),
        ("CreateStateMachine", create),
        ("PublishStateMachineVersion", of_machine.clone()),
        ("ListStateMachineVersions", of_machine.clone()),
        ("ListStateMachineAliases", of_machine.clone()),
        ("ListExecutions", of_machine.clone()),
        ("StartExecution", json!({"stateMachineArn": MACHINE, "name": "new"})),
        ("DescribeExecution", json!({"executionArn": ENDED})),
        ("DescribeStateMachineForExecution", json!({"executionArn": ENDED})),
        ("DescribeStateMachineAlias", json!({"stateMachineAliasArn": format!("{MACHINE}:live")})),
        ("DeleteStateMachineVersion", json!({"stateMachineVersionArn": format!("{MACHINE}:1")})),
        ("ListTagsForResource", json!({"resourceArn": MACHINE})),
        ("TagResource", json!({"resourceArn": MACHINE, "tags": [{"key": "a", "value": "b"}]})),
    ];
    for (operation, input) in calls {
        let refused = fixture.call(operation, input).await.unwrap_err();
        assert_eq!(refused.status, 500, "{operation}: {refused}");
        assert!(refused.message.contains("in table `state-machines`"), "{operation}: {refused}");
    }
    // Its execution is not lost, and does not make the cloud try for ever.
    fixture.run_for(std::time::Duration::from_secs(7200)).await;
    assert!(!stored(&fixture.store, RUNNING_EXECUTIONS, "us-east-1/m/running/").is_empty());
}

#[tokio::test(start_paused = true)]
async fn an_activity_that_cannot_be_read_is_neither_missing_nor_replaced() {
    let fixture = with_damaged(ACTIVITIES, "us-east-1/a").await;
    let activity = json!({"activityArn": "arn:aws:states:us-east-1:000000000000:activity:a"});
    assert_eq!(status(&fixture, "CreateActivity", json!({"name": "a"})).await, 500);
    for operation in ["DescribeActivity", "DeleteActivity", "GetActivityTask"] {
        assert_eq!(status(&fixture, operation, activity.clone()).await, 500, "{operation}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_execution_that_cannot_be_read_is_neither_missing_nor_replaced() {
    for (table, name, arn) in [(RUNNING_EXECUTIONS, "running", RUNNING), (ENDED_EXECUTIONS, "ended", ENDED)] {
        let fixture = with_damaged(table, &format!("us-east-1/m/{name}/")).await;
        let named = json!({"executionArn": arn});
        for operation in ["DescribeExecution", "StopExecution"] {
            assert_eq!(status(&fixture, operation, named.clone()).await, 500, "{operation} of {name}");
        }
        assert_eq!(status(&fixture, "StartExecution", json!({"stateMachineArn": MACHINE, "name": name})).await, 500);
        let others = if name == "ended" { RUNNING } else { ENDED };
        assert_eq!(status(&fixture, "DescribeExecution", json!({"executionArn": others})).await, 200);
        assert_eq!(status(&fixture, "ListExecutions", json!({"stateMachineArn": MACHINE})).await, 200);
    }
}

#[tokio::test(start_paused = true)]
async fn a_list_leaves_out_what_cannot_be_read_and_counts_it() {
    let key = fixture(EXECUTION_HEADS).into_keys().find(|key| key.ends_with("/running")).unwrap();
    let fixture = with_damaged(EXECUTION_HEADS, &key).await;
    let listed = fixture.call("ListExecutions", json!({"stateMachineArn": MACHINE})).await.unwrap();
    assert_eq!(listed["executions"].as_array().unwrap().len(), 1);
    assert_eq!(fixture.states.unreadable_rows(), 1);
    // Sequence numbers go on from what the keys say.
    fixture.start("later", &in_an_hour()).await.unwrap();
    let listed = fixture.call("ListExecutions", json!({"stateMachineArn": MACHINE})).await.unwrap();
    assert_eq!(listed["executions"][0]["name"], "later");
}

#[tokio::test(start_paused = true)]
async fn a_history_or_map_run_that_cannot_be_read_is_told() {
    let key = fixture(HISTORY).into_keys().find(|key| key.starts_with("us-east-1/m/running/")).unwrap();
    for (table, key, damaged, whole) in
        [(HISTORY, &*key, RUNNING, ENDED), (ENDED_EXECUTIONS, "us-east-1/m/ended/", ENDED, RUNNING)]
    {
        let fixture = with_damaged(table, key).await;
        assert_eq!(status(&fixture, "GetExecutionHistory", json!({"executionArn": damaged})).await, 500);
        assert_eq!(status(&fixture, "GetExecutionHistory", json!({"executionArn": whole})).await, 200);
    }
    let key = super::formats::fixture(MAP_RUNS).into_keys().next().unwrap();
    let fixture = with_damaged(MAP_RUNS, &key).await;
    let execution = "arn:aws:states:us-east-1:000000000000:execution:map:e";
    let listed = fixture.call("ListMapRuns", json!({"executionArn": execution})).await.unwrap();
    assert_eq!(listed["mapRuns"], json!([]));
    assert_eq!(fixture.states.unreadable_rows(), 1);
}
