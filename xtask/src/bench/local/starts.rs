//! Executions of ten Pass states over HTTP: how many a second, what each takes of the processors and of the disk.

use super::machines::{MACHINES, ROLE_NAME, create_machine, ten_passes, until_ended};
use super::peer::Ministack;
use super::subject::Bench;
use crate::bench::cloud::{Client, Cloud};
use crate::bench::figure::{Figure, cpu_seconds};
use crate::bench::memory::{Memory, forget_peak, peak_mib};
use crate::failure::Failure;
use crate::say;
use serde_json::json;
use std::path::Path;
use std::thread;
use std::time::Duration;

/// How long each number of connections starts executions.
const SECONDS: f64 = 5.0;
/// How many executions the store's size is taken of.
const STORED: usize = 20_000;

/// By connections: what it is called, its bar, and what the rest of its figures is called.
const LOADS: [(usize, &str, f64, [&str; 3]); 3] = [
    (16, "ten-Pass executions, 16 connections", 10_000.0, ["  median, 16", "  99 of 100, 16", "  processor each, 16"]),
    (64, "ten-Pass executions, 64 connections", 12_000.0, ["  median, 64", "  99 of 100, 64", "  processor each, 64"]),
    (
        256,
        "ten-Pass executions, 256 connections",
        15_000.0,
        ["  median, 256", "  99 of 100, 256", "  processor each, 256"],
    ),
];

/// How long the cloud rests before its memory is looked at: what is written when the store is idle is written by then.
const REST: Duration = Duration::from_secs(5);

/// The bar of memory under load and after it: 18 MB.
const BAR_MIB: f64 = 17.17;

/// What the figures of memory are called: before the load, when it ends, and after a rest.
const MEMORY_BEFORE: [&str; 4] =
    ["memory before the load", "  proportional, before", "  private and written, before", "  anonymous, before"];
const MEMORY_AT_ONCE: [&str; 4] = [
    "memory when the load ends",
    "  proportional, at the end",
    "  private and written, at the end",
    "  anonymous, at the end",
];
const MEMORY_AFTER: [&str; 4] =
    ["memory after a rest of 5 s", "  proportional, rested", "  private and written, rested", "  anonymous, rested"];

pub(super) fn measure(bench: &Bench) -> Result<Vec<Figure>, Failure> {
    let cloud = bench.cloud()?;
    let mut client = Client::of(&cloud)?;
    client.create_role(ROLE_NAME)?;
    create_machine(&mut client, "ten", &ten_passes())?;
    let before = Memory::of(&cloud.pid())?;
    let mut figures = Vec::from(before.figures(MEMORY_BEFORE, BAR_MIB));
    bench.load.seconds(cloud.port, 64, 1.0, "ten", "{}")?;
    forget_peak(&cloud.pid())?;
    for (connections, what, bar, [median, slow, processor]) in LOADS {
        say::progress(what);
        let before = cpu_seconds(&cloud.pid())?;
        let loaded = bench.load.seconds(cloud.port, connections, SECONDS, "ten", "{}")?;
        let used = (cpu_seconds(&cloud.pid())? - before) / loaded.answered;
        figures.extend([
            Figure { what, measured: loaded.per_second(), bar: Some(bar), unit: "/s" },
            Figure { what: median, measured: loaded.median_ms, bar: None, unit: "ms" },
            Figure { what: slow, measured: loaded.p99_ms, bar: None, unit: "ms" },
            Figure { what: processor, measured: used * 1e6, bar: None, unit: "µs" },
        ]);
    }
    until_ended(&mut client, "ten")?;
    figures.extend(memory_after(&cloud)?);
    drop(client);
    cloud.stop()?;
    figures.push(size(bench)?);
    if let Some(ministack) = Ministack::start()? {
        let mut client = Client::at(ministack.port)?;
        client.create_role(ROLE_NAME)?;
        create_machine(&mut client, "ten", &ten_passes())?;
        let loaded = bench.load.seconds(ministack.port, 16, SECONDS, "ten", "{}")?;
        let what = "  the same on ministack, 16 connections";
        figures.push(Figure { what, measured: loaded.per_second(), bar: None, unit: "/s" });
    }
    Ok(figures)
}

/// The most memory under the load, what is left of it at once, and after a while without work.
fn memory_after(cloud: &Cloud) -> Result<Vec<Figure>, Failure> {
    let pid = cloud.pid();
    let peak = Figure { what: "memory under load, most", measured: peak_mib(&pid)?, bar: Some(BAR_MIB), unit: "MiB" };
    let mut figures = vec![peak];
    figures.extend(Memory::of(&pid)?.figures(MEMORY_AT_ONCE, BAR_MIB));
    thread::park_timeout(REST);
    figures.extend(Memory::of(&pid)?.figures(MEMORY_AFTER, BAR_MIB));
    Ok(figures)
}

/// What an execution takes of the disk, once the cloud has ended.
fn size(bench: &Bench) -> Result<Figure, Failure> {
    let cloud = bench.cloud()?;
    let mut client = Client::of(&cloud)?;
    client.create_role(ROLE_NAME)?;
    create_machine(&mut client, "ten", &ten_passes())?;
    bench.load.count(cloud.port, 64, STORED, "ten", "{}")?;
    until_ended(&mut client, "ten")?;
    let body = json!({ "stateMachineArn": format!("{MACHINES}:ten"), "maxResults": 1 });
    client.call("AWSStepFunctions.ListExecutions", &body)?;
    drop(client);
    cloud.stop()?;
    let measured = folder_bytes(&bench.data.join("store"))? / STORED as f64;
    Ok(Figure { what: "store bytes per ten-Pass execution", measured, bar: Some(2_000.0), unit: "B" })
}

fn folder_bytes(folder: &Path) -> Result<f64, Failure> {
    let failed = |error| Failure::file(folder, &error);
    let mut bytes = 0.0;
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        bytes += entry.and_then(|entry| entry.metadata()).map_err(failed)?.len() as f64;
    }
    Ok(bytes)
}
