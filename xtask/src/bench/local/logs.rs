//! One line written and read beside a million.

use super::subject::Bench;
use super::timing::{middle, ms, now};
use crate::bench::cloud::Client;
use crate::bench::figure::Figure;
use crate::bench::memory::resident_mib;
use crate::failure::Failure;
use crate::say;
use serde_json::{Value, json};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// How many events the large log group has.
const LOG_EVENTS: usize = 1_000_000;
/// How many events one `PutLogEvents` takes.
const LOG_BATCH: usize = 10_000;

pub(super) fn measure(bench: &Bench) -> Result<Vec<Figure>, Failure> {
    let cloud = bench.cloud()?;
    let mut client = Client::of(&cloud)?;
    for group in ["small", "large"] {
        client.call("Logs_20140328.CreateLogGroup", &json!({ "logGroupName": group }))?;
        client.call("Logs_20140328.CreateLogStream", &json!({ "logGroupName": group, "logStreamName": "s" }))?;
    }
    say::progress(&format!("filling a log group with {LOG_EVENTS} events"));
    for _ in 0..LOG_EVENTS / LOG_BATCH {
        put(&mut client, "large", LOG_BATCH)?;
    }
    let mut puts = [Vec::new(), Vec::new()];
    let mut gets = [Vec::new(), Vec::new()];
    for _ in 0..101 {
        for (index, group) in ["small", "large"].into_iter().enumerate() {
            let begun = now();
            put(&mut client, group, 1)?;
            puts[index].push(begun.elapsed());
            let begun = now();
            let body = json!({ "logGroupName": group, "logStreamName": "s", "limit": 1 });
            client.call("Logs_20140328.GetLogEvents", &body)?;
            gets[index].push(begun.elapsed());
        }
    }
    let [put_small, put_large] = puts.map(middle);
    let [get_small, get_large] = gets.map(middle);
    let ratio = |what, large: Duration, small: Duration| {
        let measured = large.as_secs_f64() / small.as_secs_f64();
        Figure { what, measured, bar: Some(2.0), unit: "x" }
    };
    let memory = resident_mib(&cloud.pid())?;
    Ok(vec![
        ms("PutLogEvents of one line, empty group", None, put_small),
        ms("PutLogEvents of one line, 1,000,000 events", None, put_large),
        ratio("  ratio", put_large, put_small),
        ms("GetLogEvents limit 1, empty group", None, get_small),
        ms("GetLogEvents limit 1, 1,000,000 events", None, get_large),
        ratio("  ratio", get_large, get_small),
        Figure { what: "memory with 1,000,000 log events", measured: memory, bar: None, unit: "MiB" },
    ])
}

fn put(client: &mut Client, group: &str, count: usize) -> Result<(), Failure> {
    let timestamp = epoch_ms();
    let events: Vec<Value> = (0..count).map(|_| json!({ "timestamp": timestamp, "message": "a line" })).collect();
    let body = json!({ "logGroupName": group, "logStreamName": "s", "logEvents": events });
    client.call("Logs_20140328.PutLogEvents", &body).map(|_| ())
}

#[expect(clippy::disallowed_methods, reason = "log events have the time at which they were written")]
fn epoch_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}
