//! Rows that can't be read: they stay, they are told, and everything else goes on.

use cloud_core::testing::come_to_rest;
use cloud_store::{Batch, Range, Store};
use serde_json::json;

use super::Fixture;
use crate::TABLES;
use crate::rows::{EVENTS, GROUPS, STREAM_EVENTS, STREAMS};

/// Two groups with two streams each.
async fn filled() -> Fixture {
    let fixture = Fixture::new();
    for group in ["a", "b"] {
        for stream in ["s", "t"] {
            fixture.write(group, stream, &[&format!("{group} {stream} 1"), &format!("{group} {stream} 2")]).await;
        }
    }
    come_to_rest().await;
    fixture
}

/// The same store with one row spoilt, after a restart.
async fn with_damaged(fixture: &Fixture, table: cloud_store::Table, key: &str) -> Fixture {
    let mut batch = Batch::new();
    batch.put_bytes(table, key, b"{\"id\":".to_vec());
    fixture.store.commit(batch).await.unwrap();
    let again = fixture.restarted();
    come_to_rest().await;
    again
}

fn keys(store: &Store, table: cloud_store::Table) -> Vec<String> {
    let mut keys = Vec::new();
    let scanned = store.scan_keys(table, Range::all(), |key| {
        keys.push(key.to_owned());
        std::ops::ControlFlow::Continue(())
    });
    scanned.map(|()| keys).unwrap()
}

#[tokio::test(start_paused = true)]
async fn whatever_row_is_damaged_the_rest_is_served_and_nothing_is_removed() {
    for table in TABLES {
        let count = keys(&filled().await.store, table).len();
        for index in 0..count {
            let fixture = filled().await;
            let rows = fixture.event_rows();
            let key = keys(&fixture.store, table)[index].clone();
            let again = with_damaged(&fixture, table, &key).await;
            again.write("new", "s", &["line"]).await;
            assert_eq!(again.messages("new", "s").await, ["line"], "{key}");
            let mut refused = 0;
            for group in ["a", "b"] {
                for stream in ["s", "t"] {
                    let input = json!({ "logGroupName": group, "logStreamName": stream, "startFromHead": true });
                    match again.call("GetLogEvents", input).await {
                        Ok(answer) => assert_eq!(super::messages(&answer).len(), 2, "{key}"),
                        Err(error) => {
                            assert_eq!(error.status, 500, "{key}: {error}");
                            refused += 1;
                        }
                    }
                }
            }
            let expected = if table == GROUPS { 2 } else { usize::from(table == STREAMS) };
            assert_eq!(refused, expected, "{key}");
            // The values of the index say nothing.
            assert_eq!(again.logs.unreadable_rows(), usize::from(table != STREAM_EVENTS), "{key}");
            assert_eq!(again.event_rows(), (rows.0 + 1, rows.1 + 1), "{key}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_group_that_cannot_be_read_is_not_replaced() {
    let fixture = filled().await;
    let again = with_damaged(&fixture, GROUPS, "us-east-1/a").await;
    for operation in ["CreateLogGroup", "DeleteLogGroup", "DescribeLogStreams", "FilterLogEvents", "ListTagsLogGroup"] {
        let refused = again.call(operation, json!({ "logGroupName": "a" })).await.unwrap_err();
        assert!(refused.message.contains("in table `log-groups` under `us-east-1/a`"), "{operation}: {refused}");
    }
    let lines = vec![(again.clock.now(), "line".to_owned())];
    assert!(cloud_core::LogWriter::write(&again.logs, &again.location, "a", "s", lines).await.is_err());
    let groups = again.ok("DescribeLogGroups", json!({})).await;
    assert_eq!(groups["logGroups"].as_array().unwrap().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_cannot_be_read_is_not_replaced() {
    let fixture = filled().await;
    let again = with_damaged(&fixture, STREAMS, "0000000001/s").await;
    let input = json!({ "logGroupName": "a", "logStreamName": "s" });
    for operation in ["CreateLogStream", "DeleteLogStream", "GetLogEvents"] {
        let refused = again.call(operation, input.clone()).await.unwrap_err();
        assert!(refused.message.contains("in table `log-streams`"), "{operation}: {refused}");
    }
    let lines = vec![(again.clock.now(), "line".to_owned())];
    assert!(cloud_core::LogWriter::write(&again.logs, &again.location, "a", "s", lines).await.is_err());
    assert_eq!(again.messages("a", "t").await, ["a t 1", "a t 2"]);
}

#[tokio::test(start_paused = true)]
async fn an_event_that_cannot_be_read_has_its_place() {
    let fixture = filled().await;
    let key = keys(&fixture.store, EVENTS)[0].clone();
    let again = with_damaged(&fixture, EVENTS, &key).await;
    let said = "This event can't be read: its row in the embedded cloud's store is damaged. `workshop local logs` says which one it is.";
    assert_eq!(again.messages("a", "s").await, [said, "a s 2"]);
    assert_eq!(again.filtered("a").await, [said, "a s 2", "a t 1", "a t 2"]);
    assert_eq!(again.logs.unreadable_rows(), 1);
}
