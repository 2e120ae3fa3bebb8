//! The start of an execution: what it is given, and why it is refused.

use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::quotas::MAX_PAYLOAD_BYTES;

/// The start of an execution.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Start {
    /// The input as JSON text.
    pub input: Arc<str>,
    /// What the Context Object says about the execution.
    pub context: ExecutionContext,
    /// The seed of all random numbers: jitter, task tokens, ids. The same seed gives the same execution.
    pub seed: u64,
    /// The present time, the execution's start date.
    pub now: Timestamp,
}

/// What the Context Object says about an execution. The texts are shared, so that those of a state machine are in memory once
/// for all its executions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ExecutionContext {
    /// The execution's ARN.
    pub execution_arn: Arc<str>,
    /// Its name.
    pub execution_name: Arc<str>,
    /// The instant that the API reports as its start.
    pub start_time: Timestamp,
    /// The role that it runs as.
    pub role_arn: Arc<str>,
    /// The state machine's ARN, without version or alias.
    pub state_machine_arn: Arc<str>,
    /// The state machine's name.
    pub state_machine_name: Arc<str>,
    /// How often it was redriven; AWS leaves this out for a synchronous express execution.
    pub redrive_count: Option<u64>,
    /// When it was redriven last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub redrive_time: Option<Timestamp>,
}

impl ExecutionContext {
    /// The context of a standard execution, with the names that the ARNs have and without a role.
    fn new(execution_arn: Arc<str>, state_machine_arn: Arc<str>, start_time: Timestamp) -> Self {
        // `arn:aws:states:REGION:ACCOUNT:execution:MACHINE:NAME`, `express` with a further id, `...:stateMachine:MACHINE`.
        let execution_name = execution_arn.split(':').nth(7).unwrap_or_default().into();
        let state_machine_name = state_machine_arn.split(':').nth(6).unwrap_or_default().into();
        Self {
            execution_arn,
            execution_name,
            start_time,
            role_arn: Arc::default(),
            state_machine_arn,
            state_machine_name,
            redrive_count: Some(0),
            redrive_time: None,
        }
    }

    /// The partition, from the state machine's ARN, when there is one.
    pub(super) fn partition(&self) -> Option<&str> {
        self.state_machine_arn.split(':').nth(1)
    }

    /// The region, from the state machine's ARN; empty when there is none.
    pub fn region(&self) -> &str {
        self.state_machine_arn.split(':').nth(3).unwrap_or_default()
    }
}

/// Builds a [`Start`].
///
/// The names of the execution and of the state machine come from the ARNs. What is not given is empty or 0: the input is `{}`,
/// the seed 0, and the start time is `now`.
#[derive(Clone, Debug)]
#[must_use]
pub struct StartBuilder(Start);

impl Start {
    /// The start of a standard execution of a state machine at the instant `now`. The state machine's ARN is without version or
    /// alias.
    pub fn builder(
        execution_arn: impl Into<Arc<str>>,
        state_machine_arn: impl Into<Arc<str>>,
        now: Timestamp,
    ) -> StartBuilder {
        let context = ExecutionContext::new(execution_arn.into(), state_machine_arn.into(), now);
        StartBuilder(Self { input: "{}".into(), context, seed: 0, now })
    }
}

impl StartBuilder {
    /// The input as JSON text. It is checked when the execution starts.
    pub fn input(mut self, input: impl Into<Arc<str>>) -> Self {
        self.0.input = input.into();
        self
    }

    /// The seed of all random numbers: jitter, task tokens, ids. The same seed gives the same execution.
    pub fn seed(mut self, seed: u64) -> Self {
        self.0.seed = seed;
        self
    }

    /// The ARN of the role that the execution runs as.
    pub fn role_arn(mut self, role_arn: impl Into<Arc<str>>) -> Self {
        self.0.context.role_arn = role_arn.into();
        self
    }

    /// The execution's name, where it is not the one in the ARN.
    pub fn execution_name(mut self, name: impl Into<Arc<str>>) -> Self {
        self.0.context.execution_name = name.into();
        self
    }

    /// The state machine's name, where it is not the one in the ARN.
    pub fn state_machine_name(mut self, name: impl Into<Arc<str>>) -> Self {
        self.0.context.state_machine_name = name.into();
        self
    }

    /// The start time that the API reports, where it is not `now`.
    pub fn start_time(mut self, start_time: Timestamp) -> Self {
        self.0.context.start_time = start_time;
        self
    }

    /// How often the execution was redriven: 0 unless set, `None` for a synchronous express execution.
    pub fn redrive_count(mut self, redrive_count: Option<u64>) -> Self {
        self.0.context.redrive_count = redrive_count;
        self
    }

    /// The start, to be given to [`crate::Execution::start`].
    pub fn build(self) -> Start {
        self.0
    }
}

/// Why an execution cannot start.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// The API's `InvalidExecutionInput`.
    #[error("the execution's input is not JSON ({reason}); give a JSON text such as {{}}")]
    InputNotJson {
        /// What the JSON reader said.
        reason: String,
    },
    /// Over the payload quota.
    #[error("the execution's input has {size_bytes} bytes, but at most {MAX_PAYLOAD_BYTES} are allowed")]
    InputTooLarge {
        /// The input's size.
        size_bytes: usize,
    },
    /// The state machine has no Map state of that name.
    #[error("the state machine has no Map state '{state}'; give the one whose execution started the Map Run")]
    NoSuchMap {
        /// The name that was given.
        state: String,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_from_the_arns() {
        let names = |execution: &str, machine: &str| {
            let context = Start::builder(execution, machine, Timestamp::UNIX_EPOCH).build().context;
            format!("{} {}", context.state_machine_name, context.execution_name)
        };
        let machine = "arn:aws:states:eu-west-1:000000000000:stateMachine:m";
        assert_eq!(names("arn:aws:states:eu-west-1:000000000000:execution:m:e", machine), "m e");
        assert_eq!(names("arn:aws:states:eu-west-1:000000000000:express:m:e:5d1a", machine), "m e");
        assert_eq!(names("e", "m"), " ");
    }

    #[test]
    fn what_is_not_given_has_a_default() {
        let start = Start::builder("e", "m", Timestamp::UNIX_EPOCH).role_arn("r").seed(7).build();
        assert_eq!((&*start.input, start.seed, start.now), ("{}", 7, start.context.start_time));
        assert_eq!((&*start.context.role_arn, start.context.redrive_count), ("r", Some(0)));
    }
}
