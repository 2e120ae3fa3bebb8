//! `cargo xtask fuzz`: searches for inputs that make the language engine, the embedded cloud's HTTP front or its reader of
//! zips panic, hang or overflow its stack.

use crate::cargo::cargo;
use crate::failure::Failure;
use crate::{process, project, say};
use std::fs;
use std::path::Path;

/// The folders with targets, and their targets.
const PACKAGES: [(&str, &[&str]); 2] = [
    ("crates/asl/fuzz", &["definition", "jsonpath", "intrinsic", "jsonata", "engine"]),
    ("cloud/server/fuzz", &["http", "archive"]),
];
/// What libFuzzer needs from the compiler; all of it is stable.
const INSTRUMENTATION: &str = "--cfg fuzzing -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares";
/// The stack that a thread of the embedded cloud has, in KiB: what overflows it there must overflow it here.
const STACK_KIB: u32 = 2048;

/// Runs every target, or one, for so many seconds each. What was learnt stays in `target/fuzz` for the next time.
pub(crate) fn run(only: Option<&str>, seconds: Option<&str>) -> Result<(), Failure> {
    let known = PACKAGES.map(|(_, targets)| targets.join(", ")).join(", ");
    let chosen = chosen(only);
    if chosen.is_empty() {
        return Err(Failure::new(format!("there is no fuzz target {}; there are {known}", only.unwrap_or_default())));
    }
    let folder = project::target_dir().join("fuzz");
    let host = format!("{}-unknown-linux-gnu", std::env::consts::ARCH);
    for (package, targets) in chosen {
        let mut build = cargo(&["build", "--release", "--manifest-path"]);
        build.arg(project::root().join(package).join("Cargo.toml"));
        // Cargo gives flags to everything or, with a target named, to all but build scripts, which can't be instrumented.
        build.args(["--target", &host, "--target-dir"]).arg(folder.join("build")).env("RUSTFLAGS", INSTRUMENTATION);
        process::run(&mut build)?;
        for target in targets {
            let program = folder.join("build").join(&host).join("release").join(target);
            search(&folder, &program, target, seconds.unwrap_or("60"))?;
        }
    }
    Ok(())
}

/// The targets that are asked for, by the folder that has them.
fn chosen(only: Option<&str>) -> Vec<(&'static str, Vec<&'static str>)> {
    let wanted = |targets: &[&'static str]| -> Vec<&'static str> {
        targets.iter().copied().filter(|target| only.is_none_or(|only| only == *target)).collect()
    };
    let packages = PACKAGES.into_iter().map(|(package, targets)| (package, wanted(targets)));
    packages.filter(|(_, targets)| !targets.is_empty()).collect()
}

/// Runs one target.
fn search(folder: &Path, program: &Path, target: &str, seconds: &str) -> Result<(), Failure> {
    say::headline(target);
    let corpus = folder.join("corpus").join(target);
    let found = folder.join("found").join(target);
    for place in [&corpus, &found] {
        fs::create_dir_all(place).map_err(|error| Failure::file(place, &error))?;
    }
    let mut fuzzer = process::command("/bin/sh");
    fuzzer.args(["-c", &format!("ulimit -s {STACK_KIB} && exec \"$0\" \"$@\"")]).arg(program);
    fuzzer.arg(format!("-max_total_time={seconds}"));
    fuzzer.args(["-timeout=10", "-rss_limit_mb=2048", "-print_final_stats=1", "-use_value_profile=1"]);
    fuzzer.arg(format!("-artifact_prefix={}/", found.display())).arg(corpus);
    process::run(&mut fuzzer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_chosen_by_name() {
        assert_eq!(chosen(Some("http")), [("cloud/server/fuzz", vec!["http"])]);
        assert_eq!(chosen(None).iter().map(|(_, targets)| targets.len()).sum::<usize>(), 7);
        assert_eq!(chosen(Some("what")), []);
    }
}
