//! `workshop show`: one execution's history, as a tree where it has parts side by side, and as a timeline.

use clap::Args;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use crate::cli::error::CliError;
use crate::cli::executions::list::tone;
use crate::cli::executions::until_end;
use crate::cli::global::Global;
use crate::cli::history::failure::{Failure, failure_text};
use crate::cli::history::find::{find, newest};
use crate::cli::history::outline::{outline, statuses};
use crate::cli::history::timeline::{Timeline, abbreviated};
use crate::cli::history::tree::Tree;
use crate::cli::history::waiting::{Waiting, waiting};
use crate::cli::session::Session;
use crate::cli::time::moment;
use crate::cli::ui::table::cut;
use crate::cli::ui::{Tone, Ui, toned, visible, wrapped};
use aws::executions::{self, ExecutionDetail, Status};
use aws::history::HistoryEvent;

/// Options of `workshop show`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  workshop show                        the execution that began last
  workshop show taskone                what happened, when, and what comes next
  workshop show taskone --follow       and what happens from now on, with its functions' log lines
  workshop show taskone --graph        its state machine, and how each state stands
  workshop show taskone --verbose      with every input and output whole
  workshop show taskone --json         the history's events for a program")]
pub(crate) struct ShowArgs {
    /// The execution's name or ARN [default: the one that began last]
    #[arg(value_name = "NAME")]
    execution: Option<String>,
    /// The state machine, where several have an execution of that name; or the one whose newest is meant
    #[arg(short, long, value_name = "MACHINE")]
    machine: Option<String>,
    /// Go on to show what it and its functions do until it ends
    #[arg(long)]
    follow: bool,
    /// Show the state machine and how each of its states stands, instead of the timeline
    #[arg(long, conflicts_with = "follow")]
    graph: bool,
}

impl ShowArgs {
    /// Whether it stays until the execution ends.
    pub(crate) fn is_followed(&self) -> bool {
        self.follow
    }
}

/// Runs `workshop show`.
pub(crate) async fn run(args: ShowArgs, global: &Global, ui: &Ui) -> Result<(), CliError> {
    let session = Session::open(global, ui).await?;
    session.note_moved_clock(ui);
    let machine = args.machine.as_deref();
    let found = match &args.execution {
        Some(text) => find(&session, global, text, machine).await?,
        None => newest(&session, global, machine).await?,
    };
    let arn = &found.execution.execution_arn;
    let events = executions::history_after(&session.aws, arn, 0).await?;
    let is_running = found.execution.status == Status::Running;
    let definition: Option<Value> = match is_running || args.graph {
        // A definition that is no JSON can't be deployed.
        true => serde_json::from_str(&executions::definition(&session.aws, arn).await?).ok(),
        false => None,
    };
    let wait = is_running.then(|| waiting(&events, definition.as_ref())).flatten();
    let failure = Failure::of(&events);
    let zone = TimeZone::system();
    if args.follow {
        if !ui.is_json() {
            ui.result(heading(&found, wait.as_ref(), failure.as_ref(), session.aws.now().await, &zone, ui.width()))?;
        }
        return until_end::follow(&session, ui, global, &found.execution.name, arn.clone()).await;
    }
    if ui.is_json() {
        let mut value = json!(found);
        value["waitsUntil"] = json!(wait.and_then(|wait| wait.until));
        value["failedIn"] = json!(failure.and_then(|failure| failure.state));
        value["events"] = json!(events);
        return ui.json(&value);
    }
    ui.result(heading(&found, wait.as_ref(), failure.as_ref(), session.aws.now().await, &zone, ui.width()))?;
    if let Some(definition) = definition.filter(|_| args.graph) {
        return ui.result(format!("\n{}", outline(&definition, Some(&statuses(&events)), ui.width())));
    }
    let tree = Tree::of(&events);
    if tree.has_parts() {
        ui.result(format!("\n{}", tree.render(ui.width())))?;
    }
    ui.result(timeline(&events, &zone, ui.is_verbose(), ui.width()))
}

/// How far values stand from the left.
const INDENT: usize = 11;

