//! What one line costs to write and to read in an empty group and in one of many events, measured side by side:
//! `cargo run --release -p cloud-logs --example cost [EVENTS [FOLDER]]`. The two groups are in stores of their own.
#![allow(clippy::disallowed_methods, reason = "it measures time")]
#![allow(clippy::print_stdout, reason = "it prints what it measured")]

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use cloud_core::{Clock, Location, LogWriter, Request, Routed, Service, ServiceError};
use cloud_logs::{INFO, Logs, OPERATIONS};
use cloud_store::Store;
use serde_json::{Value, json};

const ROUNDS: usize = 300;
const FILL_BATCH_EVENTS: usize = 8_000;
const MESSAGE: &str = "2026-11-28T20:00:00.000Z INFO e-mail sent to somebody@example.com";

type Failure = Box<dyn std::error::Error>;

/// A service with one group and one stream.
struct Bench {
    store: Store,
    logs: Logs,
    service: Routed<Logs>,
    clock: Clock,
}

impl Bench {
    async fn open(folder: &Path) -> Result<Self, Failure> {
        let store = Store::open(folder)?;
        let clock = Clock::system();
        let logs = Logs::open(&store, clock.clone())?;
        let service = Routed::new(&INFO, OPERATIONS, Arc::new(logs.clone()));
        let bench = Self { store, logs, service, clock };
        bench.call("CreateLogGroup", json!({ "logGroupName": "g" })).await?;
        bench.call("CreateLogStream", json!({ "logGroupName": "g", "logStreamName": "s" })).await?;
        Ok(bench)
    }

    async fn call(&self, operation: &str, input: Value) -> Result<Duration, ServiceError> {
        let request = Request::internal("id".to_owned(), self.clock.now(), &Location::default(), "logs");
        let request = request.with_target("Logs_20140328", operation, input.to_string());
        let (found, _) = self.service.find(&request).ok_or_else(|| ServiceError::not_implemented(operation))?;
        let begin = Instant::now();
        self.service.call(found, &request).await?;
        Ok(begin.elapsed())
    }

    async fn fill(&self, events: usize) -> Result<(), ServiceError> {
        for begin in (0..events).step_by(FILL_BATCH_EVENTS) {
            let timestamp = self.clock.now().as_millisecond();
            let count = FILL_BATCH_EVENTS.min(events - begin);
            let events = vec![json!({ "timestamp": timestamp, "message": MESSAGE }); count];
            self.call("PutLogEvents", json!({ "logGroupName": "g", "logStreamName": "s", "logEvents": events }))
                .await?;
        }
        Ok(())
    }

    async fn measure(&self, what: &str) -> Result<Duration, ServiceError> {
        let now = self.clock.now();
        match what {
            "PutLogEvents, one line" => {
                let events = json!([{ "timestamp": now.as_millisecond(), "message": MESSAGE }]);
                let input = json!({ "logGroupName": "g", "logStreamName": "s", "logEvents": events });
                self.call("PutLogEvents", input).await
            }
            "a function's line" => {
                let begin = Instant::now();
                self.logs.write(&Location::default(), "g", "s", vec![(now, MESSAGE.to_owned())]).await?;
                Ok(begin.elapsed())
            }
            "GetLogEvents, last one" => {
                self.call("GetLogEvents", json!({ "logGroupName": "g", "logStreamName": "s", "limit": 1 })).await
            }
            "GetLogEvents, first one" => {
                let input = json!({ "logGroupName": "g", "logStreamName": "s", "limit": 1, "startFromHead": true });
                self.call("GetLogEvents", input).await
            }
            _ => {
                let input = json!({ "logGroupName": "g", "limit": 1, "startTime": now.as_millisecond() - 1000 });
                self.call("FilterLogEvents", input).await
            }
        }
    }
}

#[tokio::main(worker_threads = 2)]
async fn main() -> Result<(), Failure> {
    let mut arguments = std::env::args().skip(1);
    let events = arguments.next().map_or(Ok(1_000_000), |count| count.parse())?;
    let folder = arguments.next().unwrap_or_else(|| std::env::temp_dir().join("logs-cost").display().to_string());
    let folder = Path::new(&folder);
    let empty = Bench::open(&folder.join("empty")).await?;
    let full = Bench::open(&folder.join("full")).await?;
    let begin = Instant::now();
    full.fill(events).await?;
    println!("{events} events written in {:.1} s", begin.elapsed().as_secs_f64());
    println!("{:28} {:>12} {:>12} {:>7}", "median of 300, microseconds", "empty", "full", "ratio");
    for what in [
        "PutLogEvents, one line",
        "a function's line",
        "GetLogEvents, last one",
        "GetLogEvents, first one",
        "FilterLogEvents, the latest",
    ] {
        let mut in_empty = Vec::new();
        let mut in_full = Vec::new();
        for round in 0..ROUNDS {
            // By turns first: what comes second finds the disk awake.
            if round % 2 == 0 {
                in_empty.push(empty.measure(what).await?);
                in_full.push(full.measure(what).await?);
            } else {
                in_full.push(full.measure(what).await?);
                in_empty.push(empty.measure(what).await?);
            }
        }
        let empty_us = median_us(in_empty);
        let full_us = median_us(in_full);
        println!("{what:28} {empty_us:>12.1} {full_us:>12.1} {:>7.2}", full_us / empty_us);
    }
    for (operation, input) in [
        ("GetLogEvents", json!({ "logGroupName": "g", "logStreamName": "s" })),
        ("FilterLogEvents", json!({ "logGroupName": "g" })),
        ("FilterLogEvents", json!({ "logGroupName": "g", "filterPattern": "nothing" })),
    ] {
        let cost = full.call(operation, input.clone()).await?;
        println!("one whole page of {events} events: {:.1} ms, {operation} {input}", cost.as_secs_f64() * 1e3);
    }
    full.store.flush().await?;
    let size = std::fs::metadata(full.store.path())?.len();
    println!("{} MiB on disk", size >> 20);
    drop(empty);
    drop(full);
    std::fs::remove_dir_all(folder)?;
    Ok(())
}

fn median_us(mut costs: Vec<Duration>) -> f64 {
    costs.sort();
    costs.get(costs.len() / 2).map_or(0.0, |cost| cost.as_secs_f64() * 1e6)
}
