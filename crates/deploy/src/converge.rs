//! Carries out plans until what is there is what shall be, and looks again to prove it. Whatever cut the last run off,
//! whatever somebody else does meanwhile: each round begins with what is there.

use std::time::Duration;

use super::apply::apply;
use super::desired::Desired;
use super::error::DeployError;
use super::event::{Event, Events, WaitingFor, milliseconds};
use super::observe::{Known, Observed, observe};
use super::plan::{Change, Foreign, Plan, plan};
use super::remove::removal;
use aws::clock;
use aws::{Aws, AwsErrorKind};
use model::deployment::DeploymentId;
use model::names::Key;
use model::service::Service;
use model::stack::Stack;

/// How many plans are carried out before it is clear that somebody else works against this one.
const ROUNDS: u32 = 8;

/// How often a deployment is looked at before what differs is taken for a difference and not for an answer that is behind.
const LOOKS: u32 = 12;

/// What a deployment or removal works on.
#[derive(Debug, Clone, Copy)]
pub struct Site<'a> {
    /// The clients.
    pub aws: &'a Aws,
    /// The deployment's names.
    pub stack: &'a Stack,
    /// What is declared.
    pub service: &'a Service,
}

impl Site<'_> {
    async fn look(self, known: &Known, events: &Events) -> Result<Observed, DeployError> {
        observe(self.aws, self.stack, self.service, known, events).await
    }

    /// Carries out a plan and every later one until everything is as desired; answers with what is there then.
    ///
    /// # Errors
    /// A step that fails for good; something that keeps changing.
    pub async fn deploy(
        self,
        desired: &Desired,
        first: &Plan,
        foreign: Foreign,
        deployment: DeploymentId,
        events: &Events,
    ) -> Result<Observed, DeployError> {
        let (mut next, mut known) = (first.clone(), Known::default());
        for round in 1..=ROUNDS {
            known.deleted.extend(deleted(&next));
            let applied = apply(self.aws, self.stack, &next, deployment, events).await;
            let patient = match applied {
                Ok(applied) => {
                    known.api = applied.api;
                    true
                }
                Err(error) if !is_overtaken(&error) => return Err(error),
                Err(error) if round == ROUNDS => return Err(overtaken(&next, error.to_string())),
                Err(_) => false,
            };
            if !patient {
                self.pause(round, WaitingFor::OtherChange, events).await;
            }
            let looked = |observed: &Observed| plan(desired, observed, self.stack, foreign);
            let (observed, left) = self.settled(&known, looked, patient, events).await?;
            if left.is_empty() {
                return Ok(observed);
            }
            // What seems to be there too much may be an answer that is behind after all.
            if patient {
                self.pause(round, WaitingFor::Settled, events).await;
            }
            next = left;
        }
        Err(overtaken(&next, "what was made or changed is different again".to_owned()))
    }

    /// Looks until nothing is left to do, for as long as AWS's answers may be behind. What is there too much is no such
    /// answer's fault: something else made it.
    async fn settled(
        self,
        known: &Known,
        looked: impl Fn(&Observed) -> Result<Plan, DeployError>,
        patient: bool,
        events: &Events,
    ) -> Result<(Observed, Plan), DeployError> {
        for look in 1..LOOKS {
            let observed = self.look(known, events).await?;
            let left = looked(&observed)?;
            let too_much = left.steps.iter().any(|step| step.change == Change::Delete);
            if !patient || left.is_empty() || too_much {
                return Ok((observed, left));
            }
            self.pause(look, WaitingFor::Settled, events).await;
        }
        let observed = self.look(known, events).await?;
        let left = looked(&observed)?;
        Ok((observed, left))
    }

    /// Waits a little longer each time: 0.25, 0.5, 1, then 2 seconds.
    async fn pause(self, times: u32, until: WaitingFor, events: &Events) {
        let delay = Duration::from_millis(2000.min(125 << times.min(4)));
        let (what, waited_ms) = (format!("stack {}", self.stack.name()), milliseconds(delay));
        events.tell(Event::Waiting { what, until, waited_ms });
        clock::pause(delay).await;
    }

    /// Deletes everything, looks again, and deletes what has come back: lists may be some seconds behind, a function that was
    /// still writing brings its log group back, and somebody may deploy meanwhile.
    ///
    /// # Errors
    /// A step that fails for good; something that does not go or comes back each time.
    pub async fn remove(
        self,
        first: &Plan,
        keep_logs: bool,
        deployment: DeploymentId,
        events: &Events,
    ) -> Result<Vec<Plan>, DeployError> {
        let (mut done, mut known) = (vec![first.clone()], Known::default());
        for round in 1..=LOOKS {
            let plan = done.last().cloned().unwrap_or_default();
            known.deleted.extend(deleted(&plan));
            match apply(self.aws, self.stack, &plan, deployment, events).await {
                Err(error) if !is_overtaken(&error) => return Err(error),
                Err(error) if round == LOOKS => return Err(overtaken(&plan, error.to_string())),
                _ => {}
            }
            let left = removal(&self.look(&known, events).await?.ours(self.stack), self.stack, keep_logs);
            if left.steps.is_empty() {
                return Ok(done);
            }
            done.push(left);
            self.pause(round, WaitingFor::Settled, events).await;
        }
        let left = done.last().map(names).unwrap_or_default();
        Err(DeployError::StillThere(left))
    }
}

/// Whether a step failed because what it was to change is gone, or what it was to make is there: the plan is no longer about
/// what is there.
fn is_overtaken(error: &DeployError) -> bool {
    match error {
        DeployError::Aws(error) => matches!(error.kind, AwsErrorKind::NotFound | AwsErrorKind::Conflict),
        _ => false,
    }
}

fn overtaken(left: &Plan, why: String) -> DeployError {
    let why = format!("{}; another deploy or remove seems to be at work", why.trim_end_matches('.'));
    DeployError::Overtaken { what: names(left).join(", "), why }
}

/// The keys of what a plan deletes: it is looked for again, even where no name gives it away any more.
fn deleted(plan: &Plan) -> impl Iterator<Item = Key> {
    plan.steps.iter().filter(|step| step.change == Change::Delete).filter_map(|step| step.resource.key().cloned())
}

/// What a plan changes.
fn names(plan: &Plan) -> Vec<String> {
    let changes = plan.steps.iter().filter(|step| step.change != Change::Keep);
    changes.map(|step| format!("{} {}", step.resource.kind(), step.name)).collect()
}
