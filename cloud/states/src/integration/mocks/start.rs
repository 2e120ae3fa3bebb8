//! Starting an execution with mocks of its own: what `workshop test --on local` asks for.

use std::sync::Arc;

use asl::mock::MockAnswer;
use cloud_core::ServiceError;
use serde::{Deserialize, Serialize};

use super::{MockedRun, MocksByState};
use crate::executions::{self, StartRequest};
use crate::states::States;
use crate::wire::errors;

/// What is asked for: `POST /_workshop/mocked-start`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MockedStart {
    /// The state machine.
    pub state_machine_arn: String,
    /// The execution's name.
    pub name: String,
    /// Its input, as JSON text.
    pub input: String,
    /// What answers its tasks, by state. A task without a mock calls what it calls.
    pub mocks: MocksByState,
}

impl States {
    /// Starts an execution whose tasks mocks answer; gives its ARN. It is durable when this answers.
    ///
    /// # Errors
    /// Those of `StartExecution`, and a mock that nothing here can answer.
    pub async fn start_mocked(self: &Arc<Self>, asked: MockedStart) -> Result<String, ServiceError> {
        let MockedStart { state_machine_arn, name, input, mocks } = asked;
        if mocks.values().flatten().any(|mock| matches!(mock.answer, MockAnswer::Function(_))) {
            return Err(errors::validation("The embedded cloud runs deployed functions only: a mock names a file."));
        }
        let mocks = Some(Box::new(MockedRun::new(mocks)));
        let request = StartRequest { state_machine_arn, name: Some(name), input: Some(input), started_by: None, mocks };
        Ok(executions::start(self, request).await?.arn)
    }
}
