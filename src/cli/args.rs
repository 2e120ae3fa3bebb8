//! The options that every command takes, and the list of commands.

use clap::{Args, Parser, Subcommand, ValueEnum};

use model::names::{Region, StageName};

/// From an Amazon States Language file and a few functions to a running workflow: on this machine or on AWS.
#[derive(Debug, Parser)]
#[command(name = "workshop", version, max_term_width = 100, arg_required_else_help = true)]
#[command(after_help = "Examples:
  workshop deploy --local                           the lesson on this machine, no account needed
  workshop start --local --task taskone --at +10s   start an execution that fires in ten seconds
  workshop logs --local -f sendEmail -t             watch it happen

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

/// Options that every command takes.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Options of every command")]
pub(crate) struct Global {
    /// The stage: one separate deployment of the service [default: the service file's, dev]
    #[arg(short, long, global = true, value_name = "NAME", env = "WORKSHOP_STAGE", value_parser = StageName::parse)]
    pub(crate) stage: Option<StageName>,
    /// The AWS region [default: the profile's, else us-east-1]
    #[arg(short, long, global = true, value_name = "REGION", value_parser = Region::parse)]
    pub(crate) region: Option<Region>,
    /// The profile of your AWS configuration files
    #[arg(long, alias = "aws-profile", global = true, value_name = "NAME")]
    pub(crate) profile: Option<String>,
    /// Use the embedded cloud on this machine; it is started when needed
    #[arg(long, global = true, env = "WORKSHOP_LOCAL", value_parser = clap::builder::FalseyValueParser::new())]
    pub(crate) local: bool,
    /// Print the result as JSON
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// When to use colour
    #[arg(long, global = true, value_enum, default_value_t = ColorWhen::Auto, value_name = "WHEN")]
    pub(crate) color: ColorWhen,
    /// Say more: every step with its time, ids of failed requests
    #[arg(long, global = true)]
    pub(crate) verbose: bool,
}

impl Global {
    /// Another command for the same stack and cloud, as it would be typed.
    pub(crate) fn command(&self, name: &str) -> String {
        let mut command = format!("workshop {name}");
        if self.local {
            command.push_str(" --local");
        }
        let options = [
            ("stage", self.stage.as_ref().map(ToString::to_string)),
            ("region", self.region.as_ref().map(ToString::to_string)),
            ("profile", self.profile.clone()),
        ];
        for (option, value) in options {
            command.extend(value.map(|value| format!(" --{option} {value}")));
        }
        command
    }
}

/// When output has colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ColorWhen {
    /// On a terminal, unless NO_COLOR is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

const INFO_HELP: &str = "Examples:
  workshop info --local            what is deployed to the embedded cloud
  workshop info --verbose          with ARNs and log groups
  workshop info --json             the same for programs";

const DIFF_HELP: &str = "Examples:
  workshop diff --local            what differs between the project and the embedded cloud
  workshop diff --json             the same for programs";

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Package what changed and make the cloud match the service
    Deploy(super::deploy_args::DeployArgs),
    /// Say what `deploy` would make, change and delete, and in which fields
    #[command(after_help = DIFF_HELP)]
    Diff(super::deploy_args::PlanArgs),
    /// Show what is deployed and where it answers
    #[command(after_help = INFO_HELP)]
    Info,
    /// Return to the functions and definitions of an earlier deployment
    Rollback(super::rollback::RollbackArgs),
    /// Delete everything of a stack, and look again whether it is gone
    Remove(super::remove::RemoveArgs),
    /// Say what is wrong with definitions, without any cloud
    Validate(super::validate::ValidateArgs),
    /// Show the service with everything filled in, or what its roles may do
    Print(super::print::PrintArgs),
    /// Build and zip the functions
    Package(super::package::PackageArgs),
    /// Start an execution: post to the deployed endpoint, as the lesson's curl does
    Start(super::start::StartArgs),
    /// Show a function's log, or everything that one execution did
    Logs(super::logs::LogsArgs),
    /// List executions, with a countdown for those that wait
    List(super::executions::list::ListArgs),
    /// Show one execution's history as a timeline
    Show(super::executions::show::ShowArgs),
    /// Stop an execution
    Stop(super::executions::stop::StopArgs),
    /// Invoke a function and print what it answers
    Invoke(super::invoke::InvokeArgs),
    /// The embedded cloud on this machine: run, start, stop, look at it, empty it
    Local(super::local::LocalArgs),
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
            _ => None,
        }
    }

    /// What Ctrl-C means to this command.
    pub(crate) fn on_interrupt(&self) -> OnInterrupt {
        match self {
            Self::Logs(args) if args.tail => OnInterrupt::Ends,
            Self::Deploy(args) if args.is_watch() => OnInterrupt::Ends,
            Self::Local(args) if args.is_run() => OnInterrupt::Own,
            _ => OnInterrupt::Fails,
        }
    }
}
