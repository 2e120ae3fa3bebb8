//! `cargo xtask bench local`: the embedded cloud over HTTP, on the paths whose cost must follow the answer, not the store.

use super::cloud::{Client, Cloud};
use super::figure::{self, Figure, resident_mib, table};
use crate::failure::Failure;
use crate::{process, project, say};
use serde_json::{Value, json};
use std::fs;
use std::path::PathBuf;
use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// How many events the large log group has.
const LOG_EVENTS: usize = 1_000_000;
/// How many events one `PutLogEvents` takes.
const LOG_BATCH: usize = 10_000;
/// Passes and choices of the long execution: four events each.
const ROUNDS_OF_LOOP: usize = 6_245;
/// How many executions have ended before the restart.
const ENDED_EXECUTIONS: usize = 100_000;
/// How many connections start them.
const CONNECTIONS: usize = 8;
const ROLE: &str = "arn:aws:iam::000000000000:role/bench";
const MACHINES: &str = "arn:aws:states:us-east-1:000000000000:stateMachine";

/// Measures a program, or the one that is built first, and prints the table.
pub(super) fn run(program: Option<&str>) -> Result<(), Failure> {
    let bench = Bench { program: figure::program(program)?, data: project::target_dir().join("bench-local") };
    let mut figures = bench.start()?;
    figures.extend(bench.logs()?);
    figures.extend(bench.history()?);
    figures.extend(bench.restart()?);
    bench.clear()?;
    say::line(&table(&figures));
    Ok(())
}

struct Bench {
    program: PathBuf,
    data: PathBuf,
}

impl Bench {
    fn clear(&self) -> Result<(), Failure> {
        if self.data.exists() {
            fs::remove_dir_all(&self.data).map_err(|error| Failure::file(&self.data, &error))?;
        }
        Ok(())
    }

    /// A cloud with nothing in it.
    fn cloud(&self) -> Result<Cloud, Failure> {
        self.clear()?;
        Cloud::start(&self.program, &self.data)
    }

    fn start(&self) -> Result<Vec<Figure>, Failure> {
        say::progress("start and memory");
        let version = median(51, || {
            let mut command = process::command(&self.program);
            process::run(command.arg("--version").stdout(Stdio::null()))
        })?;
        let mut ready = Vec::new();
        for _ in 0..11 {
            self.clear()?;
            let begun = now();
            let cloud = Cloud::start(&self.program, &self.data)?;
            ready.push(begun.elapsed());
            cloud.stop()?;
        }
        ready.sort();
        let cloud = self.cloud()?;
        let memory = resident_mib(&cloud.pid())?;
        Ok(vec![
            ms("workshop --version", Some(5.0), version),
            ms("`local run` ready", Some(50.0), ready[ready.len() / 2]),
            Figure { what: "idle memory, empty", measured: memory, bar: Some(15.0), unit: "MiB" },
        ])
    }

