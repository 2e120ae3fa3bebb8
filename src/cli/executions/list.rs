//! `workshop list`: executions with status and a countdown for those that wait.

use clap::{Args, ValueEnum};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;

use crate::cli::error::CliError;
use crate::cli::global::Global;
use crate::cli::history::waits::waits;
use crate::cli::session::Session;
use crate::cli::time::moment;
use crate::cli::ui::{Tone, Ui, toned, visible};
use aws::executions::{self, Execution, Status};
use model::service::StateMachineKind;

/// Options of `workshop list`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  workshop list                        the newest executions, with a countdown for those that wait
  workshop list --status running       only those that run or wait
  workshop list --json --limit 500     for a program")]
pub(crate) struct ListArgs {
    /// Only executions of this status
    #[arg(long, value_enum, ignore_case = true, value_name = "STATUS")]
    status: Option<StatusFilter>,
    /// How many to show of each state machine, newest first
    #[arg(short = 'n', long, default_value_t = 50, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    limit: u32,
}

/// The statuses that a list can be cut down to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum StatusFilter {
    Running,
    Succeeded,
    Failed,
    #[value(alias = "TIMED_OUT")]
    TimedOut,
    Aborted,
}

impl From<StatusFilter> for Status {
    fn from(filter: StatusFilter) -> Self {
        match filter {
            StatusFilter::Running => Self::Running,
            StatusFilter::Succeeded => Self::Succeeded,
            StatusFilter::Failed => Self::Failed,
            StatusFilter::TimedOut => Self::TimedOut,
            StatusFilter::Aborted => Self::Aborted,
        }
    }
}

/// A line of the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    #[serde(flatten)]
    execution: Execution,
    /// The Wait state that it stands in.
    waits_in: Option<String>,
    /// When that ends.
    waits_until: Option<Timestamp>,
    /// Why neither is known, where a call failed.
    wait_error: Option<String>,
}

/// Runs `workshop list`.
pub(crate) async fn run(args: ListArgs, global: &Global, ui: &Ui) -> Result<(), CliError> {
    let session = Session::open(global, ui).await?;
    session.note_moved_clock(ui);
    let (found, more) = newest(&session, global, &args).await?;
    let mut waits = waits(&session.aws, &found).await;
    waits.notes().iter().for_each(|note| ui.note(toned(Tone::Warning, note)));
    let entries: Vec<Entry> = found
        .into_iter()
        .map(|execution| {
            let wait = waits.known.remove(&execution.execution_arn);
            let (waits_in, waits_until) = wait.map_or((None, None), |wait| (Some(wait.state), wait.until));
            let wait_error = waits.unread.remove(&execution.execution_arn).map(|error| CliError::from(error).message);
            Entry { execution, waits_in, waits_until, wait_error }
        })
        .collect();
    if ui.is_json() {
        return ui.json(&serde_json::json!({"executions": entries, "more": more}));
    }
    if entries.is_empty() {
        let which = if args.status.is_some() { " of that status" } else { "" };
        ui.note(format!("No execution{which} yet: `{} --task taskone --at +10s`.", global.command("start")));
        return Ok(());
    }
    ui.result(table(&entries, session.aws.now().await, &TimeZone::system()))?;
    if more {
        ui.note(toned(Tone::Faint, format!("There are more; `--limit {}` shows more of them.", args.limit * 10)));
    }
    Ok(())
}

async fn newest(session: &Session, global: &Global, args: &ListArgs) -> Result<(Vec<Execution>, bool), CliError> {
    let limit = usize::try_from(args.limit).unwrap_or(usize::MAX);
    let mut all = Vec::new();
    let mut any_more = false;
    let machines = session.project.service.state_machines.iter();
    for (key, _) in machines.filter(|(_, machine)| machine.kind == StateMachineKind::Standard) {
        let arn = session.stack.state_machine_arn(key);
        match executions::list(&session.aws, &arn, args.status.map(Status::from), limit).await {
            Ok((found, more)) => {
                all.extend(found);
                any_more |= more;
            }
            Err(error) if error.is_not_found() => return Err(session.not_deployed(global)),
            Err(error) => return Err(error.into()),
        }
    }
    all.sort_by_key(|execution| std::cmp::Reverse(execution.start_date));
    Ok((all, any_more))
}

