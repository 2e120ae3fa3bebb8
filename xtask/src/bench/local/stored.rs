//! Whether what is stored slows anything: the same starts and reads on top of ten, a thousand and a hundred thousand.

use super::machines::{MACHINES, ROLE_NAME, create_machine, ten_passes, until_ended};
use super::subject::Bench;
use super::timing::{middle, ms, now};
use crate::bench::cloud::Client;
use crate::bench::figure::Figure;
use crate::failure::Failure;
use crate::say;
use serde_json::json;
use std::time::Duration;

/// By how many executions are stored: what its figures are called.
const FILLS: [(usize, [&str; 2]); 3] = [
    (10, ["starts with 10 stored, 16 connections", "  DescribeExecution with 10 stored"]),
    (1_000, ["starts with 1,000 stored, 16 connections", "  DescribeExecution with 1,000 stored"]),
    (100_000, ["starts with 100,000 stored, 16 connections", "  DescribeExecution with 100,000 stored"]),
];

/// How many executions are started to measure.
const MEASURED: usize = 10_000;

pub(super) fn measure(bench: &Bench) -> Result<Vec<Figure>, Failure> {
    let mut figures = Vec::new();
    let mut rates = Vec::new();
    let mut reads = Vec::new();
    for (stored, [what, read]) in FILLS {
        say::progress(what);
        let cloud = bench.cloud()?;
        let mut client = Client::of(&cloud)?;
        client.create_role(ROLE_NAME)?;
        create_machine(&mut client, "ten", &ten_passes())?;
        bench.load.count(cloud.port, 16, stored, "ten", "{}")?;
        until_ended(&mut client, "ten")?;
        let described = describe(&mut client)?;
        let loaded = bench.load.count(cloud.port, 16, MEASURED, "ten", "{}")?;
        figures.push(Figure { what, measured: loaded.per_second(), bar: None, unit: "/s" });
        figures.push(ms(read, None, described));
        rates.push(loaded.per_second());
        reads.push(described.as_secs_f64());
    }
    let ratio = |all: &[f64]| all.iter().copied().fold(0.0, f64::max) / all.iter().copied().fold(f64::MAX, f64::min);
    figures.push(Figure {
        what: "  starts: slowest beside fastest",
        measured: ratio(&rates),
        bar: Some(1.5),
        unit: "x",
    });
    figures.push(Figure {
        what: "  reads: slowest beside fastest",
        measured: ratio(&reads),
        bar: Some(1.5),
        unit: "x",
    });
    Ok(figures)
}

/// The median of reading the newest execution.
fn describe(client: &mut Client) -> Result<Duration, Failure> {
    let body = json!({ "stateMachineArn": format!("{MACHINES}:ten"), "maxResults": 1 });
    let page = client.call("AWSStepFunctions.ListExecutions", &body)?;
    let body = json!({ "executionArn": page["executions"][0]["executionArn"] });
    let mut all = Vec::new();
    for _ in 0..201 {
        let begun = now();
        client.call("AWSStepFunctions.DescribeExecution", &body)?;
        all.push(begun.elapsed());
    }
    Ok(middle(all))
}
