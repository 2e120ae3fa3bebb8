//! Stages in groups, one group after the other, timed, until one fails.

use crate::failure::Failure;
use crate::say;
use std::thread;
use std::time::{Duration, Instant};

/// One thing that must hold.
pub(crate) struct Stage<'a> {
    /// Its name in headlines and in the table.
    name: &'static str,
    /// What it does.
    run: Box<dyn Fn() -> Result<(), Failure> + Sync + 'a>,
}

impl<'a> Stage<'a> {
    pub(crate) fn new(name: &'static str, run: impl Fn() -> Result<(), Failure> + Sync + 'a) -> Self {
        Self { name, run: Box::new(run) }
    }
}

/// How far the stages got.
#[derive(Debug)]
struct Row {
    name: &'static str,
    took: Duration,
    outcome: Outcome,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Outcome {
    Passed,
    Failed,
    NotRun,
}

/// Runs groups of stages in order, those of one group side by side, stops after the first group with a failure, and ends with
/// a table of all stages.
pub(crate) fn run(groups: &[Vec<Stage<'_>>]) -> Result<(), Failure> {
    let begun = now();
    let mut rows = Vec::new();
    let mut failure = None;
    for group in groups {
        if failure.is_some() {
            rows.extend(group.iter().map(|stage| Row {
                name: stage.name,
                took: Duration::ZERO,
                outcome: Outcome::NotRun,
            }));
            continue;
        }
        for (row, result) in side_by_side(group) {
            let failed = result.err().map(|failure| Failure::new(format!("FAILED: {}\n{failure}", row.name)));
            failure = failure.or(failed);
            rows.push(row);
        }
    }
    say::line(&table(&rows, now().duration_since(begun)));
    failure.map_or(Ok(()), Err)
}

fn side_by_side(group: &[Stage<'_>]) -> Vec<(Row, Result<(), Failure>)> {
    let names: Vec<_> = group.iter().map(|stage| stage.name).collect();
    say::headline(&names.join(", "));
    thread::scope(|scope| {
        let running: Vec<_> = group.iter().map(|stage| scope.spawn(|| one(stage))).collect();
        let ended = group.iter().zip(running).map(|(stage, thread)| thread.join().unwrap_or_else(|_| panicked(stage)));
        ended.collect()
    })
}

fn one(stage: &Stage<'_>) -> (Row, Result<(), Failure>) {
    let start = now();
    let result = (stage.run)();
    let outcome = if result.is_ok() { Outcome::Passed } else { Outcome::Failed };
    (Row { name: stage.name, took: now().duration_since(start), outcome }, result)
}

fn panicked(stage: &Stage<'_>) -> (Row, Result<(), Failure>) {
    let row = Row { name: stage.name, took: Duration::ZERO, outcome: Outcome::Failed };
    (row, Err(Failure::new("the task itself panicked")))
}

fn table(rows: &[Row], total: Duration) -> String {
    let width = rows.iter().map(|row| row.name.len()).max().unwrap_or_default();
    let lines = rows.iter().map(|row| {
        let outcome = match row.outcome {
            Outcome::Passed => format!("{:>7.1} s  passed", row.took.as_secs_f64()),
            Outcome::Failed => format!("{:>7.1} s  FAILED", row.took.as_secs_f64()),
            Outcome::NotRun => format!("{:>9}  not run", "-"),
        };
        format!("{:width$} {outcome}", row.name)
    });
    let total = format!("{:width$} {:>7.1} s", "total", total.as_secs_f64());
    lines.chain([total]).collect::<Vec<_>>().join("\n")
}

#[expect(clippy::disallowed_methods, reason = "how long a stage takes is what the table shows")]
fn now() -> Instant {
    Instant::now()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Mutex;

    fn stage<'a>(ran: &'a Mutex<Vec<&'static str>>, name: &'static str, passes: bool) -> Stage<'a> {
        Stage::new(name, move || {
            ran.lock().unwrap().push(name);
            if passes { Ok(()) } else { Err(Failure::new("because")) }
        })
    }

    #[test]
    fn the_first_failure_ends_the_run_and_names_its_stage() {
        let ran = Mutex::new(Vec::new());
        let stage = |name, passes| stage(&ran, name, passes);
        let groups = [vec![stage("one", true)], vec![stage("two", false)], vec![stage("three", true)]];
        assert_eq!(run(&groups).unwrap_err().to_string(), "FAILED: two\nbecause");
        assert_eq!(*ran.lock().unwrap(), ["one", "two"]);
    }

    #[test]
    fn a_group_ends_together() {
        let ran = Mutex::new(Vec::new());
        let stage = |name, passes| stage(&ran, name, passes);
        let failure = run(&[vec![stage("one", false), stage("two", true)], vec![stage("three", true)]]);
        assert_eq!(failure.unwrap_err().to_string(), "FAILED: one\nbecause");
        let mut ran = ran.lock().unwrap().clone();
        ran.sort_unstable();
        assert_eq!(ran, ["one", "two"]);
    }

    #[test]
    fn stages_that_all_pass_are_a_success() {
        let ran = Mutex::new(Vec::new());
        let stage = |name| stage(&ran, name, true);
        assert_eq!(run(&[vec![stage("one")], vec![stage("two")]]), Ok(()));
        assert_eq!(*ran.lock().unwrap(), ["one", "two"]);
    }

    #[test]
    fn the_table_shows_every_stage() {
        let row = |name, millis, outcome| Row { name, took: Duration::from_millis(millis), outcome };
        let rows = [
            row("format", 1_250, Outcome::Passed),
            row("tests", 61_000, Outcome::Failed),
            row("doc", 0, Outcome::NotRun),
        ];
        assert_eq!(
            table(&rows, Duration::from_millis(62_250)),
            "format     1.2 s  passed\ntests     61.0 s  FAILED\ndoc            -  not run\ntotal     62.2 s"
        );
    }
}
