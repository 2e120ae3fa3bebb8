//! `workshop test`: runs the cases in a project's test files, in virtual time and without any cloud.

pub(in crate::cli::make) mod args;
pub(in crate::cli::make) mod explore;
pub(in crate::cli::make) mod machines;
pub(in crate::cli::make) mod outcome;
pub(in crate::cli::make) mod previous;
pub(in crate::cli::make) mod record;
pub(in crate::cli::make) mod runner;
pub(in crate::cli::make) mod selection;
pub(in crate::cli::make) mod suite;
pub(in crate::cli::make) mod update;
pub(in crate::cli::make) mod watch;

pub(crate) use args::TestArgs;

use crate::cli::error::{CliError, ErrorKind};
use crate::cli::global::Global;
use crate::cli::make::judges;
use crate::cli::make::test_report::{json, junit, picture, text, write};
use crate::cli::ui::Ui;
use args::Action;
use outcome::Outcome;

/// Runs `workshop test`.
pub(crate) async fn run(args: &TestArgs, global: &Global, ui: &Ui) -> Result<(), CliError> {
    if let Some(action) = &args.action {
        args.refuse_stray_options()?;
        return match action {
            Action::Record(record) => record::run(record, global, ui).await,
            Action::Explore(explore) => explore::run(explore, global, ui),
        };
    }
    if args.watch {
        return watch::run(args, global, ui).await;
    }
    let (suite, mut outcome) = Outcome::with_suite(args, global, ui).await?;
    judges::run(args.on, &suite, &mut outcome, global, ui).await?;
    print(&outcome, ui)?;
    if let Some(file) = &args.picture {
        picture::draw(&outcome.covered, file, ui)?;
    }
    if let Some(file) = &args.junit {
        write(file, &junit::document(&outcome))?;
    }
    if let Some(file) = &args.lcov {
        write(file, &outcome.covered.lcov())?;
    }
    end(args, &outcome, ui)
}

fn print(outcome: &Outcome, ui: &Ui) -> Result<(), CliError> {
    if ui.is_json() { ui.json(&json::Report::new(outcome)) } else { text::print(outcome, ui) }
}

/// The exit code.
fn end(args: &TestArgs, outcome: &Outcome, ui: &Ui) -> Result<(), CliError> {
    if outcome.failed() > 0 {
        return Err(CliError::silent(ErrorKind::Failed));
    }
    let percent = outcome.covered.total().percent();
    if let Some(least) = args.min_coverage.filter(|least| percent < *least) {
        let message = format!("The cases cover {percent:.1}% of the machines that they run, less than {least}%.");
        let hint = "The table says what no case took; `--verbose` lists all of it.";
        return Err(CliError::new(ErrorKind::Failed, message).try_this(hint));
    }
    if args.update && !ui.is_json() {
        ui.note("Review what was written before you keep it.");
    }
    Ok(())
}
