//! A process killed in the middle of its commits keeps every batch it was told is durable, and no half of any.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Stdio};

use tempfile::TempDir;

use super::{Batch, EXECUTIONS, HISTORY, Store};

const DIR_VARIABLE: &str = "STORE_CRASH_TEST_DIR";
const COMMITTERS: u64 = 4;
const ROWS: usize = 5;
const ROUNDS: usize = 3;
const ACKNOWLEDGED_BEFORE_KILL: usize = 300;

/// The child's part: commits without end from several tasks and prints the key of each batch once it is durable.
#[tokio::main(worker_threads = 2)]
async fn commit_until_killed(dir: &Path) {
    let store = Store::open(dir).unwrap();
    let first = store.load::<u64>(EXECUTIONS).unwrap().len() as u64;
    let tasks = (0..COMMITTERS).map(|committer| {
        let store = store.clone();
        tokio::spawn(async move {
            for round in 0_u64.. {
                let key = format!("{:08}-{committer}", first + round);
                store.commit(batch_of(&key, round)).await.unwrap();
                writeln!(std::io::stdout(), "durable {key}").unwrap();
            }
        })
    });
    for task in tasks.collect::<Vec<_>>() {
        task.await.unwrap();
    }
}

/// One execution and its history: either all of it is stored or nothing.
fn batch_of(key: &str, round: u64) -> Batch {
    let mut batch = Batch::new();
    batch.put(EXECUTIONS, key, &round).unwrap();
    for row in 1..ROWS {
        batch.put(HISTORY, format!("{key}/{row}"), &"x".repeat(300)).unwrap();
    }
    batch
}

#[test]
fn a_killed_process_keeps_what_it_acknowledged() {
    if let Some(dir) = std::env::var_os(DIR_VARIABLE) {
        return commit_until_killed(Path::new(&dir));
    }
    let dir = TempDir::new().unwrap();
    let mut acknowledged = BTreeSet::new();
    for _ in 0..ROUNDS {
        acknowledged.extend(run_and_kill(dir.path()));
        let store = Store::open(dir.path()).unwrap();
        let executions: BTreeSet<String> =
            store.load::<u64>(EXECUTIONS).unwrap().into_iter().map(|(key, _)| key).collect();
        let lost: Vec<_> = acknowledged.difference(&executions).collect();
        assert!(lost.is_empty(), "acknowledged and lost: {lost:?}");
        let history: Vec<String> = store.load::<String>(HISTORY).unwrap().into_iter().map(|(key, _)| key).collect();
        let whole: Vec<String> =
            executions.iter().flat_map(|key| (1..ROWS).map(move |row| format!("{key}/{row}"))).collect();
        assert_eq!(history, whole, "a batch is stored by half");
    }
}

/// Runs the child until it has acknowledged some batches, kills it, and gives all that it acknowledged.
fn run_and_kill(dir: &Path) -> Vec<String> {
    let mut child = start_child(dir);
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut acknowledged = Vec::new();
    for line in lines {
        // The test harness may have left the beginning of a line of its own before the first.
        if let Some((_, key)) = line.unwrap().split_once("durable ") {
            acknowledged.push(key.to_owned());
        }
        if acknowledged.len() == ACKNOWLEDGED_BEFORE_KILL {
            child.kill().unwrap();
        }
    }
    child.wait().unwrap();
    assert!(acknowledged.len() >= ACKNOWLEDGED_BEFORE_KILL, "the child ended by itself");
    acknowledged
}

#[allow(clippy::disallowed_methods, reason = "only a process of its own can be killed")]
fn start_child(dir: &Path) -> Child {
    std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "tests::crash::a_killed_process_keeps_what_it_acknowledged", "--nocapture"])
        .env(DIR_VARIABLE, dir)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}
