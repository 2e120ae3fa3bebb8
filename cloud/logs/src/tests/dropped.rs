//! Every operation that writes, dropped at each of its awaits: memory shows what the disk has.

use cloud_core::LogWriter;
use cloud_core::testing::{come_to_rest, drop_at_every_await};
use serde_json::{Value, json};

use super::Fixture;

/// A service with a group, a stream and an event.
async fn filled() -> Fixture {
    let fixture = Fixture::new().with_stream("g", "s").await;
    fixture.put("g", "s", &[(0, "there before")]).await;
    fixture
}

async fn check(fixture: Fixture) {
    fixture.assert_memory_is_disk();
    // It is not stuck, and what comes next lands.
    fixture.write("g", "s", &["after"]).await;
    come_to_rest().await;
    fixture.assert_memory_is_disk();
    assert_eq!(fixture.filtered("g").await.last().map(String::as_str), Some("after"));
}

async fn survives(operation: &str, input: Value) {
    let runs = drop_at_every_await(
        filled,
        async |fixture: Fixture| fixture.call(operation, input.clone()).await.unwrap(),
        check,
    )
    .await;
    assert!(runs > 1, "{operation} never waits");
}

#[tokio::test(start_paused = true)]
async fn groups() {
    survives("CreateLogGroup", json!({ "logGroupName": "new", "tags": { "a": "b" } })).await;
    survives("DeleteLogGroup", json!({ "logGroupName": "g" })).await;
    survives("PutRetentionPolicy", json!({ "logGroupName": "g", "retentionInDays": 1 })).await;
    survives("DeleteRetentionPolicy", json!({ "logGroupName": "g" })).await;
}

#[tokio::test(start_paused = true)]
async fn tags() {
    let arn = "arn:aws:logs:us-east-1:000000000000:log-group:g";
    survives("TagResource", json!({ "resourceArn": arn, "tags": { "a": "b" } })).await;
    survives("UntagResource", json!({ "resourceArn": arn, "tagKeys": ["a"] })).await;
    survives("TagLogGroup", json!({ "logGroupName": "g", "tags": { "a": "b" } })).await;
    survives("UntagLogGroup", json!({ "logGroupName": "g", "tags": ["a"] })).await;
}

#[tokio::test(start_paused = true)]
async fn streams() {
    survives("CreateLogStream", json!({ "logGroupName": "g", "logStreamName": "new" })).await;
    survives("DeleteLogStream", json!({ "logGroupName": "g", "logStreamName": "s" })).await;
}

#[tokio::test(start_paused = true)]
async fn events() {
    let now_ms = super::start().as_millisecond();
    let events = json!([{ "timestamp": now_ms, "message": "one" }, { "timestamp": now_ms, "message": "two" }]);
    survives("PutLogEvents", json!({ "logGroupName": "g", "logStreamName": "s", "logEvents": events })).await;
}

#[tokio::test(start_paused = true)]
async fn lines() {
    for (group, stream) in [("g", "s"), ("g", "new"), ("new", "new")] {
        let write = async |fixture: Fixture| {
            let lines = vec![(fixture.clock.now(), "line".to_owned())];
            fixture.logs.write(&fixture.location, group, stream, lines).await.unwrap();
        };
        drop_at_every_await(filled, write, check).await;
    }
}

/// The same when the disk is full: nothing of it is left, in memory as on disk.
#[tokio::test(start_paused = true)]
async fn what_cannot_be_stored_is_not_shown() {
    let now_ms = super::start().as_millisecond();
    let events = json!([{ "timestamp": now_ms, "message": "one" }]);
    let operations = [
        ("CreateLogGroup", json!({ "logGroupName": "new" })),
        ("DeleteLogGroup", json!({ "logGroupName": "g" })),
        ("PutRetentionPolicy", json!({ "logGroupName": "g", "retentionInDays": 1 })),
        ("TagLogGroup", json!({ "logGroupName": "g", "tags": { "a": "b" } })),
        ("CreateLogStream", json!({ "logGroupName": "g", "logStreamName": "new" })),
        ("DeleteLogStream", json!({ "logGroupName": "g", "logStreamName": "s" })),
        ("PutLogEvents", json!({ "logGroupName": "g", "logStreamName": "s", "logEvents": events })),
    ];
    for (operation, input) in operations {
        let fixture = filled().await;
        come_to_rest().await;
        let before = fixture.seen();
        fixture.store.set_disk_full(true);
        let error = fixture.call(operation, input).await.unwrap_err();
        assert!(error.message.contains("is full"), "{operation}: {error}");
        come_to_rest().await;
        fixture.store.set_disk_full(false);
        assert_eq!(fixture.seen(), before, "{operation}");
        check(fixture).await;
    }
}

/// Both at once: nobody is there any more when the disk refuses.
#[tokio::test(start_paused = true)]
async fn what_cannot_be_stored_is_not_shown_when_nobody_waits() {
    let now_ms = super::start().as_millisecond();
    let events = json!([{ "timestamp": now_ms, "message": "one" }]);
    let operations = [
        ("CreateLogGroup", json!({ "logGroupName": "new" })),
        ("DeleteLogGroup", json!({ "logGroupName": "g" })),
        ("TagLogGroup", json!({ "logGroupName": "g", "tags": { "a": "b" } })),
        ("CreateLogStream", json!({ "logGroupName": "g", "logStreamName": "new" })),
        ("DeleteLogStream", json!({ "logGroupName": "g", "logStreamName": "s" })),
        ("PutLogEvents", json!({ "logGroupName": "g", "logStreamName": "s", "logEvents": events })),
    ];
    for (operation, input) in operations {
        let on_full_disk = async || {
            let fixture = filled().await;
            come_to_rest().await;
            fixture.store.set_disk_full(true);
            fixture
        };
        let call = async |fixture: Fixture| fixture.call(operation, input.clone()).await.is_err();
        let mended = async |fixture: Fixture| {
            fixture.store.set_disk_full(false);
            let seen = fixture.seen();
            assert_eq!((seen.len(), seen["us-east-1/g"].1.len()), (1, 1), "{operation}");
            check(fixture).await;
        };
        drop_at_every_await(on_full_disk, call, mended).await;
    }
}