    fn logs(&self) -> Result<Vec<Figure>, Failure> {
        let cloud = self.cloud()?;
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

    fn history(&self) -> Result<Vec<Figure>, Failure> {
        let cloud = self.cloud()?;
        let mut client = Client::of(&cloud)?;
        say::progress("running an execution of 25,000 events");
        client.create_role("bench")?;
        create_machine(&mut client, "loop", &looping())?;
        let begun = now();
        let started = client.call(
            "AWSStepFunctions.StartExecution",
            &json!({ "stateMachineArn": format!("{MACHINES}:loop"), "input": r#"{"n":0}"# }),
        )?;
        let execution = started["executionArn"].clone();
        until_ended(&mut client, "loop")?;
        let ran = begun.elapsed();
        let mut read = |page: u64| -> Result<(Duration, usize), Failure> {
            let begun = now();
            let events = whole_history(&mut client, &execution, page)?;
            Ok((begun.elapsed(), events))
        };
        let (large_pages, events) = read(1000)?;
        let (small_pages, _) = read(100)?;
        Ok(vec![
            Figure { what: "events of the long execution", measured: events as f64, bar: None, unit: "" },
            ms("  running it", None, ran),
            ms("  all pages of its history, 1,000 each", Some(1000.0), large_pages),
            ms("  all pages of its history, 100 each", None, small_pages),
        ])
    }

    fn restart(&self) -> Result<Vec<Figure>, Failure> {
        let cloud = self.cloud()?;
        let mut client = Client::of(&cloud)?;
        let pass = json!({ "StartAt": "A", "States": { "A": { "Type": "Pass", "End": true } } });
        client.create_role("bench")?;
        create_machine(&mut client, "pass", &pass)?;
        say::progress(&format!("running {ENDED_EXECUTIONS} executions"));
        let begun = now();
        start_many(&cloud)?;
        until_ended(&mut client, "pass")?;
        let ran = begun.elapsed();
        drop(client);
        cloud.stop()?;
        let begun = now();
        let cloud = Cloud::start(&self.program, &self.data)?;
        let ready = begun.elapsed();
        let mut client = Client::of(&cloud)?;
        let body = json!({ "stateMachineArn": format!("{MACHINES}:pass"), "maxResults": 1 });
        client.call("AWSStepFunctions.ListExecutions", &body)?;
        let answered = begun.elapsed();
        let memory = resident_mib(&cloud.pid())?;
        Ok(vec![
            Figure {
                what: "executions of one Pass, durable",
                measured: ENDED_EXECUTIONS as f64 / ran.as_secs_f64(),
                bar: None,
                unit: "/s",
            },
            ms("restart with 100,000 ended executions, ready", Some(50.0), ready),
            ms("  and the first ListExecutions answered", None, answered),
            Figure { what: "  memory then", measured: memory, bar: None, unit: "MiB" },
        ])
    }
}

fn put(client: &mut Client, group: &str, count: usize) -> Result<(), Failure> {
    let timestamp = epoch_ms();
    let events: Vec<Value> = (0..count).map(|_| json!({ "timestamp": timestamp, "message": "a line" })).collect();
    let body = json!({ "logGroupName": group, "logStreamName": "s", "logEvents": events });
    client.call("Logs_20140328.PutLogEvents", &body).map(|_| ())
}

fn create_machine(client: &mut Client, name: &str, definition: &Value) -> Result<(), Failure> {
    let body = json!({ "name": name, "definition": definition.to_string(), "roleArn": ROLE });
    client.call("AWSStepFunctions.CreateStateMachine", &body).map(|_| ())
}

/// Counts up and looks whether it is far enough.
fn looping() -> Value {
    json!({ "StartAt": "Count", "States": {
        "Count": { "Type": "Pass", "Parameters": { "n.$": "States.MathAdd($.n, 1)" }, "Next": "Enough" },
        "Enough": { "Type": "Choice", "Default": "Count", "Choices": [
            { "Variable": "$.n", "NumericGreaterThanEquals": ROUNDS_OF_LOOP, "Next": "Done" },
        ] },
        "Done": { "Type": "Succeed" },
    } })
}

/// Waits until no execution of a state machine runs any more.
fn until_ended(client: &mut Client, machine: &str) -> Result<(), Failure> {
    let body =
        json!({ "stateMachineArn": format!("{MACHINES}:{machine}"), "statusFilter": "RUNNING", "maxResults": 1 });
    loop {
        let running = client.call("AWSStepFunctions.ListExecutions", &body)?;
        if running["executions"].as_array().is_none_or(Vec::is_empty) {
            return Ok(());
        }
        thread::park_timeout(Duration::from_millis(5));
    }
}

/// Reads all pages; gives how many events there are.
fn whole_history(client: &mut Client, execution: &Value, page: u64) -> Result<usize, Failure> {
    let mut events = 0;
    let mut token = Value::Null;
    loop {
        let mut body = json!({ "executionArn": execution, "maxResults": page });
        if !token.is_null() {
            body["nextToken"] = token;
        }
        let answer = client.call("AWSStepFunctions.GetExecutionHistory", &body)?;
        events += answer["events"].as_array().map_or(0, Vec::len);
        token = answer["nextToken"].clone();
        if token.is_null() {
            return Ok(events);
        }
    }
}

fn start_many(cloud: &Cloud) -> Result<(), Failure> {
    let start = |_| {
        let mut client = Client::of(cloud)?;
        let body = json!({ "stateMachineArn": format!("{MACHINES}:pass"), "input": "{}" });
        for _ in 0..ENDED_EXECUTIONS / CONNECTIONS {
            client.call("AWSStepFunctions.StartExecution", &body)?;
        }
        Ok(())
    };
    thread::scope(|scope| {
        let threads: Vec<_> = (0..CONNECTIONS).map(|index| scope.spawn(move || start(index))).collect();
        threads
            .into_iter()
            .try_for_each(|thread| thread.join().unwrap_or_else(|_| Err(Failure::new("a client panicked"))))
    })
}

fn ms(what: &'static str, bar: Option<f64>, measured: Duration) -> Figure {
    Figure { what, measured: measured.as_secs_f64() * 1e3, bar, unit: "ms" }
}

fn median(rounds: usize, mut measured: impl FnMut() -> Result<(), Failure>) -> Result<Duration, Failure> {
    let mut all = Vec::with_capacity(rounds);
    for _ in 0..rounds {
        let begun = now();
        measured()?;
        all.push(begun.elapsed());
    }
    Ok(middle(all))
}

fn middle(mut all: Vec<Duration>) -> Duration {
    all.sort();
    all[all.len() / 2]
}

#[expect(clippy::disallowed_methods, reason = "a benchmark measures time")]
fn now() -> Instant {
    Instant::now()
}

#[expect(clippy::disallowed_methods, reason = "log events have the time at which they were written")]
fn epoch_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_loop_stays_below_the_longest_history() {
        let events = ROUNDS_OF_LOOP * 4 + 4;
        assert!((24_900..25_000).contains(&events), "{events}");
    }

    #[test]
    fn the_middle_is_the_median() {
        let ms = [5, 1, 3].map(Duration::from_millis);
        assert_eq!(middle(ms.to_vec()), Duration::from_millis(3));
    }
}
