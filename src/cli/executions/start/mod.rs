//! `workshop start`: starts an execution of a state machine, or posts to the deployed endpoint, as the lesson's curl does.

mod begin;
mod name;

use clap::Args;

use crate::cli::error::CliError;
use crate::cli::executions::post::{self, KEY_VARIABLE, StartKey, Task};
use crate::cli::global::Global;
use crate::cli::ui::Ui;
use begin::Begin;
pub(super) use name::invented;

/// Options of `workshop start`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  workshop start order -d '{\"id\": 7}'                        the state machine `order` of the service
  workshop start -d @order.json --follow                     the only one, and watch it until it ends
  echo '{\"id\": 7}' | workshop start order -d - --sync        wait for its output, and print that

  workshop start --task taskone --at +90s                    the lesson: post to its endpoint
  workshop start --task taskone --at 'tomorrow 9am'          on your clock
  workshop start --task taskone --at 1510842801000           milliseconds since 1970
  workshop start --task taskone --at +10s --print-curl       print the curl command instead

WHEN is a Unix timestamp in milliseconds or seconds, a date and time (`2026-11-22 09:00`, 2026-11-22T09:00:00Z),
a delay (+90s, +1h30m, `in 2 minutes`) or a time (now, 9am, `today 17:30`, `tomorrow 9am`, `friday 9am`).")]
pub(crate) struct StartArgs {
    /// The state machine, by its name in the service file, its deployed name or its ARN [default: the only one]
    #[arg(value_name = "MACHINE", conflicts_with_all = ["task", "at"])]
    machine: Option<String>,
    /// The execution's input: JSON, @FILE, or - for stdin [default: {}]
    #[arg(short, long, value_name = "JSON", allow_hyphen_values = true, conflicts_with_all = ["task", "at"])]
    data: Option<String>,
    /// The execution's name [default: one is invented]
    #[arg(long, value_name = "NAME", conflicts_with_all = ["task", "at"])]
    name: Option<String>,
    /// Wait until it ends and print its output
    #[arg(long, conflicts_with_all = ["follow", "task", "at"])]
    sync: bool,
    /// Go on to show the execution and its functions' log lines until it ends
    #[arg(long)]
    follow: bool,
    /// Post to the lesson's route: the task's name, which becomes the execution's
    #[arg(long, value_name = "NAME", requires = "at")]
    task: Option<String>,
    /// With --task: when it is to fire
    #[arg(long, value_name = "WHEN", allow_hyphen_values = true, requires = "task")]
    at: Option<String>,
    /// With --task: the key that the endpoint asks for, START_KEY of its function's environment
    #[arg(long, value_name = "KEY", env = KEY_VARIABLE, hide_env_values = true, value_parser = StartKey::parse)]
    key: Option<StartKey>,
    /// With --task: print the curl command that does the same, and do nothing
    #[arg(long, requires = "task", conflicts_with = "follow")]
    print_curl: bool,
}

impl StartArgs {
    /// Whether it stays until the execution ends.
    pub(crate) fn is_followed(&self) -> bool {
        self.follow || self.sync
    }
}

/// Runs `workshop start`.
pub(crate) async fn run(args: StartArgs, global: &Global, ui: &Ui) -> Result<(), CliError> {
    let StartArgs { machine, data, name, sync, follow, task, at, key, print_curl } = args;
    if let (Some(name), Some(at)) = (task, at) {
        return post::run(Task { name, at, key, print_curl, follow }, global, ui).await;
    }
    begin::run(Begin { machine, data, name, sync, follow }, global, ui).await
}
