//! The list of commands, and what Ctrl-C means to each.

pub(crate) mod completions;
mod examples;
mod habits;
pub(crate) mod manual;
mod overview;
mod parse;
mod suggestions;
mod version;
mod words;

use std::ffi::OsString;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

use crate::cli::error::CliError;
use crate::cli::global::Global;
use crate::cli::ui::{Answer, Ui, results_width};

/// From an Amazon States Language file and a few functions to a running workflow: on this machine or on AWS.
#[derive(Debug, Parser)]
#[command(name = "workshop", version, max_term_width = 100, arg_required_else_help = true)]
#[command(after_help = "Examples:
  workshop deploy --local                           the lesson on this machine, no account needed
  workshop start --local --task taskone --at +10s   start an execution that fires in ten seconds
  workshop logs --local -f sendEmail -t             watch it happen
  workshop init my-workflow                         a project of your own

docs/service-file.md explains every key of a service.toml.

Exit codes: 0 done, 1 failed, 2 wrong usage, 3 a project file is wrong, 4 credentials,
5 nothing answers there, 6 not found or not deployed, 7 refused by AWS,
8 the workflow itself failed, 130 interrupted.")]
pub(crate) struct Cli {
    /// Options that every command takes.
    #[command(flatten)]
    pub(crate) global: Global,
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
}

impl Cli {
    /// The command line as it is typed.
    ///
    /// # Errors
    /// There is something else to be said than what a command says: help, the version, or what can't be understood.
    pub(crate) fn read(arguments: Vec<OsString>) -> Result<Self, Answer> {
        let room = results_width();
        let command = examples::fitted(Self::command(), room).override_help(overview::screen(room));
        let matches = parse::matches(arguments, &command)?;
        let mut cli = Self::from_arg_matches(&matches).map_err(Answer::Parser)?;
        cli.global.take_output();
        Ok(cli)
    }
}

/// The words for a shell that asks for them, where one does: TAB was pressed.
pub(crate) fn completed(arguments: &[OsString]) -> Option<Vec<u8>> {
    completions::asked(arguments, Cli::command, |line| {
        let matches = Cli::command().ignore_errors(true).try_get_matches_from(line).ok()?;
        let mut global = Global::from_arg_matches(&matches).ok()?;
        global.take_output();
        Some(global)
    })
}

/// Writes the manual pages.
///
/// # Errors
/// The folder can't be written.
pub(crate) fn write_man_pages(args: &manual::ManPagesArgs, ui: &Ui) -> Result<(), CliError> {
    manual::run(args, Cli::command(), version::COMMIT_DATE.unwrap_or_default(), ui)
}

const INFO_HELP: &str = "Examples:
  workshop info --local            what is deployed to the embedded cloud
  workshop info --verbose          with ARNs and log groups
  workshop info --json             the same for programs";

