//! `workshop deploy list`: the deployments so far, and the versions of functions.

mod functions;

use clap::{Args, ValueEnum};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;
use serde_json::json;

use crate::cli::deploy::progress::with_progress;
use crate::cli::deploy::versions::observed_versions;
use crate::cli::error::CliError;
use crate::cli::global::Global;
use crate::cli::session::Session;
use crate::cli::time::moment;
use crate::cli::ui::table::{Cell, Column, fitted};
use crate::cli::ui::{Tone, Ui, toned};
use aws::clock;
use deploy::{DeployedVersion, Deployment, Events, ExecutionsInFlight, Versions, executions_in_flight};
use model::deployment::DeploymentId;
use model::names::Key;

/// Of how many executions of each state machine it is asked what they run on: AWS answers one a second once many were
/// asked for.
const EXECUTIONS: usize = 200;

/// Options of `deploy list`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  workshop deploy list                 the deployments, newest first, and what each changed
  workshop deploy list functions       each function's versions
  workshop deploy list --json          for a program")]
pub(crate) struct ListArgs {
    /// What to list instead of deployments
    #[arg(value_enum)]
    what: Option<What>,
}

/// What else can be list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum What {
    /// The functions with their versions.
    Functions,
}

/// Runs `workshop deploy list`.
pub(crate) async fn run(args: &ListArgs, global: &Global, ui: &Ui) -> Result<(), CliError> {
    let session = Session::open(global, ui).await?;
    let reading = async |events: Events| {
        let versions = observed_versions(&session, &events).await?;
        let running = match args.what {
            Some(What::Functions) => ExecutionsInFlight::default(),
            None => executions_in_flight(&session.aws, &session.stack, &versions, EXECUTIONS, &events).await?,
        };
        Ok((versions, running))
    };
    let (versions, running) = with_progress(ui, 0, reading).await?;
    if versions.functions.is_empty() && versions.machines.is_empty() {
        return Err(session.not_deployed(global));
    }
    match args.what {
        Some(What::Functions) if ui.is_json() => ui.json(&json!({"functions": functions::json(&versions)})),
        Some(What::Functions) => ui.result(functions::table(&versions)),
        None => show(&DeploymentList::of(&versions, &running), global, ui),
    }
}

/// Prints the deployments, and what there is to say beside.
pub(super) fn show(list: &DeploymentList, global: &Global, ui: &Ui) -> Result<(), CliError> {
    if ui.is_json() {
        return ui.json(list);
    }
    if list.deployments.is_empty() {
        ui.note(format!("No version was published yet; the next `{}` does.", global.command("deploy")));
        return Ok(());
    }
    ui.result(list.table(clock::now(), &TimeZone::system(), ui.width()))?;
    for note in list.notes() {
        ui.note(toned(Tone::Faint, note));
    }
    Ok(())
}

/// The deployments as they are shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct DeploymentList {
    /// Newest first.
    deployments: Vec<Entry>,
    /// How many executions run on a definition that no deployment holds.
    other_executions: usize,
    /// Whether more executions have not ended than were asked what they run on.
    more_executions: bool,
}

/// A deployment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    id: String,
    #[serde(skip)]
    began: Timestamp,
    current: bool,
    /// Whether `rollback` can return to it.
    whole: bool,
    functions: Vec<Part>,
    state_machines: Vec<Part>,
    /// How many executions that have not ended run on it.
    executions: usize,
}

/// A version in a deployment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Part {
    key: String,
    /// Absent when it was deleted since.
    version: Option<u64>,
    /// Whether this deployment published it.
    changed: bool,
}

