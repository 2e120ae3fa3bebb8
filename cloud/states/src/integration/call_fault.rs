//! Why a call came to nothing.

use asl::{Input, TaskRequest};

/// Why a call came to nothing: the error's name and cause as the history has them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct CallFault {
    pub(super) error: String,
    pub(super) cause: String,
}

impl CallFault {
    pub(super) fn new(error: &str, cause: impl Into<String>) -> Self {
        Self { error: error.to_owned(), cause: cause.into() }
    }

    /// Parameters that the service cannot be called with.
    pub(super) fn parameters(request: &TaskRequest, why: &str) -> Self {
        let cause = format!("The Parameters '{}' could not be used to start the Task: [{why}]", request.input);
        Self::new("States.Runtime", cause)
    }

    /// A task that this cloud can't do. The error's name is one that no `Retry` and no `Catch` takes, so that nothing hides it.
    pub(super) fn not_served(resource_type: &str, resource: &str) -> Self {
        let cause = format!(
            "The embedded cloud does not serve the integration arn:aws:states:::{resource_type}:{resource}; on AWS this task \
             would call the service. Served are lambda:invoke, states:startExecution, and the aws-sdk integrations of sfn, \
             lambda and cloudwatchlogs."
        );
        Self::new("States.Runtime", cause)
    }

    pub(super) fn input(self, request: &TaskRequest) -> Input {
        Input::TaskFailed { task: request.task, error: Some(self.error), cause: Some(self.cause) }
    }
}
