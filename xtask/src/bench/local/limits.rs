//! What this machine can do at all: how often its disk takes a write for good, and how much HTTP the same client can have.

use super::subject::Bench;
use super::timing::now;
use crate::bench::figure::Figure;
use crate::failure::Failure;
use crate::say;
use std::fs;
use std::io::Write as _;
use std::time::Duration;

/// How long each limit is looked for.
const SECONDS: f64 = 3.0;

pub(super) fn measure(bench: &Bench) -> Result<Vec<Figure>, Failure> {
    say::progress("the machine's limits");
    let mut figures = vec![Figure {
        what: "the disk: 4 KiB written and fdatasync",
        measured: syncs_per_second(bench)?,
        bar: None,
        unit: "/s",
    }];
    let server = bench.load.empty_server()?;
    for (connections, what) in [
        (16, "an empty handler over HTTP, 16 connections"),
        (64, "an empty handler over HTTP, 64 connections"),
        (256, "an empty handler over HTTP, 256 connections"),
    ] {
        let loaded = bench.load.seconds(server.port, connections, SECONDS, "none", "{}")?;
        figures.push(Figure { what, measured: loaded.per_second(), bar: None, unit: "/s" });
    }
    Ok(figures)
}

fn syncs_per_second(bench: &Bench) -> Result<f64, Failure> {
    bench.clear()?;
    let path = bench.data.join("synced");
    let failed = |error| Failure::file(&path, &error);
    fs::create_dir_all(&bench.data).map_err(failed)?;
    let mut file = fs::File::create(&path).map_err(failed)?;
    let begun = now();
    let mut syncs = 0.0;
    while begun.elapsed() < Duration::from_secs_f64(SECONDS) {
        file.write_all(&[7; 4096]).and_then(|()| file.sync_data()).map_err(failed)?;
        syncs += 1.0;
    }
    Ok(syncs / begun.elapsed().as_secs_f64())
}
