//! `workshop local status`: where the embedded cloud listens, how much memory it takes, what is in it.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use cloud_server::lifecycle::{self, LifecycleError, Status};
use cloud_server::{DataDir, Ready, TimeReport};

use crate::cli::error::CliError;
use crate::cli::session::{cloud_time, embedded};
use crate::cli::time::moment;
use crate::cli::ui::{Tone, Ui, toned, wrapped};
use aws::clock;
use aws::inventory::{self, Inventory};
use aws::retry::Patience;
use aws::{Aws, Target};
use model::names::Region;

/// How far values stand from the left.
const INDENT: usize = 11;

/// What `local status` shows of a cloud that runs.
#[derive(Debug, Clone, PartialEq, Eq)]
struct StatusReport {
    endpoint: String,
    pid: u32,
    started: Option<Timestamp>,
    memory_kib: Option<u64>,
    data: String,
    holds: Option<Inventory>,
    /// What its clock shows.
    time: Option<TimeReport>,
    /// What of AWS's eventual consistency it shows: values by name.
    eventual: Map<String, Value>,
    /// Whether policies decide what roles may do.
    enforces_iam: bool,
    /// How many stored values it can't read.
    unreadable_values: u64,
    /// What functions are kept apart with; none while it is being found out.
    sandbox: Option<String>,
}

pub(super) async fn run(ui: &Ui) -> Result<(), CliError> {
    let data_dir = embedded::data_dir()?;
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
    let (health, holds) = tokio::join!(lifecycle::health(data_dir, ready), holds(ui, data_dir, &endpoint));
    // One that ends just now has nothing to say of itself: the rest is shown.
    let health = health.unwrap_or_default();
    let report = StatusReport {
        endpoint,
        pid: ready.pid,
        started: health["startedAt"].as_str().and_then(|text| text.parse().ok()),
        memory_kib: std::fs::read_to_string(format!("/proc/{}/status", ready.pid)).ok().and_then(|text| rss_kib(&text)),
        data: data_dir.root().display().to_string(),
        holds,
        time: serde_json::from_value(health["time"].clone()).ok(),
        eventual: health["eventual"].as_object().cloned().unwrap_or_default(),
        enforces_iam: health["iam"] != "off",
        unreadable_values: health["unreadableValues"].as_u64().unwrap_or_default(),
        sandbox: health["sandbox"].as_str().map(str::to_owned),
    };
    if ui.is_json() {
        let mut members = json!({
            "status": "running", "endpoint": report.endpoint, "pid": report.pid, "startedAt": report.started,
            "memoryKib": report.memory_kib, "data": report.data, "holds": report.holds,
            "time": report.time,
            "sandbox": report.sandbox,
            "iam": if report.enforces_iam { "on" } else { "off" },
        });
        if !report.eventual.is_empty() {
            members["eventual"] = Value::Object(report.eventual);
        }
        if report.unreadable_values > 0 {
            members["unreadableValues"] = report.unreadable_values.into();
        }
        return ui.json(&members);
    }
    ui.result(report.text(clock::now(), ui.width()))
}

/// What it holds in the region that `--local` uses; none when it can't tell, which is said.
pub(super) async fn holds(ui: &Ui, data_dir: &DataDir, endpoint: &str) -> Option<Inventory> {
    let count = async {
        let region = Region::default();
        let keys = embedded::keys(data_dir)?;
        let aws = Aws::connect(Target::Local { endpoint: endpoint.to_owned(), region, keys }).await?;
        Ok::<_, CliError>(inventory::count(&aws.with_patience(Patience::Brief)).await?)
    };
    match count.await {
        Ok(inventory) => Some(inventory),
        Err(error) => {
            let why = error.message;
            ui.note(toned(Tone::Warning, format!("What it holds could not be counted: {why}")));
            None
        }
    }
}

/// The resident memory in the text of `/proc/<pid>/status`.
fn rss_kib(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.split_whitespace().next()?.parse().ok()
}

