//! What one child process does and measures; each prints `name=value` pairs on one line.

use std::path::Path;
use std::time::{Duration, Instant};

use crate::engine::{Failure, Table};
use crate::stores;
use crate::workload::{Order, Workload};

const FILL_BATCH: usize = 1024;

/// Durable transitions per second with `batch` of them per fsync, on a fresh store.
pub fn throughput(name: &str, dir: &Path, order: Order, batch: usize, transitions: usize) -> Result<(), Failure> {
    let mut store = stores::open(name, dir)?;
    let mut workload = Workload::new(transitions / 10 + 1_000, order);
    let mut busy = Duration::ZERO;
    let mut worst = Duration::ZERO;
    for done in (0..transitions).step_by(batch) {
        let mut rows = Vec::new();
        (done..done + batch).for_each(|done| workload.next_transition(done, &mut rows));
        let start = Instant::now();
        store.write(rows)?;
        let took = start.elapsed();
        busy += took;
        worst = worst.max(took);
    }
    let done = transitions.div_ceil(batch) * batch;
    println!(
        "per_s={:.0} worst_ms={:.1} peak_mib={:.1} disk_mib={:.1}",
        done as f64 / busy.as_secs_f64(),
        worst.as_secs_f64() * 1e3,
        memory_mib("VmHWM"),
        disk_mib(dir)
    );
    Ok(())
}

/// Fills a store with waiting executions and dies as `kill -9` does: nothing is closed.
pub fn fill(name: &str, dir: &Path, executions: usize) -> Result<(), Failure> {
    let start = Instant::now();
    let mut store = stores::open(name, dir)?;
    let mut workload = Workload::new(executions, Order::Name);
    for first in (0..executions).step_by(FILL_BATCH) {
        let mut rows = Vec::new();
        (first..executions.min(first + FILL_BATCH)).for_each(|each| workload.transition(each, &mut rows));
        store.write(rows)?;
    }
    println!("fill_s={:.2} disk_mib={:.1}", start.elapsed().as_secs_f64(), disk_mib(dir));
    std::process::abort()
}

/// Opens a store, says what that took, reads every execution, and closes it.
pub fn open(name: &str, dir: &Path) -> Result<(), Failure> {
    let before_mib = memory_mib("VmRSS");
    let start = Instant::now();
    let store = stores::open(name, dir)?;
    let open_ms = start.elapsed().as_secs_f64() * 1e3;
    let idle_mib = memory_mib("VmRSS") - before_mib;
    let start = Instant::now();
    let mut rows = 0_usize;
    let mut bytes = 0_usize;
    store.scan(Table::Executions, &mut |key, value| {
        rows += 1;
        bytes += key.len() + value.len();
    })?;
    let load_s = start.elapsed().as_secs_f64();
    let loaded_mib = memory_mib("VmRSS") - before_mib;
    let peak_mib = memory_mib("VmHWM") - before_mib;
    drop(store);
    println!(
        "open_ms={open_ms:.1} idle_mib={idle_mib:.1} load_s={load_s:.2} loaded_mib={loaded_mib:.1} peak_mib={peak_mib:.1} rows={rows} bytes={bytes} disk_mib={:.1}",
        disk_mib(dir)
    );
    Ok(())
}

/// A line of `/proc/self/status`, in MiB; 0 where there is no such file.
fn memory_mib(line: &str) -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let kib = status.lines().find_map(|text| text.strip_prefix(line)?.split_whitespace().nth(1)?.parse::<f64>().ok());
    kib.unwrap_or_default() / 1024.0
}

/// What the files under `dir` occupy on disk (holes do not count).
fn disk_mib(dir: &Path) -> f64 {
    fn blocks(path: &Path) -> u64 {
        use std::os::unix::fs::MetadataExt;
        let own = path.symlink_metadata().map_or(0, |data| data.blocks());
        let children = std::fs::read_dir(path).into_iter().flatten().flatten();
        own + children.map(|child| blocks(&child.path())).sum::<u64>()
    }
    blocks(dir) as f64 / 2048.0
}