/// What an execution is and how it stands.
fn heading(
    found: &ExecutionDetail,
    wait: Option<&Waiting>,
    failure: Option<&Failure>,
    now: Timestamp,
    zone: &TimeZone,
    room: Option<usize>,
) -> String {
    let execution = &found.execution;
    let mut lines = vec![format!(
        "{}  {}",
        toned(Tone::Strong, visible(&execution.name)),
        toned(tone(execution.status), execution.status.as_str())
    )];
    let mut say =
        |name: &str, value: String| lines.push(format!("  {}  {value}", toned(Tone::Faint, format!("{name:<7}"))));
    say("machine", visible(execution.state_machine_arn.last_part()));
    say(
        "started",
        format!("{}, {}", moment::local(execution.start_date, zone), moment::relative(execution.start_date, now)),
    );
    if let Some(redriven) = execution.redrive_date {
        let when = format!("{}, {}", moment::local(redriven, zone), moment::relative(redriven, now));
        let count = execution.redrive_count;
        say("redrive", if count > 1 { format!("{when}, for the {count}. time") } else { when });
    }
    match (execution.stop_date, wait) {
        (Some(end), _) => {
            let took = moment::measured(moment::ms_between(execution.start_date, end));
            say("ended", format!("{}, after {took}", moment::local(end, zone)));
        }
        (None, Some(Waiting { until: Some(until), .. })) => {
            say("fires", format!("{}, {}", moment::local(*until, zone), moment::relative(*until, now)));
        }
        (None, Some(Waiting { state, until: None })) => say("waits", format!("in {}", visible(state))),
        (None, None) => {}
    }
    for (name, value) in [("input", &found.input), ("output", &found.output)] {
        if let Some(value) = value {
            let short = abbreviated(value);
            say(name, room.map_or_else(|| short.clone(), |room| cut(&short, room.saturating_sub(INDENT))));
        }
    }
    if let Some(state) = failure.and_then(|failure| failure.state.as_ref()) {
        say("in", toned(Tone::Bad, visible(state)));
    }
    if let Some(reason) = failure_text(found.error.as_deref(), found.cause.as_deref()) {
        let lines = wrapped(&visible(&reason), room.map(|room| room.saturating_sub(INDENT)));
        say("why", toned(Tone::Bad, lines.replace('\n', &format!("\n{:INDENT$}", ""))));
    }
    lines.join("\n")
}

/// The whole history.
fn timeline(events: &[HistoryEvent], zone: &TimeZone, full: bool, room: Option<usize>) -> String {
    let width = events.iter().filter_map(|event| event.state.as_ref()).map(|state| state.chars().count()).max();
    let mut timeline = Timeline::new(zone.clone(), width.unwrap_or(0), full, room);
    let lines: Vec<String> = events.iter().map(|event| timeline.render(event)).collect();
    format!("\n{}", lines.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws::executions::Execution;
    use model::names::Arn;

    #[test]
    fn the_heading_says_how_it_stands() {
        let mut found = ExecutionDetail {
            execution: Execution {
                execution_arn: Arn::new("arn:aws:states:eu-west-1:1:execution:shop-dev-m:taskone"),
                state_machine_arn: Arn::new("arn:aws:states:eu-west-1:1:stateMachine:shop-dev-m"),
                name: "taskone".to_owned(),
                status: Status::Running,
                start_date: "2026-11-22T08:00:00Z".parse().unwrap(),
                stop_date: None,
                redrive_count: 0,
                redrive_date: None,
            },
            input: Some("{ \"trigger_date\": \"2026-11-22T08:03:12.000Z\" }".to_owned()),
            output: None,
            error: None,
            cause: None,
        };
        let wait = Waiting { state: "W".to_owned(), until: "2026-11-22T08:03:12Z".parse().ok() };
        let now = "2026-11-22T08:01:00Z".parse().unwrap();
        let text = heading(&found, Some(&wait), None, now, &TimeZone::UTC, None);
        insta::assert_snapshot!(anstream::adapter::strip_str(&text), @r#"
        taskone  RUNNING
          machine  shop-dev-m
          started  Sun 2026-11-22 08:00:00 UTC, 1 m ago
          fires    Sun 2026-11-22 08:03:12 UTC, in 2 m 12 s
          input    {"trigger_date":"2026-11-22T08:03:12.000Z"}
        "#);
        found.execution.status = Status::Failed;
        found.execution.stop_date = "2026-11-22T08:00:12.5Z".parse().ok();
        found.error = Some("Bounce".to_owned());
        let failure = Failure { state: Some("Send".to_owned()), error: found.error.clone(), cause: None };
        let text = heading(&found, None, Some(&failure), now, &TimeZone::UTC, None);
        insta::assert_snapshot!(anstream::adapter::strip_str(&text), @r#"
        taskone  FAILED
          machine  shop-dev-m
          started  Sun 2026-11-22 08:00:00 UTC, 1 m ago
          ended    Sun 2026-11-22 08:00:12 UTC, after 12.500 s
          input    {"trigger_date":"2026-11-22T08:03:12.000Z"}
          in       Send
          why      Bounce
        "#);
        found.execution.redrive_count = 2;
        found.execution.redrive_date = "2026-11-22T08:00:10Z".parse().ok();
        let text = heading(&found, None, None, now, &TimeZone::UTC, None);
        let line = anstream::adapter::strip_str(&text).to_string();
        let line = line.lines().find(|line| line.contains("redrive")).unwrap_or_default().to_owned();
        insta::assert_snapshot!(line, @"  redrive  Sun 2026-11-22 08:00:10 UTC, 50 s ago, for the 2. time");
    }
}
