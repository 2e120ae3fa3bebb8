//! Step Functions' own errors, with the texts that were recorded from AWS.

use cloud_core::{JacksonError, ServiceError};
use cloud_store::StoreError;

/// How the error begins of what the store did not take.
const NOT_WRITTEN: &str = "The embedded cloud could not write its store, so nothing was changed.";

/// What AWS says of a role that Step Functions can't assume.
pub(crate) const NOT_ASSUMED: &str = "Neither the global service principal states.amazonaws.com, nor the regional one is \
                                      authorized to assume the provided role.";

/// The store took nothing; the text is ours.
pub(crate) fn not_written(error: &StoreError) -> ServiceError {
    ServiceError::internal(format!("{NOT_WRITTEN} {error}"))
}

/// Whether it is that error: what was asked for can be asked again.
pub(crate) fn is_not_written(error: &ServiceError) -> bool {
    error.status == 500 && error.message.starts_with(NOT_WRITTEN)
}

pub(crate) fn invalid_arn(why: &str) -> ServiceError {
    ServiceError::bad_request("InvalidArn", format!("Invalid Arn: '{why}'"))
}

pub(crate) fn invalid_name(name: &str) -> ServiceError {
    ServiceError::bad_request("InvalidName", format!("Invalid Name: '{name}'"))
}

pub(crate) fn invalid_definition(why: &str) -> ServiceError {
    ServiceError::bad_request("InvalidDefinition", format!("Invalid State Machine Definition: '{why}'"))
}

/// The words about an execution's input, or a task's output, that is no JSON; `fallback` is used where Jackson has nothing
/// against it.
pub(crate) fn no_json(text: &str, fallback: &str) -> String {
    if text.trim().is_empty() {
        return "Invalid execution input.".to_owned();
    }
    JacksonError::in_text(text).map_or_else(|| fallback.to_owned(), |mistake| mistake.words)
}

pub(crate) fn invalid_input(why: &str) -> ServiceError {
    ServiceError::bad_request("InvalidExecutionInput", format!("Invalid State Machine Execution Input: '{why}'"))
}

pub(crate) fn invalid_token() -> ServiceError {
    ServiceError::bad_request("InvalidToken", "Invalid Token: 'Invalid token'")
}

pub(crate) fn machine_missing(arn: &str) -> ServiceError {
    ServiceError::bad_request("StateMachineDoesNotExist", format!("State Machine Does Not Exist: '{arn}'"))
}

pub(crate) fn machine_exists(arn: &str) -> ServiceError {
    ServiceError::bad_request("StateMachineAlreadyExists", format!("State Machine Already Exists: '{arn}'"))
}

pub(crate) fn machine_deleting(arn: &str) -> ServiceError {
    ServiceError::bad_request("StateMachineDeleting", format!("State Machine is being deleted: '{arn}'"))
}

pub(crate) fn execution_missing(arn: &str) -> ServiceError {
    ServiceError::bad_request("ExecutionDoesNotExist", format!("Execution Does Not Exist: '{arn}'"))
}

/// AWS forks nothing; code and texts are ours.
pub(crate) fn fork_not_possible(reason: impl Into<String>) -> ServiceError {
    ServiceError::bad_request("ForkNotPossible", reason)
}

/// The text is the reason that `DescribeExecution` gives (measured by others).
pub(crate) fn not_redrivable(reason: impl Into<String>) -> ServiceError {
    ServiceError::bad_request("ExecutionNotRedrivable", reason)
}

pub(crate) fn execution_exists(arn: &str) -> ServiceError {
    ServiceError::bad_request("ExecutionAlreadyExists", format!("Execution Already Exists: '{arn}'"))
}

pub(crate) fn activity_missing(arn: &str) -> ServiceError {
    ServiceError::bad_request("ActivityDoesNotExist", format!("Activity Does Not Exist: '{arn}'"))
}

/// A text that is no task token.
pub(crate) fn no_token() -> ServiceError {
    ServiceError::bad_request("InvalidToken", "Invalid Token: 'Invalid token'")
}

/// A token that was used, or whose task is over for another reason.
pub(crate) fn task_gone() -> ServiceError {
    ServiceError::bad_request("TaskTimedOut", "Task Timed Out: 'Provided task does not exist anymore'")
}

pub(crate) fn invalid_output(why: &str) -> ServiceError {
    ServiceError::bad_request("InvalidOutput", format!("Invalid Output: '{why}'"))
}

/// What an operation answers that the state machine's type does not have.
pub(crate) fn wrong_type() -> ServiceError {
    let message = "This operation is not supported by this type of state machine";
    ServiceError::bad_request("StateMachineTypeNotSupported", message)
}

/// An ARN that names no version where only one can stand; the text is ours.
pub(crate) fn no_version(arn: &str) -> ServiceError {
    invalid_arn(&format!("It names no version of a state machine: {arn}"))
}

/// What ends a state machine's publishing until some of its versions are deleted; the text is ours.
pub(crate) fn too_many_versions(arn: &str, most: usize) -> ServiceError {
    let message = format!("The state machine has {most} versions, which is the most it may have: '{arn}'");
    ServiceError::bad_request("ServiceQuotaExceededException", message)
}

/// What an account has as many of as it may have in a region: `StateMachine` or `Activity`; the text is ours.
pub(crate) fn too_many_registered(what: &str, most: usize) -> ServiceError {
    let message = format!("There are {most} of them, which is the most that an account may have in a region");
    ServiceError::bad_request(format!("{what}LimitExceeded"), message)
}

/// An account has as many open executions as it may have in a region; the code is the API model's, the text ours.
pub(crate) fn too_many_open(most: usize) -> ServiceError {
    let message = format!("There are {most} open executions, which is the most that an account may have in a region");
    ServiceError::bad_request("ExecutionLimitExceeded", message)
}

pub(crate) fn resource_missing(arn: &str) -> ServiceError {
    ServiceError::bad_request("ResourceNotFound", format!("Resource not found: '{arn}'")).with("resourceName", arn)
}

pub(crate) fn validation(message: impl Into<String>) -> ServiceError {
    ServiceError::bad_request("ValidationException", message)
}

/// Whether `includedData` asks for everything, as it does when it is not there.
pub(crate) fn wants_data(included: Option<&str>) -> bool {
    included != Some("METADATA_ONLY")
}

/// The size of a page: 100 when none, or 0, was asked for.
pub(crate) fn page_size(asked: Option<usize>) -> usize {
    asked.filter(|asked| *asked > 0).unwrap_or(100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_input_that_is_no_json_has_the_words_recorded_from_aws() {
        assert_eq!(
            no_json("not some json", ""),
            "Unrecognized token 'not': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')"
        );
        assert_eq!(
            no_json("{'not': 'json'", ""),
            "Unexpected character (''' (code 39)): was expecting double-quote to start field name"
        );
        assert_eq!(no_json("", ""), "Invalid execution input.");
    }
}
