//! One run of the tests: reads them, runs those that are meant, and keeps what came of it.

use super::args::TestArgs;
use super::coverage::Covered;
use super::runner::CaseResult;
use super::suite::Suite;
use super::{previous, runner, update};
use crate::cli::error::CliError;
use crate::cli::global::Global;
use crate::cli::ui::Ui;
use aws::clock::Stopwatch;

/// What a run of the tests gave.
pub(super) struct Outcome {
    pub(super) results: Vec<CaseResult>,
    pub(super) covered: Covered,
    pub(super) seed: u64,
    pub(super) elapsed_ms: f64,
}

impl Outcome {
    /// Reads the tests and runs those that are meant.
    pub(super) fn of(args: &TestArgs, global: &Global, ui: &Ui) -> Result<Self, CliError> {
        let watch = Stopwatch::start();
        let suite = Suite::of(args.wanted(), global, ui)?;
        let selected = suite.selected(&args.which)?;
        let previous = previous::read(&suite);
        let results = runner::run(&suite, &selected, &previous, args.seed, args.jobs);
        previous::write(&suite, &previous, &results);
        if args.update {
            update::run(&suite, &results, ui)?;
        }
        let covered = Covered::of(&suite, &results);
        Ok(Self { results, covered, seed: args.seed, elapsed_ms: watch.elapsed().as_secs_f64() * 1e3 })
    }

    /// How many cases failed.
    pub(super) fn failed(&self) -> usize {
        self.results.iter().filter(|result| !result.has_passed()).count()
    }
}
