//! `workshop local`: the embedded cloud in the background or the foreground.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::error::{CliError, ErrorKind};
use super::time::moment;
use super::ui::{Tone, Ui, toned};
use crate::local::data_dir::DataDir;
use crate::local::lifecycle::{self, LifecycleError, Running, StartOptions, Status};
use crate::local::{HEALTH_PATH, Ready, RunOptions, Setting, Settings};
use aws::clock;
use aws::inventory::{self, Inventory};
use aws::{Aws, Target, http};
use model::names::Region;

/// Options of `workshop local`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  workshop local start        in the background; `--local` on any command does so when needed
  workshop local status       where it listens, how much memory it takes, what is in it
  workshop local reset        stop it and forget everything in it

Its state is kept in $WORKSHOP_HOME, else $XDG_STATE_HOME/workshop, else ~/.local/state/workshop. It answers this machine
only. Any AWS client can use it: set AWS_ENDPOINT_URL to its address and any access key.")]
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
  workshop local run --like-aws            as slow to agree with itself as AWS")]
    Run {
        #[command(flatten)]
        port: Port,
        #[command(flatten)]
        eventual: Eventual,
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
  throttling         calls per second that each service takes
  failing            every Nth call of each service fails

On a cloud that runs already these take the place of all that were set: failing=off alone sets all off.")]
    Start {
        #[command(flatten)]
        port: Port,
        #[command(flatten)]
        eventual: Eventual,
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
    /// Stop it and delete everything in it
    #[command(after_help = "Examples:
  workshop local reset")]
    Reset,
}

/// Where it listens.
#[derive(Debug, Clone, Copy, Args)]
struct Port {
    /// The port [default: 4566, or the next that is free]
    #[arg(long, value_name = "PORT", value_parser = clap::value_parser!(u16).range(1..))]
    port: Option<u16>,
}

/// What of AWS's eventual consistency it shows.
#[derive(Debug, Clone, Args)]
struct Eventual {
    /// Show some of AWS's delays and refusals; see `workshop local start --help`
    #[arg(long, value_name = "NAME=VALUE", value_delimiter = ',')]
    eventual: Vec<Setting>,
    /// Show them all as AWS usually does; --eventual changes some
    #[arg(long)]
    like_aws: bool,
}

impl Eventual {
    /// The settings, if any was named.
    fn settings(&self) -> Option<Settings> {
        let named = self.like_aws || !self.eventual.is_empty();
        let start = if self.like_aws { Settings::LIKE_AWS } else { Settings::default() };
        named.then(|| self.eventual.iter().copied().fold(start, Settings::with))
    }
}

impl LocalArgs {
    /// Whether it runs the cloud in this very process.
    pub(crate) fn is_run(&self) -> bool {
        matches!(self.action, Action::Run { .. })
    }
}

/// Runs `workshop local`.
pub(crate) async fn run(args: LocalArgs, ui: &Ui) -> Result<(), CliError> {
    match args.action {
        Action::Run { port, eventual, data, background } => {
            let data_dir = data.map_or_else(data_dir, |data| Ok(DataDir::new(data)))?;
            let eventual = eventual.settings().unwrap_or_default();
            run_here(RunOptions { data_dir, port: port.port, eventual }, background, ui).await
        }
        Action::Start { port, eventual } => {
            let (data_dir, eventual) = (data_dir()?, eventual.settings());
            let running = lifecycle::start(&StartOptions { data_dir, port: port.port, eventual }).await?;
            if ui.is_json() {
                let Running { ready, ran_already } = &running;
                return ui.json(&json!({
                    "status": "running", "endpoint": ready.endpoint(), "pid": ready.pid, "ranAlready": ran_already,
                }));
            }
            ui.result(started(&running))
        }
        Action::Stop => stop(ui).await,
        Action::Status => status(ui).await,
        Action::Reset => {
            lifecycle::reset(&data_dir()?).await?;
            let text = "The embedded cloud is stopped and everything in it is gone.";
            if ui.is_json() { ui.json(&json!({"status": "stopped", "reset": true})) } else { ui.result(text) }
        }
    }
}

/// The folder of the embedded cloud, as the environment gives it.
pub(super) fn data_dir() -> Result<DataDir, CliError> {
    DataDir::from_environment(|name| std::env::var_os(name)).ok_or_else(|| {
        CliError::new(ErrorKind::Failed, "There is no folder to keep the embedded cloud's state in: HOME is not set.")
            .try_this("Set WORKSHOP_HOME to a folder that you may write to.")
    })
}

/// What is said of a cloud that runs.
pub(super) fn started(running: &Running) -> String {
    let Ready { pid, default_port_taken, .. } = running.ready;
    let endpoint = running.ready.endpoint();
    let how = if running.ran_already { "runs already" } else { "runs" };
    let taken = if default_port_taken { " Port 4566 is taken by another program." } else { "" };
    format!("The embedded cloud {how} at {endpoint} (process {pid}).{taken}")
}

async fn run_here(options: RunOptions, background: bool, ui: &Ui) -> Result<(), CliError> {
    if background {
        // What went wrong was told to the command that waits for it; this is for the log.
        return Ok(lifecycle::run_in_background(options).await?);
    }
    let say = |ready: &Ready| {
        let running = Running { ready: ready.clone(), ran_already: false };
        ui.note(format!("{} Ctrl-C stops it.", started(&running)));
    };
    Ok(crate::local::run(options, say).await?)
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
    if ui.is_json() { ui.json(&json!({"status": "stopped", "stopped": stopped})) } else { ui.result(text) }
}

/// What `local status` shows of a cloud that runs.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Shown {
    endpoint: String,
    pid: u32,
    started: Option<Timestamp>,
    memory_kib: Option<u64>,
    data: String,
    holds: Option<Inventory>,
    /// What of AWS's eventual consistency it shows: values by name.
    eventual: Map<String, Value>,
}