impl StatusReport {
    fn text(&self, now: Timestamp, room: Option<usize>) -> String {
        let mut lines = vec![format!("{} at {}", toned(Tone::Good, "running"), self.endpoint)];
        let mut say = |name: &str, value: String| {
            let value = wrapped(&value, room.map(|room| room.saturating_sub(INDENT)));
            let value = value.replace('\n', &format!("\n{:INDENT$}", ""));
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
        if let Some(sandbox) = &self.sandbox {
            say("sandbox", sandbox.clone());
        }
        if !self.enforces_iam {
            say("iam", "off: roles may do everything, whatever their policies say".to_owned());
        }
        if let Some(time) = self.time.as_ref().and_then(|time| cloud_time::sentence("its clock", time)) {
            say("time", time);
        }
        if !self.eventual.is_empty() {
            let word = |(name, value): (&String, &Value)| format!("{name} {}", value.as_str().unwrap_or_default());
            say("as AWS", self.eventual.iter().map(word).collect::<Vec<_>>().join(", "));
        }
        if self.unreadable_values > 0 {
            let values = match self.unreadable_values {
                1 => "1 value".to_owned(),
                count => format!("{count} values"),
            };
            let text = format!(
                "{values} can't be read; `workshop local repair` saves what is whole, `workshop local logs` names them"
            );
            lines.push(toned(Tone::Warning, wrapped(&text, room)));
        }
        lines.join("\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cloud_server::ConsistencySettings;

    #[test]
    fn the_status_is_a_few_lines() {
        let report = StatusReport {
            endpoint: "http://127.0.0.1:4566".to_owned(),
            pid: 42,
            started: "2026-11-22T07:56:48Z".parse().ok(),
            memory_kib: rss_kib("Name:\tworkshop\nVmRSS:\t   12480 kB\nThreads:\t3\n"),
            data: "/home/anna/.local/state/workshop/local".to_owned(),
            holds: Some(Inventory { functions: 2, state_machines: 1, running_executions: 3, apis: 1 }),
            time: None,
            eventual: Map::new(),
            enforces_iam: true,
            unreadable_values: 0,
            sandbox: Some("Landlock, process groups and limits; memory is watched".to_owned()),
        };
        let text = report.text("2026-11-22T08:00:00Z".parse().unwrap(), None);
        let narrow = report.text("2026-11-22T08:00:00Z".parse().unwrap(), Some(40));
        let narrow = anstream::adapter::strip_str(&narrow).to_string();
        assert!(
            narrow.ends_with("sandbox  Landlock, process groups and\n           limits; memory is watched"),
            "{narrow}"
        );
        insta::assert_snapshot!(anstream::adapter::strip_str(&text), @r"
        running at http://127.0.0.1:4566
          process  42
          up       3 m 12 s
          memory   12.1 MiB
          data     /home/anna/.local/state/workshop/local
          holds    functions: 2, state machines: 1, running executions: 3, HTTP APIs: 1
          sandbox  Landlock, process groups and limits; memory is watched
        ");
        assert_eq!(rss_kib("no such line"), None);
        let settings = "stale-reads=2s,failing=9".parse::<ConsistencySettings>().unwrap();
        let eventual = settings.to_json().as_object().cloned().unwrap_or_default();
        let report = StatusReport { eventual, ..report };
        let text = report.text("2026-11-22T08:00:00Z".parse().unwrap(), None);
        let last = anstream::adapter::strip_str(text.lines().last().unwrap_or_default()).to_string();
        assert_eq!(last, "  as AWS   stale-reads 2s, failing 9");
        for (unreadable_values, values) in [(1, "1 value"), (12, "12 values")] {
            let report = StatusReport { unreadable_values, eventual: Map::new(), ..report.clone() };
            let text = report.text("2026-11-22T08:00:00Z".parse().unwrap(), None);
            let last = anstream::adapter::strip_str(text.lines().last().unwrap_or_default()).to_string();
            let rest = "can't be read; `workshop local repair` saves what is whole, `workshop local logs` names them";
            assert_eq!(last, format!("{values} {rest}"));
        }
    }
}
