//! How soon it is ready, and what it holds of memory before anything is in it.

use super::subject::Bench;
use super::timing::{median, ms, now};
use crate::bench::cloud::Cloud;
use crate::bench::figure::{Figure, resident_mib};
use crate::failure::Failure;
use crate::{process, say};
use std::process::Stdio;

pub(super) fn measure(bench: &Bench) -> Result<Vec<Figure>, Failure> {
    say::progress("start and memory");
    let version = median(51, || {
        let mut command = process::command(&bench.program);
        process::run(command.arg("--version").stdout(Stdio::null()))
    })?;
    let mut ready = Vec::new();
    for _ in 0..11 {
        bench.clear()?;
        let begun = now();
        let cloud = Cloud::start(&bench.program, &bench.data)?;
        ready.push(begun.elapsed());
        cloud.stop()?;
    }
    ready.sort();
    let cloud = bench.cloud()?;
    let memory = resident_mib(&cloud.pid())?;
    Ok(vec![
        ms("workshop --version", Some(5.0), version),
        ms("`local run` ready", Some(20.0), ready[ready.len() / 2]),
        Figure { what: "idle memory, empty", measured: memory, bar: Some(11.44), unit: "MiB" },
    ])
}
