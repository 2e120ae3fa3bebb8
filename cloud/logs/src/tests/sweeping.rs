//! What is deleted or too old leaves the disk, in steps, and over restarts.

use std::time::Duration;

use cloud_core::testing::come_to_rest;
use cloud_core::{Clock, LogWriter};
use serde_json::json;

use super::{Fixture, start};
use crate::Logs;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
const DAY_MS: i64 = 24 * 60 * 60 * 1000;

impl Fixture {
    /// Writes so many lines in batches.
    async fn write_many(&self, group: &str, stream: &str, count: usize) {
        for begin in (0..count).step_by(500) {
            let lines: Vec<String> = (begin..count.min(begin + 500)).map(|line| format!("line {line}")).collect();
            let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
            self.write(group, stream, &lines).await;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_group_made_anew_does_not_have_its_namesakes_events() {
    let fixture = Fixture::new();
    fixture.write("g", "s", &["old"]).await;
    fixture.ok("DeleteLogGroup", json!({ "logGroupName": "g" })).await;
    fixture.write("g", "s", &["new"]).await;
    assert_eq!(fixture.messages("g", "s").await, ["new"]);
    assert_eq!(fixture.filtered("g").await, ["new"]);
    come_to_rest().await;
    assert_eq!(fixture.event_rows(), (1, 1));
    assert_eq!(fixture.filtered("g").await, ["new"]);
}

#[tokio::test(start_paused = true)]
async fn a_stream_made_anew_does_not_have_its_namesakes_events() {
    let fixture = Fixture::new();
    fixture.write("g", "other", &["stays"]).await;
    fixture.write_many("g", "s", 2500).await;
    fixture.ok("DeleteLogStream", json!({ "logGroupName": "g", "logStreamName": "s" })).await;
    assert_eq!(fixture.filtered("g").await, ["stays"]);
    fixture.write("g", "s", &["new"]).await;
    assert_eq!(fixture.messages("g", "s").await, ["new"]);
    come_to_rest().await;
    assert_eq!(fixture.event_rows(), (2, 2));
    fixture.assert_memory_is_disk();
}

#[tokio::test(start_paused = true)]
async fn retention_drops_old_events_and_order_is_time_then_arrival() {
    let fixture = Fixture::new().with_stream("g", "s").await;
    fixture.ok("PutRetentionPolicy", json!({ "logGroupName": "g", "retentionInDays": 1 })).await;
    let now_ms = fixture.now_ms();
    let events = [(now_ms, "second"), (now_ms - 1, "first"), (now_ms, "third"), (now_ms - 2 * DAY_MS, "gone")];
    let at = |ms| jiff::Timestamp::from_millisecond(ms).unwrap();
    let lines = events.map(|(timestamp_ms, text)| (at(timestamp_ms), text.to_owned())).to_vec();
    fixture.logs.write(&fixture.location, "g", "s", lines).await.unwrap();
    assert_eq!(fixture.messages("g", "s").await, ["first", "second", "third"]);
    assert_eq!(fixture.filtered("g").await, ["first", "second", "third"]);
    come_to_rest().await;
    assert_eq!(fixture.event_rows(), (3, 3));
    let streams = fixture.ok("DescribeLogStreams", json!({ "logGroupName": "g" })).await;
    assert_eq!(streams["logStreams"][0]["lastEventTimestamp"], now_ms);
    // A day later the next line finds all of them too old.
    fixture.clock.advance(DAY + DAY);
    fixture.write("g", "s", &["next"]).await;
    come_to_rest().await;
    assert_eq!(fixture.event_rows(), (1, 1));
    assert_eq!(fixture.filtered("g").await, ["next"]);
}

#[tokio::test(start_paused = true)]
async fn a_start_removes_what_the_end_of_the_process_left() {
    let fixture = Fixture::new();
    for group in ["a", "b", "c"] {
        fixture.write_many(group, "gone", 1200).await;
        fixture.write(group, "stays", &["stays"]).await;
    }
    come_to_rest().await;
    // The process ends between the deletions and their sweep.
    let copy = fixture.clone();
    fixture.logs.inner.sweeps.pretend_to_run();
    copy.ok("DeleteLogGroup", json!({ "logGroupName": "b" })).await;
    copy.ok("DeleteLogStream", json!({ "logGroupName": "c", "logStreamName": "gone" })).await;
    come_to_rest().await;
    assert_eq!(fixture.event_rows(), (3603, 3603));
    let again = fixture.restarted();
    // The numbers of what is gone are not given again meanwhile.
    again.write("b", "gone", &["new"]).await;
    again.write("c", "gone", &["new"]).await;
    assert_eq!(again.filtered("b").await, ["new"]);
    assert_eq!(again.filtered("c").await, ["stays", "new"]);
    come_to_rest().await;
    assert_eq!(again.event_rows(), (1201 + 1 + 2, 1201 + 1 + 2));
    again.assert_memory_is_disk();
}

#[tokio::test(start_paused = true)]
async fn a_start_removes_what_has_expired_meanwhile() {
    let fixture = Fixture::new().with_stream("g", "s").await;
    fixture.ok("PutRetentionPolicy", json!({ "logGroupName": "g", "retentionInDays": 1 })).await;
    fixture.put("g", "s", &[(0, "old")]).await;
    come_to_rest().await;
    fixture.clock.advance(DAY + DAY);
    let again = fixture.restarted();
    come_to_rest().await;
    assert_eq!(again.event_rows(), (0, 0));
}

#[test]
fn it_opens_without_a_runtime() {
    let store = cloud_store::Store::in_memory().unwrap();
    let (clock, _) = Clock::moved_by_hand(start());
    Logs::open(&store, clock).unwrap();
}
