//! Measures SQLite, redb and fjall on the embedded cloud's own writes; see README.md for the figures and the choice.
#![allow(clippy::disallowed_methods, reason = "a measurement reads the clock and starts processes")]

mod engine;
#[cfg(feature = "fjall")]
mod fjall;
mod phases;
#[cfg(feature = "redb")]
mod redb;
#[cfg(feature = "sqlite")]
mod sqlite;
mod stores;
mod workload;

use std::path::Path;
use std::process::{Command, Stdio};

use engine::Failure;
use workload::Order;

/// What decides where rows lie, how many transitions share one wait for the disk, and how many there are.
const THROUGHPUT: [(&str, &str, &str); 6] = [
    ("name", "1", "500"),
    ("name", "64", "20000"),
    ("name", "1024", "50000"),
    ("start", "1", "500"),
    ("start", "64", "20000"),
    ("start", "1024", "50000"),
];

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["throughput", name, dir, order, batch, transitions] => {
            let order = if *order == "start" { Order::Start } else { Order::Name };
            phases::throughput(name, Path::new(dir), order, batch.parse()?, transitions.parse()?)
        }
        ["fill", name, dir, executions] => phases::fill(name, Path::new(dir), executions.parse()?),
        ["open", name, dir] => phases::open(name, Path::new(dir)),
        ["run", dir] => measure(Path::new(dir)),
        ["reload", dir, name, executions] => reload(name, Path::new(dir), executions.parse()?),
        _ => Err("Use: store-bench run DIRECTORY, or store-bench reload DIRECTORY STORE EXECUTIONS".into()),
    }
}

/// Every measurement. The stores take turns and each has three, since a disk's speed changes from minute to minute.
fn measure(dir: &Path) -> Result<(), Failure> {
    for (order, batch, transitions) in THROUGHPUT {
        let mut measured: Vec<Vec<f64>> = vec![Vec::new(); stores::NAMES.len()];
        for _ in 0..3 {
            for (name, rates) in stores::NAMES.iter().zip(&mut measured) {
                let dir = fresh(dir, name)?;
                let said = child(&["throughput", name, &dir, order, batch, transitions])?;
                println!("  key by {order}, {batch} per fsync, {name}: {said}");
                rates.push(value(&said, "per_s").ok_or("The measurement ended early.")?);
                std::fs::remove_dir_all(&dir)?;
            }
        }
        let medians: Vec<f64> = measured.into_iter().map(median).collect();
        let best = medians.iter().copied().fold(0.0, f64::max);
        for (name, rate) in stores::NAMES.iter().zip(medians) {
            println!("| key by {order}, {batch} per fsync | {name} | {rate:.0}/s | {:.2} |", rate / best);
        }
    }
    for name in stores::NAMES {
        let dir_empty = fresh(dir, name)?;
        println!("| create | {name} | {} |", child(&["open", name, &dir_empty])?);
        println!("| open empty | {name} | {} |", child(&["open", name, &dir_empty])?);
        reload(name, dir, 100_000)?;
    }
    Ok(())
}

/// Fills a store with waiting executions, kills it, and opens it twice: after the crash and after a clean end.
fn reload(name: &str, dir: &Path, executions: usize) -> Result<(), Failure> {
    let dir = fresh(dir, name)?;
    println!("| fill {executions} | {name} | {} |", child(&["fill", name, &dir, &executions.to_string()])?);
    println!("| open after kill | {name} | {} |", child(&["open", name, &dir])?);
    println!("| open after close | {name} | {} |", child(&["open", name, &dir])?);
    std::fs::remove_dir_all(&dir)?;
    Ok(())
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}

/// The number that follows `name=`.
fn value(said: &str, name: &str) -> Option<f64> {
    said.split_whitespace().find_map(|pair| pair.strip_prefix(name)?.strip_prefix('=')?.parse().ok())
}

/// An empty directory for one store.
fn fresh(dir: &Path, name: &str) -> Result<String, Failure> {
    let dir = dir.join(name);
    if dir.exists() {
        std::fs::remove_dir_all(&dir)?;
    }
    std::fs::create_dir_all(&dir)?;
    Ok(dir.to_str().ok_or("The directory's name is not UTF-8.")?.to_owned())
}

/// Runs one phase in a process of its own and gives what it says.
fn child(arguments: &[&str]) -> Result<String, Failure> {
    let output = Command::new(std::env::current_exe()?).args(arguments).stderr(Stdio::inherit()).output()?;
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
