//! `cargo xtask fuzz`: searches for inputs that make the language engine panic, hang or overflow its stack.

use crate::cargo::cargo;
use crate::failure::Failure;
use crate::{process, project, say};
use std::fs;

const TARGETS: [&str; 5] = ["definition", "jsonpath", "intrinsic", "jsonata", "engine"];
/// What libFuzzer needs from the compiler; all of it is stable.
const INSTRUMENTATION: &str = "--cfg fuzzing -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares";
/// The stack that a thread of the embedded cloud has, in KiB: what overflows it there must overflow it here.
const STACK_KIB: u32 = 2048;

/// Runs every target, or one, for so many seconds each. What was learnt stays in `target/fuzz` for the next time.
pub(crate) fn run(only: Option<&str>, seconds: Option<&str>) -> Result<(), Failure> {
    if let Some(unknown) = only.filter(|name| !TARGETS.contains(name)) {
        return Err(Failure::new(format!("there is no fuzz target {unknown}; there are {}", TARGETS.join(", "))));
    }
    let folder = project::target_dir().join("fuzz");
    let host = format!("{}-unknown-linux-gnu", std::env::consts::ARCH);
    let mut build = cargo(&["build", "--release", "--manifest-path"]);
    build.arg(project::engine_dir().join("fuzz/Cargo.toml"));
    // Cargo gives flags to everything or, with a target named, to all but build scripts, which can't be instrumented.
    build.args(["--target", &host, "--target-dir"]).arg(folder.join("build")).env("RUSTFLAGS", INSTRUMENTATION);
    process::run(&mut build)?;
    for target in TARGETS.into_iter().filter(|target| only.is_none_or(|only| only == *target)) {
        say::headline(target);
        let corpus = folder.join("corpus").join(target);
        let found = folder.join("found").join(target);
        for place in [&corpus, &found] {
            fs::create_dir_all(place).map_err(|error| Failure::file(place, &error))?;
        }
        let program = folder.join("build").join(&host).join("release").join(target);
        let mut fuzzer = process::command("/bin/sh");
        fuzzer.args(["-c", &format!("ulimit -s {STACK_KIB} && exec \"$0\" \"$@\"")]).arg(program);
        fuzzer.arg(format!("-max_total_time={}", seconds.unwrap_or("60")));
        fuzzer.args(["-timeout=10", "-rss_limit_mb=2048", "-print_final_stats=1", "-use_value_profile=1"]);
        fuzzer.arg(format!("-artifact_prefix={}/", found.display())).arg(corpus);
        process::run(&mut fuzzer)?;
    }
    Ok(())
}
