//! Lines that other services write.

use std::task::{Context, Poll, Waker};

use cloud_core::testing::come_to_rest;
use cloud_core::{Account, Location, LogWriter};
use cloud_store::Store;
use serde_json::json;

use super::{Fixture, start};
use crate::service::LINES_WAITING_BYTES;

impl Fixture {
    /// Writes lines of now.
    pub(super) async fn write(&self, group: &str, stream: &str, lines: &[&str]) {
        let lines = lines.iter().map(|line| (self.clock.now(), (*line).to_owned())).collect();
        self.logs.write(&self.location, group, stream, lines).await.unwrap();
    }
}

#[tokio::test]
async fn a_functions_lines_are_seen_at_once_and_found_after_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let fixture = Fixture::on(Store::open(dir.path()).unwrap());
    let group = "/aws/lambda/f";
    fixture.write(group, "s", &["one"]).await;
    fixture.write(group, "s", &["two"]).await;
    assert_eq!(fixture.messages(group, "s").await, ["one", "two"]);
    fixture.store.flush().await.unwrap();
    let again = fixture.restarted();
    again.write(group, "s", &["three"]).await;
    assert_eq!(again.messages(group, "s").await, ["one", "two", "three"]);
    assert_eq!(again.filtered(group).await, ["one", "two", "three"]);
}

#[tokio::test]
async fn the_clock_set_back_over_a_restart_overwrites_nothing() {
    let fixture = Fixture::new();
    fixture.write("g", "s", &["one", "two"]).await;
    let again = Fixture::on(fixture.store.clone());
    assert_eq!(again.clock.now(), start());
    again.write("g", "s", &["three"]).await;
    assert_eq!(again.messages("g", "s").await, ["one", "two", "three"]);
}

#[tokio::test]
async fn a_line_that_is_not_durable_yet_is_read_in_its_place() {
    let fixture = Fixture::new().with_stream("g", "s").await;
    fixture.put("g", "s", &[(0, "first"), (20, "third")]).await;
    come_to_rest_without_timers().await;
    let group = fixture.logs.group("us-east-1/g").unwrap();
    let now = fixture.clock.now();
    let events = vec![(fixture.now_ms() + 10, "second".to_owned()), (fixture.now_ms() + 30, "fourth".to_owned())];
    // Nobody hands the batch to the store.
    drop(group.lock().append("s", events, now).unwrap());
    let all = ["first", "second", "third", "fourth"];
    assert_eq!(fixture.messages("g", "s").await, all);
    assert_eq!(fixture.filtered("g").await, all);
    let last_two = fixture.ok("GetLogEvents", json!({ "logGroupName": "g", "logStreamName": "s", "limit": 2 })).await;
    assert_eq!(super::messages(&last_two), ["third", "fourth"]);
    let backward = json!({ "logGroupName": "g", "startFromHead": false });
    assert_eq!(super::messages(&fixture.ok("FilterLogEvents", backward).await), ["fourth", "third", "second", "first"]);
}

