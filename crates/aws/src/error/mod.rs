//! What an SDK error means: which call, which code, whose fault, and whether waiting may help.

pub(crate) mod classify;
pub(crate) mod kind;

use std::error::Error;

use aws_sdk_sfn::operation::RequestId;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

use crate::clock;
use crate::error::classify::ServiceError;
use crate::error::kind::AwsErrorKind;

/// A call to AWS that failed.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{service} answered {operation} with {}{message}", .code.as_ref().map(|code| format!("{code}: ")).unwrap_or_default())]
pub struct AwsError {
    /// What the failure means.
    pub kind: AwsErrorKind,
    /// The service's name as people write it.
    pub service: &'static str,
    /// The API operation.
    pub operation: &'static str,
    /// The error code, when the service answered with one.
    pub code: Option<String>,
    /// The service's own sentence, or that of the failed connection.
    pub message: String,
    /// AWS's id of the request, for its support.
    pub request_id: Option<String>,
}

impl AwsError {
    /// Maps an SDK error of one operation.
    pub fn from_sdk<E>(service: &'static str, operation: &'static str) -> impl FnOnce(SdkError<E, HttpResponse>) -> Self
    where
        E: ProvideErrorMetadata + Error + RequestId + Send + Sync + 'static,
    {
        move |error| {
            if let Some(own) = own(&error) {
                return own.clone();
            }
            let response = error.raw_response();
            let status = response.map(|response| response.status().as_u16());
            let ahead_s = response.and_then(ahead_of);
            let (kind, code, message, request_id) = match (error.as_service_error(), status) {
                (Some(answer), Some(status)) => {
                    let code = answer.code();
                    let code_text = code.unwrap_or_default();
                    let said = answer.message().filter(|said| !said.is_empty());
                    let message = said.unwrap_or_default();
                    let kind = ServiceError { status, code: code_text, message, ahead_s }.kind();
                    let message = said.map_or_else(|| format!("HTTP status {status}, and no message"), str::to_owned);
                    (kind, code.map(str::to_owned), message, answer.request_id().map(str::to_owned))
                }
                (_, Some(status)) => {
                    let message = format!("HTTP status {status}: {}", error_chain(&error));
                    (classify::unreadable_response(status, &message), None, message, None)
                }
                _ => {
                    let message = error_chain(&error);
                    (classify::no_response(&message), None, message, None)
                }
            };
            Self { kind, service, operation, code, message, request_id }
        }
    }

    /// An error that a service tells within an answer that is a success.
    pub(crate) fn of_code(service: &'static str, operation: &'static str, code: String, message: String) -> Self {
        let kind = ServiceError { status: 400, code: &code, message: &message, ahead_s: None }.kind();
        Self { kind, service, operation, code: Some(code), message, request_id: None }
    }

    /// A failure that no service answered with: a setting, or what lies before the service. Its message is a sentence.
    pub(crate) fn on_this_side(kind: AwsErrorKind, operation: &'static str, message: String) -> Self {
        Self { kind, service: "the configuration", operation, code: None, message, request_id: None }
    }

    /// Whether the service answered with exactly this code.
    pub fn is(&self, code: &str) -> bool {
        self.code.as_deref() == Some(code)
    }

    /// Whether the resource does not exist.
    pub fn is_not_found(&self) -> bool {
        self.kind == AwsErrorKind::NotFound
    }
}

/// A failure of ours that went through the SDK: of the way to the network, or in finding credentials.
fn own<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a AwsError> {
    std::iter::successors(Some(error), |&error| error.source()).find_map(|error| error.downcast_ref())
}

/// By how many seconds this machine's clock is ahead of an answer's date.
fn ahead_of(response: &HttpResponse) -> Option<i64> {
    let date = response.headers().get("date")?;
    let theirs = jiff::fmt::rfc2822::parse(date).ok()?.timestamp();
    Some(clock::now().as_second() - theirs.as_second())
}

/// The result of a read of something that may not exist: absence is an answer, not a failure.
///
/// # Errors
/// The read failed.
pub fn or_absent<T>(answer: Result<T, AwsError>) -> Result<Option<T>, AwsError> {
    match answer {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.is_not_found() => Ok(None),
        Err(error) => Err(error),
    }
}

/// The result of a deletion: what does not exist any more is as good as deleted.
///
/// # Errors
/// The deletion failed.
pub fn ignore_not_found<T>(answer: Result<T, AwsError>) -> Result<(), AwsError> {
    or_absent(answer).map(|_| ())
}

/// The causes of an error in one line, outermost first, without those that only repeat the one before.
pub fn error_chain(error: &dyn Error) -> String {
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
mod tests;
