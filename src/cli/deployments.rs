//! `workshop deploy list`: the deployments so far, and the versions of functions.

use clap::{Args, ValueEnum};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;
use serde_json::json;

use super::args::Global;
use super::error::CliError;
use super::package::size;
use super::session::Session;
use super::steps;
use super::time::moment;
use super::ui::{Tone, Ui, toned};
use aws::clock;
use deploy::{
    DeployedVersion, Deployment, Events, ExecutionsInFlight, FunctionVersions, RecentChanges, Versions,
    executions_in_flight, observe, read_versions,
};
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

/// What else can be listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum What {
    /// The functions with their versions.
    Functions,
}

/// Runs `workshop deploy list`.
pub(crate) async fn run(args: &ListArgs, global: &Global, ui: &Ui) -> Result<(), CliError> {
    let session = Session::open(global, ui).await?;
    let look = async |events: Events| {
        let versions = look(&session, &events).await?;
        let running = match args.what {
            Some(What::Functions) => ExecutionsInFlight::default(),
            None => executions_in_flight(&session.aws, &session.stack, &versions, EXECUTIONS, &events).await?,
        };
        Ok((versions, running))
    };
    let (versions, running) = steps::shown(ui, 0, look).await?;
    if versions.functions.is_empty() && versions.machines.is_empty() {
        return Err(session.not_deployed(global));
    }
    match args.what {
        Some(What::Functions) if ui.is_json() => ui.json(&json!({"functions": functions_json(&versions)})),
        Some(What::Functions) => ui.result(functions_table(&versions)),
        None => show(&Listed::of(&versions, &running), global, ui),
    }
}

/// The versions of what belongs to the stack.
pub(super) async fn look(session: &Session, events: &Events) -> Result<Versions, deploy::DeployError> {
    let (aws, stack) = (&session.aws, &session.stack);
    let observed = observe(aws, stack, &session.project.service, &RecentChanges::default(), events).await?.ours(stack);
    read_versions(aws, stack, &observed, events).await
}

/// Prints the deployments, and what there is to say beside.
pub(super) fn show(listed: &Listed, global: &Global, ui: &Ui) -> Result<(), CliError> {
    if ui.is_json() {
        return ui.json(listed);
    }
    if listed.deployments.is_empty() {
        ui.note(format!("No version was published yet; the next `{}` does.", global.command("deploy")));
        return Ok(());
    }
    ui.result(listed.table(clock::now(), &TimeZone::system()))?;
    for note in listed.notes() {
        ui.note(toned(Tone::Faint, note));
    }
    Ok(())
}

/// The deployments as they are shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Listed {
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

impl Listed {
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
    fn shown(&self) -> impl Iterator<Item = &Entry> {
        self.deployments.iter().filter(|entry| entry.whole || entry.current || entry.executions > 0)
    }

    fn table(&self, now: Timestamp, zone: &TimeZone) -> String {
        let heading =
            format!("{:<24}  {:<19}  {:<12}  {:<7}  {:>7}  CHANGED", "DEPLOYMENT", "BEGAN", "", "", "RUNNING");
        let line = |entry: &Entry| {
            let (began, ago) = (moment::local_short(entry.began, zone), moment::relative(entry.began, now));
            let mark = if entry.current {
                "current"
            } else if entry.whole {
                ""
            } else {
                "pruned"
            };
            let mark = toned(if entry.current { Tone::Good } else { Tone::Faint }, format!("{mark:<7}"));
            let running = if entry.executions == 0 { String::new() } else { entry.executions.to_string() };
            format!("{:<24}  {began}  {ago:<12}  {mark}  {running:>7}  {}", entry.id, entry.changed())
        };
        let heading = toned(Tone::Faint, heading);
        std::iter::once(heading).chain(self.shown().map(line)).collect::<Vec<_>>().join("\n")
    }

    fn notes(&self) -> Vec<String> {
        let hidden = self.deployments.len() - self.shown().count();
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

fn functions_json(versions: &Versions) -> Vec<serde_json::Value> {
    let version = |it: &aws::function_versions::FunctionVersion| {
        let deployment = DeploymentId::of_description(&it.description).map(|id| id.to_string());
        json!({"version": it.number, "deployment": deployment, "sizeBytes": it.size_bytes, "codeSha256": it.code_sha256})
    };
    let function = |(key, it): (&Key, &FunctionVersions)| {
        let versions: Vec<_> = it.versions.iter().map(version).collect();
        json!({"key": key.as_str(), "name": it.name, "live": it.live, "versions": versions})
    };
    versions.functions.iter().map(function).collect()
}

fn functions_table(versions: &Versions) -> String {
    let bytes = |bytes: u64| size(usize::try_from(bytes).unwrap_or(usize::MAX));
    let rows: Vec<[String; 5]> = versions
        .functions
        .iter()
        .map(|(key, it)| {
            let live = it.versions.iter().find(|version| Some(version.number) == it.live);
            let numbers: Vec<u64> = it.versions.iter().map(|version| version.number).collect();
            let all = it.versions.iter().map(|version| version.size_bytes).sum();
            let live_size = live.map_or_else(|| "-".to_owned(), |it| bytes(it.size_bytes));
            [
                key.to_string(),
                it.live.map_or_else(|| "-".to_owned(), |it| it.to_string()),
                live_size,
                ranges(&numbers),
                bytes(all),
            ]
        })
        .collect();
    let heading = ["FUNCTION", "LIVE", "SIZE", "VERSIONS", "ALL SIZES"].map(str::to_owned);
    let width = |column: usize| rows.iter().chain([&heading]).map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths = [0, 1, 2, 3, 4].map(width);
    let line = |row: &[String; 5]| {
        let cells = row.iter().zip(widths).map(|(cell, width)| format!("{cell:<width$}"));
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    let heading = toned(Tone::Faint, line(&heading));
    std::iter::once(heading).chain(rows.iter().map(line)).collect::<Vec<_>>().join("\n")
}

/// Numbers in ascending order as people write them: `1, 3-5`.
pub(super) fn ranges(numbers: &[u64]) -> String {
    let mut runs: Vec<(u64, u64)> = Vec::new();
    for number in numbers {
        match runs.last_mut() {
            Some((_, end)) if *end + 1 == *number => *end = *number,
            _ => runs.push((*number, *number)),
        }
    }
    let run = |(begin, end): (u64, u64)| match end - begin {
        0 => begin.to_string(),
        1 => format!("{begin}, {end}"),
        _ => format!("{begin}-{end}"),
    };
    runs.into_iter().map(run).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
#[path = "deployments_tests.rs"]
mod tests;
