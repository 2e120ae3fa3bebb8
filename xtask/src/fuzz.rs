//! `cargo xtask fuzz`: searches for inputs that make the language engine, the embedded cloud's HTTP front, its reader of
//! zips or of policies panic, hang or overflow its stack.

use crate::cargo::cargo;
use crate::failure::Failure;
use crate::{process, project, say};
use std::fs;
use std::path::Path;

/// A package of targets.
#[derive(Debug, Clone, PartialEq)]
struct Package {
    folder: &'static str,
    targets: Vec<&'static str>,
}

/// What libFuzzer needs from the compiler; all of it is stable.
const INSTRUMENTATION: &str = "--cfg fuzzing -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares";
/// The stack that a thread of the embedded cloud has, in KiB: what overflows it there must overflow it here.
const STACK_KIB: u32 = 2048;

/// Runs every target, or one, for so many seconds each. What was learnt stays in `target/fuzz` for the next time.
pub(crate) fn run(only: Option<&str>, seconds: Option<&str>) -> Result<(), Failure> {
    let known = packages().map(|package| package.targets.join(", ")).join(", ");
    let chosen = chosen(only);
    if chosen.is_empty() {
        return Err(Failure::new(format!("there is no fuzz target {}; there are {known}", only.unwrap_or_default())));
    }
    let folder = project::target_dir().join("fuzz");
    let host = format!("{}-unknown-linux-gnu", std::env::consts::ARCH);
    for package in chosen {
        let mut build = cargo(&["build", "--release", "--manifest-path"]);
        build.arg(project::root().join(package.folder).join("Cargo.toml"));
        // Cargo gives flags to everything or, with a target named, to all but build scripts, which can't be instrumented.
        build.args(["--target", &host, "--target-dir"]).arg(folder.join("build")).env("RUSTFLAGS", INSTRUMENTATION);
        process::run(&mut build)?;
        let programs = folder.join("build").join(&host).join("release");
        for target in package.targets {
            search(&folder, &programs.join(target), target, seconds.unwrap_or("60"))?;
        }
    }
    Ok(())
}

fn packages() -> [Package; 3] {
    let asl = vec!["definition", "jsonpath", "intrinsic", "jsonata", "engine"];
    [
        Package { folder: "crates/asl/fuzz", targets: asl },
        Package { folder: "cloud/server/fuzz", targets: vec!["http", "archive"] },
        Package { folder: "crates/policy/fuzz", targets: vec!["policy"] },
    ]
}

/// The targets that are asked for, in their packages.
fn chosen(only: Option<&str>) -> Vec<Package> {
    let mut packages = Vec::from(packages());
    for package in &mut packages {
        package.targets.retain(|target| only.is_none_or(|only| only == *target));
    }
    packages.retain(|package| !package.targets.is_empty());
    packages
}

/// Runs one target.
fn search(folder: &Path, program: &Path, target: &str, seconds: &str) -> Result<(), Failure> {
    say::headline(target);
    let corpus = folder.join("corpus").join(target);
    let found = folder.join("found").join(target);
    let seeds = folder.join("seeds").join(target);
    for place in [&corpus, &found, &seeds] {
        fs::create_dir_all(place).map_err(|error| Failure::file(place, &error))?;
    }
    let mut fuzzer = process::command("/bin/sh");
    fuzzer.args(["-c", &format!("ulimit -s {STACK_KIB} && exec \"$0\" \"$@\"")]).arg(program);
    fuzzer.arg(format!("-max_total_time={seconds}"));
    fuzzer.args(["-timeout=10", "-rss_limit_mb=2048", "-print_final_stats=1", "-use_value_profile=1"]);
    fuzzer.arg(format!("-artifact_prefix={}/", found.display())).arg(corpus).arg(&seeds);
    // A target that knows what to begin with writes it there before the folder is read.
    fuzzer.env("WORKSHOP_FUZZ_SEEDS", &seeds);
    process::run(&mut fuzzer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_chosen_by_name() {
        let http = chosen(Some("http"));
        assert_eq!(
            http.iter().map(|package| (package.folder, &*package.targets)).collect::<Vec<_>>(),
            [("cloud/server/fuzz", &["http"][..])]
        );
        assert_eq!(chosen(None).iter().map(|package| package.targets.len()).sum::<usize>(), 8);
        assert_eq!(chosen(Some("what")), []);
    }
}
