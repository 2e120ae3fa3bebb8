//! `workshop test record`: an execution's history becomes a case with mocks.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::{Value, json};

use super::machines::Machines;
use super::suite::FOLDER;
use crate::cli::error::{CliError, ErrorKind};
use crate::cli::global::Global;
use crate::cli::history::find::{find, newest};
use crate::cli::session::Session;
use crate::cli::session::project::service_file::shown_from;
use crate::cli::session::project::{ProjectText, RuntimeChoice};
use crate::cli::ui::{Tone, Ui, toned, visible};
use aws::executions::{self, Status};
use aws::history::HistoryEvent;
use aws::{Aws, map_runs};
use simulate::{Failure, Masking, Recorded, RecordedCase, RecordedChild, RecordedEvent};

/// The options of `test record`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  workshop test record order-4r7k                 an execution on AWS becomes tests/order-order-4r7k.test.toml
  workshop test record --local                    the execution on this machine that began last
  workshop test record order-4r7k --out -         print the test file

Its tasks' answers become mocks, with the time that they took. Secrets are masked, by the names of their members (password,
token, api_key and the like) and by what they look like; look through the file before you share it.")]
pub(in crate::cli::make) struct RecordArgs {
    /// The execution's name or ARN [default: the one that began last]
    #[arg(value_name = "NAME")]
    execution: Option<String>,
    /// The state machine, where several have an execution of that name; or the one whose newest is meant
    #[arg(short, long, value_name = "MACHINE")]
    machine: Option<String>,
    /// The test file to make [default: tests/MACHINE-NAME.test.toml beside the definition]; - prints it
    #[arg(short, long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Also mask the members with this name; may be repeated
    #[arg(long, value_name = "MEMBER")]
    mask: Vec<String>,
}

/// Records an execution.
pub(in crate::cli::make) async fn run(args: &RecordArgs, global: &Global, ui: &Ui) -> Result<(), CliError> {
    let session = Session::open(global, ui).await?;
    let machine = args.machine.as_deref();
    let found = match &args.execution {
        Some(text) => find(&session, global, text, machine).await?,
        None => newest(&session, global, machine).await?,
    };
    let name = found.execution.name.clone();
    if found.execution.status == Status::Running {
        let message =
            format!("The execution `{}` has not ended, so there is nothing to expect of it yet.", visible(&name));
        return Err(CliError::new(ErrorKind::Failed, message).try_this("Record it once it has ended."));
    }
    let key = session.machine_shown(&found.execution.state_machine_arn);
    let events = executions::history_after(&session.aws, &found.execution.execution_arn, 0).await?;
    let text = ProjectText::find(global, RuntimeChoice::Any, ui)?;
    let machines = Machines::of(&text, global)?;
    let Some(machine) = machines.known.get(&key) else {
        let message = format!("The execution is one of `{key}`, which is no state machine of this project.");
        return Err(CliError::new(ErrorKind::NotFound, message).try_this("Run it in that project's folder."));
    };
    let recorded = Recorded {
        name: name.clone(),
        machine: key.clone(),
        children: recorded_children(&session.aws, &events).await?,
        events: events.iter().map(event).collect(),
    };
    let masking = Masking { names: args.mask.clone() };
    let case = simulate::record(&machine.subject, &recorded, &masking).map_err(|why| {
        CliError::new(ErrorKind::Failed, format!("The execution `{}` can't become a case: {why}.", visible(&name)))
    })?;
    let file = match &args.out {
        Some(file) if file == Path::new("-") => None,
        Some(file) => Some(file.clone()),
        None => Some(place(machine.path.as_deref(), &key, &name)),
    };
    match &file {
        Some(file) => create(file, &case.text)?,
        None => return ui.result(case.text.trim_end()),
    }
    say(&case, file.as_deref(), ui)
}

pub(in crate::cli::make) fn event(event: &HistoryEvent) -> RecordedEvent {
    let json = |text: &Option<String>| text.as_deref().and_then(|text| serde_json::from_str(text).ok());
    RecordedEvent {
        id: u64::try_from(event.id).unwrap_or_default(),
        previous: u64::try_from(event.previous_event_id).unwrap_or_default(),
        at: event.timestamp,
        kind: event.kind.clone(),
        state: event.state.clone(),
        iteration: event.iteration.and_then(|index| u64::try_from(index).ok()),
        input: json(&event.input),
        output: json(&event.output),
        assigned: event
            .assigned
            .iter()
            .filter_map(|(name, text)| Some((name.clone(), serde_json::from_str(text).ok()?)))
            .collect(),
        error: event.error.clone(),
        cause: event.cause.clone(),
    }
}