/// The entries as a table.
fn table(entries: &[Entry], now: Timestamp, zone: &TimeZone) -> String {
    let name = |entry: &Entry| visible(&entry.execution.name);
    let width = entries.iter().map(|entry| name(entry).chars().count()).max().unwrap_or(0).max(4);
    let heading = format!("{:<width$}  {:<9}  {:<19}  {}", "NAME", "STATUS", "STARTED", "");
    let lines = entries.iter().map(|entry| {
        let execution = &entry.execution;
        let status = toned(tone(execution.status), format!("{:<9}", execution.status.as_str()));
        let started = moment::local_short(execution.start_date, zone);
        format!("{:<width$}  {status}  {started}  {}", name(entry), progress(entry, now))
    });
    let heading = toned(Tone::Faint, heading.trim_end());
    std::iter::once(heading).chain(lines.map(|line| line.trim_end().to_owned())).collect::<Vec<_>>().join("\n")
}

/// What an execution does now, or how long it took.
fn progress(entry: &Entry, now: Timestamp) -> String {
    let execution = &entry.execution;
    match (execution.stop_date, &entry.waits_in, entry.waits_until) {
        (Some(end), _, _) => {
            format!("took {}", moment::measured(moment::ms_between(execution.start_date, end)))
        }
        (None, Some(_), Some(until)) if until > now => format!("fires {}", moment::relative(until, now)),
        (None, Some(_), Some(_)) => "fires now".to_owned(),
        (None, Some(state), None) => format!("waits in {}", visible(state)),
        (None, None, _) if entry.wait_error.is_some() => "not known".to_owned(),
        (None, None, _) => String::new(),
    }
}

/// The tone of a status.
pub(super) fn tone(status: Status) -> Tone {
    match status {
        Status::Running | Status::PendingRedrive => Tone::Strong,
        Status::Succeeded => Tone::Good,
        Status::Aborted | Status::Unknown => Tone::Warning,
        Status::Failed | Status::TimedOut => Tone::Bad,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::names::Arn;

    fn entry(name: &str, status: Status, took_ms: Option<i64>, until: Option<&str>) -> Entry {
        let start: Timestamp = "2026-11-22T07:56:00Z".parse().unwrap();
        Entry {
            execution: Execution {
                execution_arn: Arn::new(format!("arn:{name}")),
                state_machine_arn: Arn::new("arn:m"),
                name: name.to_owned(),
                status,
                start_date: start,
                stop_date: took_ms.map(|ms| moment::from_ms(start.as_millisecond() + ms)),
            },
            waits_in: until.map(|_| "Wait".to_owned()),
            waits_until: until.and_then(|until| until.parse().ok()),
            wait_error: None,
        }
    }

    #[test]
    fn the_list_counts_down() {
        let entries = [
            entry("taskone", Status::Running, None, Some("2026-11-22T08:03:12Z")),
            entry("due", Status::Running, None, Some("2026-11-22T07:59:59Z")),
            entry("somewhere", Status::Running, None, Some("nobody can tell")),
            entry("works", Status::Running, None, None),
            Entry { wait_error: Some("why".to_owned()), ..entry("unread", Status::Running, None, None) },
            entry("done\u{1b}[2J", Status::Succeeded, Some(192_244), None),
            entry("slow", Status::TimedOut, Some(1_005), None),
        ];
        let text = table(&entries, "2026-11-22T08:00:00Z".parse().unwrap(), &TimeZone::UTC);
        insta::assert_snapshot!(anstream::adapter::strip_str(&text), @r"
        NAME           STATUS     STARTED
        taskone        RUNNING    2026-11-22 07:56:00  fires in 3 m 12 s
        due            RUNNING    2026-11-22 07:56:00  fires now
        somewhere      RUNNING    2026-11-22 07:56:00  waits in Wait
        works          RUNNING    2026-11-22 07:56:00
        unread         RUNNING    2026-11-22 07:56:00  not known
        done\u{1b}[2J  SUCCEEDED  2026-11-22 07:56:00  took 3 m 12 s
        slow           TIMED_OUT  2026-11-22 07:56:00  took 1.005 s
        ");
    }
}
