//! `workshop test record`: an execution's history becomes a case with mocks.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::json;

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
use simulate::{Failure, Masking, Recorded, RecordedCase, RecordedEvent};

/// The options of `test record`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  workshop test record order-4r7k                 an execution on AWS becomes tests/order-order-4r7k.test.toml
  workshop test record --local                    the execution on this machine that began last
  workshop test record order-4r7k --out -         print the test file

Its tasks' answers become mocks, with the time that they took. Secrets are masked, by the names of their members (password,
token, api_key and the like) and by what they look like; look through the file before you share it.")]
pub(super) struct RecordArgs {
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
pub(super) async fn run(args: &RecordArgs, global: &Global, ui: &Ui) -> Result<(), CliError> {
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
    let recorded = Recorded { name: name.clone(), machine: key.clone(), events: events.iter().map(event).collect() };
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

fn event(event: &HistoryEvent) -> RecordedEvent {
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
        error: event.error.clone(),
        cause: event.cause.clone(),
    }
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
fn create(file: &Path, text: &str) -> Result<(), CliError> {
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
