//! The command line: what can be typed, and which file answers it.

mod args;
mod artefacts;
mod carried;
mod deploy;
mod error;
mod info;
mod package;
mod project;
mod remove;
mod session;
mod steps;
mod ui;

use std::process::ExitCode;

use clap::Parser;

use args::{Cli, Command};
use error::CliError;
use ui::Ui;

/// Parses the command line, runs the command and turns its end into an exit code.
pub(crate) fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(answer) => return ui::print_clap(&answer),
    };
    let ui = Ui::new(&cli.global);
    let ended = runtime().and_then(|runtime| runtime.block_on(run(cli, &ui)));
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => ui.fail(&error),
    }
}

fn runtime() -> Result<tokio::runtime::Runtime, CliError> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|error| CliError::io("The program can't start its own threads", &error))
}

/// Runs one command; Ctrl-C ends it where it stands, and nothing it holds needs more than being dropped.
async fn run(cli: Cli, ui: &Ui) -> Result<(), CliError> {
    let global = &cli.global;
    match cli.command {
        Command::Deploy(args) => deploy::run(&args, global, ui).await,
        Command::Info => info::run(global, ui).await,
        Command::Remove(args) => remove::run(&args, global, ui).await,
        Command::Package(args) => package::run(&args, ui).await,
    }
}
