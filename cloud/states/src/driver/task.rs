//! Beginning tasks, and going on with those that were under way when the cloud ended.

use std::sync::Arc;

use asl::mock::MockedResponse;
use asl::{TaskPhase, TaskRequest, TaskResource};

use super::map_children;
use super::message::Message;
use crate::integration::mocks;
use crate::integration::{self, Caller};
use crate::recovery::{RecoveredExecution, Work};
use crate::rows::execution::ExecutionKey;
use crate::states::States;
use crate::wire::names::is_in;

/// Gives a task's token out, and begins the task: an activity's waits for a worker, everything else is called in the
/// background, and what came of it is posted.
pub(super) fn begin(
    states: &Arc<States>,
    key: &ExecutionKey,
    role_arn: &Arc<str>,
    request: TaskRequest,
    mock: Option<MockedResponse>,
) {
    let driver = &states.driver;
    if let Some(token) = &request.token {
        driver.tokens.issue(token, key, request.task);
    }
    if let Some(mock) = mock {
        return begin_mocked(states, key, request, TaskPhase::Started, mock);
    }
    if let TaskResource::Activity { arn } = &request.resource {
        // Nobody else's workers get it.
        if !is_in(&key.location(), arn) {
            tracing::warn!(
                activity = arn,
                execution = key.arn(),
                "a task waits for an activity of another account or region"
            );
            return;
        }
        return driver.activities.offer(arn, key, request.task);
    }
    let task = request.task;
    let caller = Caller::of(key, Arc::clone(role_arn));
    let states = Arc::clone(states);
    let poster = key.clone();
    let clock = states.clock.clone();
    let call = async move {
        if let Some(answer) = integration::call(&states, &caller, &request).await {
            states.driver.post(&poster, Message::Input(answer));
        }
    };
    driver.in_flight.begin(key, Work::Task(task), clock.work(call));
}

/// Has a mock answer a task.
fn begin_mocked(
    states: &Arc<States>,
    key: &ExecutionKey,
    request: TaskRequest,
    phase: TaskPhase,
    mock: MockedResponse,
) {
    let driver = &states.driver;
    let task = request.task;
    let states = Arc::clone(states);
    let poster = key.clone();
    let clock = states.clock.clone();
    let call = async move {
        let tell = |input| {
            states.driver.post(&poster, Message::Input(input));
            std::future::ready(())
        };
        mocks::answer::answer(&states.clock, &request, phase, &mock, tell).await;
    };
    driver.in_flight.begin(key, Work::Task(task), clock.work(call));
}

/// Goes on with the tasks of an execution. One whose answer was under way is begun again: its function may run more than
/// once. One that somebody else has to end is waited for.
pub(super) fn recover(states: &Arc<States>, execution: RecoveredExecution) {
    let RecoveredExecution { key, role_arn, tasks, map_children, wakes: [wake, wait], mocks, .. } = execution;
    states.driver.set_timer(&key, wake, wait);
    for child in map_children {
        map_children::begin(states, child);
    }
    for (request, phase) in tasks {
        let is_activity = matches!(request.resource, TaskResource::Activity { .. });
        let mock = mocks.as_ref().and_then(|mocks| mocks.given(request.task)).cloned();
        let is_out = phase == TaskPhase::Submitted || (is_activity && phase == TaskPhase::Started);
        match &request.token {
            token if is_out && mock.is_some() => {
                if let Some(token) = token {
                    states.driver.tokens.issue(token, &key, request.task);
                }
                mock.into_iter().for_each(|mock| begin_mocked(states, &key, request.clone(), phase, mock));
            }
            _ if !is_out => begin(states, &key, &role_arn, request, mock),
            Some(token) => states.driver.tokens.issue(token, &key, request.task),
            None => {}
        }
    }
}
