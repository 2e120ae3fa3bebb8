//! Executions that another execution waits for: a task, which is told of their start and of their end, or a Map Run. They
//! stop when they are abandoned.

use std::collections::BTreeMap;
use std::sync::Arc;

use asl::{Pattern, TaskPhase, TaskResource};

use super::map_children;
use super::message::Message;
use crate::integration;
use crate::recovery::{ParentLink, RecoveredExecution, Work};
use crate::rows::execution::{ExecutionKey, ExecutionRow, StartedBy};
use crate::states::States;

/// Tells the task that waits for an execution that it has started, and that it has ended if it has.
pub(super) fn started(states: &Arc<States>, child: &ExecutionKey, row: &ExecutionRow) {
    if row.map_child.is_some() && row.outcome().is_some() {
        return ended(states, child, row);
    }
    let Some(started_by) = row.started_by.as_deref().filter(|started_by| started_by.is_awaited) else { return };
    let driver = &states.driver;
    driver.children.link(&started_by.execution, Work::Task(started_by.task), child);
    let output = integration::started(states, &child.arn(), row.head.started_at);
    let submitted = asl::Input::TaskSubmitted { task: started_by.task, output };
    driver.post(&started_by.execution, Message::Input(submitted));
    if !row.is_running() {
        ended(states, child, row);
    }
}

/// Tells who waits for an execution that it has ended.
pub(super) fn ended(states: &Arc<States>, child: &ExecutionKey, row: &ExecutionRow) {
    let driver = &states.driver;
    if let (Some(map_child), Some(outcome)) = (&row.map_child, row.outcome()) {
        driver.children.unlink(&map_child.execution, Work::Child(map_child.child));
        return map_children::notify_ended(states, &map_child.execution, map_child.child, outcome.clone());
    }
    let Some(started_by) = row.started_by.as_deref().filter(|started_by| started_by.is_awaited) else { return };
    driver.children.unlink(&started_by.execution, Work::Task(started_by.task));
    let ended = Message::ChildEnded { task: started_by.task, child: child.clone(), row: Box::new(row.clone()) };
    driver.post(&started_by.execution, ended);
}

/// Joins children and who waits for them again after a restart. What was not told is told now; a child that nobody waits
/// for stops.
///
/// A task that does not know yet that its child has started is begun again: it finds the child, and all is told then. So is
/// a Map Run's child. A task that knows, and whose child does not run, is told of its end: the child's name follows from
/// the task, so that nothing that has ended need be searched.
pub(super) fn recover(states: &Arc<States>, recovered: &[RecoveredExecution], links: Vec<ParentLink>) {
    let driver = &states.driver;
    let mut waiting = BTreeMap::new();
    for execution in recovered {
        for (request, phase) in &execution.tasks {
            if matches!(request.resource, TaskResource::Service { pattern: Pattern::RunAJob, .. }) {
                waiting.insert((execution.key.clone(), Work::Task(request.task)), Some((request, *phase)));
            }
        }
        for child in &execution.map_children {
            waiting.insert((execution.key.clone(), child.work()), None);
        }
    }
    for link in links {
        if waiting.remove(&(link.parent.clone(), link.work)).is_some() {
            driver.children.link(&link.parent, link.work, &link.child);
        } else if !link.goes_on_alone {
            driver.post(&link.child, Message::Stop { error: None, cause: None, reply: None });
        }
    }
    for ((parent, _), job) in waiting {
        let Some((request, TaskPhase::Submitted)) = job else { continue };
        let started_by = StartedBy { execution: parent, task: request.task, is_awaited: true };
        let found = integration::child_key(request, &started_by).map(|key| (states.execution(&key), key));
        match found {
            Some((Ok(Some(row)), key)) if row.started_by.as_deref() == Some(&started_by) => ended(states, &key, &row),
            Some((Err(error), key)) => {
                tracing::warn!(error = %error, child = key.arn(), "a task was not told of its child's end; it is after the next start");
            }
            _ => {}
        }
    }
}
