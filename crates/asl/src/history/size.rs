//! The size of an event: the texts in it that data decide.

use super::{EventDetails, Failure, HistoryEvent};

impl HistoryEvent {
    /// The bytes of its payloads: input, output, parameters, variables, error and cause.
    pub fn payload_bytes(&self) -> usize {
        self.details.payload_bytes()
    }
}

impl EventDetails {
    pub(crate) fn payload_bytes(&self) -> usize {
        match self {
            Self::ExecutionStarted { input: payload, .. }
            | Self::ExecutionSucceeded { output: payload }
            | Self::StateEntered { input: payload, .. }
            | Self::LambdaFunctionScheduled { input: payload, .. }
            | Self::LambdaFunctionSucceeded { output: payload }
            | Self::ActivityScheduled { input: payload, .. }
            | Self::ActivitySucceeded { output: payload }
            | Self::TaskScheduled { parameters: payload, .. }
            | Self::TaskSubmitted { output: payload, .. }
            | Self::TaskSucceeded { output: payload, .. } => payload.len(),
            Self::StateExited { output, assigned, .. } => {
                output.len() + assigned.values().map(|value| value.len()).sum::<usize>()
            }
            Self::ExecutionFailed(failure)
            | Self::ExecutionAborted(failure)
            | Self::ExecutionTimedOut(failure)
            | Self::LambdaFunctionStartFailed(failure)
            | Self::LambdaFunctionFailed(failure)
            | Self::LambdaFunctionTimedOut(failure)
            | Self::ActivityScheduleFailed(failure)
            | Self::ActivityFailed(failure)
            | Self::ActivityTimedOut(failure)
            | Self::TaskStartFailed { failure, .. }
            | Self::TaskFailed { failure, .. }
            | Self::TaskTimedOut { failure, .. }
            | Self::EvaluationFailed { failure, .. }
            | Self::MapRunFailed(failure) => failure.size_bytes(),
            _ => 0,
        }
    }
}

impl Failure {
    fn size_bytes(&self) -> usize {
        [&self.error, &self.cause].into_iter().flatten().map(String::len).sum()
    }
}
