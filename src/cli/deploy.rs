//! `workshop deploy`: packages what changed and makes the cloud match the service.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use serde_json::json;

use super::args::Global;
use super::error::CliError;
use super::session::Session;
use super::ui::{Tone, Ui, toned};
use super::{artefacts, info, steps};
use crate::clock;
use crate::deploy::{Observed, Plan, Report, apply, desired, observe, plan};

/// The options of `deploy`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  workshop deploy --local          to the embedded cloud on this machine, no account needed
  workshop deploy --dry-run        say what would be made, changed and deleted, and stop
  workshop deploy --stage anna     a deployment of your own in an account that others use too")]
pub(crate) struct DeployArgs {
    /// Deploy the zips in this folder (one per function, named as in the service file) instead of building
    #[arg(short, long, value_name = "DIR")]
    package: Option<PathBuf>,
    /// Say what would be done, and stop
    #[arg(long)]
    dry_run: bool,
    /// The Rust target to build the functions for, such as x86_64-unknown-linux-musl
    #[arg(long, value_name = "TRIPLE", env = "WORKSHOP_LAMBDA_TARGET")]
    target: Option<String>,
}

/// Deploys.
pub(crate) async fn run(args: &DeployArgs, global: &Global, ui: &Ui) -> Result<(), CliError> {
    let since = clock::now();
    let session = Session::open(global, ui).await?;
    let (observed, plan) = make_plan(args, &session, ui).await?;
    if args.dry_run {
        return if ui.is_json() { ui.json(&plan) } else { ui.result(format!("{plan}{}", notes(&plan))) };
    }
    let (project, stack) = (&session.project, &session.stack);
    let applied = if plan.is_empty() {
        crate::deploy::Applied::default()
    } else {
        let steps = plan.steps.len() - plan.count(None);
        let work = async |events| apply(&session.aws, stack, &plan, &events).await;
        steps::shown(ui, steps, work).await?
    };
    let kept = observed.apis.first().map(|api| api.api.endpoint.clone());
    let endpoint = applied.endpoint.or(kept);
    let report = Report::deployed(&project.service, stack, endpoint.as_deref(), session.aws.endpoint.is_none());
    tell(&plan, &report, clock::now().duration_since(since), ui)
}

async fn make_plan(args: &DeployArgs, session: &Session, ui: &Ui) -> Result<(Observed, Plan), CliError> {
    let (project, stack) = (&session.project, &session.stack);
    let package = artefacts::zips(project, args.package.as_deref(), args.target.as_deref(), ui);
    let look = async { Ok::<_, CliError>(observe(&session.aws, stack, &project.service).await?) };
    // The calls are under way before this thread is busy with files.
    let (observed, zips) = tokio::try_join!(look, package)?;
    let artefacts = zips.into_iter().map(|(key, zip)| (key, zip.artefact)).collect();
    let desired = desired(&project.service, &project.definitions, &artefacts, stack)?;
    let plan = plan(&desired, &observed, stack)?;
    Ok((observed, plan))
}

fn tell(plan: &Plan, report: &Report, elapsed: jiff::SignedDuration, ui: &Ui) -> Result<(), CliError> {
    let elapsed = Duration::try_from(elapsed).unwrap_or_default();
    if ui.is_json() {
        let elapsed_ms = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
        return ui.json(&json!({
            "changed": !plan.is_empty(), "elapsedMs": elapsed_ms, "plan": plan, "info": report,
        }));
    }
    let seconds = format!("({:.1}s)", elapsed.as_secs_f64());
    let headline = if plan.is_empty() {
        format!("Nothing to deploy: stack {} is as the service file says.", report.stack)
    } else {
        format!("Service deployed to stack {}", report.stack)
    };
    ui.note(format!("{} {}{}\n", toned(Tone::Good, headline), toned(Tone::Faint, seconds), notes(plan)));
    info::print(report, ui)
}

fn notes(plan: &Plan) -> String {
    plan.notes.iter().map(|note| format!("\n{note}")).collect()
}
