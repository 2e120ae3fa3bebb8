//! Mocks: what answers the tasks of an execution that was started with a test case, in place of what they call.

pub(crate) mod answer;
pub(crate) mod config;
mod start;

use std::collections::BTreeMap;

use asl::mock::{Chosen, MockAnswer, MockedResponse, MockedTasks};
use asl::{StateType, TaskId, TaskRequest};
use serde::{Deserialize, Serialize};

pub use start::MockedStart;

/// The mocks of each state.
pub(crate) type MocksByState = BTreeMap<String, Vec<MockedResponse>>;

/// The mocks of an execution: what is left of them, and what its tasks were given. They are stored with it, so that a restart
/// neither counts a call twice nor forgets one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct MockedRun {
    tasks: MockedTasks,
    /// What was chosen for the tasks that are under way.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    given: Vec<(TaskId, MockedResponse)>,
}

impl MockedRun {
    pub(crate) fn new(mocks: MocksByState) -> Self {
        Self { tasks: MockedTasks::new(mocks), given: Vec::new() }
    }

    /// Chooses what answers a task that is about to start, and keeps it; whether something does. A task without a mock calls
    /// what it calls.
    pub(crate) fn choose(&mut self, request: &TaskRequest, index: Option<u64>) -> bool {
        let response = match self.tasks.choose(request, index) {
            Chosen::NotMocked => return false,
            Chosen::Mock(MockedResponse { answer: MockAnswer::Cloud, .. }) => return false,
            Chosen::Mock(response) => response.clone(),
            Chosen::UsedUp => {
                let cause = format!("No mocked response is left for this call of the state '{}'.", request.state);
                MockedResponse::of(failed(cause))
            }
        };
        self.given.push((request.task, response));
        true
    }

    /// What was chosen for a task.
    pub(crate) fn given(&self, task: TaskId) -> Option<&MockedResponse> {
        self.given.iter().rev().find(|(known, _)| *known == task).map(|(_, response)| response)
    }

    /// Forgets what was chosen for a task that is over.
    pub(crate) fn forget(&mut self, task: TaskId) {
        self.given.retain(|(known, _)| *known != task);
    }

    /// The same mocks for a child of a Map Run, which counts for itself.
    pub(crate) fn for_child(&self) -> Self {
        Self { tasks: self.tasks.clone(), given: Vec::new() }
    }
}

/// The error of a task that its mocks can't answer. It is one that nothing retries or catches.
fn failed(cause: String) -> MockAnswer {
    MockAnswer::Throw { error: Some("States.Runtime".to_owned()), cause: Some(cause) }
}

/// The index of the iteration of the innermost Map state around a task.
pub(crate) fn iteration_of(execution: &asl::Execution, machine: &asl::StateMachine, task: TaskId) -> Option<u64> {
    let place = execution.place_of(task);
    let is_map = |name: &str| machine.states().any(|(state, of)| state == name && of == StateType::Map);
    place.iter().rev().find(|(state, _)| is_map(state)).map(|(_, index)| *index)
}

#[cfg(test)]
mod tests;
