//! `workshop skip NAME`: ends the wait that an execution is in, on the embedded cloud.

use clap::Args;
use cloud_server::lifecycle;
use serde_json::json;

use crate::cli::error::{CliError, ErrorKind};
use crate::cli::global::Global;
use crate::cli::history::find::find;
use crate::cli::session::{Session, embedded};
use crate::cli::ui::{Tone, Ui, toned, visible};
use aws::executions::Status;

/// Options of `workshop skip`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  workshop skip taskone --local     what it waits for happens now

It ends the Waits that the execution is in, and the pause before a retry, and moves nothing else: the clock stays, and the
history has the moment of now. `workshop local time` moves the time of the whole cloud. On AWS nobody can do either.")]
pub(crate) struct SkipArgs {
    /// The execution's name or ARN
    #[arg(value_name = "NAME")]
    execution: String,
    /// The state machine, where several have an execution of that name
    #[arg(short, long, value_name = "MACHINE")]
    machine: Option<String>,
}

/// Runs `workshop skip`.
pub(crate) async fn run(args: &SkipArgs, global: &Global, ui: &Ui) -> Result<(), CliError> {
    if !global.local {
        let message = "AWS's time can't be moved: a wait there ends when it ends.";
        return Err(CliError::new(ErrorKind::Usage, message).try_this(
            "`skip` is for the embedded cloud: add --local. On AWS, `stop` the execution and start another.",
        ));
    }
    let session = Session::open(global, ui).await?;
    let found = find(&session, global, &args.execution, args.machine.as_deref()).await?.execution;
    let name = toned(Tone::Strong, visible(&found.name));
    if found.status != Status::Running {
        if ui.is_json() {
            return ui.json(&json!({"skipped": [], "execution": found}));
        }
        let status = found.status.as_str();
        return ui.told(format!("{name} has ended already ({status}); there is nothing to skip."));
    }
    let data_dir = embedded::data_dir()?;
    let running = lifecycle::ensure_running(&data_dir).await?;
    let skipped = lifecycle::skip(&data_dir, &running.ready, found.execution_arn.as_str()).await?;
    if ui.is_json() {
        return ui.json(&json!({"skipped": skipped, "execution": found}));
    }
    let states: Vec<String> = skipped.iter().map(|state| visible(state)).collect();
    match states.as_slice() {
        [] => ui.told(format!("{name} is in no Wait state: there is nothing to skip.")),
        [state] => ui.told(format!("{name} goes on: {state} waits no longer.")),
        _ => ui.told(format!("{name} goes on: {} wait no longer.", states.join(", "))),
    }
}
