//! What it costs that policies decide: tasks that act as a role, beside the same with `--iam off`.

use super::machines::{ROLE_NAME, create_machine, until_ended};
use super::subject::Bench;
use crate::bench::cloud::{Client, Cloud};
use crate::bench::figure::{Figure, cpu_seconds};
use crate::failure::Failure;
use crate::say;
use serde_json::{Value, json};

/// How often each is measured, in turns, so that both meet the same machine.
const ROUNDS: usize = 5;
/// How long executions are started.
const SECONDS: f64 = 3.0;
const CONNECTIONS: usize = 16;

/// What one round came to.
struct Round {
    per_second: f64,
    /// What the cloud used of the processors for one execution, in µs. It varies less than the throughput does where the
    /// machine has other things to do.
    processor_us: f64,
}

pub(super) fn measure(bench: &Bench) -> Result<Vec<Figure>, Failure> {
    let mut decided = Vec::new();
    let mut relaxed = Vec::new();
    for _ in 0..ROUNDS {
        say::progress("executions of ten tasks that act as a role");
        decided.push(round(bench, "on")?);
        relaxed.push(round(bench, "off")?);
    }
    let per_second = |rounds: &[Round]| middle(rounds.iter().map(|round| round.per_second).collect());
    let processor_us = |rounds: &[Round]| middle(rounds.iter().map(|round| round.processor_us).collect());
    let figure = |what, measured, unit| Figure { what, measured, bar: None, unit };
    let share = |what, measured| Figure { what, measured, bar: Some(0.95), unit: "" };
    Ok(vec![
        figure("executions of ten tasks as a role", per_second(&decided), "/s"),
        figure("  with --iam off", per_second(&relaxed), "/s"),
        share("  share of the throughput", per_second(&decided) / per_second(&relaxed)),
        figure("  processor each, as a role", processor_us(&decided), "µs"),
        figure("  processor each, --iam off", processor_us(&relaxed), "µs"),
        share("  share by processor", processor_us(&relaxed) / processor_us(&decided)),
    ])
}

fn round(bench: &Bench, iam: &str) -> Result<Round, Failure> {
    bench.clear()?;
    let cloud = Cloud::start_with(&bench.program, &bench.data, &["--iam", iam])?;
    let mut client = Client::of(&cloud)?;
    client.create_role(ROLE_NAME)?;
    client.allow(ROLE_NAME, "states:ListActivities")?;
    create_machine(&mut client, "tasks", &ten_tasks())?;
    let before = cpu_seconds(&cloud.pid())?;
    let loaded = bench.load.seconds(cloud.port, CONNECTIONS, SECONDS, "tasks", "{}")?;
    until_ended(&mut client, "tasks")?;
    let processor_us = (cpu_seconds(&cloud.pid())? - before) * 1e6 / loaded.answered;
    drop(client);
    cloud.stop()?;
    Ok(Round { per_second: loaded.per_second(), processor_us })
}

/// Ten tasks that read, one after the other.
fn ten_tasks() -> Value {
    let name = |number: usize| format!("T{number}");
    let states = (1..=10).map(|number| {
        let mut state = json!({
            "Type": "Task", "Resource": "arn:aws:states:::aws-sdk:sfn:listActivities", "Parameters": {}
        });
        match number {
            10 => state["End"] = Value::Bool(true),
            _ => state["Next"] = Value::String(name(number + 1)),
        }
        (name(number), state)
    });
    json!({ "StartAt": "T1", "States": states.collect::<serde_json::Map<_, _>>() })
}

fn middle(mut all: Vec<f64>) -> f64 {
    all.sort_by(f64::total_cmp);
    all[all.len() / 2]
}
