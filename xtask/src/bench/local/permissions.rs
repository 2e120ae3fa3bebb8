//! What it costs that policies decide: tasks that act as a role, beside the same with `--iam off`.

use super::machines::{ROLE_NAME, create_machine, until_ended};
use super::subject::Bench;
use crate::bench::cloud::{Client, Cloud};
use crate::bench::figure::Figure;
use crate::failure::Failure;
use crate::say;
use serde_json::{Value, json};

/// How often each is measured, in turns, so that both meet the same machine.
const ROUNDS: usize = 5;
/// How long executions are started.
const SECONDS: f64 = 3.0;
const CONNECTIONS: usize = 16;

pub(super) fn measure(bench: &Bench) -> Result<Vec<Figure>, Failure> {
    let mut decided = Vec::new();
    let mut relaxed = Vec::new();
    for _ in 0..ROUNDS {
        say::progress("executions of ten tasks that act as a role");
        decided.push(per_second(bench, "on")?);
        relaxed.push(per_second(bench, "off")?);
    }
    let decided = middle(decided);
    let relaxed = middle(relaxed);
    Ok(vec![
        Figure { what: "executions of ten tasks as a role", measured: decided, bar: None, unit: "/s" },
        Figure { what: "  with --iam off", measured: relaxed, bar: None, unit: "/s" },
        Figure { what: "  share of the throughput", measured: decided / relaxed, bar: Some(0.95), unit: "" },
    ])
}

fn per_second(bench: &Bench, iam: &str) -> Result<f64, Failure> {
    bench.clear()?;
    let cloud = Cloud::start_with(&bench.program, &bench.data, &["--iam", iam])?;
    let mut client = Client::of(&cloud)?;
    client.create_role(ROLE_NAME)?;
    client.allow(ROLE_NAME, "states:ListActivities")?;
    create_machine(&mut client, "tasks", &ten_tasks())?;
    let loaded = bench.load.seconds(cloud.port, CONNECTIONS, SECONDS, "tasks", "{}")?;
    until_ended(&mut client, "tasks")?;
    drop(client);
    cloud.stop()?;
    Ok(loaded.per_second())
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
