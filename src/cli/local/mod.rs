//! `workshop local`: the embedded cloud in the background or the foreground.

mod backup;
mod env;
mod log_line;
mod logs;
mod reset;
mod status;
mod time;

use std::path::PathBuf;

use clap::{Args, Subcommand};
use cloud_server::lifecycle::{self, LifecycleError, Running, StartOptions};
use cloud_server::{ConsistencySettings, DataDir, Ready, RunOptions, SandboxPart, Setting};
use jiff::Timestamp;
use serde_json::json;

use crate::allocator;
use crate::cli::error::CliError;
use crate::cli::global::Global;
use crate::cli::session::embedded::{IN_A_BROWSER, data_dir, started};
use crate::cli::ui::{Tone, Ui, toned};

/// A variable for tests: parts of the functions' sandboxes that are left out, `namespaces` and `landlock`.
const WITHOUT: &str = "WORKSHOP_SANDBOX_WITHOUT";

/// Options of `workshop local`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  workshop local start        in the background; `--local` on any command does so when needed
  workshop local status       where it listens, how much memory it takes, what is in it
  workshop local env          the variables with which any AWS client uses it
  workshop local logs -t      each request as it is answered, and what fails
  workshop local reset        stop it and forget everything in it

Its state is kept in $WORKSHOP_HOME, else $XDG_STATE_HOME/workshop, else ~/.local/state/workshop. It answers this machine
only: its own user with any access key, others with the keys that `workshop local env` prints. Any AWS client can use it.")]
pub(crate) struct LocalArgs {
    #[command(subcommand)]
    action: Action,
}

/// What to do with the embedded cloud.
#[derive(Debug, Subcommand)]
enum Action {
    /// Run it in the foreground until Ctrl-C
    #[command(after_help = "Examples:
  workshop local run                       on port 4566, or the next that is free
  workshop local run --port 5000           on that port and no other
  workshop local run --data ./cloud        with its state in that folder
  workshop local run --like-aws            as slow to agree with itself as AWS
  workshop local run --virtual-time        with a clock that stands still until it is moved
  workshop local run --iam off             roles may do everything, whatever their policies say")]
    Run {
        #[command(flatten)]
        port: Port,
        #[command(flatten)]
        consistency: Consistency,
        #[command(flatten)]
        iam: Iam,
        /// Its clock stands still until `workshop local time` moves it
        #[arg(long)]
        virtual_time: bool,
        /// Where its clock stands in the beginning: for tests
        #[arg(long, hide = true, value_name = "MOMENT")]
        virtual_from: Option<Timestamp>,
        /// The folder for its state [default: see `workshop local --help`]
        #[arg(long, value_name = "DIR")]
        data: Option<PathBuf>,
        /// Tell the command that started this one how the start went
        #[arg(long, hide = true)]
        background: bool,
    },
    /// Start it in the background
    #[command(after_help = "Examples:
  workshop local start                     on port 4566, or the next that is free
  workshop local start --port 5000         on that port and no other
  workshop local start --like-aws          as slow to agree with itself as AWS
  workshop local start --eventual stale-reads=2s,role-propagation=5s,failing=20

Names of --eventual, all off unless set (durations such as 2s or 500ms):
  role-propagation   a new role, or trust policy, can't be assumed yet for so long
  function-pending   a function is Pending, or its update InProgress, for so long
  update-conflicts   a write takes so long; another to the same thing is refused
  stale-reads        reads are so far behind
  machine-deletion   a state machine is DELETING for so long at least
  api-propagation    an API's endpoint learns of changes and permissions so late
  throttling         aws: AWS's own limits of each operation; or calls per second
                     that each service takes
  failing            every Nth call of each service fails

On a cloud that runs already these take the place of all that were set: failing=off alone sets all off.")]
    Start {
        #[command(flatten)]
        port: Port,
        #[command(flatten)]
        consistency: Consistency,
        #[command(flatten)]
        iam: Iam,
        /// Its clock stands still until `workshop local time` moves it
        #[arg(long)]
        virtual_time: bool,
    },
    /// Stop it; what waits goes on waiting when it is started again
    #[command(after_help = "Examples:
  workshop local stop")]
    Stop,
    /// Show where it listens, how much memory it takes and what is in it
    #[command(after_help = "Examples:
  workshop local status
  workshop local status --json")]
    Status,
    /// Show its time, or move it ahead
    Time(time::TimeArgs),
    /// Print the variables with which any AWS client uses it
    #[command(after_help = "Examples:
  eval \"$(workshop local env)\"               in bash, zsh and other POSIX shells
  workshop local env --shell fish | source   in fish
  workshop local env --shell powershell | Invoke-Expression
  workshop local env --aws-config >> ~/.aws/config
                                             a profile: `aws --profile workshop ...`
  workshop local env --json                  for a program

They hold the cloud's own keys: who has them may use the cloud, also as another user of this machine. You yourself may
use any access key.")]
    Env(env::EnvArgs),
    /// Show what it answered and did, and what failed in it
    Logs(logs::LogsArgs),
    /// Save all that is in it to a file, while it runs or not
    Backup(backup::BackupArgs),
    /// Put a saved file in its place; it must be stopped
    Restore(backup::RestoreArgs),
    /// Say what of its store is damaged, and save the rest; it must be stopped
    #[command(after_help = "Examples:
  workshop local stop
  workshop local repair             what is damaged is kept beside the new store
  workshop local repair --json")]
    Repair,
    /// Stop it and delete everything in it
    #[command(after_help = "Examples:
  workshop local reset             on a terminal it asks first
  workshop local reset --yes       without asking")]
    Reset(reset::ResetArgs),
}

