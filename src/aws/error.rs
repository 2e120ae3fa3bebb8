//! What an SDK error means: which call, which code, whose fault, and whether waiting may help.

use std::error::Error;

use aws_sdk_sfn::operation::RequestId;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

/// A call to AWS that failed.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{service} answered {operation} with {}{message}", .code.as_ref().map(|code| format!("{code}: ")).unwrap_or_default())]
pub(crate) struct AwsError {
    /// What the failure means.
    pub(crate) kind: AwsErrorKind,
    /// The service's name as people write it.
    pub(crate) service: &'static str,
    /// The API operation.
    pub(crate) operation: &'static str,
    /// The error code, when the service answered with one.
    pub(crate) code: Option<String>,
    /// The service's own sentence, or that of the failed connection.
    pub(crate) message: String,
    /// AWS's id of the request, for its support.
    pub(crate) request_id: Option<String>,
}

/// What a failed call means to the one who made it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AwsErrorKind {
    /// No credentials were found.
    NoCredentials,
    /// The credentials were once valid.
    ExpiredCredentials,
    /// The credentials are not known to AWS.
    InvalidCredentials,
    /// Not a region, or one where the endpoint does not exist.
    Region,
    /// The endpoint's name has no address: no such region, or no network.
    UnknownHost,
    /// Nothing answers at the endpoint, or not in time.
    Unreachable,
    /// The caller may not do this.
    AccessDenied,
    /// Too many requests: the same call may succeed a little later.
    Throttled,
    /// The service's own fault: the same call may succeed a little later.
    ServiceFault,
    /// The resource is not there.
    NotFound,
    /// The resource is there already, or is being changed right now.
    Conflict,
    /// The endpoint does not offer the operation.
    NotImplemented,
    /// Anything else; the message says it.
    Other,
}

impl AwsError {
    /// Maps an SDK error of one operation.
    pub(crate) fn from_sdk<E>(
        service: &'static str,
        operation: &'static str,
    ) -> impl FnOnce(SdkError<E, HttpResponse>) -> Self
    where
        E: ProvideErrorMetadata + Error + RequestId + Send + Sync + 'static,
    {
        move |error| match error.as_service_error() {
            Some(answer) => {
                let code = answer.code().map(str::to_owned);
                let message = answer.message().unwrap_or("the answer carries no message").to_owned();
                let kind = match kind_of(code.as_deref().unwrap_or_default()) {
                    AwsErrorKind::Other if is_server_fault(&error) => AwsErrorKind::ServiceFault,
                    kind => kind,
                };
                let request_id = answer.request_id().map(str::to_owned);
                Self { kind, service, operation, code, message, request_id }
            }
            None => {
                let message = chain(&error);
                Self {
                    kind: kind_of_failure(&error, &message),
                    service,
                    operation,
                    code: None,
                    message,
                    request_id: None,
                }
            }
        }
    }

    /// Whether the service answered with exactly this code.
    pub(crate) fn is(&self, code: &str) -> bool {
        self.code.as_deref() == Some(code)
    }

    /// Whether the resource is not there.
    pub(crate) fn is_not_found(&self) -> bool {
        self.kind == AwsErrorKind::NotFound
    }
}

/// What a read of something that may be absent comes to: absence is an answer, not a failure.
pub(crate) fn or_absent<T>(answer: Result<T, AwsError>) -> Result<Option<T>, AwsError> {
    match answer {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.is_not_found() => Ok(None),
        Err(error) => Err(error),
    }
}

/// What a deletion comes to: what is gone already is as good as deleted.
pub(crate) fn or_gone<T>(answer: Result<T, AwsError>) -> Result<(), AwsError> {
    or_absent(answer).map(|_| ())
}

/// Whether the service answered with a 5xx, whatever its body says.
fn is_server_fault<E>(error: &SdkError<E, HttpResponse>) -> bool {
    error.raw_response().is_some_and(|response| response.status().as_u16() >= 500)
}

