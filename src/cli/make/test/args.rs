//! What can be typed after `test`: its options, and the commands below it.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::explore::ExploreArgs;
use super::record::RecordArgs;
use super::suite::Wanted;
use crate::cli::error::{CliError, ErrorKind};

/// The options of `test`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  workshop test                                  every case of the project, and what they do not cover
  workshop test approval \"nobody answers\"        cases with one of these words in file, machine or name
  workshop test --watch                          again whenever a test or a definition changes
  workshop test explore order                    errors that nothing catches, runs that do not end
  workshop test record order-4r7k                a case that does what that execution did
  workshop test --mock-config MockConfigFile.json order#HappyPath    as Step Functions Local reads it
  workshop test --on local                       the same cases in an embedded cloud, held against the engine
  workshop test --picture                        draw what the cases do not reach
  workshop test --min-coverage 100 --junit out/junit.xml --lcov out/lcov.info    for CI

Tests are files tests/NAME.test.toml (or .yml, .json) beside the definitions: docs/testing.md explains them.
Exit codes: 0 every case passed, 1 a case failed or coverage is too low, 3 a test file or definition is wrong,
6 no case is meant.")]
pub(crate) struct TestArgs {
    /// What else to do
    #[command(subcommand)]
    pub(in crate::cli::make) action: Option<Action>,
    /// Only test files named here, and cases with one of these words in their file, machine or name
    #[arg(value_name = "FILE|WORDS")]
    pub(in crate::cli::make) which: Vec<String>,
    /// The seed of random numbers (jitter, ids) of cases that name none
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(in crate::cli::make) seed: u64,
    /// Run, then again whenever a test file or a definition changes, until Ctrl-C
    #[arg(long, conflicts_with_all = ["update", "junit", "lcov"])]
    pub(in crate::cli::make) watch: bool,
    /// Write the outputs that came into the test files, in place of those that are expected
    #[arg(long)]
    pub(in crate::cli::make) update: bool,
    /// Fail when the cases cover less than this many percent of the machines that they run
    #[arg(long, value_name = "PERCENT", value_parser = percent)]
    pub(in crate::cli::make) min_coverage: Option<f64>,
    /// Write the results as JUnit XML
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli::make) junit: Option<PathBuf>,
    /// Write the coverage in lcov's form
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli::make) lcov: Option<PathBuf>,
    /// Run the test cases of this MockConfigFile.json of Step Functions Local; `MACHINE#CASE` chooses one
    #[arg(long, value_name = "FILE", conflicts_with_all = ["update", "watch"])]
    pub(in crate::cli::make) mock_config: Option<PathBuf>,
    /// What the executions of --mock-config are started with, as JSON or @FILE [default: {}]
    #[arg(short = 'd', long = "data", value_name = "JSON", requires = "mock_config")]
    pub(in crate::cli::make) input: Option<String>,
    /// Who runs the cases; where another judge sees something else than the engine, it is told
    #[arg(long, value_enum, default_value_t = On::Engine, value_name = "JUDGE", conflicts_with_all = ["update", "watch"])]
    pub(in crate::cli::make) on: On,
    /// Draw the machines with what the cases did not reach: in the terminal, or into this SVG file
    #[arg(long, value_name = "FILE", num_args = 0..=1, require_equals = true, default_missing_value = "-")]
    pub(in crate::cli::make) picture: Option<PathBuf>,
    /// How many cases run at the same time [default: one for each processor]
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(in crate::cli::make) jobs: Option<u16>,
}

/// Who runs the cases.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(in crate::cli::make) enum On {
    /// The engine of this program: in virtual time, without any cloud
    #[default]
    Engine,
    /// An embedded cloud of its own, in which the state machines are deployed, with the mocks
    Local,
    /// The deployed state machines, without mocks
    Aws,
    /// TestState, state by state, with the mocks: nothing is deployed
    Teststate,
}

impl On {
    /// What it is called in a sentence.
    pub(in crate::cli::make) fn name(self) -> &'static str {
        match self {
            Self::Engine => "the engine",
            Self::Local => "the embedded cloud",
            Self::Aws => "the deployed state machine",
            Self::Teststate => "TestState",
        }
    }
}

/// The commands below `test`.
#[derive(Debug, Subcommand)]
pub(in crate::cli::make) enum Action {
    /// Make a test case of an execution: its tasks' answers become mocks
    Record(RecordArgs),
    /// Try a state machine out: what nothing catches, what does not end, what is not reached
    Explore(ExploreArgs),
}

fn percent(text: &str) -> Result<f64, String> {
    let percent: Option<f64> = text.trim_end_matches('%').parse().ok();
    percent.filter(|percent| (0.0..=100.0).contains(percent)).ok_or_else(|| "write a number from 0 to 100".to_owned())
}

impl TestArgs {
    /// Whether it goes on until Ctrl-C.
    pub(crate) fn is_watch(&self) -> bool {
        self.watch && self.action.is_none()
    }

    /// Which cases are meant.
    pub(in crate::cli::make) fn wanted(&self) -> Wanted<'_> {
        Wanted { which: &self.which, mock_config: self.mock_config.as_deref(), input: self.input.as_deref() }
    }

    /// Refuses `test --watch record`: the option would be ignored.
    pub(in crate::cli::make) fn refuse_stray_options(&self) -> Result<(), CliError> {
        let given = [
            ("--watch", self.watch),
            ("--update", self.update),
            ("--min-coverage", self.min_coverage.is_some()),
            ("--junit", self.junit.is_some()),
            ("--lcov", self.lcov.is_some()),
            ("--jobs", self.jobs.is_some()),
            ("--mock-config", self.mock_config.is_some()),
            ("--seed", self.seed != 0),
            ("--on", self.on != On::Engine),
            ("--picture", self.picture.is_some()),
        ];
        match given.into_iter().find(|(_, given)| *given) {
            Some((option, _)) => {
                let message = format!("`{option}` stands before a command of `test` and would mean nothing there.");
                Err(CliError::new(ErrorKind::Usage, message).try_this("`workshop test --help` shows what each takes."))
            }
            None => Ok(()),
        }
    }
}
