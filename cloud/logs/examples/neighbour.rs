//! What a change of somebody else costs while functions flood their logs, beside what it costs when nobody does:
//! `cargo run --release -p cloud-logs --example neighbour [WRITERS [FOLDER]]`. The change is as large as that of a started
//! execution: four rows, 1.2 KB in all.
#![allow(clippy::disallowed_methods, reason = "it measures time")]
#![allow(clippy::print_stdout, reason = "it prints what it measured")]

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use cloud_core::{Clock, Location, LogWriter};
use cloud_logs::Logs;
use cloud_store::{Batch, Store, StoreError, Table};

const ROWS: Table = Table::new("neighbour-rows");
const ROUNDS: usize = 100;
/// A sandbox's output is taken at 2 MiB a second, each line counted with 256 bytes more: 8,128 of `yes`'s lines.
const LINES_PER_S: u32 = 8_128;
const LINES_AT_ONCE: u32 = 500;

type Failure = Box<dyn std::error::Error>;

/// How long changes take, one after the other, sorted.
async fn changes(store: &Store, begin: usize) -> Result<Vec<Duration>, StoreError> {
    let mut took = Vec::with_capacity(ROUNDS);
    for round in begin..begin + ROUNDS {
        let mut batch = Batch::new();
        for row in 0..4 {
            batch.put_bytes(ROWS, format!("{round:08}/{row}"), vec![b'x'; 300]);
        }
        let since = Instant::now();
        store.commit(batch).await?;
        took.push(since.elapsed());
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    took.sort_unstable();
    Ok(took)
}

/// The median and the 99th percentile, in milliseconds.
fn told(took: &[Duration]) -> (f64, f64) {
    let at = |part: usize| took.get(took.len() * part / 100).copied().unwrap_or_default().as_secs_f64() * 1_000.0;
    (at(50), at(99))
}

/// Writes `yes`'s lines as fast as they are taken of a sandbox, until it is told to stop; gives how many.
async fn flood(logs: Logs, clock: Clock, stream: String, stop: Arc<AtomicBool>) -> u32 {
    let begun = Instant::now();
    let mut written = 0;
    while !stop.load(Ordering::Relaxed) {
        let due = Duration::from_secs(1) * written / LINES_PER_S;
        tokio::time::sleep(due.saturating_sub(begun.elapsed())).await;
        let lines = (0..LINES_AT_ONCE).map(|_| (clock.now(), "y\n".to_owned())).collect();
        if logs.write(&Location::default(), "/aws/lambda/flood", &stream, lines).await.is_err() {
            return written;
        }
        written += LINES_AT_ONCE;
    }
    written
}

fn resident_kib() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.split_whitespace().next()?.parse().ok()
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> Result<(), Failure> {
    let mut arguments = std::env::args().skip(1);
    let writers: usize = arguments.next().map_or(Ok(1), |text| text.parse())?;
    let temporary = tempfile::tempdir()?;
    let folder = arguments.next();
    let folder = folder.as_deref().map_or(temporary.path(), Path::new);
    let store = Store::open(folder)?;
    let clock = Clock::system();
    let logs = Logs::open(&store, clock.clone())?;
    changes(&store, 0).await?;
    let quiet = told(&changes(&store, ROUNDS).await?);
    let before_kib = resident_kib().unwrap_or_default();
    let stop = Arc::new(AtomicBool::new(false));
    let flooding: Vec<_> = (0..writers)
        .map(|writer| tokio::spawn(flood(logs.clone(), clock.clone(), format!("s{writer}"), Arc::clone(&stop))))
        .collect();
    let loud = told(&changes(&store, 2 * ROUNDS).await?);
    let grown_kib = resident_kib().unwrap_or_default().saturating_sub(before_kib);
    stop.store(true, Ordering::Relaxed);
    let mut lines = 0;
    for writer in flooding {
        lines += writer.await?;
    }
    println!("alone:                  median {:.2} ms, 99th percentile {:.2} ms", quiet.0, quiet.1);
    println!("beside {writers} flood(s):      median {:.2} ms, 99th percentile {:.2} ms", loud.0, loud.1);
    println!("ratio of the medians:   {:.2}", loud.0 / quiet.0);
    println!("lines written meanwhile {lines}; resident memory grew by {grown_kib} KiB");
    Ok(())
}
