//! What was running when the cloud ended, as far as something outside has to go on: tasks, children, and who waits.

use std::sync::Arc;

use asl::{ChildId, ChildRequest, ChildType, MapRunId, TaskId, TaskPhase, TaskRequest};
use cloud_core::ServiceError;
use jiff::Timestamp;

use super::integration::mocks::MockedRun;
use super::rows::execution::{ExecutionKey, ExecutionState, RecoveryRow};
use super::wire::names::ExecutionReference;

/// What an execution waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Work {
    /// A task.
    Task(TaskId),
    /// A child of a Map Run.
    Child(ChildId),
}

/// A child of a Map Run to start.
#[derive(Debug, Clone)]
pub(crate) struct MapChildStart {
    request: ChildRequest,
    parent: ExecutionKey,
    context: asl::ExecutionContext,
    seed: u64,
    revision: u64,
    /// What answers the tasks of a test.
    mocks: Option<Arc<MockedRun>>,
}

impl MapChildStart {
    /// What the parent asks for.
    pub(crate) fn new(request: ChildRequest, parent: &ExecutionKey, revision: u64, execution: &asl::Execution) -> Self {
        let context = execution.context().clone();
        Self { request, parent: parent.clone(), context, seed: execution.seed(), revision, mocks: None }
    }

    /// With what answers the tasks of a test.
    pub(crate) fn with_mocks(self, mocks: Option<&MockedRun>) -> Self {
        Self { mocks: mocks.map(|mocks| Arc::new(mocks.for_child())), ..self }
    }

    /// What answers its tasks, if it is part of a test.
    pub(crate) fn mocks(&self) -> Option<&MockedRun> {
        self.mocks.as_deref()
    }

    /// Its start, as the language engine takes it.
    pub(crate) fn start(&self, now: Timestamp) -> asl::Start {
        self.request.start(&self.context, self.seed, now)
    }

    /// The Map state whose items are worked on.
    pub(crate) fn map_state(&self) -> &str {
        &self.request.state
    }

    /// The execution that runs the map.
    pub(crate) fn parent(&self) -> &ExecutionKey {
        &self.parent
    }

    /// Which of its children it is.
    pub(crate) fn child(&self) -> ChildId {
        self.request.child
    }

    /// The Map Run.
    pub(crate) fn map_run_arn(&self) -> &Arc<str> {
        &self.request.map_run_arn
    }

    /// Whether it runs in memory.
    pub(crate) fn is_express(&self) -> bool {
        self.request.child_type == ChildType::Express
    }

    /// The revision that the execution runs.
    pub(crate) fn revision(&self) -> u64 {
        self.revision
    }

    /// What the parent waits for.
    pub(crate) fn work(&self) -> Work {
        Work::Child(self.request.child)
    }

    /// The outcome of a child that could not be started.
    pub(crate) fn failed(error: &ServiceError) -> asl::Outcome {
        let error_name = Some("States.Runtime".to_owned());
        asl::Outcome::Failed(asl::Failure { error: error_name, cause: Some(error.message.clone()) })
    }

    /// The Map Run's id.
    pub(crate) fn map_run_id(&self) -> Option<Box<str>> {
        self.request.map_run_arn.rsplit(':').next().map(Box::from)
    }

    /// How many items it works on, where that is more than one.
    pub(crate) fn items(&self) -> Option<u64> {
        Some(self.request.items).filter(|items| *items != 1)
    }

    /// The key of its execution: an express one is listed under it.
    pub(crate) fn key(&self) -> Result<ExecutionKey, ServiceError> {
        let arn = &self.request.execution_arn;
        let reference = match self.is_express().then(|| arn.rsplit_once(':')).flatten() {
            // The last part tells it from others of its name, of which there are none.
            Some((arn, _)) => ExecutionReference::parse(&arn.replacen(":express:", ":execution:", 1))?,
            None => ExecutionReference::parse(arn)?,
        };
        Ok(ExecutionKey::new(&reference.machine, &reference.name))
    }
}

