//! What every command costs: start, deploy, memory and sizes.

use super::figure::{Figure, program, table};
use super::memory::resident_mib;
use super::rounds::median;
use crate::failure::Failure;
use crate::{process, project, say};
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// The built program with a state folder of its own, away from any project folder.
pub(super) struct Bench {
    pub(super) program: PathBuf,
    pub(super) home: PathBuf,
}

/// Builds everything, measures, and prints the table.
pub(super) fn run() -> Result<(), Failure> {
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

    pub(super) fn command(&self, arguments: &[&str], folder: &PathBuf) -> Command {
        let mut command = process::command(&self.program);
        command.args(arguments).current_dir(folder).env("WORKSHOP_HOME", &self.home);
        for variable in ["AWS_ENDPOINT_URL", "AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION", "WORKSHOP_LOCAL"] {
            command.env_remove(variable);
        }
        command
    }

    /// Runs a command whose failure does not matter.
    pub(super) fn quietly(&self, arguments: &[&str], folder: &PathBuf) {
        let _ = self.command(arguments, folder).stdout(Stdio::null()).stderr(Stdio::null()).status();
    }

    #[expect(clippy::disallowed_methods, reason = "a benchmark measures time")]
    pub(super) fn time(&self, mut command: Command) -> Result<Duration, Failure> {
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
