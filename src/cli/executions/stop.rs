//! `workshop stop NAME`: ends an execution that waits or runs.

use clap::Args;
use jiff::tz::TimeZone;
use serde_json::json;

use crate::cli::error::CliError;
use crate::cli::executions::strangers;
use crate::cli::global::Global;
use crate::cli::history::find::find;
use crate::cli::session::Session;
use crate::cli::time::moment;
use crate::cli::ui::{Tone, Ui, toned, visible};
use aws::executions::{self, Status};

/// Options of `workshop stop`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  workshop stop taskone                                  it will not fire
  workshop stop taskone --cause \"the date has changed\"   say why, for its history")]
pub(crate) struct StopArgs {
    /// The execution's name or ARN
    #[arg(value_name = "NAME")]
    execution: String,
    /// The state machine, where several have an execution of that name
    #[arg(short, long, value_name = "MACHINE")]
    machine: Option<String>,
    /// Why, for the execution's history
    #[arg(long, value_name = "TEXT")]
    cause: Option<String>,
    /// An error's name, for the execution's history
    #[arg(long, value_name = "NAME")]
    error: Option<String>,
}

/// Runs `workshop stop`. One that has ended already is as good as stopped.
pub(crate) async fn run(args: StopArgs, global: &Global, ui: &Ui) -> Result<(), CliError> {
    let session = Session::open(global, ui).await?;
    let found = find(&session, global, &args.execution, args.machine.as_deref()).await?.execution;
    let zone = TimeZone::system();
    if found.status != Status::Running {
        if ui.is_json() {
            return ui.json(&json!({"stopped": false, "execution": found}));
        }
        let ended = found.stop_date.map(|end| format!(" at {}", moment::local(end, &zone))).unwrap_or_default();
        let name = visible(&found.name);
        let status = found.status.as_str();
        return ui.told(format!("{name} has ended already{ended} ({status}); there is nothing to stop."));
    }
    strangers::refuse(&session, &args.execution, &found.state_machine_arn, "Nothing was stopped.").await?;
    let stopped = executions::stop(&session.aws, &found.execution_arn, args.error, args.cause).await?;
    if ui.is_json() {
        return ui.json(&json!({"stopped": true, "stopDate": stopped, "execution": found}));
    }
    let name = toned(Tone::Strong, visible(&found.name));
    let ran = moment::measured(moment::ms_between(found.start_date, stopped));
    ui.told(format!("Stopped {name} after {ran}; what it waited for will not happen."))
}
