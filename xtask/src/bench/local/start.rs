//! How soon it is ready, and what it holds of memory before anything is in it.

use super::subject::Bench;
use super::timing::{median, ms, now};
use crate::bench::cloud::Cloud;
use crate::bench::figure::Figure;
use crate::bench::memory::Memory;
use crate::failure::Failure;
use crate::{process, say};
use std::process::Stdio;

/// What the figures of the idle cloud's memory are called, and their bar: 12 MB.
const IDLE_MEMORY: [&str; 4] = ["idle memory, empty", "  proportional", "  private and written", "  anonymous"];
const IDLE_BAR_MIB: f64 = 11.44;

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
    let memory = Memory::of(&cloud.pid())?;
    let mut figures =
        vec![ms("workshop --version", Some(5.0), version), ms("`local run` ready", Some(20.0), ready[ready.len() / 2])];
    figures.extend(memory.figures(IDLE_MEMORY, IDLE_BAR_MIB));
    Ok(figures)
}
