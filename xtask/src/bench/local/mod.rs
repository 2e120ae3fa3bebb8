//! `cargo xtask bench local`: the embedded cloud over HTTP beside what this machine can do at all, and beside a peer.

mod history;
mod invokes;
mod limits;
mod load;
mod logs;
mod peer;
mod restart;
mod start;
mod starts;
mod stored;
mod waits;

use super::cloud::{Client, Cloud};
use super::figure::{self, Figure, table};
use crate::failure::Failure;
use crate::{project, say};
use load::LoadClient;
use serde_json::{Value, json};
use std::fs;
use std::path::PathBuf;
use std::thread;
use std::time::{Duration, Instant};

const ROLE_NAME: &str = "bench";
const ROLE: &str = "arn:aws:iam::000000000000:role/bench";
const MACHINES: &str = "arn:aws:states:us-east-1:000000000000:stateMachine";

type Measure = fn(&Bench) -> Result<Vec<Figure>, Failure>;

/// What is measured, in this order, each part with a fresh cloud.
const PARTS: [(&str, Measure); 10] = [
    ("limits", limits::measure),
    ("start", start::measure),
    ("starts", starts::measure),
    ("waits", waits::measure),
    ("invokes", invokes::measure),
    ("stored", stored::measure),
    ("logs", logs::measure),
    ("history", history::measure),
    ("restart", restart::ended),
    ("million", restart::waiting),
];

/// Measures a program, or the one that is built first, and prints the table: all parts, or those that are named.
pub(super) fn run(arguments: &[&str]) -> Result<(), Failure> {
    let is_part = |word: &&&str| PARTS.iter().any(|(name, _)| name == *word);
    let named: Vec<&str> = arguments.iter().filter(is_part).copied().collect();
    let program = match arguments.iter().filter(|word| !is_part(word)).collect::<Vec<_>>().as_slice() {
        [] => None,
        [program] => Some(**program),
        _ => return Err(Failure::new(say::USAGE)),
    };
    let program = figure::program(program)?;
    let bench = Bench { program, data: project::target_dir().join("bench-local"), load: LoadClient::build()? };
    let mut figures = Vec::new();
    for (name, measure) in PARTS {
        if named.is_empty() || named.contains(&name) {
            figures.extend(measure(&bench)?);
        }
    }
    bench.clear()?;
    say::line(&table(&figures));
    Ok(())
}

struct Bench {
    program: PathBuf,
    data: PathBuf,
    load: LoadClient,
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
}

fn create_machine(client: &mut Client, name: &str, definition: &Value) -> Result<(), Failure> {
    let body = json!({ "name": name, "definition": definition.to_string(), "roleArn": ROLE });
    client.call("AWSStepFunctions.CreateStateMachine", &body).map(|_| ())
}

/// Ten Pass states, one after the other.
fn ten_passes() -> Value {
    let name = |number: usize| format!("P{number}");
    let states = (1..=10).map(|number| {
        let state = match number {
            10 => json!({ "Type": "Pass", "End": true }),
            _ => json!({ "Type": "Pass", "Next": name(number + 1) }),
        };
        (name(number), state)
    });
    json!({ "StartAt": "P1", "States": states.collect::<serde_json::Map<_, _>>() })
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_is_the_median() {
        let ms = [5, 1, 3].map(Duration::from_millis);
        assert_eq!(middle(ms.to_vec()), Duration::from_millis(3));
    }
}