async fn status(ui: &Ui) -> Result<(), CliError> {
    let data_dir = data_dir()?;
    let not_running = match lifecycle::status(&data_dir).await {
        Ok(Status::Running(ready)) => return show(ui, &data_dir, &ready).await,
        Ok(Status::Busy) => LifecycleError::NotAnswering { lock: data_dir.lock() },
        Ok(Status::Stale(ready)) => LifecycleError::Stale { pid: ready.pid, port: ready.port },
        Ok(Status::Stopped) => LifecycleError::NotRunning,
        Err(error) => return Err(error.into()),
    };
    if ui.is_json() {
        ui.json(&json!({"status": "stopped", "data": data_dir.root().display().to_string()}))?;
    }
    Err(not_running.into())
}

async fn show(ui: &Ui, data_dir: &DataDir, ready: &Ready) -> Result<(), CliError> {
    let endpoint = ready.endpoint();
    let health = format!("{endpoint}{HEALTH_PATH}");
    let (health, holds) = tokio::join!(http::get(&health), holds(&endpoint));
    let health: Value = health.ok().and_then(|answer| serde_json::from_str(&answer.body).ok()).unwrap_or_default();
    let shown = Shown {
        endpoint,
        pid: ready.pid,
        started: health["startedAt"].as_str().and_then(|text| text.parse().ok()),
        memory_kib: std::fs::read_to_string(format!("/proc/{}/status", ready.pid)).ok().and_then(|text| rss_kib(&text)),
        data: data_dir.root().display().to_string(),
        holds,
        eventual: health["eventual"].as_object().cloned().unwrap_or_default(),
    };
    if ui.is_json() {
        let mut members = json!({
            "status": "running", "endpoint": shown.endpoint, "pid": shown.pid, "startedAt": shown.started,
            "memoryKib": shown.memory_kib, "data": shown.data, "holds": shown.holds,
        });
        if !shown.eventual.is_empty() {
            members["eventual"] = Value::Object(shown.eventual);
        }
        return ui.json(&members);
    }
    ui.result(shown.text(clock::now()))
}

/// What it holds in the region that `--local` uses; none when it can't tell.
async fn holds(endpoint: &str) -> Option<Inventory> {
    let region = Region::default();
    let aws = Aws::connect(Target::Local { endpoint: endpoint.to_owned(), region }).await.ok()?;
    inventory::count(&aws).await.ok()
}

/// The resident memory in the text of `/proc/<pid>/status`.
fn rss_kib(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.split_whitespace().next()?.parse().ok()
}

impl Shown {
    fn text(&self, now: Timestamp) -> String {
        let mut lines = vec![format!("{} at {}", toned(Tone::Good, "running"), self.endpoint)];
        let mut say = |name: &str, value: String| {
            lines.push(format!("  {}  {value}", toned(Tone::Faint, format!("{name:<7}"))));
        };
        say("process", self.pid.to_string());
        if let Some(started) = self.started {
            say("up", moment::duration(moment::ms_between(started, now)));
        }
        if let Some(memory) = self.memory_kib {
            say("memory", format!("{}.{} MiB", memory / 1024, memory % 1024 * 10 / 1024));
        }
        say("data", self.data.clone());
        if let Some(Inventory { functions, state_machines, running_executions, apis }) = self.holds {
            say(
                "holds",
                format!(
                    "functions: {functions}, state machines: {state_machines}, running executions: \
                     {running_executions}, HTTP APIs: {apis}"
                ),
            );
        }
        if !self.eventual.is_empty() {
            let word = |(name, value): (&String, &Value)| format!("{name} {}", value.as_str().unwrap_or_default());
            say("as AWS", self.eventual.iter().map(word).collect::<Vec<_>>().join(", "));
        }
        lines.join("\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_status_is_a_few_lines() {
        let shown = Shown {
            endpoint: "http://127.0.0.1:4566".to_owned(),
            pid: 42,
            started: "2026-11-22T07:56:48Z".parse().ok(),
            memory_kib: rss_kib("Name:\tworkshop\nVmRSS:\t   12480 kB\nThreads:\t3\n"),
            data: "/home/anna/.local/state/workshop/local".to_owned(),
            holds: Some(Inventory { functions: 2, state_machines: 1, running_executions: 3, apis: 1 }),
            eventual: Map::new(),
        };
        let text = shown.text("2026-11-22T08:00:00Z".parse().unwrap());
        insta::assert_snapshot!(anstream::adapter::strip_str(&text), @r"
        running at http://127.0.0.1:4566
          process  42
          up       3 m 12 s
          memory   12.1 MiB
          data     /home/anna/.local/state/workshop/local
          holds    functions: 2, state machines: 1, running executions: 3, HTTP APIs: 1
        ");
        assert_eq!(rss_kib("no such line"), None);
        let settings = "stale-reads=2s,failing=9".parse::<Settings>().unwrap();
        let eventual = settings.to_json().as_object().cloned().unwrap_or_default();
        let text = Shown { eventual, ..shown }.text("2026-11-22T08:00:00Z".parse().unwrap());
        let last = anstream::adapter::strip_str(text.lines().last().unwrap_or_default()).to_string();
        assert_eq!(last, "  as AWS   stale-reads 2s, failing 9");
    }

    #[test]
    fn a_taken_port_is_told() {
        let ready = Ready { pid: 42, port: 4567, default_port_taken: true };
        insta::assert_snapshot!(started(&Running { ready, ran_already: false }), @"The embedded cloud runs at http://127.0.0.1:4567 (process 42). Port 4566 is taken by another program.");
    }
}
