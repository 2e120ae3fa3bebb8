//! The tests' executables, run one after the other, with what each and the slowest tests took.

use super::durations::{self, Timed};
use crate::cargo::{Executable, executables};
use crate::failure::Failure;
use crate::{process, project, say};
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// How many of the slowest tests are listed.
const SLOWEST: usize = 15;

/// What cargo built.
pub(super) struct Tests {
    executables: Vec<Executable>,
}

/// One executable that ran.
struct Ran {
    name: String,
    took: Duration,
    tests: Vec<Timed>,
    passed: bool,
}

impl Tests {
    /// Builds the tests of the packages that the arguments choose.
    pub(super) fn build(packages: &[&str]) -> Result<Self, Failure> {
        let arguments = [&["test", "--no-run", "--quiet"], packages].concat();
        let mut executables = executables(&arguments)?;
        executables.retain(|executable| executable.is_test);
        // The small ones first: what is broken in a crate breaks everything above it.
        executables.sort_by_key(|executable| (executable.kind == "test", executable.name.clone()));
        Ok(Self { executables })
    }

    /// Runs those that are wanted, in an environment that is set up for each.
    pub(super) fn run(
        &self,
        wanted: &dyn Fn(&Executable) -> bool,
        set_up: &dyn Fn(&mut Command) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let mut ran = Vec::new();
        for executable in self.executables.iter().filter(|executable| wanted(executable)) {
            say::progress(&format!("running {}", executable.name));
            let mut command = process::command(&executable.path);
            set_up(&mut command)?;
            ran.push(run(executable, command)?);
        }
        say::line(&table(&ran));
        let failed: Vec<&str> = ran.iter().filter(|ran| !ran.passed).map(|ran| ran.name.as_str()).collect();
        match failed.is_empty() {
            true => Ok(()),
            false => Err(Failure::new(format!("tests failed in {}", failed.join(", ")))),
        }
    }
}

/// Runs one as `cargo test` does: in its package's folder, told where that is.
fn run(executable: &Executable, mut command: Command) -> Result<Ran, Failure> {
    let folder = executable.manifest.parent().unwrap_or(project::root());
    command.current_dir(folder).env("CARGO_MANIFEST_DIR", folder).stdout(Stdio::piped());
    let begun = now();
    let mut child = command.spawn().map_err(|error| process::not_started(&command, &error))?;
    let mut ends = Vec::new();
    let mut said = Vec::new();
    for line in child.stdout.take().map(BufReader::new).into_iter().flat_map(BufRead::lines).map_while(Result::ok) {
        match durations::ended(&line) {
            Some(name) => ends.push((String::from(name), now().duration_since(begun))),
            None => said.push(line),
        }
    }
    let status = child.wait().map_err(|error| process::not_started(&command, &error))?;
    if !status.success() {
        say::line(&said.join("\n"));
    }
    let folder = folder.strip_prefix(project::root()).unwrap_or(folder).display().to_string();
    let tests = durations::of(&ends, threads());
    let name = format!("{} {}", if folder.is_empty() { "." } else { &folder }, executable.name);
    Ok(Ran { name, took: now().duration_since(begun), tests, passed: status.success() })
}

/// How many tests of one executable run at once.
fn threads() -> usize {
    let set = std::env::var("RUST_TEST_THREADS").ok().and_then(|threads| threads.parse().ok());
    set.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from))
}

fn table(ran: &[Ran]) -> String {
    let mut slowest: Vec<(Duration, String)> = Vec::new();
    let mut lines = Vec::new();
    for Ran { name, took, tests, passed } in ran {
        let outcome = if *passed { "passed" } else { "FAILED" };
        lines.push(format!("{:>8.1} s  {outcome}  {:>5} tests  {name}", took.as_secs_f64(), tests.len()));
        slowest.extend(tests.iter().map(|(test, took)| (*took, test.clone())));
    }
    slowest.sort_by(|one, other| other.cmp(one));
    slowest.truncate(SLOWEST);
    lines.push(String::from("the slowest tests:"));
    lines.extend(slowest.iter().map(|(took, test)| format!("{:>8.1} s  {test}", took.as_secs_f64())));
    lines.join("\n")
}

#[expect(clippy::disallowed_methods, reason = "how long tests take is what the table shows")]
fn now() -> Instant {
    Instant::now()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    /// A shell in the place of a test executable.
    fn run_script(script: &str) -> Ran {
        let path = PathBuf::from("/bin/sh");
        let manifest = project::root().join("Cargo.toml");
        let executable =
            Executable { manifest, name: String::from("tests"), kind: String::from("test"), is_test: true, path };
        let mut command = process::command(&executable.path);
        command.args(["-c", script]);
        run(&executable, command).unwrap()
    }

    #[test]
    fn tests_are_counted_as_they_end() {
        let ran =
            run_script("test -d \"$CARGO_MANIFEST_DIR\" || exit 1; echo 'test a::b ... ok'; echo 'test c ... ok'");
        assert!(ran.passed);
        let names: Vec<_> = ran.tests.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["a::b", "c"]);
    }

    #[test]
    fn an_executable_that_fails_is_told_apart() {
        let failed = run_script("echo 'test a ... FAILED'; exit 101");
        assert!(!failed.passed);
        let text = table(&[failed]);
        assert!(text.contains("FAILED      1 tests") && text.contains("the slowest tests:"), "{text}");
    }
}