/// What has to go on, until the service resumes. Executions that only wait for a time are not in it: their timers are set.
#[derive(Debug, Default)]
pub(crate) struct Recovery {
    pub(crate) executions: Vec<RecoveredExecution>,
    pub(crate) links: Vec<ParentLink>,
}

impl Recovery {
    /// Takes in an execution that was running.
    ///
    /// # Errors
    /// When its state is none.
    pub(crate) fn add(&mut self, key: ExecutionKey, row: &RecoveryRow<'_>) -> Result<(), serde_json::Error> {
        let link = ParentLink::of(&key, row);
        if row.has_work
            && let ExecutionState::Running(execution) = serde_json::from_str(row.state.get())?
        {
            self.executions.push(RecoveredExecution::new(key, row.head.revision, &execution, row.mocks.clone()));
        }
        self.links.extend(link);
        Ok(())
    }
}

/// A Map Run that was under way when the cloud ended.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RecoveredMapRun {
    pub(crate) id: MapRunId,
    /// When it was started or redriven.
    pub(crate) begun_at: Timestamp,
    /// Whether it waited for its turn.
    pub(crate) is_queued: bool,
}

/// An execution that was running when the cloud ended, with something under way.
#[derive(Debug)]
pub(crate) struct RecoveredExecution {
    pub(crate) key: ExecutionKey,
    pub(crate) role_arn: Arc<str>,
    /// Tasks that were under way, and how far they were.
    pub(crate) tasks: Vec<(TaskRequest, TaskPhase)>,
    /// Children of Map Runs that are to be running.
    pub(crate) map_children: Vec<MapChildStart>,
    /// Its Map Runs under way.
    pub(crate) map_runs: Vec<RecoveredMapRun>,
    /// When it is woken next, and when it goes on by itself.
    pub(crate) wakes: [Option<Timestamp>; 2],
    /// What answers its tasks, if it is a test.
    pub(crate) mocks: Option<Box<MockedRun>>,
}

impl RecoveredExecution {
    fn new(key: ExecutionKey, revision: u64, execution: &asl::Execution, mocks: Option<Box<MockedRun>>) -> Self {
        let children = execution.running_children();
        let queued: Vec<MapRunId> = execution.queued_map_runs().collect();
        let map_runs = execution.map_runs().map(|run| RecoveredMapRun {
            id: run.id,
            begun_at: run.redriven_at.unwrap_or(run.started_at),
            is_queued: queued.contains(&run.id),
        });
        Self {
            map_runs: map_runs.collect(),
            role_arn: Arc::clone(&execution.context().role_arn),
            tasks: execution.running_tasks().map(|(request, phase)| (request.clone(), phase)).collect(),
            wakes: [execution.next_wake(), execution.next_wait()],
            map_children: children
                .map(|request| MapChildStart::new(request, &key, revision, execution).with_mocks(mocks.as_deref()))
                .collect(),
            key,
            mocks,
        }
    }
}

/// A running execution that another one waits for, or did.
#[derive(Debug)]
pub(crate) struct ParentLink {
    pub(crate) parent: ExecutionKey,
    pub(crate) work: Work,
    pub(crate) child: ExecutionKey,
    /// Whether it goes on after an end that a task was told of: it runs without anybody who waits.
    pub(crate) goes_on_alone: bool,
}

impl ParentLink {
    fn of(child: &ExecutionKey, row: &RecoveryRow<'_>) -> Option<Self> {
        let (parent, work) = match (&row.started_by, &row.map_child) {
            (Some(started_by), _) if started_by.is_awaited => {
                (started_by.execution.clone(), Work::Task(started_by.task))
            }
            (_, Some(map_child)) => (map_child.execution.clone(), Work::Child(map_child.child)),
            _ => return None,
        };
        let goes_on_alone = row.map_child.is_none() && row.head.redriven.is_some();
        Some(Self { parent, work, child: child.clone(), goes_on_alone })
    }
}