const DIFF_HELP: &str = "Examples:
  workshop diff --local            what differs between the project and the embedded cloud
  workshop diff --exit-code        1 where something differs, for scripts
  workshop diff --json             the same for programs";

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Make a new project that deploys: a workflow with its functions
    Init(crate::cli::make::init::InitArgs),
    /// Package what changed and make the cloud match the service
    Deploy(crate::cli::deploy::args::DeployArgs),
    /// Say what `deploy` would make, change and delete, and in which fields
    #[command(after_help = DIFF_HELP)]
    Diff(crate::cli::deploy::plan::DiffArgs),
    /// Show what is deployed and where it answers
    #[command(after_help = INFO_HELP)]
    Info,
    /// Return to the functions and definitions of an earlier deployment
    Rollback(crate::cli::deploy::rollback::RollbackArgs),
    /// Delete everything of a stack, and look again whether it is gone
    Remove(crate::cli::deploy::remove::RemoveArgs),
    /// Say what is wrong with definitions, without any cloud
    Validate(crate::cli::make::validate::ValidateArgs),
    /// Draw a state machine, or an execution with how its states stand
    Graph(crate::cli::make::graph::GraphArgs),
    /// Run the project's test cases: whole workflows in virtual time, with mocks
    Test(crate::cli::make::test::TestArgs),
    /// Show the service with everything filled in, or what its roles may do
    Print(crate::cli::make::print::PrintArgs),
    /// Build and zip the functions
    Package(crate::cli::deploy::package::PackageArgs),
    /// Start an execution of a state machine, or post to the endpoint as the lesson's curl does
    Start(crate::cli::executions::start::StartArgs),
    /// Show a function's log, or everything that one execution did
    Logs(crate::cli::logs::LogsArgs),
    /// List executions, with a countdown for those that wait and why others failed
    List(crate::cli::executions::list::ListArgs),
    /// Show one execution's history as a timeline
    Show(crate::cli::executions::show::ShowArgs),
    /// Say which permission a failed execution or a refused request lacked, and the line to add it to
    Explain(crate::cli::executions::explain::ExplainArgs),
    /// Print and open the page of a state machine or an execution in a browser
    Open(crate::cli::executions::open::OpenArgs),
    /// Stop an execution
    Stop(crate::cli::executions::stop::StopArgs),
    /// Have an execution that failed or was stopped go on where it had not finished
    Redrive(crate::cli::executions::redrive::RedriveArgs),
    /// Start an execution in the embedded cloud where another one was
    Fork(crate::cli::executions::fork::ForkArgs),
    /// End the wait that an execution is in, on the embedded cloud
    Skip(crate::cli::executions::skip::SkipArgs),
    /// Invoke a function and print what it answers
    Invoke(crate::cli::executions::invoke::InvokeArgs),
    /// The embedded cloud on this machine: run, start, stop, look at it, empty it
    Local(crate::cli::local::LocalArgs),
    /// Print the script with which a shell completes commands, options and names
    Completions(completions::CompletionsArgs),
    /// Write a manual page for each command
    #[command(hide = true)]
    ManPages(manual::ManPagesArgs),
}

/// What Ctrl-C means to a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OnInterrupt {
    /// It is cut short: exit code 130.
    Fails,
    /// It is how the command ends.
    Ends,
    /// It listens for it itself.
    Own,
}

impl Command {
    /// What to do after Ctrl-C has cut short work that is worth going on with.
    pub(crate) fn after_interrupt(&self) -> Option<&'static str> {
        match self {
            Self::Deploy(args) if !args.deploys() => None,
            Self::Deploy(_) | Self::Rollback(_) | Self::Remove(_) => {
                Some("What is done stays done: run the same command again to go on from there.")
            }
            Self::Start(args) if args.is_followed() => {
                Some("An execution that has started goes on by itself: `list` shows it and `stop` ends it.")
            }
            Self::Fork(args) if args.is_followed() => {
                Some("The execution goes on by itself: `list` shows it and `stop` ends it.")
            }
            Self::Redrive(args) if args.is_followed() => {
                Some("The execution goes on by itself: `list` shows it and `stop` ends it.")
            }
            Self::Show(args) if args.is_followed() => {
                Some("The execution goes on by itself: `list` shows it and `stop` ends it.")
            }
            _ => None,
        }
    }

    /// What Ctrl-C means to this command.
    pub(crate) fn on_interrupt(&self) -> OnInterrupt {
        match self {
            Self::Logs(args) if args.tail => OnInterrupt::Ends,
            Self::Deploy(args) if args.is_watch() => OnInterrupt::Ends,
            Self::List(args) if args.is_watch() => OnInterrupt::Ends,
            Self::Test(args) if args.is_watch() => OnInterrupt::Ends,
            Self::Local(args) if args.is_run() => OnInterrupt::Own,
            Self::Local(args) if args.is_tail() => OnInterrupt::Ends,
            _ => OnInterrupt::Fails,
        }
    }

    /// Whether it runs the embedded cloud in this very process, which then keeps its own log.
    pub(crate) fn is_cloud(&self) -> bool {
        matches!(self, Self::Local(args) if args.is_run())
    }
}

#[cfg(test)]
mod tests;
