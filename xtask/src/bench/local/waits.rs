//! Many Waits that are due at one instant: how late each is, and when the last one has ended as a client sees it.

use super::machines::{MACHINES, ROLE_NAME, create_machine, until_ended};
use super::peer::Ministack;
use super::subject::Bench;
use super::timing::ms;
use crate::bench::cloud::Client;
use crate::bench::figure::Figure;
use crate::failure::Failure;
use crate::say;
use jiff::Timestamp;
use serde_json::{Value, json};
use std::thread;
use std::time::Duration;

/// How many are due at once: what the figures are called, and the bars of the middle one and the last one.
const ROUNDS: [(usize, [&str; 3], [f64; 2]); 2] = [
    (1_000, ["1,000 Waits due at once: median", "  the latest", "  all seen to have ended"], [2.0, 10.0]),
    (
        10_000,
        ["10,000 Waits due at once: median", "  the latest of 10,000", "  all 10,000 seen to have ended"],
        [30.0, 60.0],
    ),
];

pub(super) fn measure(bench: &Bench) -> Result<Vec<Figure>, Failure> {
    let mut figures = Vec::new();
    let cloud = bench.cloud()?;
    let mut client = Client::of(&cloud)?;
    client.create_role(ROLE_NAME)?;
    for (count, [median, last, seen], [median_bar, last_bar]) in ROUNDS {
        say::progress(median);
        let late = lateness(bench, &mut client, cloud.port, count)?;
        figures.extend([
            Figure { what: median, measured: late.median_ms, bar: Some(median_bar), unit: "ms" },
            Figure { what: last, measured: late.worst_ms, bar: Some(last_bar), unit: "ms" },
            ms(seen, None, late.all_seen),
        ]);
    }
    drop(client);
    cloud.stop()?;
    if let Some(ministack) = Ministack::start()? {
        let mut client = Client::at(ministack.port)?;
        client.create_role(ROLE_NAME)?;
        let late = lateness(bench, &mut client, ministack.port, 1_000)?;
        figures.extend([
            Figure { what: "  ministack, 1,000: median", measured: late.median_ms, bar: None, unit: "ms" },
            Figure { what: "  ministack, 1,000: the latest", measured: late.worst_ms, bar: None, unit: "ms" },
        ]);
    }
    Ok(figures)
}

struct Lateness {
    median_ms: f64,
    worst_ms: f64,
    all_seen: Duration,
}

/// Has so many executions wait for one instant. Each one's `stopDate` tells when it went on.
fn lateness(bench: &Bench, client: &mut Client, port: u16, count: usize) -> Result<Lateness, Failure> {
    let machine = format!("waits-{count}");
    let wait = json!({ "StartAt": "W", "States": { "W": { "Type": "Wait", "TimestampPath": "$.at", "End": true } } });
    create_machine(client, &machine, &wait)?;
    // Enough for a machine that is busy with other things.
    let started_in = Duration::from_secs(5) + Duration::from_millis(u64::try_from(count * 2).unwrap_or(0));
    let due_ms = time_now().as_millisecond() + i64::try_from(started_in.as_millis()).unwrap_or(0);
    let due = Timestamp::from_millisecond(due_ms).map_err(|error| Failure::new(error.to_string()))?;
    bench.load.count(port, 16, count, &machine, &json!({ "at": due.to_string() }).to_string())?;
    let left = due.duration_since(time_now());
    let Ok(left) = Duration::try_from(left) else {
        return Err(Failure::new("the starts took too long for the instant at which they are due"));
    };
    thread::park_timeout(left);
    while time_now() < due {
        thread::park_timeout(Duration::from_millis(1));
    }
    until_ended(client, &machine)?;
    let all_seen = Duration::try_from(time_now().duration_since(due)).unwrap_or_default();
    let mut late = stop_dates(client, &machine)?;
    for stopped_at in &mut late {
        *stopped_at = *stopped_at * 1e3 - due_ms as f64;
    }
    late.sort_by(f64::total_cmp);
    if late.len() != count || late.first().is_some_and(|first| *first < -0.5) {
        let first = late.first().copied().unwrap_or_default();
        return Err(Failure::new(format!("{} of {count} waited, the first {first} ms late", late.len())));
    }
    Ok(Lateness { median_ms: late[count / 2], worst_ms: late[count - 1], all_seen })
}

/// When the executions of a machine have ended, in seconds since 1970.
fn stop_dates(client: &mut Client, machine: &str) -> Result<Vec<f64>, Failure> {
    let mut dates = Vec::new();
    let mut token = Value::Null;
    loop {
        let mut body = json!({ "stateMachineArn": format!("{MACHINES}:{machine}"), "maxResults": 1000 });
        if !token.is_null() {
            body["nextToken"] = token;
        }
        let page = client.call("AWSStepFunctions.ListExecutions", &body)?;
        let executions = page["executions"].as_array().map(Vec::as_slice).unwrap_or_default();
        dates.extend(executions.iter().filter_map(|execution| execution["stopDate"].as_f64()));
        token = page["nextToken"].clone();
        if token.is_null() {
            return Ok(dates);
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "a benchmark measures time")]
fn time_now() -> Timestamp {
    Timestamp::now()
}
