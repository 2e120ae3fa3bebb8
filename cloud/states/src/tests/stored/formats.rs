//! Each kind of row as this version stores it. Fixtures are in `tests/fixtures`; the rule is in `rows::format`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use asl::HistoryEvent;
use cloud_core::testing::come_to_rest;
use cloud_store::{Batch, Store, Table};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::rows::activity::Activity;
use crate::rows::execution::{ExecutionRow, MapRunRow};
use crate::rows::express::ExpressRun;
use crate::rows::head::HeadRow;
use crate::rows::history::{PackedEvents, StoredHistory};
use crate::rows::machine::Row;
use crate::rows::{
    ACTIVITIES, ENDED_EXECUTIONS, EXECUTION_HEADS, EXPRESS_EXECUTIONS, HISTORY, MAP_RUNS, RUNNING_EXECUTIONS,
    STATE_MACHINES,
};
use crate::tests::fixture::{Fixture, MACHINE, Outside, ROLE, in_an_hour, waiting};

pub(super) const TABLES: [Table; 8] = [
    STATE_MACHINES,
    ACTIVITIES,
    EXECUTION_HEADS,
    RUNNING_EXECUTIONS,
    ENDED_EXECUTIONS,
    HISTORY,
    MAP_RUNS,
    EXPRESS_EXECUTIONS,
];

/// The newest version that a table has.
pub(super) const NEWEST: u32 = 3;

/// The version in which this program writes the rows of a table.
fn newest(table: Table) -> u32 {
    match table {
        EXECUTION_HEADS => 3,
        RUNNING_EXECUTIONS | ENDED_EXECUTIONS | HISTORY => 2,
        _ => 1,
    }
}

fn file(table: Table, version: u32) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/fixtures/{}-v{version}.json", table.name()))
}

/// The rows of a table as this version writes them.
pub(super) fn fixture(table: Table) -> BTreeMap<String, Value> {
    fixture_of(table, newest(table))
}

fn fixture_of(table: Table, version: u32) -> BTreeMap<String, Value> {
    serde_json::from_slice(&std::fs::read(file(table, version)).unwrap()).unwrap()
}

/// Reads and writes a table's rows, and gives what is written.
fn round_trip(table: Table, row: &Value) -> Result<Value, serde_json::Error> {
    fn through<T: DeserializeOwned + Serialize>(row: &Value) -> Result<Value, serde_json::Error> {
        let read: T = serde_json::from_str(&row.to_string())?;
        serde_json::to_value(&read)
    }
    match table.name() {
        "state-machines" => through::<Row>(row),
        "activities" => through::<Activity>(row),
        "execution-heads" => through::<HeadRow>(row),
        "running-executions" => through::<ExecutionRow>(row),
        "ended-executions" => {
            let mut written = through::<ExecutionRow>(row)?;
            if let Some(history) = row.get("history") {
                written["history"] = through::<PackedEvents>(history)?;
            }
            Ok(written)
        }
        "history" => through::<StoredHistory>(row),
        "map-runs" => through::<MapRunRow>(row),
        "express-executions" => through::<ExpressRun>(row),
        other => panic!("no reader for {other}"),
    }
}

/// The number of the format in a row, which an enum has one level down.
fn format_of(row: &mut Value) -> &mut Value {
    let members = row.as_object_mut().unwrap();
    if members.contains_key("format") {
        return members.get_mut("format").unwrap();
    }
    members.values_mut().next().unwrap().get_mut("format").unwrap()
}

#[test]
fn rows_of_this_version_are_read_and_written_as_they_were() {
    for table in TABLES {
        let rows = fixture(table);
        assert!(!rows.is_empty(), "{}", table.name());
        for (key, row) in rows {
            assert_eq!(round_trip(table, &row).unwrap(), row, "{} {key}", table.name());
        }
    }
}

