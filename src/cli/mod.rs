//! The command line: what can be typed, and which file answers it.

mod args;
mod deploy;
mod error;
mod executions;
mod follow;
mod global;
mod history;
mod local;
mod log_events;
mod logs;
mod make;
mod session;
mod time;
mod ui;
mod watch;

use std::process::ExitCode;

use args::{Cli, Command, OnInterrupt};
use error::CliError;
use ui::Ui;

/// Parses the command line, runs the command and turns its end into an exit code.
pub(crate) fn main() -> ExitCode {
    ui::tame_panics();
    let arguments: Vec<_> = std::env::args_os().collect();
    if let Some(words) = args::completed(&arguments) {
        return ui::print_words(&words);
    }
    let cli = match Cli::read(arguments) {
        Ok(cli) => cli,
        Err(answer) => return ui::print_answer(&answer),
    };
    let ui = Ui::new(&cli.global);
    if !cli.command.is_cloud() {
        ui.trace_calls();
    }
    let ended = runtime().and_then(|runtime| {
        let ended = runtime.block_on(until_interrupt(cli, &ui));
        // A read of the keyboard may still wait for a line; nobody waits for it.
        runtime.shutdown_background();
        ended
    });
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
async fn until_interrupt(cli: Cli, ui: &Ui) -> Result<(), CliError> {
    let failed = match cli.command.on_interrupt() {
        OnInterrupt::Own => return run(cli, ui).await,
        OnInterrupt::Ends => Ok(()),
        OnInterrupt::Fails => Err(CliError::interrupted(cli.command.after_interrupt())),
    };
    tokio::select! {
        // Asked first, so that Ctrl-C is listened for before the command does anything.
        biased;
        Ok(()) = tokio::signal::ctrl_c() => failed,
        ended = run(cli, ui) => ended,
    }
}

async fn run(cli: Cli, ui: &Ui) -> Result<(), CliError> {
    let global = &cli.global;
    match cli.command {
        Command::Deploy(args) => deploy::run(&args, global, ui).await,
        Command::Diff(args) => deploy::diff(&args, global, ui).await,
        Command::Info => deploy::info::run(global, ui).await,
        Command::Rollback(args) => deploy::rollback::run(&args, global, ui).await,
        Command::Remove(args) => deploy::remove::run(&args, global, ui).await,
        Command::Init(args) => make::init::run(&args, ui).await,
        Command::Graph(args) => make::graph::run(&args, global, ui).await,
        Command::Print(args) => make::print::run(&args, global, ui).await,
        Command::Package(args) => deploy::package::run(&args, global, ui).await,
        Command::Test(args) => make::test::run(&args, global, ui).await,
        Command::Validate(args) => make::validate::run(&args, global, ui),
        Command::Start(args) => executions::start::run(args, global, ui).await,
        Command::Logs(args) => logs::run(args, global, ui).await,
        Command::List(args) => executions::list::run(args, global, ui).await,
        Command::Show(args) => executions::show::run(args, global, ui).await,
        Command::Explain(args) => executions::explain::run(args, global, ui).await,
        Command::Open(args) => executions::open::run(args, global, ui).await,
        Command::Stop(args) => executions::stop::run(args, global, ui).await,
        Command::Redrive(args) => executions::redrive::run(&args, global, ui).await,
        Command::Fork(args) => executions::fork::run(&args, global, ui).await,
        Command::Skip(args) => executions::skip::run(&args, global, ui).await,
        Command::Invoke(args) => executions::invoke::run(args, global, ui).await,
        Command::Local(args) => local::run(args, global, ui).await,
        Command::Completions(args) => args::completions::run(&args, ui),
        Command::ManPages(args) => args::write_man_pages(&args, ui),
    }
}
