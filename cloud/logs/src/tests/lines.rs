//! Lines that other services write.

use std::task::{Context, Poll, Waker};

use cloud_core::testing::come_to_rest;
use cloud_core::{Account, Clock, Location, LogWriter};
use cloud_store::Store;
use serde_json::{Value, json};

use super::{Fixture, start};
use crate::Logs;
use crate::service::LINES_WAITING_BYTES;

impl Fixture {
    /// Writes lines of now.
    pub(super) async fn write(&self, group: &str, stream: &str, lines: &[&str]) {
        let lines = lines.iter().map(|line| (self.clock.now(), (*line).to_owned())).collect();
        self.logs.write(&self.location, group, stream, lines).await.unwrap();
    }
}

#[tokio::test]
async fn a_functions_lines_are_seen_when_they_are_written_and_found_after_a_restart() {
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

/// Readers of a line that was written and that the disk then refuses: none has ever seen it.
#[tokio::test(start_paused = true)]
async fn a_line_that_is_not_durable_is_never_seen() {
    let fixture = Fixture::new().with_stream("g", "s").await;
    fixture.put("g", "s", &[(0, "kept")]).await;
    fixture.store.set_disk_full(true);
    fixture.write("g", "s", &["lost"]).await;
    fixture.write("g", "new", &["lost too"]).await;
    assert_eq!(fixture.messages("g", "s").await, ["kept"]);
    assert_eq!(fixture.filtered("g").await, ["kept"]);
    fixture.clock.advance(std::time::Duration::from_secs(1));
    fixture.write("g", "s", &["lost as well"]).await;
    let streams = fixture.ok("DescribeLogStreams", json!({ "logGroupName": "g" })).await;
    assert_eq!(streams["logStreams"].as_array().unwrap().len(), 1);
    assert_eq!(streams["logStreams"][0]["lastIngestionTime"], start().as_millisecond());
    let gone = fixture.call("GetLogEvents", json!({ "logGroupName": "g", "logStreamName": "new" })).await.unwrap_err();
    assert_eq!(gone.code, "ResourceNotFoundException");
    fixture.store.set_disk_full(false);
    fixture.write("g", "new", &["kept too"]).await;
    assert_eq!(fixture.filtered("g").await, ["kept", "kept too"]);
}

/// With a writer of its own: whoever has seen a line finds it in what the disk has at that moment.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_seen_is_on_disk() {
    let dir = tempfile::tempdir().unwrap();
    let fixture = Fixture::on(Store::open(dir.path()).unwrap());
    let writer = tokio::spawn({
        let fixture = fixture.clone();
        async move {
            for line in 0..100 {
                fixture.write("g", &format!("s{}", line % 5), &[&format!("{line}")]).await;
            }
        }
    });
    let mut seen = Vec::new();
    while seen.len() < 100 {
        if fixture.logs.group("us-east-1/g").is_none() {
            tokio::task::yield_now().await;
            continue;
        }
        seen = fixture.filtered("g").await;
        let described = fixture.ok("DescribeLogStreams", json!({ "logGroupName": "g" })).await;
        // What a process that begins now would find.
        let (clock, _) = Clock::moved_by_hand(start());
        let found = Fixture { logs: Logs::load(&fixture.store, clock).unwrap(), ..fixture.clone() };
        let durable = found.filtered("g").await;
        assert_eq!(durable.get(..seen.len()), Some(&*seen));
        let on_disk = found.ok("DescribeLogStreams", json!({ "logGroupName": "g" })).await;
        let count = |streams: &Value| streams["logStreams"].as_array().unwrap().len();
        assert!(count(&on_disk) >= count(&described));
    }
    writer.await.unwrap();
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
    assert_eq!(fixture.messages("g", "s").await.len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_flush_ends_when_lines_are_durable_or_lost() {
    let fixture = Fixture::new();
    fixture.write("g", "s", &["one"]).await;
    let mut flush = fixture.logs.flush(&fixture.location, "g");
    assert!(flush.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    flush.await;
    fixture.assert_memory_is_disk();
    fixture.store.set_disk_full(true);
    fixture.write("g", "s", &["lost"]).await;
    fixture.logs.flush(&fixture.location, "g").await;
    fixture.store.set_disk_full(false);
    fixture.assert_memory_is_disk();
    assert_eq!(fixture.filtered("g").await, ["one"]);
    fixture.logs.flush(&fixture.location, "none").await;
}

#[tokio::test(start_paused = true)]
async fn lines_that_cannot_be_stored_are_gone_from_memory_too() {
    let fixture = Fixture::new();
    fixture.write("g", "s", &["one"]).await;
    come_to_rest().await;
    fixture.store.set_disk_full(true);
    fixture.write("g", "s", &["lost"]).await;
    fixture.write("g", "new", &["lost too"]).await;
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
        self.logs.groups("").iter().all(|(_, group)| group.lock().is_all_shown())
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
