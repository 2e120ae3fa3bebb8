//! What bounds the events of a group, and what is written at once.

use std::time::Duration;

use cloud_core::LogWriter;
use cloud_core::testing::come_to_rest;
use serde_json::json;

use super::Fixture;
use crate::group::{GROUP_LIMIT_BYTES, GROUP_TRIMMED_BYTES};
use crate::service::{LINE_BATCH_BYTES, LINES_WAITING_BYTES};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

impl Fixture {
    /// Writes so many lines of a size, in the order of their numbers.
    async fn flood(&self, stream: &str, numbers: std::ops::Range<usize>, size_bytes: usize) {
        let numbers: Vec<usize> = numbers.collect();
        for part in numbers.chunks(500) {
            let line = |number: &usize| (self.clock.now(), format!("{number:0>size_bytes$}"));
            let lines = part.iter().map(line).collect();
            self.logs.write(&self.location, "g", stream, lines).await.unwrap();
        }
    }

    fn stored_bytes(&self) -> u64 {
        self.logs.group("us-east-1/g").unwrap().lock().stored_bytes()
    }
}

#[tokio::test(start_paused = true)]
async fn a_group_keeps_its_newest_events_and_says_how_many_are_gone() {
    let fixture = Fixture::new();
    fixture.flood("quiet", 0..3, 9000).await;
    fixture.flood("loud", 3..2_000, 9000).await;
    fixture.flood("loud", 2_000..3_000, 9000).await;
    come_to_rest().await;
    assert!(fixture.stored_bytes() <= GROUP_LIMIT_BYTES, "{}", fixture.stored_bytes());
    let (events, index) = fixture.event_rows();
    assert_eq!(events, index);
    let first = fixture.ok("FilterLogEvents", json!({ "logGroupName": "g", "limit": 2 })).await;
    let removed = 3_000 - (events - 1);
    let notice = format!(
        "{removed} older events of this log group were removed: the embedded cloud keeps the newest 16 MiB of a log group.\n"
    );
    assert_eq!(super::messages(&first), [notice, format!("{removed:0>9000}")]);
    // What memory counts is what a restart finds, and what is there.
    fixture.assert_memory_is_disk();
    assert_eq!(fixture.restarted().stored_bytes(), fixture.stored_bytes());
    let quiet = fixture.messages("g", "quiet").await;
    assert_eq!(quiet, [""; 0]);
    fixture.ok("DeleteLogStream", json!({ "logGroupName": "g", "logStreamName": "loud" })).await;
    assert_eq!(fixture.stored_bytes(), 0);
    come_to_rest().await;
    assert_eq!(fixture.event_rows(), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn whoever_fills_a_group_waits_for_what_is_removed() {
    let fixture = Fixture::new();
    let mut most = 0;
    for number in 0..250 {
        fixture.flood("s", number * 10..number * 10 + 10, 9000).await;
        most = most.max(fixture.stored_bytes());
    }
    let full = GROUP_LIMIT_BYTES + (GROUP_LIMIT_BYTES - GROUP_TRIMMED_BYTES);
    assert!(most > GROUP_LIMIT_BYTES && most < full + 2 * LINE_BATCH_BYTES as u64, "{most}");
}

#[tokio::test(start_paused = true)]
async fn many_lines_are_handed_over_in_parts() {
    let fixture = Fixture::new().with_stream("g", "s").await;
    // Nobody settles what was handed over, as long as nobody else has a turn.
    let lines = (0..20_000).map(|_| (fixture.clock.now(), "y\n".to_owned())).collect();
    let writing = fixture.logs.write(&fixture.location, "g", "s", lines);
    assert!(cloud_core::testing::poll_times(writing, 1).await.is_none());
    let (events, _) = fixture.event_rows();
    assert!(events * 256 <= LINES_WAITING_BYTES && events > 60, "{events}");
}

#[tokio::test(start_paused = true)]
async fn retention_holds_also_where_nobody_writes() {
    let fixture = Fixture::new().with_stream("g", "s").await;
    fixture.ok("PutRetentionPolicy", json!({ "logGroupName": "g", "retentionInDays": 1 })).await;
    fixture.put("g", "s", &[(0, "old")]).await;
    fixture.clock.advance(DAY + DAY);
    fixture.write("another", "s", &["line"]).await;
    come_to_rest().await;
    assert_eq!(fixture.event_rows(), (1, 1));
    assert_eq!(fixture.stored_bytes(), 0);
    fixture.assert_memory_is_disk();
}

#[tokio::test(start_paused = true)]
async fn a_shorter_retention_removes_at_once() {
    let fixture = Fixture::new().with_stream("g", "s").await;
    fixture.put("g", "s", &[(0, "old")]).await;
    fixture.clock.advance(DAY + DAY);
    fixture.ok("PutRetentionPolicy", json!({ "logGroupName": "g", "retentionInDays": 1 })).await;
    come_to_rest().await;
    assert_eq!(fixture.event_rows(), (0, 0));
}