impl DeploymentList {
    /// From the versions and what runs.
    pub(super) fn of(versions: &Versions, running: &ExecutionsInFlight) -> Self {
        let deployments = versions.deployments();
        let current = versions.current(&deployments);
        let executions = running.in_flight.iter().flat_map(|group| {
            group
                .executions
                .iter()
                .map(|(_, started)| versions.runs_on(&deployments, &group.machine, &group.definition, *started))
        });
        let executions: Vec<Option<DeploymentId>> = executions.collect();
        let count = |id| executions.iter().filter(|on| **on == id).count();
        let entry = |deployment: &Deployment| Entry {
            id: deployment.id.to_string(),
            began: deployment.id.began(),
            current: current == Some(deployment.id),
            whole: deployment.is_complete(),
            functions: parts(deployment.functions.iter()),
            state_machines: parts(deployment.machines.iter()),
            executions: count(Some(deployment.id)),
        };
        Self {
            deployments: deployments.iter().map(entry).collect(),
            other_executions: count(None),
            more_executions: running.truncated,
        }
    }

    /// What a person looks for: what can be returned to, and what something runs on.
    fn visible_entries(&self) -> impl Iterator<Item = &Entry> {
        self.deployments.iter().filter(|entry| entry.whole || entry.current || entry.executions > 0)
    }

    fn table(&self, now: Timestamp, zone: &TimeZone, room: Option<usize>) -> String {
        let column = |heading: &str, least, rank| Column { heading: heading.to_owned(), least, rank };
        let columns = [
            column("DEPLOYMENT", 24, 0),
            column(&format!("BEGAN ({})", moment::zone_name(now, zone)), 19, 2),
            column("", 12, 3),
            column("", 7, 0),
            column("RUNNING", 7, 1),
            column("CHANGED", 12, 0),
        ];
        let plain = |text: String| Cell { text, tone: None };
        let row = |entry: &Entry| {
            let (tone, mark) = match (entry.current, entry.whole) {
                (true, _) => (Tone::Good, "current"),
                (false, true) => (Tone::Faint, ""),
                (false, false) => (Tone::Faint, "pruned"),
            };
            let running = if entry.executions == 0 { String::new() } else { format!("{:>7}", entry.executions) };
            vec![
                plain(entry.id.clone()),
                plain(moment::local_short(entry.began, zone)),
                plain(moment::relative(entry.began, now)),
                Cell { text: mark.to_owned(), tone: Some(tone) },
                plain(running),
                plain(entry.changed()),
            ]
        };
        fitted(&columns, &self.visible_entries().map(row).collect::<Vec<_>>(), room)
    }

    fn notes(&self) -> Vec<String> {
        let hidden = self.deployments.len() - self.visible_entries().count();
        let mut notes = Vec::new();
        if hidden > 0 {
            let are = if hidden == 1 { "1 older deployment is" } else { &format!("{hidden} older deployments are") };
            notes.push(format!("{are} not shown: versions of it were deleted since."));
        }
        if self.other_executions > 0 {
            let run = if self.other_executions == 1 {
                "1 execution runs"
            } else {
                &format!("{} executions run", self.other_executions)
            };
            notes.push(format!("{run} on a definition that no deployment holds."));
        }
        if self.more_executions {
            notes.push(format!("Only the newest {EXECUTIONS} executions were asked what they run on; there are more."));
        }
        if !self.deployments.iter().any(|entry| entry.current) {
            notes.push(
                "What is live now is no deployment's: it was changed by hand, or a deploy was cut off.".to_owned(),
            );
        }
        notes
    }
}

impl Entry {
    fn changed(&self) -> String {
        let changed = self.functions.iter().chain(&self.state_machines).filter(|part| part.changed);
        let changed = changed.filter_map(|part| Some(format!("{} {}", part.key, part.version?)));
        changed.collect::<Vec<_>>().join(", ")
    }
}

fn parts<'a>(held: impl Iterator<Item = (&'a Key, &'a DeployedVersion)>) -> Vec<Part> {
    let there = held.filter(|(_, held)| **held != DeployedVersion::NotYet);
    there
        .map(|(key, held)| Part { key: key.to_string(), version: held.number(), changed: held.changed().is_some() })
        .collect()
}

#[cfg(test)]
mod tests;
