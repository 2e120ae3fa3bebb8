//! `cargo xtask bench`: what the program costs in time and memory, beside the bars it is held to, measured in one run.

mod build;
mod cases;
mod chain;
mod cloud;
mod console;
mod deploy;
mod figure;
mod local;
mod memory;

use crate::cargo::cargo;
use crate::failure::Failure;
use crate::{process, project, say};
use figure::{Figure, program, table};
use memory::resident_mib;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// The built program with a state folder of its own, away from any project folder.
struct Bench {
    program: PathBuf,
    home: PathBuf,
}

/// Measures one part, or what every command costs.
pub(crate) fn dispatch(arguments: &[&str]) -> Result<(), Failure> {
    match arguments {
        [] => run(),
        ["build"] => build::run(None),
        ["build", profile] => build::run(Some(profile)),
        ["console"] => console::run(None),
        ["console", program] => console::run(Some(program)),
        ["deploy"] => deploy::run(None),
        ["deploy", program] => deploy::run(Some(program)),
        ["engine"] => library("engine", "crates/asl"),
        ["graph"] => library("layout", "crates/graph"),
        ["local", arguments @ ..] => local::run(arguments),
        ["test"] => cases::run(None),
        ["test", program] => cases::run(Some(program)),
        _ => Err(Failure::new(say::USAGE)),
    }
}

/// Builds everything, measures, and prints the table.
fn run() -> Result<(), Failure> {
    let program = program(None)?;
    let home = project::target_dir().join("bench");
    // Outside the project, so that the functions that the program carries are deployed and cargo is never asked.
    let elsewhere = std::env::temp_dir();
    let bench = Bench { program, home };
    bench.quietly(&["local", "stop"], &elsewhere);
    if bench.home.exists() {
        fs::remove_dir_all(&bench.home).map_err(|error| Failure::file(&bench.home, &error))?;
    }
    let figures = bench.figures(&elsewhere);
    bench.quietly(&["local", "stop"], &elsewhere);
    say::line(&table(&figures?));
    Ok(())
}

/// Runs the benchmark of one library.
fn library(bench: &str, folder: &str) -> Result<(), Failure> {
    let manifest = project::root().join(folder).join("Cargo.toml");
    process::run(cargo(&["bench", "--quiet", "--bench", bench, "--manifest-path"]).arg(manifest))
}

impl Bench {
    fn figures(&self, elsewhere: &PathBuf) -> Result<Vec<Figure>, Failure> {
        let ms =
            |what, bar, measured: Duration| Figure { what, measured: measured.as_secs_f64() * 1e3, bar, unit: "ms" };
        let mut figures = vec![
            ms("/bin/true, for comparison", None, median(51, || self.time(process::command("/bin/true")))?),
            ms("workshop --version", Some(5.0), median(51, || self.time(self.command(&["--version"], elsewhere)))?),
        ];
        let start = median(11, || {
            self.quietly(&["local", "stop"], elsewhere);
            self.time(self.command(&["local", "start"], elsewhere))
        })?;
        figures.push(ms("embedded cloud ready (`local start`)", Some(50.0), start));
        figures.push(self.memory("idle memory, empty", elsewhere)?);
        let deploy = median(5, || {
            self.time(self.command(&["local", "reset"], elsewhere))?;
            self.time(self.command(&["local", "start"], elsewhere))?;
            self.time(self.command(&["deploy", "--local"], elsewhere))
        })?;
        figures.push(ms("fresh deploy of the lesson", Some(300.0), deploy));
        for (what, arguments) in [
            ("unchanged deploy", &["deploy", "--local"][..]),
            ("info", &["info", "--local"]),
            ("list", &["list", "--local"]),
            ("logs", &["logs", "--local", "-f", "sendEmail"]),
        ] {
            let bar = (what != "unchanged deploy").then_some(30.0);
            figures.push(ms(what, bar, median(21, || self.time(self.command(arguments, elsewhere)))?));
        }
        self.time(self.command(&["start", "--local", "--task", "bench", "--at", "now", "--follow"], elsewhere))?;
        figures.push(self.memory("idle memory, lesson deployed and run", elsewhere)?);
        figures.extend(zips()?);
        Ok(figures)
    }

    fn command(&self, arguments: &[&str], folder: &PathBuf) -> Command {
        let mut command = process::command(&self.program);
        command.args(arguments).current_dir(folder).env("WORKSHOP_HOME", &self.home);
        for variable in ["AWS_ENDPOINT_URL", "AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION", "WORKSHOP_LOCAL"] {
            command.env_remove(variable);
        }
        command
    }

    /// Runs a command whose failure does not matter.
    fn quietly(&self, arguments: &[&str], folder: &PathBuf) {
        let _ = self.command(arguments, folder).stdout(Stdio::null()).stderr(Stdio::null()).status();
    }

    #[expect(clippy::disallowed_methods, reason = "a benchmark measures time")]
    fn time(&self, mut command: Command) -> Result<Duration, Failure> {
        command.stdout(Stdio::null()).stderr(Stdio::null());
        let begun = Instant::now();
        process::run(&mut command)?;
        Ok(begun.elapsed())
    }

    /// The cloud's resident memory, as `local status` reads it from the system.
    fn memory(&self, what: &'static str, folder: &PathBuf) -> Result<Figure, Failure> {
        let status = process::output(&mut self.command(&["local", "status", "--json"], folder))?;
        let pid = status.lines().find_map(|line| line.trim().strip_prefix("\"pid\":"));
        let pid = pid.map(|pid| pid.trim().trim_end_matches(',')).unwrap_or_default();
        Ok(Figure { what, measured: resident_mib(pid)?, bar: Some(15.0), unit: "MiB" })
    }
}

fn zips() -> Result<Vec<Figure>, Failure> {
    let size = |what, file: &str| {
        let path = project::functions_dir().join(file);
        let size_bytes = fs::metadata(&path).map_err(|error| Failure::file(&path, &error))?.len();
        Ok(Figure { what, measured: size_bytes as f64 / 1_048_576.0, bar: Some(3.0), unit: "MiB" })
    };
    Ok(vec![size("sendEmail.zip", "sendEmail.zip")?, size("startStateMachine.zip", "startStateMachine.zip")?])
}

fn median(rounds: usize, mut measure: impl FnMut() -> Result<Duration, Failure>) -> Result<Duration, Failure> {
    let mut all = (0..rounds).map(|_| measure()).collect::<Result<Vec<_>, _>>()?;
    all.sort();
    Ok(all[all.len() / 2])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_middle_of_what_was_measured() {
        let mut left = vec![5, 1, 3];
        let median = median(3, || Ok(Duration::from_millis(left.pop().unwrap())));
        assert_eq!(median, Ok(Duration::from_millis(3)));
    }
}
