//! Executions that another execution waits for: a task, which is told of their start and of their end, or a Map Run. They
//! stop when they are given up.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use asl::{Pattern, TaskPhase, TaskResource};

use super::calls::Work;
use super::{ExecutionKey, Interrupted, Message, items};
use crate::local::Cloud;
use crate::local::sfn::execution::{ExecutionRow, Stage};
use crate::local::sfn::integration;

/// The running children, by who waits for each.
#[derive(Debug, Default)]
pub(in crate::local::sfn) struct Children {
    running: Mutex<BTreeMap<(ExecutionKey, Work), ExecutionKey>>,
}

/// A child that the store knows, found when the cloud starts.
#[derive(Debug)]
pub(in crate::local::sfn) struct Link {
    parent: ExecutionKey,
    work: Work,
    child: ExecutionKey,
    is_running: bool,
}

impl Link {
    /// The link of an execution that another one waits for.
    pub(in crate::local::sfn) fn of(child: &ExecutionKey, row: &ExecutionRow) -> Option<Self> {
        let (parent, work) = match (&row.origin, &row.item) {
            (Some(origin), _) if origin.is_awaited => (origin.execution.clone(), Work::Task(origin.task)),
            (_, Some(item)) => (item.execution.clone(), Work::Item(item.child)),
            _ => return None,
        };
        Some(Self { parent, work, child: child.clone(), is_running: matches!(row.stage, Stage::Running(_)) })
    }
}

impl Children {
    /// Somebody waits for a child.
    pub(super) fn link(&self, parent: &ExecutionKey, work: Work, child: &ExecutionKey) {
        self.lock().insert((parent.clone(), work), child.clone());
    }

    /// Takes a running child from who waits for it.
    pub(super) fn unlink(&self, parent: &ExecutionKey, work: Work) -> Option<ExecutionKey> {
        let mut running = self.lock();
        // Nearly no task has a child.
        if running.is_empty() { None } else { running.remove(&(parent.clone(), work)) }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<(ExecutionKey, Work), ExecutionKey>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Tells the task that waits for an execution that it has started, and that it has ended if it has.
pub(super) fn started(cloud: &Arc<Cloud>, child: &ExecutionKey, row: &ExecutionRow) {
    if row.item.is_some() && row.outcome().is_some() {
        return ended(cloud, child, row);
    }
    let Some(origin) = row.origin.as_ref().filter(|origin| origin.is_awaited) else { return };
    let driver = &cloud.step_functions.driver;
    driver.children.link(&origin.execution, Work::Task(origin.task), child);
    let output = integration::started(&child.arn(), row.summary.started_at);
    let submitted = asl::Input::TaskSubmitted { task: origin.task, output };
    driver.post(cloud, &origin.execution, Message::Input(submitted));
    if !matches!(row.stage, Stage::Running(_)) {
        ended(cloud, child, row);
    }
}

/// Tells who waits for an execution that it has ended.
pub(super) fn ended(cloud: &Arc<Cloud>, child: &ExecutionKey, row: &ExecutionRow) {
    let driver = &cloud.step_functions.driver;
    if let (Some(item), Some(outcome)) = (&row.item, row.outcome()) {
        driver.children.unlink(&item.execution, Work::Item(item.child));
        return items::tell(cloud, &item.execution, item.child, outcome.clone());
    }
    let Some(origin) = row.origin.as_ref().filter(|origin| origin.is_awaited) else { return };
    driver.children.unlink(&origin.execution, Work::Task(origin.task));
    let ended = Message::ChildEnded { task: origin.task, child: child.clone(), row: Box::new(row.clone()) };
    driver.post(cloud, &origin.execution, ended);
}

/// Joins children and who waits for them again after a restart. What was not told is told now; a child that nobody waits
/// for stops.
///
/// A task that does not know yet that its child has started is begun again: it finds the child, and all is told then. So is
/// a Map Run's child.
pub(super) fn pick_up(cloud: &Arc<Cloud>, interrupted: &[Interrupted], links: Vec<Link>) {
    let driver = &cloud.step_functions.driver;
    let mut waiting = BTreeMap::new();
    for execution in interrupted {
        let jobs = execution
            .tasks
            .iter()
            .filter(|(request, _)| matches!(request.resource, TaskResource::Service { pattern: Pattern::RunAJob, .. }));
        for (request, phase) in jobs {
            waiting.insert((execution.key.clone(), Work::Task(request.task)), *phase);
        }
        for item in &execution.items {
            waiting.insert((execution.key.clone(), item.work()), TaskPhase::Started);
        }
    }
    for link in links {
        let phase = waiting.get(&(link.parent.clone(), link.work));
        match (link.is_running, phase) {
            (true, Some(_)) => driver.children.link(&link.parent, link.work, &link.child),
            (true, None) => {
                driver.post(cloud, &link.child, Message::Stop { error: None, cause: None, reply: None });
            }
            (false, Some(TaskPhase::Submitted)) => {
                if let Ok(Some(row)) = cloud.step_functions.row(cloud, &link.child) {
                    ended(cloud, &link.child, &row);
                }
            }
            (false, _) => {}
        }
    }
}
