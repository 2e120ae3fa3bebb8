//! `workshop deploy` and what belongs to it: diff, list, prune, function, watch, info, package, rollback, remove.

pub(crate) mod args;
mod command;
mod function;
mod in_flight;
pub(crate) mod info;
mod list;
pub(crate) mod package;
pub(crate) mod plan;
mod progress;
mod prune;
pub(crate) mod remove;
mod report;
pub(crate) mod rollback;
mod versions;
mod watch;

use args::{Action, DeployArgs};

pub(crate) use plan::diff;

use crate::cli::error::CliError;
use crate::cli::global::Global;
use crate::cli::ui::Ui;

/// Runs `workshop deploy` and the commands below it.
pub(crate) async fn run(args: &DeployArgs, global: &Global, ui: &Ui) -> Result<(), CliError> {
    args.refuse_stray_options()?;
    match (&args.action, &args.function) {
        (Some(Action::List(list)), _) => list::run(list, global, ui).await,
        (Some(Action::Prune(options)), _) => prune::run(options, global, ui).await,
        (Some(Action::Function(function)), _) => function::run(function, global, ui).await,
        (None, Some(name)) => function::code(name, &args.plan, global, ui).await,
        (None, None) if args.watch => watch::command::run(&args.plan, global, ui).await,
        (None, None) if args.dry_run => plan::show(&args.plan, global, ui).await,
        (None, None) => command::run(&args.plan, global, ui).await,
    }
}
