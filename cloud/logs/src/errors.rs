//! AWS's errors and their texts, and the checks that several operations share.

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

/// The group is protected. (AWS documents a `ValidationException`; the text is ours.)
pub(crate) fn protected() -> ServiceError {
    let message = "The log group is protected against deletion. Disable its deletion protection first.";
    ServiceError::bad_request("ValidationException", message)
}

/// A parameter is wrong.
pub(crate) fn invalid(message: impl Into<String>) -> ServiceError {
    ServiceError::bad_request("InvalidParameterException", message)
}

/// A member breaks the constraint of its shape.
pub(crate) fn constraint(value: &str, member: &str, constraint: &str) -> ServiceError {
    invalid(format!(
        "1 validation error detected: Value '{value}' at '{member}' failed to satisfy constraint: {constraint}"
    ))
}

/// How many of a list may be asked for at once: between 1 and `most`, which is also what is given unasked.
pub(crate) fn limit(asked: Option<usize>, most: usize) -> Result<usize, ServiceError> {
    let bound = match asked {
        None => return Ok(most),
        Some(0) => "greater than or equal to 1".to_owned(),
        Some(asked) if asked <= most => return Ok(asked),
        Some(_) => format!("less than or equal to {most}"),
    };
    let value = asked.unwrap_or_default().to_string();
    Err(constraint(&value, "limit", &format!("Member must have value {bound}")))
}

/// Groups and streams have names of 1 to 512 characters.
pub(crate) fn check_length(name: &str, member: &str) -> Result<(), ServiceError> {
    let bound = match name.len() {
        0 => "greater than or equal to 1",
        1..=512 => return Ok(()),
        _ => return Err(invalid("Invalid LogGroup or LogStream, both must have length less than or equal to 512.")),
    };
    Err(constraint(name, member, &format!("Member must have length {bound}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_checked() {
        assert_eq!((limit(None, 50).unwrap(), limit(Some(1), 50).unwrap(), limit(Some(50), 50).unwrap()), (50, 1, 50));
        assert!(limit(Some(0), 50).unwrap_err().message.ends_with("Member must have value greater than or equal to 1"));
        insta::assert_snapshot!(limit(Some(51), 50).unwrap_err(), @"InvalidParameterException: 1 validation error detected: Value '51' at 'limit' failed to satisfy constraint: Member must have value less than or equal to 50");
    }
}