/// The children of an execution's Map Runs. Which item each has worked on is not told: it is the one that its input is, or else
/// they are in the order of their starts.
///
/// # Errors
/// A call failed.
pub(in crate::cli::make) async fn recorded_children(
    aws: &Aws,
    events: &[HistoryEvent],
) -> Result<Vec<RecordedChild>, CliError> {
    let mut found = Vec::new();
    for started in events {
        let (Some(map_run), Some(entered)) = (&started.map_run, entered(events, started)) else { continue };
        let items: Value =
            entered.input.as_deref().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
        let mut children = Vec::new();
        for child in map_runs::children(aws, map_run).await? {
            let own = executions::history_after(aws, &child.execution_arn, 0).await?;
            children.push(own.iter().map(event).collect::<Vec<_>>());
        }
        let indices = indices(&items, &children);
        let map_state = entered.state.clone().unwrap_or_default();
        found.extend(indices.into_iter().zip(children).map(|(index, events)| RecordedChild {
            map_state: map_state.clone(),
            index,
            events,
        }));
    }
    found.sort_by_key(|child| child.index);
    Ok(found)
}

/// The event with which the state was entered that an event belongs to.
fn entered<'e>(events: &'e [HistoryEvent], event: &'e HistoryEvent) -> Option<&'e HistoryEvent> {
    let before = |event: &&'e HistoryEvent| events.iter().find(|it| it.id == event.previous_event());
    let mut chain = std::iter::successors(Some(event), before).take(events.len());
    chain.find(|event| event.kind.ends_with("StateEntered"))
}

/// Which item each child has worked on: the one that its input is, where the items are the state's input and all differ.
fn indices(items: &Value, children: &[Vec<RecordedEvent>]) -> Vec<u64> {
    let input = |child: &Vec<RecordedEvent>| child.first().and_then(|event| event.input.clone());
    let place = |child| items.as_array()?.iter().position(|item| Some(item) == input(child).as_ref());
    let mut places: Vec<u64> = children.iter().filter_map(place).filter_map(|at| u64::try_from(at).ok()).collect();
    let by_input = places.clone();
    places.sort_unstable();
    places.dedup();
    if places.len() == children.len() { by_input } else { (0..).take(children.len()).collect() }
}

/// Where the test file goes: beside the definition.
fn place(definition: Option<&Path>, machine: &str, execution: &str) -> PathBuf {
    let folder = definition.and_then(Path::parent).map_or_else(|| PathBuf::from(FOLDER), |it| it.join(FOLDER));
    let plain = |text: &str| -> String {
        text.chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' || c == '_' { c } else { '-' }).collect()
    };
    folder.join(format!("{}-{}.test.toml", plain(machine), plain(execution)))
}

/// Makes the file, and never writes over one.
pub(in crate::cli::make) fn create(file: &Path, text: &str) -> Result<(), CliError> {
    let failed = |error: &std::io::Error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => CliError::new(
            ErrorKind::Project,
            format!("{} is there already, and nothing is overwritten.", file.display()),
        )
        .try_this("Name another file with `--out FILE`, or move that one away."),
        _ => CliError::io(&format!("{} can't be written", file.display()), error),
    };
    if let Some(folder) = file.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).map_err(|error| failed(&error))?;
    }
    let created = std::fs::File::create_new(file);
    created.and_then(|mut created| created.write_all(text.as_bytes())).map_err(|error| failed(&error))
}

fn say(case: &RecordedCase, file: Option<&Path>, ui: &Ui) -> Result<(), CliError> {
    let here = std::env::current_dir().unwrap_or_default();
    let file = file.map(|file| shown_from(&here, file)).unwrap_or_default();
    let passes = case.failures.is_empty();
    if ui.is_json() {
        let told = |failures: &[Failure]| {
            failures.iter().map(|it| json!({"about": it.about, "message": it.message})).collect::<Vec<_>>()
        };
        ui.json(&json!({
            "file": file, "passes": passes, "masked": case.masked, "leftOut": told(&case.left_out),
            "failures": told(&case.failures),
        }))?;
    } else {
        ui.result(visible(&file))?;
        let masked = case.masked;
        if masked > 0 {
            let values = if masked == 1 { "1 value is" } else { &format!("{masked} values are") };
            ui.note(format!("{values} masked. Look through the file before you share it."));
        }
        for failure in &case.left_out {
            ui.note(format!(
                "Not expected, because a test gives another value: {}. {}",
                failure.about,
                visible(&failure.message)
            ));
        }
    }
    match case.failures.first() {
        None => {
            if !ui.is_json() {
                ui.note(toned(Tone::Good, "The case passes."));
            }
            Ok(())
        }
        Some(failure) => Err(CliError::new(ErrorKind::Failed, "The case does not pass as it was recorded.")
            .because(&failure.message)
            .try_this("The definition may have changed since, or the history lacks what a Map Run's children did.")),
    }
}
