//! The children of Map Runs: executions of their own, started, stopped and told of by the execution that runs the map.

use std::sync::Arc;

use asl::{ChildRequest, ChildType, ExecutionContext, Input, Outcome};
use jiff::Timestamp;

use super::calls::Work;
use super::step::Loaded;
use super::{ExecutionKey, Message};
use crate::local::Cloud;
use crate::local::error::ServiceError;
use crate::local::sfn::execution::{ExecutionRow, Item, Stage, Summary};
use crate::local::sfn::names::ExecutionReference;
use crate::local::sfn::{express, refusal};
use aws::clock;

/// A child to start.
#[derive(Debug, Clone)]
pub(in crate::local::sfn) struct ItemStart {
    request: ChildRequest,
    parent: ExecutionKey,
    context: ExecutionContext,
    seed: u64,
    revision: u64,
}

impl ItemStart {
    /// What the parent asks for.
    pub(in crate::local::sfn) fn new(
        request: ChildRequest,
        parent: &ExecutionKey,
        revision: u64,
        execution: &asl::Execution,
    ) -> Self {
        let (context, seed) = (execution.context().clone(), execution.seed());
        Self { request, parent: parent.clone(), context, seed, revision }
    }

    /// Its start, as the language engine takes it.
    pub(in crate::local::sfn) fn start(&self, now: Timestamp) -> asl::Start {
        self.request.start(&self.context, self.seed, now)
    }

    /// The Map state whose items are worked on.
    pub(in crate::local::sfn) fn map_state(&self) -> &str {
        &self.request.state
    }

    /// The execution that runs the map.
    pub(in crate::local::sfn) fn parent(&self) -> &ExecutionKey {
        &self.parent
    }

    /// Which of its children it is.
    pub(super) fn child(&self) -> asl::ChildId {
        self.request.child
    }

    /// The revision that the execution runs.
    pub(in crate::local::sfn) fn revision(&self) -> u64 {
        self.revision
    }

    /// What the parent waits for.
    pub(super) fn work(&self) -> Work {
        Work::Item(self.request.child)
    }

    fn key(&self) -> Result<ExecutionKey, ServiceError> {
        let reference = ExecutionReference::parse(&self.request.execution_arn)?;
        Ok(ExecutionKey::new(&reference.machine, &reference.name))
    }
}

/// Starts a child, unless it is there already. An express one runs in memory, and again after a restart.
pub(super) fn begin(cloud: &Arc<Cloud>, item: ItemStart) {
    let driver = &cloud.step_functions.driver;
    let work = item.work();
    if item.request.child_type == ChildType::Express {
        let (cloud, parent) = (Arc::clone(cloud), item.parent.clone());
        return driver.calls.begin(&parent, work, async move {
            if let Some(outcome) = express::run_item(&cloud, &item).await {
                tell(&cloud, &item.parent, item.request.child, outcome);
            }
        });
    }
    match item.key() {
        Ok(key) => {
            driver.children.link(&item.parent, work, &key);
            driver.post(cloud, &key, Message::StartItem(Box::new(item)));
        }
        Err(error) => tell(cloud, &item.parent, item.request.child, not_started(&error)),
    }
}

/// Tells the execution that runs the map how a child has ended.
pub(super) fn tell(cloud: &Arc<Cloud>, parent: &ExecutionKey, child: asl::ChildId, outcome: Outcome) {
    let ended = Input::ChildEnded { child, outcome };
    cloud.step_functions.driver.post(cloud, parent, Message::Input(ended));
}

/// The outcome of a child that could not be started.
pub(in crate::local::sfn) fn not_started(error: &ServiceError) -> Outcome {
    let failure = asl::Failure { error: Some("States.Runtime".to_owned()), cause: Some(error.message.clone()) };
    Outcome::Failed(failure)
}

/// Begins a child's execution.
pub(super) fn start(
    cloud: &Arc<Cloud>,
    key: &ExecutionKey,
    item: &ItemStart,
) -> Result<(Loaded, Vec<asl::Effect>), ServiceError> {
    let step_functions = &cloud.step_functions;
    let (machine, _) = key.parts();
    let sequence = step_functions.index().begin_start(machine);
    let now = clock::now();
    let begun = step_functions.prepared(machine, item.revision).and_then(|prepared| {
        let definition = prepared.definition(step_functions);
        let started = asl::Execution::start_child(&definition, item.map_state(), item.start(now));
        drop(definition);
        let (execution, effects) = started.map_err(|error| refusal::invalid_input(&error.to_string()))?;
        let map_run = item.request.map_run_arn.rsplit(':').next().map(Box::from);
        let summary = Summary {
            status: asl::Status::Running,
            started_at: now,
            stopped_at: None,
            revision: item.revision,
            version: None,
            alias: None,
            map_run,
            sequence,
        };
        let place = Item {
            execution: item.parent.clone(),
            child: item.request.child,
            map_run_arn: Arc::clone(&item.request.map_run_arn),
        };
        let stage = Stage::Running(Box::new(execution));
        let row = ExecutionRow { summary, origin: None, item: Some(Box::new(place)), stage };
        Ok((Loaded { row, prepared }, effects))
    });
    if begun.is_err() {
        step_functions.index().end(machine);
    }
    begun
}
