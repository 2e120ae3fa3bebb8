//! The service through its operations, with the store in memory and a clock that the test moves.

mod bounds;
mod classes;
mod dropped;
mod lines;
mod operations;
mod pages;
mod queries;
mod rows;
mod subscriptions;
mod sweeping;
mod tails;
mod unreadable;

use std::collections::BTreeMap;
use std::sync::Arc;

use cloud_core::{Account, Clock, ClockControl, Location, Request, Response, Routed, Service, ServiceError};
use cloud_store::Store;
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::group::{GroupFacts, StreamFacts};
use crate::page::{Direction, Event, PageReader, Source, Span};
use crate::{INFO, Logs, OPERATIONS};

/// A service on a clock that stands still.
#[derive(Clone)]
pub(super) struct Fixture {
    pub(super) store: Store,
    pub(super) logs: Logs,
    pub(super) clock: ClockControl,
    pub(super) location: Location,
}

/// Everything that can be seen of a service.
pub(super) type Seen = BTreeMap<String, (GroupFacts, BTreeMap<String, StreamFacts>, Vec<Event>)>;

pub(super) fn start() -> Timestamp {
    "2026-03-01T00:00:00Z".parse().unwrap()
}

impl Fixture {
    pub(super) fn new() -> Self {
        Self::on(Store::in_memory().unwrap())
    }

    pub(super) fn on(store: Store) -> Self {
        let (clock, control) = Clock::moved_by_hand(start());
        let logs = Logs::open(&store, clock).unwrap();
        Self { store, logs, clock: control, location: Location::default() }
    }

    /// The same store after a restart.
    pub(super) fn restarted(&self) -> Self {
        let (clock, control) = Clock::moved_by_hand(self.clock.now());
        let logs = Logs::open(&self.store, clock).unwrap();
        Self { logs, clock: control, ..self.clone() }
    }

    /// The same service for a caller of another account.
    pub(super) fn of_account(&self, account: &str) -> Self {
        Self { location: Location::new(Account::parse(account).unwrap(), "us-east-1"), ..self.clone() }
    }

    pub(super) fn now_ms(&self) -> i64 {
        self.clock.now().as_millisecond()
    }

    pub(super) async fn call(&self, operation: &str, input: Value) -> Result<Value, ServiceError> {
        let response = self.answer(operation, input).await?;
        Ok(serde_json::from_slice(&response.body).unwrap_or(Value::Null))
    }

    pub(super) async fn answer(&self, operation: &str, input: Value) -> Result<Response, ServiceError> {
        let request = Request::internal("id".to_owned(), self.clock.now(), &self.location, "logs");
        let request = request.with_target("Logs_20140328", operation, input.to_string());
        let service = Routed::new(&INFO, OPERATIONS, Arc::new(self.logs.clone()));
        let (found, _) = service.find(&request).unwrap();
        service.call(found, &request).await
    }

    pub(super) async fn ok(&self, operation: &str, input: Value) -> Value {
        self.call(operation, input).await.unwrap_or_else(|error| panic!("{operation}: {error}"))
    }

    /// Makes a group with a stream.
    pub(super) async fn with_stream(self, group: &str, stream: &str) -> Self {
        self.ok("CreateLogGroup", json!({ "logGroupName": group })).await;
        self.ok("CreateLogStream", json!({ "logGroupName": group, "logStreamName": stream })).await;
        self
    }

    /// Puts events whose times are given beside now, in milliseconds.
    pub(super) async fn put(&self, group: &str, stream: &str, events: &[(i64, &str)]) -> Value {
        let events: Vec<Value> = events
            .iter()
            .map(|(after_ms, message)| json!({ "timestamp": self.now_ms() + after_ms, "message": message }))
            .collect();
        self.ok("PutLogEvents", json!({ "logGroupName": group, "logStreamName": stream, "logEvents": events })).await
    }

    /// The messages that GetLogEvents gives of a stream, from its head.
    pub(super) async fn messages(&self, group: &str, stream: &str) -> Vec<String> {
        let input = json!({ "logGroupName": group, "logStreamName": stream, "startFromHead": true });
        messages(&self.ok("GetLogEvents", input).await)
    }

    /// The messages that FilterLogEvents gives of a group.
    pub(super) async fn filtered(&self, group: &str) -> Vec<String> {
        messages(&self.ok("FilterLogEvents", json!({ "logGroupName": group })).await)
    }

    /// Everything that can be seen.
    pub(super) fn seen(&self) -> Seen {
        let groups = self.logs.groups("").into_iter();
        groups
            .map(|(key, group)| {
                let state = group.lock();
                let names = state.names();
                let mut events = Vec::new();
                let mut after = None;
                loop {
                    let span = Span {
                        direction: Direction::Forward,
                        after,
                        from_ms: 0,
                        until_ms: i64::MAX,
                        limit: usize::MAX,
                    };
                    let snapshot = self.store.snapshot().unwrap();
                    let is_named = |event: &Event| names.contains_key(&event.stream);
                    let source = Source::Group(group.id);
                    let reader = PageReader::new(&snapshot, &self.logs.inner.unreadable, source, span, is_named);
                    let page = reader.read_now().unwrap();
                    events.extend(page.events);
                    after = page.last_seen;
                    if !page.more {
                        break;
                    }
                }
                (key, (state.facts.clone(), state.durable_streams().clone(), events))
            })
            .collect()
    }

    /// Memory shows what the disk has.
    pub(super) fn assert_memory_is_disk(&self) {
        let (clock, _) = Clock::moved_by_hand(self.clock.now());
        // Loaded beside the service, so it must not sweep.
        let on_disk = Self { logs: Logs::load(&self.store, clock).unwrap(), ..self.clone() };
        assert_eq!(self.seen(), on_disk.seen());
        for (key, group) in self.logs.groups("") {
            assert!(group.lock().is_all_shown(), "{key}");
        }
    }

    /// How many rows the tables of events have.
    pub(super) fn event_rows(&self) -> (usize, usize) {
        let count = |table| {
            let mut rows = 0;
            let counted = self.store.scan_keys(table, cloud_store::Range::all(), |_| {
                rows += 1;
                std::ops::ControlFlow::Continue(())
            });
            counted.unwrap();
            rows
        };
        (count(crate::rows::EVENTS), count(crate::rows::STREAM_EVENTS))
    }
}

pub(super) fn messages(answer: &Value) -> Vec<String> {
    let events = answer["events"].as_array().unwrap();
    events.iter().map(|event| event["message"].as_str().unwrap().to_owned()).collect()
}
