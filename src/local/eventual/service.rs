//! The services, and how each of them says that it is asked too often, or can't.

use crate::local::error::ServiceError;

/// A service that the embedded cloud serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Service {
    ApiGateway,
    Iam,
    Lambda,
    Logs,
    StepFunctions,
    Sts,
}

impl Service {
    /// The answer to a call too many. Codes and statuses are those of the API models; what no model has (IAM, STS, Step
    /// Functions) is of AWS's common errors.
    pub(super) fn throttled(self) -> ServiceError {
        match self {
            Self::ApiGateway => ServiceError::new(429, "TooManyRequestsException", "Too Many Requests"),
            Self::Iam | Self::Sts => ServiceError::bad_request("Throttling", "Rate exceeded"),
            Self::Lambda => ServiceError::new(429, "TooManyRequestsException", "Rate exceeded")
                .with("Reason", "CallerRateLimitExceeded"),
            Self::Logs | Self::StepFunctions => ServiceError::bad_request("ThrottlingException", "Rate exceeded"),
        }
    }

    /// The answer when the service has failed.
    pub(super) fn failed(self) -> ServiceError {
        let unknown = "The request processing has failed because of an unknown error, exception or failure.";
        match self {
            Self::ApiGateway => ServiceError::new(500, "InternalServerErrorException", "Internal server error"),
            Self::Iam => ServiceError::new(500, "ServiceFailure", unknown),
            Self::Lambda => {
                ServiceError::new(500, "ServiceException", "An error occurred and the request cannot be processed.")
            }
            Self::Logs => {
                ServiceError::new(503, "ServiceUnavailableException", "The service cannot complete the request.")
            }
            Self::StepFunctions | Self::Sts => ServiceError::new(500, "InternalFailure", unknown),
        }
    }

    /// The answer to a write while another one to the same thing is under way.
    pub(super) fn conflict(self) -> ServiceError {
        match self {
            Self::ApiGateway => {
                let message = "Unable to complete operation due to concurrent modification. Please try again later.";
                ServiceError::new(409, "ConflictException", message)
            }
            Self::Logs => {
                let message =
                    "A conflicting operation is currently in progress against this resource. Please try again.";
                ServiceError::bad_request("OperationAbortedException", message)
            }
            Self::Lambda => {
                let message = "The function could not be updated due to a concurrent update operation.";
                ServiceError::new(409, "ResourceConflictException", message)
            }
            Self::Iam | Self::StepFunctions | Self::Sts => {
                let message = "The request was rejected because multiple requests to change this object were submitted \
                               simultaneously. Wait a few minutes and submit your request again.";
                ServiceError::new(409, "ConcurrentModification", message)
            }
        }
    }
}
