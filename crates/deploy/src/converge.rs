//! Applies plans until the stack is as desired, and observes it again to prove it. Whatever interrupted the last run and
//! whatever somebody else does meanwhile, each round begins with what exists.

use std::time::Duration;

use crate::apply::apply;
use crate::desired::Desired;
use crate::desired::resource::Resource;
use crate::error::DeployError;
use crate::event::{Event, Events, WaitingFor, milliseconds};
use crate::observe::{Observed, RecentChanges, Unread, observe};
use crate::plan::remove::plan_removal;
use crate::plan::{Change, ForeignResources, Plan, plan};
use crate::trace::TARGET;
use aws::clock;
use aws::{Aws, AwsErrorKind};
use model::deployment::DeploymentId;
use model::service::Service;
use model::stack::Stack;

/// How many plans are applied before it is clear that somebody else works against this one.
const MAX_ROUNDS: u32 = 8;

/// How often a stack is observed before a difference counts as one, and not as an answer that is out of date.
const MAX_OBSERVATIONS: u32 = 12;

/// What a deployment or removal works on.
#[derive(Debug, Clone, Copy)]
pub struct Deployer<'a> {
    /// The clients.
    pub aws: &'a Aws,
    /// The deployment's names.
    pub stack: &'a Stack,
    /// What is declared.
    pub service: &'a Service,
}

/// What a removal came to.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Removal {
    /// What was deleted, round by round.
    pub plans: Vec<Plan>,
    /// What could not be read: it may be there still.
    pub unread: Vec<Unread>,
}

impl Deployer<'_> {
    async fn observe(self, recent: &RecentChanges, events: &Events) -> Result<Observed, DeployError> {
        observe(self.aws, self.stack, self.service, recent, events).await
    }

    /// Applies a plan and every later one until everything is as desired; returns what exists then.
    ///
    /// # Errors
    /// A step that fails for good; something that keeps changing.
    pub async fn deploy(
        self,
        desired: &Desired,
        first: &Plan,
        foreign: ForeignResources,
        deployment: DeploymentId,
        events: &Events,
    ) -> Result<Observed, DeployError> {
        let mut next = first.clone();
        let mut recent = RecentChanges::default();
        for round in 1..=MAX_ROUNDS {
            recent.deleted.extend(deleted(&next));
            let applied = apply(self.aws, self.stack, &next, deployment, events).await;
            let is_complete = match applied {
                Ok(applied) => {
                    recent.api = applied.api;
                    recent.created.extend(applied.created);
                    true
                }
                Err(error) if !is_concurrent_change(&error) => return Err(error),
                Err(error) if round == MAX_ROUNDS => return Err(concurrent_change(&next, error.to_string())),
                Err(error) => {
                    tracing::info!(target: TARGET, round, %error, "the plan is out of date; observing again");
                    false
                }
            };
            if !is_complete {
                self.pause(round, WaitingFor::OtherChange, events).await;
            }
            let replan = |observed: &Observed| plan(desired, observed, self.stack, foreign);
            let (observed, left) = self.wait_until_consistent(&recent, replan, is_complete, events).await?;
            if left.is_empty() {
                return Ok(observed);
            }
            // A surplus resource may be an answer that is out of date after all.
            if is_complete {
                self.pause(round, WaitingFor::Settled, events).await;
            }
            next = left;
        }
        Err(concurrent_change(&next, "what was made or changed is different again".to_owned()))
    }

    /// Observes and plans until nothing is left to do, for as long as AWS's answers may be out of date. A surplus resource is
    /// not such an answer: something else created it.
    async fn wait_until_consistent(
        self,
        recent: &RecentChanges,
        replan: impl Fn(&Observed) -> Result<Plan, DeployError>,
        is_complete: bool,
        events: &Events,
    ) -> Result<(Observed, Plan), DeployError> {
        for attempt in 1..MAX_OBSERVATIONS {
            let observed = self.observe(recent, events).await?;
            let left = replan(&observed)?;
            let is_surplus = left.steps.iter().any(|step| step.change == Change::Delete);
            if !is_complete || left.is_empty() || is_surplus {
                return Ok((observed, left));
            }
            self.pause(attempt, WaitingFor::Settled, events).await;
        }
        let observed = self.observe(recent, events).await?;
        let left = replan(&observed)?;
        Ok((observed, left))
    }

    /// Waits a little longer each time: 0.25, 0.5, 1, then 2 seconds.
    async fn pause(self, times: u32, until: WaitingFor, events: &Events) {
        let delay = Duration::from_millis(2000.min(125 << times.min(4)));
        let what = format!("stack {}", self.stack.name());
        events.emit(Event::Waiting { what, until, waited_ms: milliseconds(delay) });
        clock::pause(delay).await;
    }

    /// Deletes everything, observes again, and deletes what has come back: lists may be some seconds out of date, a function
    /// that was still writing brings its log group back, and somebody may deploy meanwhile.
    ///
    /// # Errors
    /// A step that fails for good; something that does not go or comes back each time.
    pub async fn remove(
        self,
        first: &Plan,
        keep_logs: bool,
        deployment: DeploymentId,
        events: &Events,
    ) -> Result<Removal, DeployError> {
        let mut done = vec![first.clone()];
        let mut recent = RecentChanges::default();
        for round in 1..=MAX_OBSERVATIONS {
            let plan = done.last().cloned().unwrap_or_default();
            recent.deleted.extend(deleted(&plan));
            match apply(self.aws, self.stack, &plan, deployment, events).await {
                Err(error) if !is_concurrent_change(&error) => return Err(error),
                Err(error) if round == MAX_OBSERVATIONS => return Err(concurrent_change(&plan, error.to_string())),
                Err(error) => tracing::info!(target: TARGET, round, %error, "the plan is out of date; observing again"),
                Ok(_) => {}
            }
            let observed = self.observe(&recent, events).await?;
            let unread = observed.doubtful(self.stack);
            let left = plan_removal(&observed.ours(self.stack), self.stack, keep_logs);
            if left.steps.is_empty() {
                return Ok(Removal { plans: done, unread });
            }
            done.push(left);
            self.pause(round, WaitingFor::Settled, events).await;
        }
        let left = done.last().map(names).unwrap_or_default();
        Err(DeployError::NotDeleted(left))
    }
}

/// Whether a step failed because what it was to change is gone, or what it was to make is there: the plan is no longer about
/// what exists.
fn is_concurrent_change(error: &DeployError) -> bool {
    match error {
        DeployError::Aws(error) => matches!(error.kind, AwsErrorKind::NotFound | AwsErrorKind::Conflict),
        _ => false,
    }
}

fn concurrent_change(left: &Plan, why: String) -> DeployError {
    let why = format!("{}; another deploy or remove seems to be at work", why.trim_end_matches('.'));
    DeployError::ConcurrentChange { what: names(left).join(", "), why }
}

/// What a plan deletes: it is searched for again, even where no name gives it away any more.
fn deleted(plan: &Plan) -> impl Iterator<Item = Resource> {
    plan.steps.iter().filter(|step| step.change == Change::Delete).map(|step| step.resource.clone())
}

/// What a plan changes.
fn names(plan: &Plan) -> Vec<String> {
    let changes = plan.steps.iter().filter(|step| step.change != Change::Keep);
    changes.map(|step| format!("{} {}", step.resource.kind(), step.name)).collect()
}
