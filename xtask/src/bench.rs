//! `cargo xtask bench`: what the program costs in time and memory, beside the bars it is held to, measured in one run.

mod chain;
pub(crate) mod deploy;
#[path = "../../tests/support/proxy/mod.rs"]
#[allow(dead_code, missing_docs, unreachable_pub, reason = "the tests' own proxy, of which this uses a part")]
#[allow(clippy::disallowed_methods, reason = "it tells how long a call takes, and makes it take longer")]
mod proxy;

use crate::cargo::cargo;
use crate::failure::Failure;
use crate::{build, process, project, say};
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// One measured figure, its bar and their ratio.
struct Figure {
    what: &'static str,
    measured: f64,
    bar: Option<f64>,
    unit: &'static str,
}

/// The built program with a state folder of its own, away from any project folder.
struct Bench {
    program: PathBuf,
    home: PathBuf,
}

/// Builds everything, measures, and prints the table.
pub(crate) fn run() -> Result<(), Failure> {
    let program = build::run()?;
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

/// Measures the language engine alone.
pub(crate) fn engine() -> Result<(), Failure> {
    process::run(&mut cargo(&["bench", "--quiet", "--package", "workshop-asl", "--bench", "engine"]))
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
        let path = PathBuf::from(format!("/proc/{pid}/status"));
        let text = fs::read_to_string(&path).map_err(|error| Failure::file(&path, &error))?;
        let kib = text.lines().find_map(|line| line.strip_prefix("VmRSS:")?.trim().strip_suffix(" kB")?.parse().ok());
        let kib: f64 = kib.ok_or_else(|| Failure::new(format!("{} has no VmRSS", path.display())))?;
        Ok(Figure { what, measured: kib / 1024.0, bar: Some(15.0), unit: "MiB" })
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

fn table(figures: &[Figure]) -> String {
    let width = figures.iter().map(|figure| figure.what.len()).max().unwrap_or_default();
    let line = |figure: &Figure| {
        let Figure { what, measured, bar, unit } = figure;
        let held = bar.map(|bar| format!("  bar {bar:>5.0} {unit:3}  ratio {:.2}", measured / bar)).unwrap_or_default();
        format!("{what:width$}  {measured:>8.2} {unit:3}{held}")
    };
    figures.iter().map(line).collect::<Vec<_>>().join("\n")
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

    #[test]
    fn a_figure_stands_beside_its_bar() {
        let figures = [
            Figure { what: "one", measured: 2.5, bar: Some(5.0), unit: "ms" },
            Figure { what: "other", measured: 1.0, bar: None, unit: "MiB" },
        ];
        assert_eq!(table(&figures), "one        2.50 ms   bar     5 ms   ratio 0.50\nother      1.00 MiB");
    }
}
