//! Stages run one after the other, timed, until one fails.

use crate::failure::Failure;
use crate::say;
use std::time::{Duration, Instant};

/// One thing that must hold.
pub(crate) struct Stage<'a> {
    /// Its name in headlines and in the table.
    pub(crate) name: &'static str,
    /// What it does.
    pub(crate) run: Box<dyn Fn() -> Result<(), Failure> + 'a>,
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

/// Runs the stages in order, stops at the first failure, and ends with a table of all of them.
pub(crate) fn run(stages: &[Stage<'_>]) -> Result<(), Failure> {
    let mut rows = Vec::with_capacity(stages.len());
    let mut failure = None;
    for stage in stages {
        if failure.is_some() {
            rows.push(Row { name: stage.name, took: Duration::ZERO, outcome: Outcome::NotRun });
            continue;
        }
        say::headline(stage.name);
        let start = now();
        let result = (stage.run)();
        let outcome = if result.is_ok() { Outcome::Passed } else { Outcome::Failed };
        rows.push(Row { name: stage.name, took: now().duration_since(start), outcome });
        failure = result.err().map(|failure| Failure::new(format!("FAILED: {}\n{failure}", stage.name)));
    }
    say::line(&table(&rows));
    failure.map_or(Ok(()), Err)
}

fn table(rows: &[Row]) -> String {
    let width = rows.iter().map(|row| row.name.len()).max().unwrap_or_default();
    let lines = rows.iter().map(|row| {
        let outcome = match row.outcome {
            Outcome::Passed => format!("{:>7.1} s  passed", row.took.as_secs_f64()),
            Outcome::Failed => format!("{:>7.1} s  FAILED", row.took.as_secs_f64()),
            Outcome::NotRun => format!("{:>9}  not run", "-"),
        };
        format!("{:width$} {outcome}", row.name)
    });
    let total: f64 = rows.iter().map(|row| row.took.as_secs_f64()).sum();
    let total = format!("{:width$} {total:>7.1} s", "total");
    lines.chain([total]).collect::<Vec<_>>().join("\n")
}

#[expect(clippy::disallowed_methods, reason = "how long a stage takes is what the table shows")]
fn now() -> Instant {
    Instant::now()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::RefCell;

    fn stage<'a>(ran: &'a RefCell<Vec<&'static str>>, name: &'static str, passes: bool) -> Stage<'a> {
        let run = move || {
            ran.borrow_mut().push(name);
            if passes { Ok(()) } else { Err(Failure::new("because")) }
        };
        Stage { name, run: Box::new(run) }
    }

    #[test]
    fn the_first_failure_ends_the_run_and_names_its_stage() {
        let ran = RefCell::new(Vec::new());
        let failure = run(&[stage(&ran, "one", true), stage(&ran, "two", false), stage(&ran, "three", true)]);
        assert_eq!(failure.unwrap_err().to_string(), "FAILED: two\nbecause");
        assert_eq!(*ran.borrow(), ["one", "two"]);
    }

    #[test]
    fn stages_that_all_pass_are_a_success() {
        let ran = RefCell::new(Vec::new());
        assert_eq!(run(&[stage(&ran, "one", true), stage(&ran, "two", true)]), Ok(()));
        assert_eq!(*ran.borrow(), ["one", "two"]);
    }

    #[test]
    fn the_table_shows_every_stage() {
        let row = |name, millis, outcome| Row { name, took: Duration::from_millis(millis), outcome };
        let table = table(&[
            row("format", 1_250, Outcome::Passed),
            row("tests", 61_000, Outcome::Failed),
            row("doc", 0, Outcome::NotRun),
        ]);
        assert_eq!(
            table,
            "format     1.2 s  passed\ntests     61.0 s  FAILED\ndoc            -  not run\ntotal     62.2 s"
        );
    }
}
