//! `workshop diff`: what a deployment would do.

use std::path::PathBuf;

use ::runtimes::Runtime;
use clap::Args;
use serde_json::json;

use super::in_flight::InFlight;
use super::progress::with_progress;
use crate::cli::error::{CliError, ErrorKind};
use crate::cli::global::Global;
use crate::cli::session::artefacts;
use crate::cli::session::project::{Project, RuntimeChoice};
use crate::cli::session::runtimes::{self, Functions};
use crate::cli::session::{Session, estimated_stack, measured_stack};
use crate::cli::ui::{Tone, Ui, toned, visible, wrapped};
use deploy::{Action, Desired, ForeignResources, Observed, Plan, RecentChanges, Step, desired, limits, observe, plan};
use model::stack::Stack;

/// The options of whatever compares the project with what is deployed.
#[derive(Debug, Args)]
pub(crate) struct PlanArgs {
    /// Deploy the zips in this folder (one per function, named as in the service file) instead of building
    #[arg(short, long, value_name = "DIR")]
    pub(super) package: Option<PathBuf>,
    /// Make things that have this stack's names and belong to no stack yet part of it
    #[arg(long)]
    pub(super) adopt: bool,
    /// The Rust target to build the functions for, such as x86_64-unknown-linux-musl
    #[arg(long, value_name = "TRIPLE", env = "WORKSHOP_LAMBDA_TARGET")]
    pub(super) target: Option<String>,
    /// The runtime of every function of its language, instead of the one that the service file names
    #[arg(long, value_name = "RUNTIME", value_parser = runtimes::parse)]
    pub(super) runtime: Option<Runtime>,
}

/// Options of `workshop diff`.
#[derive(Debug, Args)]
pub(crate) struct DiffArgs {
    #[command(flatten)]
    plan: PlanArgs,
    /// End with exit code 1 where `deploy` would change something
    #[arg(long)]
    exit_code: bool,
}

/// Whether what the service file says without effect is said: once, however often it is deployed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ServiceNotes {
    Print,
    AlreadyPrinted,
}

impl PlanArgs {
    /// What to do about things at our names that belong to nobody.
    pub(super) fn foreign(&self) -> ForeignResources {
        if self.adopt { ForeignResources::Adopt } else { ForeignResources::Refuse }
    }
}

/// Says what a deployment would do: `workshop diff`.
pub(crate) async fn diff(args: &DiffArgs, global: &Global, ui: &Ui) -> Result<(), CliError> {
    let planned = Planned::make(&args.plan, global, ServiceNotes::Print, ui).await?;
    if planned.plan.is_empty() && !ui.is_json() {
        let unchanged = planned.plan.count(None);
        ui.told(format!("Nothing to deploy: all {unchanged} resources are as the service file says."))?;
        planned.plan.notes.iter().try_for_each(|note| ui.told(note))?;
    } else {
        planned.show(ui).await?;
    }
    if args.exit_code && !planned.plan.is_empty() { Err(CliError::silent(ErrorKind::Failed)) } else { Ok(()) }
}

/// Says what a deployment would do: `deploy --dry-run`.
pub(super) async fn show(args: &PlanArgs, global: &Global, ui: &Ui) -> Result<(), CliError> {
    Planned::make(args, global, ServiceNotes::Print, ui).await?.show(ui).await
}

/// What is to be deployed, and what that comes to.
pub(super) struct Planned {
    pub(super) session: Session,
    pub(super) desired: Desired,
    pub(super) observed: Observed,
    pub(super) plan: Plan,
}