/// Lets every task of this runtime go on until nothing is left to do.
async fn come_to_rest_without_timers() {
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn lines_press_back_until_they_are_durable() {
    let fixture = Fixture::new();
    let lines = |size| vec![(fixture.clock.now(), "x".repeat(size))];
    fixture.logs.write(&fixture.location, "g", "s", lines(LINES_WAITING_BYTES)).await.unwrap();
    let mut next = fixture.logs.write(&fixture.location, "g", "s", lines(1));
    let mut context = Context::from_waker(Waker::noop());
    assert!(matches!(next.as_mut().poll(&mut context), Poll::Pending));
    next.await.unwrap();
    assert_eq!(fixture.messages("g", "s").await.len(), 2 - 1, "the first line fills a page");
}

#[tokio::test(start_paused = true)]
async fn lines_that_cannot_be_stored_are_gone_from_memory_too() {
    let fixture = Fixture::new();
    fixture.write("g", "s", &["one"]).await;
    come_to_rest().await;
    fixture.store.set_disk_full(true);
    fixture.write("g", "s", &["lost"]).await;
    fixture.write("g", "new", &["lost too"]).await;
    assert_eq!(fixture.filtered("g").await, ["one", "lost", "lost too"]);
    come_to_rest().await;
    assert_eq!(fixture.filtered("g").await, ["one"]);
    fixture.store.set_disk_full(false);
    fixture.assert_memory_is_disk();
    fixture.write("g", "new", &["two"]).await;
    assert_eq!(fixture.filtered("g").await, ["one", "two"]);
}

#[tokio::test]
async fn accounts_are_apart() {
    let fixture = Fixture::new();
    let other = fixture.of_account("000000000002");
    fixture.write("g", "s", &["of the first"]).await;
    other.write("g", "s", &["of the second"]).await;
    assert_eq!(fixture.messages("g", "s").await, ["of the first"]);
    assert_eq!(other.messages("g", "s").await, ["of the second"]);
    other.ok("DeleteLogGroup", json!({ "logGroupName": "g" })).await;
    let elsewhere = Location::new(Account::default(), "eu-west-2");
    let has_group = |location| fixture.logs.has_group(location, "g");
    assert!(has_group(&fixture.location) && !has_group(&other.location) && !has_group(&elsewhere));
    let groups = other.ok("DescribeLogGroups", json!({})).await;
    assert_eq!(groups["logGroups"].as_array().unwrap().len(), 0);
}

/// Writers, and somebody who deletes what they write to.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn writers_and_deletions_at_once_leave_memory_and_disk_alike() {
    let dir = tempfile::tempdir().unwrap();
    let fixture = Fixture::on(Store::open(dir.path()).unwrap());
    let writers: Vec<_> = (0..4)
        .map(|writer| {
            let fixture = fixture.clone();
            tokio::spawn(async move {
                for line in 0..200 {
                    let stream = format!("s{}", (writer + line) % 3);
                    fixture.write("g", &stream, &[&format!("{writer} {line}")]).await;
                }
            })
        })
        .collect();
    let deleter = tokio::spawn({
        let fixture = fixture.clone();
        async move {
            for round in 0..40 {
                let stream = format!("s{}", round % 3);
                // What is there depends on the writers.
                fixture.call("DeleteLogStream", json!({ "logGroupName": "g", "logStreamName": stream })).await.ok();
                if round % 8 == 7 {
                    fixture.call("DeleteLogGroup", json!({ "logGroupName": "g" })).await.ok();
                }
            }
        }
    });
    for task in writers.into_iter().chain([deleter]) {
        task.await.unwrap();
    }
    fixture.write("g", "last", &["last"]).await;
    fixture.store.flush().await.unwrap();
    while !fixture.logs.inner.sweeps.is_idle() || !fixture.is_durable() {
        tokio::task::yield_now().await;
    }
    fixture.assert_memory_is_disk();
    let seen: usize = fixture.seen().values().map(|(_, _, events)| events.len()).sum();
    assert_eq!(fixture.event_rows(), (seen, seen), "rows that nobody sees");
}

impl Fixture {
    /// Whether nothing waits for the disk.
    fn is_durable(&self) -> bool {
        self.logs.groups("").iter().all(|(_, group)| group.lock().tail.len() == 0)
    }
}

/// A deletion that is handed to the store and not yet shown; a line that comes now belongs to what is made after it.
#[tokio::test(start_paused = true)]
async fn a_line_waits_for_a_deletion_that_is_under_way() {
    let deletions = [
        ("DeleteLogGroup", json!({ "logGroupName": "g" })),
        ("DeleteLogStream", json!({ "logGroupName": "g", "logStreamName": "s" })),
    ];
    for (operation, input) in deletions {
        let fixture = Fixture::new();
        fixture.write("g", "s", &["old"]).await;
        come_to_rest().await;
        let mut deletion = Box::pin(fixture.call(operation, input));
        let mut context = Context::from_waker(Waker::noop());
        assert!(deletion.as_mut().poll(&mut context).is_pending());
        fixture.write("g", "s", &["new"]).await;
        deletion.await.unwrap();
        assert_eq!(fixture.messages("g", "s").await, ["new"], "{operation}");
        come_to_rest().await;
        assert_eq!(fixture.event_rows(), (1, 1), "{operation}");
        fixture.assert_memory_is_disk();
    }
}

/// The same for PutLogEvents: what it finds is what is there after the deletion.
#[tokio::test(start_paused = true)]
async fn events_put_during_a_deletion_are_refused_or_kept() {
    let fixture = Fixture::new().with_stream("g", "s").await;
    let events = json!([{ "timestamp": fixture.now_ms(), "message": "x" }]);
    let input = json!({ "logGroupName": "g", "logStreamName": "s", "logEvents": events });
    let deletion = || Box::pin(fixture.call("DeleteLogGroup", json!({ "logGroupName": "g" })));
    let mut context = Context::from_waker(Waker::noop());
    let mut refused_by_the_disk = deletion();
    fixture.store.set_disk_full(true);
    assert!(refused_by_the_disk.as_mut().poll(&mut context).is_pending());
    fixture.store.set_disk_full(false);
    fixture.ok("PutLogEvents", input.clone()).await;
    refused_by_the_disk.await.unwrap_err();
    let mut lands = deletion();
    assert!(lands.as_mut().poll(&mut context).is_pending());
    let refused = fixture.call("PutLogEvents", input).await.unwrap_err();
    assert_eq!(refused.message, "The specified log group does not exist.");
    lands.await.unwrap();
}
