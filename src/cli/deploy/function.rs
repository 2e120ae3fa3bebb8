//! `workshop deploy function`: one function's code, published and live, without looking at the rest of the stack.

use std::time::Duration;

use ::runtimes::Runtime;
use clap::Args;
use serde_json::json;

use crate::cli::deploy::in_flight::InFlight;
use crate::cli::deploy::plan::PlanArgs;
use crate::cli::deploy::progress::with_progress;
use crate::cli::error::CliError;
use crate::cli::global::Global;
use crate::cli::session::Session;
use crate::cli::session::artefacts;
use crate::cli::session::project::{Project, RuntimeChoice};
use crate::cli::session::runtimes::{self, Functions};
use crate::cli::ui::{Tone, Ui, toned};
use aws::clock;
use aws::function_versions;
use deploy::{
    Change, Desired, Events, FunctionScope, ObservedPart, Plan, Resource, apply, desired, limits, observe_function,
    plan_function,
};
use model::deployment::DeploymentId;
use model::names::Key;
use model::stack::LIVE;

/// Options of `deploy function`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  workshop deploy function -f sendEmail                     its code only
  workshop deploy function -f sendEmail --update-config     also memory, timeout, environment

It publishes a version, makes it live, and leads the state machines that name the function to it.
Nothing else is looked at; `workshop deploy` does that.")]
pub(crate) struct FunctionArgs {
    /// The function, as the service file names it
    #[arg(short, long, value_name = "NAME")]
    function: String,
    /// Also change its memory, timeout, environment and whatever else the service file says of it
    #[arg(short, long)]
    update_config: bool,
    #[command(flatten)]
    source: Source,
}

/// Where the code comes from.
#[derive(Debug, Args)]
struct Source {
    /// Deploy the zip in this folder (named as the function) instead of building
    #[arg(short, long, value_name = "DIR")]
    package: Option<std::path::PathBuf>,
    /// The Rust target to build the function for, such as x86_64-unknown-linux-musl
    #[arg(long, value_name = "TRIPLE", env = "WORKSHOP_LAMBDA_TARGET")]
    target: Option<String>,
    /// The runtime of every function of its language, instead of the one that the service file names
    #[arg(long, value_name = "RUNTIME", value_parser = runtimes::parse)]
    runtime: Option<Runtime>,
}

/// Runs `workshop deploy function`.
pub(crate) async fn run(args: &FunctionArgs, global: &Global, ui: &Ui) -> Result<(), CliError> {
    let scope = if args.update_config { FunctionScope::CodeAndConfiguration } else { FunctionScope::Code };
    let Source { package, target, runtime } = &args.source;
    let plan = PlanArgs { package: package.clone(), adopt: false, target: target.clone(), runtime: *runtime };
    deploy(&args.function, scope, &plan, global, ui).await
}

/// Runs `workshop deploy --function NAME`.
pub(crate) async fn code(function: &str, plan: &PlanArgs, global: &Global, ui: &Ui) -> Result<(), CliError> {
    deploy(function, FunctionScope::Code, plan, global, ui).await
}

async fn deploy(
    function: &str,
    scope: FunctionScope,
    args: &PlanArgs,
    global: &Global,
    ui: &Ui,
) -> Result<(), CliError> {
    let since = clock::now();
    let project = Project::find(global, RuntimeChoice::Deployable(args.runtime), ui)?;
    project.print_notes(ui);
    let session = Session::of(project, global, ui).await?;
    let key = session.function(function)?.clone();
    runtimes::note_old_sdk(&session.project, Functions::One(&key), args.package.as_deref(), ui);
    if global.local {
        runtimes::prepare(&session.project, Functions::One(&key), args.package.as_deref(), ui).await?;
    }
    let wanted = wanted(&session, &key, args, ui).await?;
    let observing = async |events| part(&session, &key, &events).await;
    let Some(part) = with_progress(ui, 0, observing).await? else {
        return Err(session.not_deployed(global));
    };
    let plan = plan_function(&key, &wanted, &part, scope, &session.stack)?;
    let mut in_flight = None;
    if !plan.is_empty() {
        let work = async |events| {
            let applied = apply(&session.aws, &session.stack, &plan, DeploymentId::new(since), &events);
            let (applied, in_flight) = tokio::join!(applied, InFlight::of(&session, ui, &plan));
            applied.map(|_| in_flight)
        };
        in_flight = with_progress(ui, plan.steps.len() - plan.count(None), work).await?;
    }
    let name = session.stack.function_name(&key);
    let live = function_versions::alias(&session.aws.lambda, &name, LIVE).await?;
    let elapsed = Duration::try_from(clock::now().duration_since(since)).unwrap_or_default();
    print(&FunctionResult { key: &key, plan: &plan, live, in_flight, elapsed }, ui)
}

/// What the function shall be. Functions are built together, so that each has the same bytes as in a whole deployment.
async fn wanted(session: &Session, key: &Key, args: &PlanArgs, ui: &Ui) -> Result<Desired, CliError> {
    let mut project: Project = session.project.clone();
    if args.package.is_some() {
        project.service.functions.retain(|other, _| other == key);
    }
    let zips = artefacts::zips(&project, args.package.as_deref(), args.target.as_deref(), ui).await?;
    project.service.functions.retain(|other, _| other == key);
    project.service.routes.clear();
    let artefacts = zips.into_iter().map(|(key, zip)| (key, zip.artefact)).collect();
    limits::check(&project.service, &project.definitions, &artefacts, &session.stack)?;
    Ok(desired(&project.service, &project.definitions, &artefacts, &session.stack)?)
}

async fn part(session: &Session, key: &Key, events: &Events) -> Result<Option<ObservedPart>, deploy::DeployError> {
    let machines = session.project.service.state_machines.keys().cloned();
    let found = observe_function(&session.aws, &session.stack, key, machines, events).await?;
    Ok(found.map(|(function, state_machines)| ObservedPart { function, state_machines }))
}

struct FunctionResult<'a> {
    key: &'a Key,
    plan: &'a Plan,
    live: Option<u64>,
    in_flight: Option<InFlight>,
    elapsed: Duration,
}

fn print(result: &FunctionResult<'_>, ui: &Ui) -> Result<(), CliError> {
    let FunctionResult { key, plan, live, in_flight, elapsed } = result;
    if ui.is_json() {
        let elapsed_ms = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
        return ui.json(&json!({
            "function": key.as_str(), "changed": !plan.is_empty(), "version": live, "elapsedMs": elapsed_ms, "plan": plan,
            "executionsInFlight": in_flight,
        }));
    }
    let seconds = toned(Tone::Faint, format!("({:.1}s)", elapsed.as_secs_f64()));
    if plan.is_empty() {
        return ui.told(format!("Nothing to deploy: the function {key} has this code already. {seconds}"));
    }
    let version = live.map(|version| format!("version {version} is live")).unwrap_or_default();
    let headline = toned(Tone::Good, format!("Function {key} deployed: {version}."));
    let machines =
        plan.steps.iter().filter(|step| step.change != Change::Keep).filter_map(|step| match &step.resource {
            Resource::StateMachine(key) => Some(key.as_str()),
            _ => None,
        });
    let machines: Vec<&str> = machines.collect();
    let led = match machines.as_slice() {
        [] => String::new(),
        [only] => format!(" The state machine {only} leads to it."),
        several => format!(" The state machines {} lead to it.", several.join(", ")),
    };
    ui.told(format!("{headline}{led} {seconds}"))?;
    in_flight.iter().for_each(|it| ui.note(it.sentence()));
    Ok(())
}
