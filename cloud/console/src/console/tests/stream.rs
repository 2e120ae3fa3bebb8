//! Tests of the stream of changes.

use std::sync::Arc;
use std::time::Duration;

use cloud_core::{ClockControl, Topic};
use hyper::Method;
use hyper::body::Bytes;
use jiff::{SignedDuration, Timestamp};
use tokio::sync::mpsc;

use super::{Fixture, fixture, request};

/// The stream of changes that a page asks for, and what it is told by it.
struct Told(mpsc::Receiver<Bytes>);

impl Told {
    async fn by(fixture: &Fixture, query: &str, last_event_id: &str) -> Self {
        let asked = request(Method::GET, "api/changes", query).with_header("cookie", &fixture.cookie);
        let answer = fixture.console.answer(&asked.with_header("last-event-id", last_event_id)).await;
        assert!(answer.has_header("content-security-policy") && answer.body.is_empty());
        Self(answer.stream.and_then(|stream| stream.take()).unwrap())
    }

    async fn next(&mut self) -> Option<String> {
        self.0.recv().await.map(|event| String::from_utf8(event.to_vec()).unwrap())
    }

    /// What is told once changes were gathered.
    async fn after_gathering(&mut self, control: &ClockControl) -> String {
        let soon = control.now() + SignedDuration::from_secs(1);
        while control.next_timer().is_none_or(|due| due > soon) {
            tokio::task::yield_now().await;
        }
        control.advance(Duration::from_secs(1));
        self.next().await.unwrap()
    }
}

#[tokio::test]
async fn one_stream_tells_of_each_change_until_either_side_goes_away() {
    let fixture = fixture();
    let Fixture { console, control, .. } = &fixture;
    let run = &console.cloud.run;
    let changes = &console.cloud.handles.changes;
    let mut told = Told::by(&fixture, "", &format!("{run}-0")).await;
    for count in 1..=3 {
        changes.mark(|| [Topic::settings()]);
        let event = told.after_gathering(control).await;
        assert!(event.contains(&format!("id: {run}-{count}\n")) && !event.contains("changed"), "{event}");
    }
    // Nothing happens: the page is told that the cloud is there.
    while control.next_timer().is_none() {
        tokio::task::yield_now().await;
    }
    control.advance(Duration::from_secs(20));
    assert!(told.next().await.unwrap().contains(&format!("id: {run}-3\n")));
    drop(told);
    while Arc::strong_count(&console.cloud) > 1 {
        tokio::task::yield_now().await;
    }
    let mut held = Told::by(&fixture, "", &format!("{run}-3")).await;
    console.cloud.handles.stop.give();
    assert_eq!(held.next().await, None, "a cloud that ends holds nobody up");
}

#[tokio::test]
async fn a_page_of_another_run_is_told_at_once() {
    let fixture = fixture();
    let run = &fixture.console.cloud.run;
    for known in ["other-7", "nonsense", ""] {
        let event = Told::by(&fixture, "", known).await.next().await.unwrap();
        assert!(event.contains(&format!("id: {run}-0\n")), "{known}: {event}");
    }
}

#[tokio::test]
async fn a_page_that_shows_one_thing_is_not_told_of_others() {
    let fixture = fixture();
    let Fixture { console, control, .. } = &fixture;
    let run = &console.cloud.run;
    let begun = Told::by(&fixture, "of=execution:one+settings", "").await.next().await.unwrap();
    assert!(begun.contains(r#""changed":["execution:one","settings"]"#), "{begun}");
    let mut told = Told::by(&fixture, &format!("of=execution:one+settings&known={run}-0"), "").await;
    let changes = &console.cloud.handles.changes;
    // It waits for what it shows for 20 seconds at most.
    while control.next_timer().is_none() {
        tokio::task::yield_now().await;
    }
    changes.mark(|| [Topic::execution("other")]);
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    let due = control.next_timer().unwrap();
    assert!(due > Timestamp::UNIX_EPOCH + SignedDuration::from_secs(1), "nothing is about to be told: {due}");
    changes.mark(|| [Topic::execution("one")]);
    let event = told.after_gathering(control).await;
    assert!(event.contains(&format!("id: {run}-2\n")) && event.contains(r#""changed":["execution:one"]"#), "{event}");
}
