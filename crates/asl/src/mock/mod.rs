//! Mocks: what answers a task in place of what it calls. A driver that tests workflows chooses one for each
//! [`crate::TaskRequest`] and gives its execution the inputs that come of it.

mod answers;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::execution::{TaskPurpose, TaskRequest};
pub use answers::{end, submitted};

/// What answers a task.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum MockAnswer {
    /// The task's result, in its own shape.
    Return(Value),
    /// What a Lambda function returns: `lambda:invoke` wraps it into its response.
    Payload(Value),
    /// An error.
    Throw {
        /// Its name.
        error: Option<String>,
        /// Its cause.
        cause: Option<String>,
    },
    /// The end of the execution that a `states:startExecution.sync` task has started.
    Execution(ExecutionEnd),
    /// Nothing, ever: it times out, or waits as long as the execution may.
    Never,
    /// What the function at this place answers: its code runs.
    Function(String),
    /// What the embedded cloud answers: the task is let through to it.
    Cloud,
}

/// How a child execution ends.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ExecutionEnd {
    /// With an output.
    Succeeded(Value),
    /// With an error.
    Failed {
        /// Its name.
        error: Option<String>,
        /// Its cause.
        cause: Option<String>,
    },
}

/// A mock of a state: for which of its calls it is, and what it answers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MockedResponse {
    /// Only for the iteration of the innermost Map state with this index, from 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub index: Option<u64>,
    /// Only for this attempt: 0 is the first, 1 the first retry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attempt: Option<u64>,
    /// How many calls it answers; any number when it does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<u64>,
    /// How long the task takes, in milliseconds.
    #[serde(default)]
    pub after_ms: u64,
    /// What the service says when it has accepted a job or a callback task, before the result.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub submitted: Option<Value>,
    /// How often the worker sends a heartbeat, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub heartbeat_ms: Option<u64>,
    /// The answer.
    pub answer: MockAnswer,
}

impl MockedResponse {
    /// One that answers at once, and any call.
    pub fn of(answer: MockAnswer) -> Self {
        Self { index: None, attempt: None, times: None, after_ms: 0, submitted: None, heartbeat_ms: None, answer }
    }
}

/// The mocks of an execution by state, and how often each has answered. What is mocked of a distributed Map state itself has the
/// names that [`name_of`] gives.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct MockedTasks {
    states: BTreeMap<String, Vec<MockedResponse>>,
    /// By state, how often each of its mocks has answered.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    answered: BTreeMap<String, Vec<u64>>,
}

/// What answers a call.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Chosen<'m> {
    /// The state has no mocks.
    NotMocked,
    /// None of its mocks is for this call, or those that are have answered as often as they may.
    UsedUp,
    /// This one.
    Mock(&'m MockedResponse),
}

impl MockedTasks {
    /// Mocks that have not answered yet.
    pub fn new(states: BTreeMap<String, Vec<MockedResponse>>) -> Self {
        Self { states, answered: BTreeMap::new() }
    }

    /// Chooses what answers a call, and counts it: the first that fits and is not used up. `index` is that of the iteration of
    /// the innermost Map state around the task.
    pub fn choose(&mut self, request: &TaskRequest, index: Option<u64>) -> Chosen<'_> {
        let name = name_of(request);
        let Some(mocks) = self.states.get(&name) else { return Chosen::NotMocked };
        let answered = self.answered.entry(name).or_insert_with(|| vec![0; mocks.len()]);
        for (mock, used) in mocks.iter().zip(answered) {
            let fits = mock.index.is_none_or(|wanted| index == Some(wanted))
                && mock.attempt.is_none_or(|wanted| wanted == request.attempt);
            if fits && mock.times.is_none_or(|times| *used < times) {
                *used += 1;
                return Chosen::Mock(mock);
            }
        }
        Chosen::UsedUp
    }

    /// Every mock.
    pub fn all(&self) -> impl Iterator<Item = &MockedResponse> {
        self.states.values().flatten()
    }
}

/// What the mocks of a task are called: its state, or `STATE/ItemReader` and `STATE/ResultWriter`.
pub fn name_of(request: &TaskRequest) -> String {
    match request.purpose {
        TaskPurpose::ReadItems => format!("{}/ItemReader", request.state),
        TaskPurpose::WriteResults => format!("{}/ResultWriter", request.state),
        _ => request.state.to_string(),
    }
}
