//! The stored form of version 2 of the store's format: what is written, and that it is read again.
//!
//! Whoever has to change an expected text here changes the format: see the rule in `cloud_store::format`.

use std::ops::ControlFlow;

use cloud_core::testing::come_to_rest;
use cloud_store::{Batch, Range, Store, Table};
use serde_json::json;

use super::Fixture;
use crate::TABLES;

const ROWS: [(usize, &str, &str); 6] = [
    (
        0,
        "us-east-1/g",
        r#"{"id":1,"name":"g","arn":"arn:aws:logs:us-east-1:000000000000:log-group:g","created_at_ms":1772323200000,"retention_days":7,"tags":{"a":"b"},"class":"STANDARD"}"#,
    ),
    (
        1,
        "0000000001/s",
        r#"{"id":1,"created_at_ms":1772323200000,"first_event_ms":1772323200000,"last_event_ms":1772323200005,"last_ingestion_ms":1772323200000,"last_sequence":1772323200000000002,"stored_bytes":519}"#,
    ),
    (2, "0000000001/019ca6b1dc0018988e8f6b2f0001", r#"{"stream":1,"message":"one"}"#),
    (2, "0000000001/019ca6b1dc0518988e8f6b2f0002", r#"{"stream":1,"message":"t\"wo"}"#),
    (3, "0000000001/0000000001/019ca6b1dc0018988e8f6b2f0001", ""),
    (3, "0000000001/0000000001/019ca6b1dc0518988e8f6b2f0002", ""),
];

fn rows(store: &Store) -> Vec<(usize, String, String)> {
    let mut rows = Vec::new();
    for (index, table) in TABLES.into_iter().enumerate() {
        let scanned = store.scan_bytes(table, Range::all(), |key, value| {
            rows.push((index, key.to_owned(), String::from_utf8(value.to_vec()).unwrap()));
            ControlFlow::Continue(())
        });
        scanned.unwrap();
    }
    rows
}

#[tokio::test(start_paused = true)]
async fn what_is_written_has_this_form() {
    let fixture = Fixture::new();
    fixture.ok("CreateLogGroup", json!({ "logGroupName": "g", "tags": { "a": "b" } })).await;
    fixture.ok("PutRetentionPolicy", json!({ "logGroupName": "g", "retentionInDays": 7 })).await;
    fixture.ok("CreateLogStream", json!({ "logGroupName": "g", "logStreamName": "s" })).await;
    fixture.put("g", "s", &[(0, "one"), (5, "t\"wo")]).await;
    come_to_rest().await;
    assert_eq!(rows(&fixture.store), ROWS.map(|(table, key, value)| (table, key.to_owned(), value.to_owned())));
}

#[tokio::test(start_paused = true)]
async fn what_has_this_form_is_read_also_with_fields_of_a_later_program() {
    for later in ["", r#","later":[1]"#] {
        let store = Store::in_memory().unwrap();
        let mut batch = Batch::new();
        for (table, key, value) in ROWS {
            let table: Table = TABLES[table];
            // Programs before did not count what a stream has.
            let value = value.replace(r#","stored_bytes":519"#, "");
            let value = value.strip_suffix('}').map_or_else(String::new, |fields| format!("{fields}{later}}}"));
            batch.put_bytes(table, key, value);
        }
        store.commit(batch).await.unwrap();
        let fixture = Fixture::on(store);
        assert_eq!(fixture.messages("g", "s").await, ["one", "t\"wo"]);
        assert_eq!(fixture.filtered("g").await, ["one", "t\"wo"]);
        let groups = fixture.ok("DescribeLogGroups", json!({})).await;
        assert_eq!(groups["logGroups"][0]["retentionInDays"], 7);
        fixture.put("g", "s", &[(6, "three")]).await;
        come_to_rest().await;
        assert_eq!(fixture.messages("g", "s").await, ["one", "t\"wo", "three"]);
        fixture.assert_memory_is_disk();
    }
}
