//! `workshop rollback`: back to the functions and definitions of an earlier deployment.

use std::time::Duration;

use clap::Args;
use serde_json::json;

use crate::cli::deploy::in_flight::InFlight;
use crate::cli::deploy::list::{self, DeploymentList};
use crate::cli::deploy::plan;
use crate::cli::deploy::progress::with_progress;
use crate::cli::deploy::versions::observed_versions;
use crate::cli::error::{CliError, ErrorKind};
use crate::cli::global::Global;
use crate::cli::session::Session;
use crate::cli::ui::{Tone, Ui, toned};
use aws::clock;
use deploy::{Deployment, ExecutionsInFlight, Plan, apply, find_deployment, plan_rollback};
use model::deployment::DeploymentId;

/// What stays as it is, whatever is returned to.
const STAYS: &str = "Roles, routes, log settings and the code in $LATEST stay as they are; the next deploy makes everything as \
    the service file says again.";

/// Options of `rollback`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  workshop rollback                              the deployments that can be returned to
  workshop rollback -t 2026-11-22T20:59          to the one whose id begins so
  workshop rollback -t 2026-11-22T20:59 --dry-run

It leads the functions' aliases `live` to that deployment's versions and gives the state machines
its definitions. Roles, routes and log settings stay as they are. Executions in flight go on with
what they began with.")]
pub(crate) struct RollbackArgs {
    /// The deployment's id, or as much of its beginning as no other has
    #[arg(short = 't', long = "to", alias = "timestamp", value_name = "ID")]
    to: Option<String>,
    /// Say what would be done, and stop
    #[arg(long)]
    dry_run: bool,
}

/// Runs `workshop rollback`.
pub(crate) async fn run(args: &RollbackArgs, global: &Global, ui: &Ui) -> Result<(), CliError> {
    let since = clock::now();
    let session = Session::open(global, ui).await?;
    let reading = async |events| observed_versions(&session, &events).await;
    let versions = with_progress(ui, 0, reading).await?;
    let deployments = versions.deployments();
    if deployments.is_empty() {
        return Err(session.nothing_to_change(global));
    }
    let Some(beginning) = &args.to else {
        list::show(&DeploymentList::of(&versions, &ExecutionsInFlight::default()), global, ui)?;
        return Err(CliError::new(ErrorKind::Usage, "Name the deployment to return to.").try_this(format!(
            "Name one by its id: `{} -t {}`.",
            global.command("rollback"),
            example(&deployments)
        )));
    };
    let list_command = global.command("deploy list");
    let to = find_deployment(&deployments, beginning)
        .map_err(|error| CliError::no_such_deployment(&error, &list_command))?;
    let plan = plan_rollback(to, &versions, &session.stack)
        .map_err(|error| CliError::missing_versions(&error, &list_command))?;
    if args.dry_run {
        return dry_run(&plan, to, ui);
    }
    let in_flight = if plan.is_empty() { None } else { InFlight::of(&session, ui, &plan).await };
    if !plan.is_empty() {
        let count = plan.steps.len() - plan.count(None);
        let work = async |events| apply(&session.aws, &session.stack, &plan, DeploymentId::new(since), &events).await;
        with_progress(ui, count, work).await?;
    }
    let elapsed = Duration::try_from(clock::now().duration_since(since)).unwrap_or_default();
    print(&plan, to, in_flight.as_ref(), elapsed, ui)
}

/// The deployment before the newest is what people mostly return to.
fn example(deployments: &[Deployment]) -> String {
    deployments.get(1).or(deployments.first()).map(|it| it.id.to_string()).unwrap_or_default()
}

fn dry_run(plan: &Plan, to: &Deployment, ui: &Ui) -> Result<(), CliError> {
    if ui.is_json() {
        return ui.json(&json!({"to": to.id.to_string(), "steps": plan.steps, "notes": plan.notes}));
    }
    plan::print(plan, ui)?;
    ui.note(toned(Tone::Faint, STAYS));
    Ok(())
}

fn print(
    plan: &Plan,
    to: &Deployment,
    in_flight: Option<&InFlight>,
    elapsed: Duration,
    ui: &Ui,
) -> Result<(), CliError> {
    if ui.is_json() {
        let elapsed_ms = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
        return ui.json(&json!({
            "to": to.id.to_string(), "changed": !plan.is_empty(), "elapsedMs": elapsed_ms, "plan": plan,
            "executionsInFlight": in_flight,
        }));
    }
    let seconds = toned(Tone::Faint, format!("({:.1}s)", elapsed.as_secs_f64()));
    if plan.is_empty() {
        return ui.told(format!("Nothing to do: the deployment {} is live already. {seconds}", to.id));
    }
    ui.told(format!("{} {seconds}", toned(Tone::Good, format!("Returned to the deployment {}.", to.id))))?;
    plan.notes.iter().for_each(|note| ui.note(note));
    in_flight.iter().for_each(|it| ui.note(it.sentence()));
    ui.note(toned(Tone::Faint, STAYS));
    Ok(())
}
