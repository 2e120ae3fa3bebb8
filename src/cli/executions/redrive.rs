//! `workshop redrive NAME`: an execution that ended without success goes on where it had not finished.

use clap::Args;
use serde_json::json;

use crate::cli::error::CliError;
use crate::cli::executions::{strangers, until_end};
use crate::cli::global::Global;
use crate::cli::history::find::find;
use crate::cli::session::Session;
use crate::cli::ui::{Tone, Ui, toned, visible};
use aws::executions::{self, Execution, Status};

/// Options of `workshop redrive`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  workshop redrive taskone              go on with what had not finished
  workshop redrive taskone --follow     and stay until the end: what it and its functions do

What has succeeded does not run again: the states, branches, iterations and items of a Map that had not finished do, with the
input and the definition that they had. An execution that failed, timed out or was stopped can be redriven for 14 days. A changed
definition needs a new execution; a function that was mended since is called as it is now, through its alias.")]
pub(crate) struct RedriveArgs {
    /// The execution's name or ARN
    #[arg(value_name = "NAME")]
    execution: String,
    /// The state machine, where several have an execution of that name
    #[arg(short, long, value_name = "MACHINE")]
    machine: Option<String>,
    /// Stay until it ends: show what it and its functions do
    #[arg(long)]
    follow: bool,
}

impl RedriveArgs {
    /// Whether it stays until the execution ends.
    pub(crate) fn is_followed(&self) -> bool {
        self.follow
    }
}

/// Runs `workshop redrive`. One that runs or has succeeded is as good as redriven.
pub(crate) async fn run(args: &RedriveArgs, global: &Global, ui: &Ui) -> Result<(), CliError> {
    let session = Session::open(global, ui).await?;
    let found = find(&session, global, &args.execution, args.machine.as_deref()).await?.execution;
    if let Some(why) = nothing_to_redrive(&found) {
        if ui.is_json() {
            return ui.json(&json!({"redriven": false, "execution": found}));
        }
        return ui.result(format!("{} {why}; there is nothing to redrive.", visible(&found.name)));
    }
    strangers::refuse(&session, &args.execution, &found.state_machine_arn, "Nothing was redriven.").await?;
    let redriven_at = executions::redrive(&session.aws, &found.execution_arn).await?;
    if ui.is_json() {
        let redriven = json!({"redriven": true, "redriveDate": redriven_at, "execution": found});
        if args.follow { ui.json_line(&redriven)? } else { ui.json(&redriven)? }
    } else {
        let name = toned(Tone::Strong, visible(&found.name));
        let status = found.status.as_str();
        ui.result(format!("{name} goes on where it had not finished; it was {status}."))?;
    }
    if args.follow {
        return until_end::follow(&session, ui, global, &found.name, found.execution_arn.clone()).await;
    }
    Ok(())
}

/// Why there is nothing to redrive, where that is nobody's fault.
fn nothing_to_redrive(found: &Execution) -> Option<&'static str> {
    match found.status {
        Status::Running => Some("has not ended"),
        Status::Succeeded => Some("has succeeded"),
        _ => None,
    }
}
