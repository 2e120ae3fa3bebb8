//! `workshop local reset`: stops the embedded cloud and deletes everything in it.

use clap::Args;
use cloud_server::DataDir;
use cloud_server::lifecycle::{self, Status};
use serde_json::json;

use super::status::holds;
use crate::cli::error::{CliError, ErrorKind};
use crate::cli::session::embedded;
use crate::cli::ui::Ui;
use aws::inventory::Inventory;

/// Options of `workshop local reset`.
#[derive(Debug, Args)]
pub(super) struct ResetArgs {
    /// Do not ask
    #[arg(short, long)]
    yes: bool,
}

/// Resets. On a terminal it asks first, unless there is nothing.
pub(super) async fn run(args: &ResetArgs, ui: &Ui) -> Result<(), CliError> {
    let data_dir = embedded::data_dir()?;
    if !args.yes && ui.can_ask() && data_dir.store().exists() {
        let lost = lost(&data_dir, ui).await?;
        if !ui.confirm(&format!("{lost} Delete all of it?")).await {
            return Err(CliError::new(ErrorKind::Usage, "Nothing was deleted.")
                .try_this("Answer `y` to delete everything in the embedded cloud, or add `--yes`."));
        }
    }
    lifecycle::reset(&data_dir).await?;
    let text = "The embedded cloud is stopped and everything in it is gone.";
    if ui.is_json() { ui.json(&json!({"status": "stopped", "reset": true})) } else { ui.told(text) }
}

/// What would be lost, as far as it can be counted: what a cloud that does not run holds is known to nobody.
async fn lost(data_dir: &DataDir, ui: &Ui) -> Result<String, CliError> {
    let place = data_dir.root().display();
    let inventory = match lifecycle::status(data_dir).await? {
        Status::Running(ready) => holds(ui, data_dir, &ready.endpoint()).await,
        Status::Busy | Status::Stale(_) | Status::Stopped => None,
    };
    Ok(match inventory {
        Some(inventory) => format!("The embedded cloud in {place} holds {}.", counted(inventory)),
        None => format!("The embedded cloud in {place} may hold functions, state machines and executions that wait."),
    })
}

fn counted(inventory: Inventory) -> String {
    let Inventory { functions, state_machines, running_executions, apis } = inventory;
    let count = |count: usize, one: &str| if count == 1 { format!("1 {one}") } else { format!("{count} {one}s") };
    let counts = [
        count(functions, "function"),
        count(state_machines, "state machine"),
        count(running_executions, "running execution"),
        count(apis, "HTTP API"),
    ];
    counts.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_be_lost_is_counted() {
        let inventory = Inventory { functions: 2, state_machines: 1, running_executions: 0, apis: 1 };
        insta::assert_snapshot!(counted(inventory), @"2 functions, 1 state machine, 0 running executions, 1 HTTP API");
    }
}
