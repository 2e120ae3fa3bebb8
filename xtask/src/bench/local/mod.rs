//! `cargo xtask bench local`: the embedded cloud over HTTP beside what this machine can do at all, and beside a peer.

pub(super) mod history;
mod invokes;
mod limits;
pub(super) mod load;
mod logs;
pub(super) mod machines;
mod peer;
mod permissions;
mod restart;
mod start;
mod starts;
mod stored;
mod subject;
mod timing;
mod waits;

use super::figure::{self, Figure, table};
use crate::build::install;
use crate::failure::Failure;
use crate::{process, project, say};
use load::LoadClient;
use std::fs::File;
use std::path::{Path, PathBuf};
use subject::Bench;

type Measure = fn(&Bench) -> Result<Vec<Figure>, Failure>;

/// What is measured, in this order, each part with a fresh cloud.
const PARTS: [(&str, Measure); 11] = [
    ("limits", limits::measure),
    ("start", start::measure),
    ("starts", starts::measure),
    ("permissions", permissions::measure),
    ("waits", waits::measure),
    ("invokes", invokes::measure),
    ("stored", stored::measure),
    ("logs", logs::measure),
    ("history", history::measure),
    ("restart", restart::ended),
    ("million", restart::waiting),
];

/// Measures a program, or the one that is built first, and prints the table: all parts, or those that are named.
pub(super) fn run(arguments: &[&str]) -> Result<(), Failure> {
    let is_part = |word: &&&str| PARTS.iter().any(|(name, _)| name == *word);
    let named: Vec<&str> = arguments.iter().filter(is_part).copied().collect();
    let program = match arguments.iter().filter(|word| !is_part(word)).collect::<Vec<_>>().as_slice() {
        [] => None,
        [program] => Some(**program),
        _ => return Err(Failure::new(say::USAGE)),
    };
    let program = installed(&figure::program(program)?)?;
    let bench = Bench { program, data: project::target_dir().join("bench-local"), load: LoadClient::build()? };
    for (name, measure) in PARTS {
        if named.is_empty() || named.contains(&name) {
            // What was measured is told even if a later part fails.
            say::line(&table(&measure(&bench)?));
        }
    }
    bench.clear()
}

/// A copy that is read anew from the disk, as it is after a boot: what was just written is in memory in large pieces, each of which
/// the kernel maps as a whole, and which would count as the program's.
fn installed(program: &Path) -> Result<PathBuf, Failure> {
    let copy = install::copy(program, &project::target_dir().join("bench-program"))?;
    File::open(&copy).and_then(|file| file.sync_all()).map_err(|error| Failure::file(&copy, &error))?;
    let mut forget = process::command("dd");
    forget.arg(format!("if={}", copy.display())).args(["iflag=nocache", "count=0", "status=none"]);
    process::run(&mut forget)?;
    Ok(copy)
}
