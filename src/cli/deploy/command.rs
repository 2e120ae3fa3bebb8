//! `workshop deploy` itself: packages what changed and makes the cloud match the service.

use std::time::Duration;

use serde_json::{Value, json};

use super::in_flight::InFlight;
use super::plan::{PlanArgs, Planned, ServiceNotes};
use super::progress::with_progress;
use crate::cli::deploy::report;
use crate::cli::error::CliError;
use crate::cli::global::Global;
use crate::cli::ui::{Tone, Ui, toned};
use aws::clock;
use deploy::{Deployer, EndpointState, Plan, Report, probe_endpoint, prune_after_deploy};
use model::deployment::DeploymentId;

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
    endpoint: EndpointState,
}

/// Packages, deploys and prints what came of it.
pub(super) async fn run(args: &PlanArgs, global: &Global, ui: &Ui) -> Result<(), CliError> {
    once(args, global, ServiceNotes::Print, ui).await?.print(ui)
}

/// Packages and deploys.
pub(super) async fn once(args: &PlanArgs, global: &Global, notes: ServiceNotes, ui: &Ui) -> Result<Outcome, CliError> {
    let since = clock::now();
    let Planned { session, desired, observed, plan } = Planned::make(args, global, notes, ui).await?;
    let service = &session.project.service;
    let stack = &session.stack;
    let aws = &session.aws;
    let mut done = (observed, None, None, EndpointState::Unchanged);
    if !plan.is_empty() {
        let deployer = Deployer { aws, stack, service };
        let steps = plan.steps.len() - plan.count(None);
        let work = async |events| {
            let deployed = deployer.deploy(&desired, &plan, args.foreign(), DeploymentId::new(since), &events);
            let (observed, in_flight) = tokio::join!(deployed, InFlight::of(&session, ui, &plan));
            let observed = observed?;
            let pruned = prune_after_deploy(aws, stack, &observed, &events);
            let endpoint = probe_endpoint(aws, stack, service, &plan, &observed, &events);
            let (pruned, endpoint) = tokio::join!(pruned, endpoint);
            Ok((observed, in_flight, pruned, endpoint))
        };
        done = with_progress(ui, steps, work).await?;
    }
    let (observed, in_flight, pruned, endpoint) = done;
    let report = report::callable(Report::observed(service, stack, &observed, aws.endpoint.is_none()), global).await;
    let elapsed = Duration::try_from(clock::now().duration_since(since)).unwrap_or_default();
    Ok(Outcome { plan, in_flight, elapsed, report, pruned, endpoint })
}

impl Outcome {
    /// Prints all of it.
    pub(super) fn print(&self, ui: &Ui) -> Result<(), CliError> {
        if ui.is_json() {
            return ui.json(&self.as_json());
        }
        let seconds = format!("({:.1}s)", self.elapsed.as_secs_f64());
        let headline = if self.plan.is_empty() {
            format!("Nothing to deploy: stack {} is as the service file says.", self.report.stack)
        } else {
            format!("Service deployed to stack {}", self.report.stack)
        };
        let notes = self.notes().map(|note| format!("\n{note}")).collect::<String>();
        ui.note(format!("{} {}{notes}\n", toned(Tone::Good, headline), toned(Tone::Faint, seconds)));
        report::print(&self.report, ui)
    }

    /// What the user should know in addition to what was done.
    pub(super) fn notes(&self) -> impl Iterator<Item = String> {
        let in_flight = self.in_flight.as_ref().map(|it| it.sentence());
        let endpoint = endpoint_note(self.endpoint).map(str::to_owned);
        self.plan.notes.iter().cloned().chain(self.pruned.clone()).chain(in_flight).chain(endpoint)
    }

    /// The same for programs.
    pub(super) fn as_json(&self) -> Value {
        let elapsed_ms = u64::try_from(self.elapsed.as_millis()).unwrap_or(u64::MAX);
        json!({
            "changed": !self.plan.is_empty(), "elapsedMs": elapsed_ms, "plan": self.plan, "info": self.report,
            "executionsInFlight": self.in_flight, "pruned": self.pruned, "endpoint": self.endpoint,
        })
    }
}

/// What to tell of a new endpoint that is not known to answer.
fn endpoint_note(endpoint: EndpointState) -> Option<&'static str> {
    match endpoint {
        EndpointState::Unchanged | EndpointState::Answers => None,
        EndpointState::Silent => Some(
            "The endpoint does not answer yet, although everything is deployed: AWS may need some more time. \
             `workshop start` tries again by itself.",
        ),
        EndpointState::NotAsked => Some(
            "The endpoint was not tried: each request to it would run a function. It may answer 404 or 500 for some seconds.",
        ),
    }
}
