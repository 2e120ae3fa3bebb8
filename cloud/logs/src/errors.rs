//! AWS's errors and their texts.

use cloud_core::ServiceError;

/// How many groups or streams one page of a list holds at most.
pub(crate) const LIST_LIMIT: usize = 50;

/// The group does not exist.
pub(crate) fn no_group() -> ServiceError {
    ServiceError::bad_request("ResourceNotFoundException", "The specified log group does not exist.")
}

/// The stream does not exist.
pub(crate) fn no_stream() -> ServiceError {
    ServiceError::bad_request("ResourceNotFoundException", "The specified log stream does not exist.")
}

/// A group or a stream exists already.
pub(crate) fn already_exists(what: &str) -> ServiceError {
    ServiceError::bad_request("ResourceAlreadyExistsException", format!("The specified log {what} already exists"))
}

/// A subscription or metric filter of a group of another class than the standard one: what DescribeSubscriptionFilters answers, as
/// others have recorded it.
pub(crate) fn only_standard() -> ServiceError {
    let message = "This operation is only supported on the Standard log class.";
    ServiceError::bad_request("ValidationException", message)
}

/// An operation that reads events does not know a group's class: what FilterLogEvents answers, as others have recorded it; that
/// GetLogEvents and StartLiveTail say the same is a guess.
pub(crate) fn unsupported_class(group: &str, class: &str, operation: &str) -> ServiceError {
    let message = format!(
        "The log group {group} is of log-group-class {class}. {operation} is not supported for this log class."
    );
    ServiceError::bad_request("InvalidOperationException", message)
}

/// A tag key that AWS keeps for itself. (AWS documents the rule; the text is ours.)
pub(crate) fn reserved_tag(key: &str) -> ServiceError {
    invalid(format!("Tag keys that start with 'aws:' are reserved for AWS: '{key}'."))
}

/// The group is protected. (AWS documents a `ValidationException`; the text is ours.)
pub(crate) fn protected() -> ServiceError {
    let message = "The log group is protected against deletion. Disable its deletion protection first.";
    ServiceError::bad_request("ValidationException", message)
}

/// A parameter is wrong.
pub(crate) fn invalid(message: impl Into<String>) -> ServiceError {
    ServiceError::bad_request("InvalidParameterException", message)
}

/// A member breaks a constraint that the API's model does not have.
pub(crate) fn constraint(value: &str, member: &str, constraint: &str) -> ServiceError {
    invalid(format!(
        "1 validation error detected: Value '{value}' at '{member}' failed to satisfy constraint: {constraint}"
    ))
}
