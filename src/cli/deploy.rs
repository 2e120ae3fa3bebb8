//! `workshop deploy`: packages what changed and makes the cloud match the service.

use std::time::Duration;

use serde_json::{Value, json};

use super::args::Global;
use super::deploy_args::{Action, DeployArgs, PlanArgs};
use super::error::CliError;
use super::in_flight::InFlight;
use super::project::Project;
use super::session::Session;
use super::ui::{Tone, Ui, toned};
use super::{artefacts, deploy_function, deployments, info, print, prune, steps, watch};
use aws::clock;
use deploy::{
    Deployer, Desired, Observed, Plan, RecentChanges, Report, desired, limits, observe, plan, prune_after_deploy,
};
use model::deployment::DeploymentId;

/// Runs `workshop deploy` and the commands below it.
pub(crate) async fn run(args: &DeployArgs, global: &Global, ui: &Ui) -> Result<(), CliError> {
    args.refuse_stray_options()?;
    match (&args.action, &args.function) {
        (Some(Action::List(list)), _) => deployments::run(list, global, ui).await,
        (Some(Action::Prune(options)), _) => prune::run(options, global, ui).await,
        (Some(Action::Function(function)), _) => deploy_function::run(function, global, ui).await,
        (None, Some(name)) => deploy_function::code(name, &args.plan, global, ui).await,
        (None, None) if args.watch => watch::run(&args.plan, global, ui).await,
        (None, None) if args.dry_run => Planned::make(&args.plan, global, ui).await?.show(ui).await,
        (None, None) => once(&args.plan, global, ui).await?.tell(ui),
    }
}

/// What a deployment came to.
pub(super) struct Outcome {
    /// What was done.
    pub(super) plan: Plan,
    /// Executions that go on with the definition that they began with.
    pub(super) in_flight: Option<InFlight>,
    /// How long it took.
    pub(super) elapsed: Duration,
    report: Report,
    pruned: Option<String>,
}

/// Packages and deploys.
pub(super) async fn once(args: &PlanArgs, global: &Global, ui: &Ui) -> Result<Outcome, CliError> {
    let since = clock::now();
    let Planned { session, desired, observed, plan } = Planned::make(args, global, ui).await?;
    let (service, stack, aws) = (&session.project.service, &session.stack, &session.aws);
    let mut done = (observed, None, None);
    if !plan.is_empty() {
        let site = Deployer { aws, stack, service };
        let steps = plan.steps.len() - plan.count(None);
        let work = async |events| {
            let deployed = site.deploy(&desired, &plan, args.foreign(), DeploymentId::new(since), &events);
            let (observed, in_flight) = tokio::join!(deployed, InFlight::of(&session, &plan));
            let observed = observed?;
            let pruned = prune_after_deploy(aws, stack, &observed, &events).await;
            Ok((observed, in_flight, pruned))
        };
        done = steps::shown(ui, steps, work).await?;
    }
    let (observed, in_flight, pruned) = done;
    let report = Report::observed(service, stack, &observed, aws.endpoint.is_none());
    let elapsed = Duration::try_from(clock::now().duration_since(since)).unwrap_or_default();
    Ok(Outcome { plan, in_flight, elapsed, report, pruned })
}

/// `workshop diff`: says what a deployment would do.
pub(crate) async fn diff(args: &PlanArgs, global: &Global, ui: &Ui) -> Result<(), CliError> {
    Planned::make(args, global, ui).await?.show(ui).await
}

/// What is to be deployed, and what that comes to.
struct Planned {
    session: Session,
    desired: Desired,
    observed: Observed,
    plan: Plan,
}

impl Planned {
    /// Packages first: what is wrong with the project shows before anything is called.
    async fn make(args: &PlanArgs, global: &Global, ui: &Ui) -> Result<Self, CliError> {
        let project = Project::find()?;
        let zips = artefacts::zips(&project, args.package.as_deref(), args.target.as_deref(), ui).await?;
        let artefacts = zips.into_iter().map(|(key, zip)| (key, zip.artefact)).collect();
        let measured = print::measured_stack(&project, global).await?;
        limits::check(&project.service, &project.definitions, &artefacts, &measured)?;
        let session = Session::of(project, global, ui).await?;
        let (project, stack) = (&session.project, &session.stack);
        let desired = desired(&project.service, &project.definitions, &artefacts, stack)?;
        let look =
            async |events| observe(&session.aws, stack, &project.service, &RecentChanges::default(), &events).await;
        let observed = steps::shown(ui, 0, look).await?;
        let plan = plan(&desired, &observed, stack, args.foreign())?;
        Ok(Self { desired, observed, plan, session })
    }

    async fn show(&self, ui: &Ui) -> Result<(), CliError> {
        let in_flight = InFlight::of(&self.session, &self.plan).await;
        if ui.is_json() {
            return ui.json(&json!({
                "steps": self.plan.steps, "notes": self.plan.notes, "executionsInFlight": in_flight,
            }));
        }
        let in_flight = in_flight.map(|it| format!("\n{}", it.sentence(clock::now()))).unwrap_or_default();
        ui.result(format!("{}{}{in_flight}", self.plan, notes(&self.plan)))
    }
}

impl Outcome {
    /// Tells all of it.
    pub(super) fn tell(&self, ui: &Ui) -> Result<(), CliError> {
        if ui.is_json() {
            return ui.json(&self.as_json());
        }
        let seconds = format!("({:.1}s)", self.elapsed.as_secs_f64());
        let headline = if self.plan.is_empty() {
            format!("Nothing to deploy: stack {} is as the service file says.", self.report.stack)
        } else {
            format!("Service deployed to stack {}", self.report.stack)
        };
        let beside = self.beside().map(|note| format!("\n{note}")).collect::<String>();
        ui.note(format!("{} {}{beside}\n", toned(Tone::Good, headline), toned(Tone::Faint, seconds)));
        info::print(&self.report, ui)
    }

    /// What the user should know beside what was done.
    pub(super) fn beside(&self) -> impl Iterator<Item = String> {
        let in_flight = self.in_flight.as_ref().map(|it| it.sentence(clock::now()));
        self.plan.notes.iter().cloned().chain(self.pruned.clone()).chain(in_flight)
    }

    /// The same for programs.
    pub(super) fn as_json(&self) -> Value {
        let elapsed_ms = u64::try_from(self.elapsed.as_millis()).unwrap_or(u64::MAX);
        json!({
            "changed": !self.plan.is_empty(), "elapsedMs": elapsed_ms, "plan": self.plan, "info": self.report,
            "executionsInFlight": self.in_flight, "pruned": self.pruned,
        })
    }
}

fn notes(plan: &Plan) -> String {
    plan.notes.iter().map(|note| format!("\n{note}")).collect()
}
