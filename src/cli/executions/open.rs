//! `workshop open`: the AWS console's page of a state machine or an execution, printed and opened in a browser.

use clap::Args;
use serde_json::json;

use crate::cli::error::{CliError, ErrorKind};
use crate::cli::global::Global;
use crate::cli::history::find::find;
use crate::cli::session::Session;
use crate::cli::ui::Ui;
use deploy::states_page;

/// Options of `workshop open`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  workshop open                the console's page of the only state machine, or of all
  workshop open -m order       that of one
  workshop open taskone        that of an execution

The address is printed; where there is a desktop, a browser opens it too. The embedded cloud has no page.")]
pub(crate) struct OpenArgs {
    /// An execution's name or ARN
    #[arg(value_name = "NAME")]
    execution: Option<String>,
    /// The state machine
    #[arg(short, long, value_name = "MACHINE")]
    machine: Option<String>,
    /// Print the address, and open nothing
    #[arg(long)]
    print: bool,
}

/// Runs `workshop open`. That there is no browser is no failure.
pub(crate) async fn run(args: OpenArgs, global: &Global, ui: &Ui) -> Result<(), CliError> {
    let session = Session::open(global, ui).await?;
    let view = view(&args, &session, global).await?;
    if session.aws.endpoint.is_some() {
        if ui.is_json() {
            return ui.json(&json!({ "url": null, "opened": false }));
        }
        ui.note(format!(
            "Only AWS has a console with pages. Here `{}` shows the executions as they go on, and `{}` shows one.",
            global.command("list --watch"),
            global.command("show --follow")
        ));
        return Ok(());
    }
    let Some(url) = states_page(&session.stack, &view) else {
        let message = format!("The console of the region {} is not known.", session.stack.region);
        return Err(CliError::new(ErrorKind::Failed, message));
    };
    let opened = !args.print && ui.is_terminal() && has_desktop() && opener::open_browser(&url).is_ok();
    if ui.is_json() {
        return ui.json(&json!({ "url": url, "opened": opened }));
    }
    ui.result(url)
}

/// What the console shows, as its address spells it.
async fn view(args: &OpenArgs, session: &Session, global: &Global) -> Result<String, CliError> {
    if let Some(text) = &args.execution {
        let found = find(session, global, text, args.machine.as_deref()).await?;
        return Ok(format!("v2/executions/details/{}", found.execution.execution_arn));
    }
    let several = session.project.service.state_machines.len() > 1;
    if several && args.machine.is_none() {
        return Ok("statemachines".to_owned());
    }
    let key = session.machine_or_only(args.machine.as_deref())?;
    Ok(format!("statemachines/view/{}", session.stack.state_machine_arn(key)))
}

/// Whether somebody sits there who would see a browser: without a desktop one might open in the terminal itself.
fn has_desktop() -> bool {
    let is_set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let drawn = ["DISPLAY", "WAYLAND_DISPLAY", "WSL_DISTRO_NAME"].into_iter().any(is_set);
    cfg!(target_os = "macos") || drawn
}
