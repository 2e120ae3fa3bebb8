//! Beginning tasks, and picking up those that were under way when the cloud ended.

use std::sync::Arc;

use asl::{TaskPhase, TaskRequest, TaskResource};
use jiff::Timestamp;

use super::calls::Work;
use super::items::{self, ItemStart};
use super::{ExecutionKey, Message};
use crate::local::Cloud;
use crate::local::sfn::execution::ExecutionRow;
use crate::local::sfn::integration::{self, Caller};

/// An execution that was running when the cloud ended.
#[derive(Debug)]
pub(in crate::local::sfn) struct Interrupted {
    pub(in crate::local::sfn) key: ExecutionKey,
    pub(in crate::local::sfn) role_arn: Arc<str>,
    pub(in crate::local::sfn) next_wake: Option<Timestamp>,
    /// Tasks that were under way, and how far they were.
    pub(in crate::local::sfn) tasks: Vec<(TaskRequest, TaskPhase)>,
    /// Children of Map Runs that are to be running.
    pub(in crate::local::sfn) items: Vec<ItemStart>,
}

impl Interrupted {
    /// What has to go on with a running execution.
    pub(in crate::local::sfn) fn new(key: ExecutionKey, row: &ExecutionRow, execution: &asl::Execution) -> Self {
        let items = execution.running_children();
        Self {
            role_arn: Arc::clone(&execution.context().role_arn),
            next_wake: execution.next_wake(),
            tasks: execution.running_tasks().map(|(request, phase)| (request.clone(), phase)).collect(),
            items: items.map(|request| ItemStart::new(request, &key, row.summary.revision, execution)).collect(),
            key,
        }
    }
}

/// Gives a task's token out, and begins the task: an activity's waits for a worker, everything else is called in the
/// background, and what came of it is posted.
pub(super) fn begin(cloud: &Arc<Cloud>, key: &ExecutionKey, role_arn: &Arc<str>, request: TaskRequest) {
    let driver = &cloud.step_functions.driver;
    if let Some(token) = &request.token {
        driver.tokens.issue(token, key, request.task);
    }
    if let TaskResource::Activity { arn } = &request.resource {
        return driver.pollers.offer(arn, key, request.task);
    }
    let (task, caller) = (request.task, Caller::of(key, Arc::clone(role_arn)));
    let (cloud, poster) = (Arc::clone(cloud), key.clone());
    driver.calls.begin(key, Work::Task(task), async move {
        if let Some(news) = integration::call(&cloud, &caller, &request).await {
            cloud.step_functions.driver.post(&cloud, &poster, Message::Input(news));
        }
    });
}

/// Goes on with the tasks of an execution. One whose answer was under way is begun again: its function may run more than
/// once. One that somebody else has to end is waited for.
pub(super) fn pick_up(cloud: &Arc<Cloud>, execution: Interrupted) {
    let Interrupted { key, role_arn, tasks, items, .. } = execution;
    for item in items {
        items::begin(cloud, item);
    }
    for (request, phase) in tasks {
        let is_activity = matches!(request.resource, TaskResource::Activity { .. });
        let is_out = phase == TaskPhase::Submitted || (is_activity && phase == TaskPhase::Started);
        match &request.token {
            _ if !is_out => begin(cloud, &key, &role_arn, request),
            Some(token) => cloud.step_functions.driver.tokens.issue(token, &key, request.task),
            None => {}
        }
    }
}