impl Planned {
    /// Packages first: what is wrong with the project shows before anything is called.
    pub(super) async fn make(args: &PlanArgs, global: &Global, notes: ServiceNotes, ui: &Ui) -> Result<Self, CliError> {
        let project = Project::find(global, RuntimeChoice::Deployable(args.runtime), ui)?;
        if notes == ServiceNotes::Print {
            project.print_notes(ui);
            runtimes::note_old_sdk(&project, Functions::All, args.package.as_deref(), ui);
        }
        if global.local {
            runtimes::prepare(&project, Functions::All, args.package.as_deref(), ui).await?;
        }
        let zips = artefacts::zips(&project, args.package.as_deref(), args.target.as_deref(), ui).await?;
        let artefacts = zips.into_iter().map(|(key, zip)| (key, zip.artefact)).collect();
        let measured = measured_stack(estimated_stack(&project, global).await?);
        limits::check(&project.service, &project.definitions, &artefacts, &measured)?;
        let session = Session::of(project, global, ui).await?;
        let project = &session.project;
        let stack = &session.stack;
        let desired = desired(&project.service, &project.definitions, &artefacts, stack)?;
        let observing =
            async |events| observe(&session.aws, stack, &project.service, &RecentChanges::default(), &events).await;
        let observed = with_progress(ui, 0, observing).await?;
        let mut plan = plan(&desired, &observed, stack, args.foreign())?;
        if global.local {
            plan.notes.extend(unserved_tasks(project, stack));
        }
        Ok(Self { desired, observed, plan, session })
    }

    async fn show(&self, ui: &Ui) -> Result<(), CliError> {
        let in_flight = InFlight::of(&self.session, ui, &self.plan).await;
        if ui.is_json() {
            return ui.json(&json!({
                "steps": self.plan.steps, "notes": self.plan.notes, "executionsInFlight": in_flight,
            }));
        }
        print(&self.plan, ui)?;
        in_flight.map_or(Ok(()), |it| ui.told(it.sentence()))
    }
}

/// What the embedded cloud can't do of the definitions, which AWS could.
fn unserved_tasks(project: &Project, stack: &Stack) -> Vec<String> {
    let calls = project.definitions.values().flat_map(|definition| &definition.calls);
    let unserved = calls.filter_map(|call| {
        let resource = call.resolve(stack).resource;
        (!cloud_server::serves_task(&resource)).then(|| {
            format!(
                "warning: {}: the state `{}` uses {resource}, which the embedded cloud does not serve: an execution that \
                 comes to it fails with States.Runtime, which no Catch takes. On AWS it works.",
                call.at, call.state
            )
        })
    });
    unserved.collect()
}

/// What is done to each resource, and what there is to know; what stays as it is only where more is to be said.
///
/// # Errors
/// stdout can't be written.
pub(super) fn print(plan: &Plan, ui: &Ui) -> Result<(), CliError> {
    let steps = plan.steps.iter().filter(|step| ui.is_verbose() || step.change.doing().is_some());
    steps.map(|step| shown(step, ui.width())).try_for_each(|line| ui.result(line))?;
    ui.told(plan.summary())?;
    plan.notes.iter().try_for_each(|note| ui.told(note))
}

/// How far a resource's name stands from the left.
const INDENT: usize = "update  state machine  ".len();

/// A step on one line; the fields in which it differs go on below where there is no room.
fn shown(step: &Step, room: Option<usize>) -> String {
    let (tone, action) = match step.change.doing() {
        None => (Tone::Faint, "keep".to_owned()),
        Some(action @ Action::Create) => (Tone::Good, action.to_string()),
        Some(action @ Action::Delete) => (Tone::Bad, action.to_string()),
        Some(action @ (Action::Update | Action::Adopt)) => (Tone::Warning, action.to_string()),
    };
    let differences: Vec<String> = step.change.differences().iter().map(ToString::to_string).collect();
    let differences = if differences.is_empty() { String::new() } else { format!(": {}", differences.join(", ")) };
    let text = wrapped(&visible(&format!("{}{differences}", step.name)), room.map(|room| room.saturating_sub(INDENT)));
    let text = text.replace('\n', &format!("\n{:INDENT$}", ""));
    format!("{}  {:<13}  {text}", toned(tone, format!("{action:<6}")), step.resource.kind())
}
