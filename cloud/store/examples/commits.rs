//! How many commits a second the store takes, beside redb alone on the same disk in the same run, and the bytes that both leave:
//! `cargo run --release -p cloud-store --example commits [FOLDER]`.
//!
//! A commit is four rows of about 1.2 KB of JSON. Redb alone joins what waits into one transaction too, as the store did
//! before it had a journal.
#![allow(clippy::print_stdout, clippy::disallowed_methods, reason = "a measurement: it prints, and takes the time")]

use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use cloud_store::{Batch, Store, Table};
use redb::{Database, TableDefinition};
use serde_json::{Value, json};
use tokio::sync::oneshot;

const ROWS: Table = Table::new("rows");
const REDB_ROWS: TableDefinition<'_, &[u8], &[u8]> = TableDefinition::new("rows");
const LENGTH: Duration = Duration::from_secs(4);

type Error = Box<dyn std::error::Error + Send + Sync>;

/// A row as a service has them: JSON with names that repeat and values that do not.
fn row(number: u64) -> Value {
    let event = |id: u64| {
        json!({ "id": id, "type": "PassStateEntered", "timestamp": 1_764_000_000_000_u64 + number * 977 + id,
                "previousEventId": id - 1, "stateEnteredEventDetails": { "name": format!("Pass{id}"), "input": number.wrapping_mul(0x9E37_79B9_7F4A_7C15) } })
    };
    json!({ "execution": format!("arn:aws:states:eu-central-1:000000000000:execution:ten:{number:016x}"),
            "events": (1..7).map(event).collect::<Vec<_>>() })
}

fn rows_of(committer: u64, round: u64) -> impl Iterator<Item = (String, Value)> {
    (0..4).map(move |each| (format!("{round:08}-{committer:03}-{each}"), row(round * 4_001 + committer * 17 + each)))
}

struct Measured {
    commits: u64,
    elapsed: Duration,
    bytes: u64,
}

impl Measured {
    fn per_second(&self) -> f64 {
        self.commits as f64 / self.elapsed.as_secs_f64()
    }

    fn bytes_each(&self) -> f64 {
        self.bytes as f64 / self.commits as f64
    }
}

async fn store(folder: &Path, committers: u64) -> Result<Measured, Error> {
    let store = Store::open(folder)?;
    let begun = Instant::now();
    let tasks: Vec<_> = (0..committers)
        .map(|committer| {
            let store = store.clone();
            tokio::spawn(async move {
                let mut round = 0;
                while begun.elapsed() < LENGTH {
                    let mut batch = Batch::new();
                    for (key, value) in rows_of(committer, round) {
                        batch.put(ROWS, key, &value)?;
                    }
                    store.commit(batch).await?;
                    round += 1;
                }
                Ok::<u64, Error>(round)
            })
        })
        .collect();
    let mut commits = 0;
    for task in tasks {
        commits += task.await??;
    }
    let elapsed = begun.elapsed();
    drop(store);
    Ok(Measured { commits, elapsed, bytes: std::fs::metadata(folder.join("store.redb"))?.len() })
}

type Waiting = (Vec<(String, Vec<u8>)>, oneshot::Sender<()>);

fn redb_writer(database: &Database, waiting: &mpsc::Receiver<Waiting>) -> Result<(), redb::Error> {
    while let Ok(first) = waiting.recv() {
        let mut group = vec![first];
        group.extend(waiting.try_iter());
        let mut transaction = database.begin_write()?;
        transaction.set_quick_repair(true);
        {
            let mut table = transaction.open_table(REDB_ROWS)?;
            for (key, value) in group.iter().flat_map(|(rows, _)| rows) {
                table.insert(key.as_bytes(), value.as_slice())?;
            }
        }
        transaction.commit()?;
        for (_, answer) in group {
            // Who measures waits for each.
            answer.send(()).ok();
        }
    }
    Ok(())
}

async fn redb_alone(folder: &Path, committers: u64) -> Result<Measured, Error> {
    let path = folder.join("alone.redb");
    let database = redb::Builder::new().set_cache_size(4 << 20).create(&path)?;
    let (hand_over, waiting) = mpsc::channel::<Waiting>();
    let writer = std::thread::spawn(move || redb_writer(&database, &waiting));
    let begun = Instant::now();
    let tasks: Vec<_> = (0..committers)
        .map(|committer| {
            let hand_over = hand_over.clone();
            tokio::spawn(async move {
                let mut round = 0;
                while begun.elapsed() < LENGTH {
                    let mut rows = Vec::new();
                    for (key, value) in rows_of(committer, round) {
                        rows.push((key, serde_json::to_vec(&value)?));
                    }
                    let (answer, answered) = oneshot::channel();
                    hand_over.send((rows, answer))?;
                    answered.await?;
                    round += 1;
                }
                Ok::<u64, Error>(round)
            })
        })
        .collect();
    drop(hand_over);
    let mut commits = 0;
    for task in tasks {
        commits += task.await??;
    }
    let elapsed = begun.elapsed();
    writer.join().map_err(|_| "the writer panicked")??;
    Ok(Measured { commits, elapsed, bytes: std::fs::metadata(path)?.len() })
}

/// How many syncs of one sector the disk takes a second: what bounds a single committer.
fn syncs(folder: &Path) -> Result<f64, Error> {
    let file = std::fs::File::create(folder.join("syncs"))?;
    std::io::Write::write_all(&mut &file, &[0; 1 << 20])?;
    file.sync_all()?;
    let begun = Instant::now();
    let mut count = 0_u32;
    while begun.elapsed() < Duration::from_secs(1) {
        std::io::Seek::rewind(&mut &file)?;
        std::io::Write::write_all(&mut &file, &[1; 512])?;
        file.sync_data()?;
        count += 1;
    }
    Ok(f64::from(count) / begun.elapsed().as_secs_f64())
}

#[tokio::main(worker_threads = 2)]
async fn main() -> Result<(), Error> {
    let folder = std::env::args_os().nth(1).map_or_else(std::env::temp_dir, PathBuf::from);
    let made = tempfile::tempdir_in(folder)?;
    println!("{:.0} syncs a second", syncs(made.path())?);
    println!(
        "{:>10} {:>14} {:>14} {:>7} {:>12} {:>12}",
        "committers", "redb alone/s", "store/s", "ratio", "redb bytes", "store bytes"
    );
    for committers in [1, 16, 64] {
        let alone = tempfile::tempdir_in(made.path())?;
        let alone = redb_alone(alone.path(), committers).await?;
        let with_journal = tempfile::tempdir_in(made.path())?;
        let with_journal = store(with_journal.path(), committers).await?;
        println!(
            "{committers:>10} {:>14.0} {:>14.0} {:>7.2} {:>12.0} {:>12.0}",
            alone.per_second(),
            with_journal.per_second(),
            with_journal.per_second() / alone.per_second(),
            alone.bytes_each(),
            with_journal.bytes_each(),
        );
    }
    Ok(())
}