#[test]
fn a_row_of_a_newer_version_is_refused_with_a_sentence() {
    for table in TABLES {
        for (key, mut row) in fixture(table) {
            let format = format_of(&mut row);
            let newer = format.as_u64().unwrap() + 1;
            *format = json!(newer);
            let refused = round_trip(table, &row).unwrap_err().to_string();
            let read = if newer == 2 { "1".to_owned() } else { format!("1 to {}", newer - 1) };
            let sentence = format!("a newer workshop wrote it (its format is {newer}; this workshop reads {read})");
            assert!(refused.starts_with(&sentence), "{} {key}: {refused}", table.name());
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_field_that_is_added_later_is_passed_over() {
    for table in TABLES {
        for (_, mut row) in fixture(table) {
            row.as_object_mut().unwrap().entry("laterField").or_insert(json!(1));
            if table != STATE_MACHINES {
                round_trip(table, &row).unwrap();
            }
        }
    }
}

/// A store that has every row of a version's fixtures; of a table that is not of that version, the newest.
pub(super) async fn store_of_fixtures(version: u32) -> Store {
    let store = Store::in_memory().unwrap();
    let mut batch = Batch::new();
    for table in TABLES {
        for (key, row) in fixture_of(table, version.min(newest(table))) {
            batch.put(table, key, &row).unwrap();
        }
    }
    store.commit(batch).await.unwrap();
    store
}

#[tokio::test(start_paused = true)]
async fn a_store_of_each_version_goes_on() {
    for version in [1, 2, NEWEST] {
        let store = store_of_fixtures(version).await;
        let (outside, control) = Outside::new(1);
        let states = outside.open(&store);
        states.resume();
        come_to_rest().await;
        let fixture = Fixture { store, states, control, outside };
        let listed = fixture.call("ListExecutions", json!({"stateMachineArn": MACHINE})).await.unwrap();
        let shown: Vec<_> = listed["executions"].as_array().unwrap().iter().map(|item| &item["status"]).collect();
        assert_eq!(shown, ["RUNNING", "SUCCEEDED"], "version {version}");
        fixture.run_for(std::time::Duration::from_secs(3600)).await;
        let outcomes = [in_an_hour().to_string(), json!({"until": "2020-01-01T00:00:00Z"}).to_string()];
        for (execution, output) in std::iter::zip(listed["executions"].as_array().unwrap(), outcomes) {
            let arn = execution["executionArn"].as_str().unwrap();
            let described = fixture.describe(arn).await;
            assert_eq!((&described["status"], &described["output"]), (&json!("SUCCEEDED"), &json!(output)));
            let types = fixture.history(arn).await;
            let expected = [
                "ExecutionStarted",
                "WaitStateEntered",
                "WaitStateExited",
                "PassStateEntered",
                "PassStateExited",
                "ExecutionSucceeded",
            ];
            assert_eq!(types, expected, "version {version}");
        }
        // The head of what has gone on is where it belongs, and no longer where an earlier program has put it.
        let again = fixture.call("ListExecutions", json!({"stateMachineArn": MACHINE})).await.unwrap();
        let names: Vec<_> = again["executions"].as_array().unwrap().iter().map(|item| &item["name"]).collect();
        assert_eq!(names, ["running", "ended"], "version {version}");
    }
}

/// What is written has not changed without a new version. `UPDATE_FIXTURES=1` writes the fixtures of a version that is new;
/// those of an old one are never written again.
#[tokio::test(start_paused = true)]
async fn what_is_written_is_as_the_fixtures_of_this_version() {
    let fixture = Fixture::new().await;
    let tags = json!([{"key": "k", "value": "v"}]);
    fixture.call("CreateActivity", json!({"name": "a", "tags": tags})).await.unwrap();
    let publish = json!({"name": "m", "definition": waiting().to_string(), "roleArn": ROLE, "publish": true,
        "versionDescription": "first", "tags": tags});
    fixture.call("CreateStateMachine", publish).await.unwrap();
    let routes = json!([{"stateMachineVersionArn": format!("{MACHINE}:1"), "weight": 100}]);
    let alias = json!({"name": "live", "routingConfiguration": routes, "description": "d"});
    fixture.call("CreateStateMachineAlias", alias).await.unwrap();
    fixture.start("ended", &json!({"until": "2020-01-01T00:00:00Z"})).await.unwrap();
    fixture.start_of(&format!("{MACHINE}:live"), "running", &in_an_hour()).await.unwrap();
    let map = json!({"StartAt": "M", "States": {"M": {"Type": "Map", "Label": "Each", "End": true,
        "ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
            "StartAt": "S", "States": {"S": {"Type": "Pass", "End": true}}}}}});
    let mapper = fixture.create_as("map", "STANDARD", &map).await;
    let arn = fixture.start_of(&mapper, "e", &json!([1])).await.unwrap();
    fixture.ended(&arn).await;
    let pass = json!({"StartAt": "P", "States": {"P": {"Type": "Wait", "Seconds": 1, "End": true}}});
    let express = fixture.create_as("x", "EXPRESS", &pass).await;
    fixture.start_of(&express, "e", &json!({})).await.unwrap();
    for table in TABLES {
        let rows: BTreeMap<String, Value> = fixture.store.load(table).unwrap().into_iter().collect();
        if std::env::var_os("UPDATE_FIXTURES").is_none() {
            assert_eq!(rows, self::fixture(table), "{table:?}");
            continue;
        }
        std::fs::write(file(table, newest(table)), format!("{}\n", serde_json::to_string_pretty(&rows).unwrap()))
            .unwrap();
    }
}

#[test]
fn events_of_the_first_version_are_as_the_language_writes_them() {
    for (_, row) in fixture_of(HISTORY, 1) {
        let events: Vec<HistoryEvent> = serde_json::from_value(row["events"].clone()).unwrap();
        assert!(!events.is_empty());
    }
}