/// Error codes are exact; they are those of the services' API models.
fn kind_of(code: &str) -> AwsErrorKind {
    match code {
        "ExpiredToken" | "ExpiredTokenException" | "RequestExpired" => AwsErrorKind::ExpiredCredentials,
        "InvalidClientTokenId"
        | "UnrecognizedClientException"
        | "SignatureDoesNotMatch"
        | "InvalidSignatureException"
        | "IncompleteSignature"
        | "MissingAuthenticationToken"
        | "AuthFailure" => AwsErrorKind::InvalidCredentials,
        "AccessDenied" | "AccessDeniedException" | "UnauthorizedOperation" => AwsErrorKind::AccessDenied,
        "Throttling"
        | "ThrottlingException"
        | "TooManyRequestsException"
        | "RequestLimitExceeded"
        | "LimitExceededException" => AwsErrorKind::Throttled,
        "InternalFailure"
        | "InternalServerError"
        | "ServiceException"
        | "ServiceUnavailable"
        | "ServiceUnavailableException"
        | "ServiceFailure"
        | "ServiceFailureException" => AwsErrorKind::ServiceFault,
        "NotFoundException"
        | "NoSuchEntity"
        | "NoSuchEntityException"
        | "ResourceNotFound"
        | "ResourceNotFoundException"
        | "StateMachineDoesNotExist"
        | "ExecutionDoesNotExist" => AwsErrorKind::NotFound,
        "ConflictException"
        | "EntityAlreadyExists"
        | "ResourceConflictException"
        | "ResourceAlreadyExistsException"
        | "ExecutionAlreadyExists"
        | "StateMachineAlreadyExists"
        | "StateMachineDeleting"
        | "OperationAbortedException"
        | "ConcurrentModification"
        | "DeleteConflict" => AwsErrorKind::Conflict,
        "NotImplemented" | "NotImplementedException" | "UnknownOperationException" => AwsErrorKind::NotImplemented,
        _ => AwsErrorKind::Other,
    }
}

/// A call that got no answer: the SDK's text tells a missing credential from a refused connection.
fn kind_of_failure<E>(error: &SdkError<E, HttpResponse>, message: &str) -> AwsErrorKind {
    match error {
        _ if is_server_fault(error) => AwsErrorKind::ServiceFault,
        _ if message.contains("expired") && message.contains("credential") => AwsErrorKind::ExpiredCredentials,
        _ if message.contains("credential") || message.contains("could not find profile") => {
            AwsErrorKind::NoCredentials
        }
        SdkError::DispatchFailure(_) if message.contains("lookup address") || message.contains("dns error") => {
            AwsErrorKind::UnknownHost
        }
        SdkError::DispatchFailure(_) | SdkError::TimeoutError(_) => AwsErrorKind::Unreachable,
        _ => AwsErrorKind::Other,
    }
}

/// The causes of an error in one line, outermost first, without those that only repeat the one before.
pub(crate) fn chain(error: &dyn Error) -> String {
    let mut parts: Vec<String> = vec![error.to_string()];
    let mut cause = error.source();
    while let Some(inner) = cause {
        let text = inner.to_string();
        if !parts.iter().any(|part| part.contains(&text)) {
            parts.push(text);
        }
        cause = inner.source();
    }
    parts.join(": ")
}

#[cfg(test)]
mod tests {
    use aws_smithy_runtime_api::client::result::ConnectorError;

    use super::*;

    fn failed(text: &'static str) -> AwsErrorKind {
        type Call = aws_sdk_sts::operation::get_caller_identity::GetCallerIdentityError;
        let error: SdkError<Call, HttpResponse> = SdkError::dispatch_failure(ConnectorError::io(text.into()));
        AwsError::from_sdk("STS", "GetCallerIdentity")(error).kind
    }

    #[test]
    fn a_call_without_an_answer_is_told_apart() {
        let lookup = "dns error: failed to lookup address information: Name or service not known";
        assert_eq!(failed(lookup), AwsErrorKind::UnknownHost);
        assert_eq!(failed("tcp connect error: Connection refused (os error 111)"), AwsErrorKind::Unreachable);
        assert_eq!(failed("no credentials found in chain"), AwsErrorKind::NoCredentials);
        assert_eq!(failed("the SSO session's credentials have expired"), AwsErrorKind::ExpiredCredentials);
    }

    #[test]
    fn codes_have_their_meaning() {
        assert_eq!(kind_of("ExpiredTokenException"), AwsErrorKind::ExpiredCredentials);
        assert_eq!(kind_of("ExecutionDoesNotExist"), AwsErrorKind::NotFound);
        assert_eq!(kind_of("SomethingNew"), AwsErrorKind::Other);
    }
}