/// Where it listens.
#[derive(Debug, Clone, Copy, Args)]
struct Port {
    /// The port; 0 takes any that is free [default: that of the last time, else 4566, or the next that is free]
    #[arg(long, value_name = "PORT")]
    port: Option<u16>,
}

/// Whether policies decide what roles may do.
#[derive(Debug, Clone, Copy, Args)]
struct Iam {
    /// Whether roles may do only what their policies allow, as on AWS [default: on]
    #[arg(long = "iam", value_name = "on|off", value_parser = on_or_off)]
    enforced: Option<bool>,
}

fn on_or_off(text: &str) -> Result<bool, String> {
    match text {
        "on" => Ok(true),
        "off" => Ok(false),
        _ => Err("it is `on` or `off`".to_owned()),
    }
}

/// What of AWS's eventual consistency it shows.
#[derive(Debug, Clone, Args)]
struct Consistency {
    /// Show some of AWS's delays and refusals; see `workshop local start --help`
    #[arg(long, value_name = "NAME=VALUE", value_delimiter = ',')]
    eventual: Vec<Setting>,
    /// Show them all as AWS usually does; --eventual changes some
    #[arg(long)]
    like_aws: bool,
}

impl Consistency {
    /// The settings, if any was named.
    fn settings(&self) -> Option<ConsistencySettings> {
        let named = self.like_aws || !self.eventual.is_empty();
        let start = if self.like_aws { ConsistencySettings::LIKE_AWS } else { ConsistencySettings::default() };
        named.then(|| self.eventual.iter().copied().fold(start, ConsistencySettings::with))
    }
}

impl LocalArgs {
    /// Whether it runs the cloud in this very process.
    pub(crate) fn is_run(&self) -> bool {
        matches!(self.action, Action::Run { .. })
    }

    /// Whether it goes on until Ctrl-C.
    pub(crate) fn is_tail(&self) -> bool {
        matches!(&self.action, Action::Logs(args) if args.tail)
    }
}

/// Runs `workshop local`.
pub(crate) async fn run(args: LocalArgs, global: &Global, ui: &Ui) -> Result<(), CliError> {
    match args.action {
        Action::Run { port, consistency, iam, virtual_time, virtual_from, data, background } => {
            let data_dir = data.map_or_else(data_dir, |data| Ok(DataDir::new(data)))?;
            let options = RunOptions {
                data_dir,
                port: port.port,
                consistency: consistency.settings().unwrap_or_default(),
                virtual_time,
                enforces_iam: iam.enforced.unwrap_or(true),
                virtual_from,
                without: std::env::var(WITHOUT).map(|names| SandboxPart::list(&names)).unwrap_or_default(),
            };
            run_here(options, background, ui).await
        }
        Action::Start { port, consistency, iam, virtual_time } => {
            let consistency = consistency.settings();
            let options = StartOptions {
                data_dir: data_dir()?,
                port: port.port,
                consistency,
                virtual_time,
                enforces_iam: iam.enforced,
                virtual_from: None,
            };
            let running = lifecycle::start(&options).await?;
            if ui.is_json() {
                let Running { ready, ran_already, time } = &running;
                return ui.json(&json!({
                    "status": "running", "endpoint": ready.endpoint(), "pid": ready.pid, "ranAlready": ran_already,
                    "time": time,
                }));
            }
            ui.told(started(&running))?;
            ui.note(toned(Tone::Faint, IN_A_BROWSER));
            Ok(())
        }
        Action::Stop => stop(ui).await,
        Action::Status => status::run(ui).await,
        Action::Time(args) => time::run(&args, ui).await,
        Action::Env(args) => env::run(&args, global, ui).await,
        Action::Logs(args) => logs::run(&args, ui).await,
        Action::Backup(args) => backup::back_up(&args, ui).await,
        Action::Restore(args) => backup::restore(&args, ui).await,
        Action::Repair => backup::repair(ui).await,
        Action::Reset(args) => reset::run(&args, ui).await,
    }
}

async fn run_here(options: RunOptions, background: bool, ui: &Ui) -> Result<(), CliError> {
    allocator::give_back();
    if background {
        // The command that waits for it knows already what went wrong; this is for the log.
        return Ok(lifecycle::run_in_background(options).await?);
    }
    let say = |ready: &Ready, time| {
        let running = Running { ready: ready.clone(), ran_already: false, time: Some(time) };
        ui.note(format!("{} Ctrl-C stops it.", started(&running)));
    };
    Ok(cloud_server::run(options, say).await?)
}

async fn stop(ui: &Ui) -> Result<(), CliError> {
    let (stopped, text) = match lifecycle::stop(&data_dir()?).await {
        Ok(ready) => (true, format!("The embedded cloud is stopped (it was process {}).", ready.pid)),
        Err(LifecycleError::NotRunning) => {
            (false, "The embedded cloud is not running; there is nothing to stop.".to_owned())
        }
        Err(LifecycleError::Stale { pid, .. }) => {
            (false, format!("The embedded cloud is not running: its process {pid} had ended without saying so."))
        }
        Err(error) => return Err(error.into()),
    };
    if ui.is_json() { ui.json(&json!({"status": "stopped", "stopped": stopped})) } else { ui.told(text) }
}
