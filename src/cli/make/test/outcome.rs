//! One run of the tests: reads them, runs those that are meant, and keeps what came of it.

use super::args::TestArgs;
use super::runner::{CaseResult, How};
use super::selection::Touched;
use super::suite::Suite;
use super::{previous, runner, update};
use crate::cli::error::CliError;
use crate::cli::global::Global;
use crate::cli::make::outside::Outside;
use crate::cli::make::test_report::coverage::Covered;
use crate::cli::ui::Ui;
use aws::clock::Stopwatch;

/// What a run of the tests gave.
pub(in crate::cli::make) struct Outcome {
    pub(in crate::cli::make) results: Vec<CaseResult>,
    pub(in crate::cli::make) covered: Covered,
    pub(in crate::cli::make) seed: u64,
    pub(in crate::cli::make) elapsed_ms: f64,
}

impl Outcome {
    /// Reads the tests and runs those that are meant, and of these only those that a change touches where `touched` says one.
    ///
    /// # Errors
    /// A test file, definition or service file that is wrong; nothing is meant.
    pub(in crate::cli::make) async fn of(
        args: &TestArgs,
        global: &Global,
        ui: &Ui,
        touched: Option<&Touched>,
    ) -> Result<Self, CliError> {
        let suite = Suite::of(args.wanted(), global, ui)?;
        Self::of_suite(&suite, args, global, ui, touched).await
    }

    /// Reads the tests and runs those that are meant; gives what was read as well.
    ///
    /// # Errors
    /// As [`of`](Self::of).
    pub(in crate::cli::make) async fn with_suite(
        args: &TestArgs,
        global: &Global,
        ui: &Ui,
    ) -> Result<(Suite, Self), CliError> {
        let suite = Suite::of(args.wanted(), global, ui)?;
        let outcome = Self::of_suite(&suite, args, global, ui, None).await?;
        Ok((suite, outcome))
    }

    async fn of_suite(
        suite: &Suite,
        args: &TestArgs,
        global: &Global,
        ui: &Ui,
        touched: Option<&Touched>,
    ) -> Result<Self, CliError> {
        let watch = Stopwatch::start();
        let mut selected = suite.selected(&args.which)?;
        if let Some(touched) = touched {
            selected.retain(|selected| touched.has(suite, *selected));
        }
        let cases = selected.iter().filter_map(|selected| suite.case(*selected)).map(|(_, case)| case);
        let outside = Outside::of(cases, global, ui).await?;
        let previous = previous::read(suite);
        let how = How { seed: args.seed, jobs: args.jobs, outside: outside.as_ref() };
        let mut results = runner::run(suite, &selected, &previous, &how);
        if let Some(outside) = outside {
            outside.end().await;
        }
        if args.update {
            update::run(suite, &mut results, ui)?;
        }
        previous::write(suite, &previous, &results);
        let covered = Covered::of(suite, &results);
        Ok(Self { results, covered, seed: args.seed, elapsed_ms: watch.elapsed().as_secs_f64() * 1e3 })
    }

    /// How many cases failed.
    pub(in crate::cli::make) fn failed(&self) -> usize {
        self.results.iter().filter(|result| !result.has_passed()).count()
    }
}
