//! `workshop open`: the page of a state machine or an execution, in AWS's console or the embedded cloud's own, printed and opened
//! in a browser.

use clap::Args;
use serde_json::json;

use crate::cli::error::{CliError, ErrorKind};
use crate::cli::global::Global;
use crate::cli::history::find::find;
use crate::cli::session::{Session, embedded};
use crate::cli::ui::Ui;
use deploy::states_page;

/// Options of `workshop open`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  workshop open                the console's page of the only state machine, or of all
  workshop open -m order       that of one
  workshop open taskone        that of an execution
  workshop open --local        the embedded cloud's own page: all there is, live

The address is printed; where there is a desktop, a browser opens it too. That of the embedded cloud has a secret, which
the page takes out of the browser's history: who has it may use the page.")]
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
    let url = match (global.local, &session.aws.endpoint) {
        (true, Some(endpoint)) => embedded::console(endpoint, &local_view(&args, &session, global).await?)?,
        (_, endpoint) => {
            let view = view(&args, &session, global).await?;
            if endpoint.is_some() {
                return no_page(global, ui);
            }
            states_page(&session.stack, &view).ok_or_else(|| {
                let message = format!("The console of the region {} is not known.", session.stack.region);
                CliError::new(ErrorKind::Failed, message)
            })?
        }
    };
    let opened = !args.print && ui.is_terminal() && has_desktop() && opener::open_browser(&url).is_ok();
    if ui.is_json() {
        return ui.json(&json!({ "url": url, "opened": opened }));
    }
    ui.result(url)
}

/// Says that what stands in for AWS has no page.
fn no_page(global: &Global, ui: &Ui) -> Result<(), CliError> {
    if ui.is_json() {
        return ui.json(&json!({ "url": null, "opened": false }));
    }
    ui.note(format!(
        "Only AWS and the embedded cloud have a console with pages. Here `{}` shows the executions as they go on, and `{}` shows one.",
        global.command("list --watch"),
        global.command("show --follow")
    ));
    Ok(())
}

/// What the embedded cloud's page shows, as its address spells it.
async fn local_view(args: &OpenArgs, session: &Session, global: &Global) -> Result<String, CliError> {
    if let Some(text) = &args.execution {
        let found = find(session, global, text, args.machine.as_deref()).await?;
        return Ok(format!("execution/{}", found.execution.execution_arn));
    }
    let Some(text) = &args.machine else { return Ok(String::new()) };
    Ok(format!("machine/{}", session.stack.state_machine_arn(session.machine(text)?)))
}

/// What AWS's console shows, as its address spells it.
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
