//! What TestState refuses before a state runs. Texts are AWS's where they were recorded; the others say so.

use asl::{Pattern, StateType, TaskResource, TestedState};
use cloud_core::ServiceError;
use serde_json::{Map, Value};

use super::asked::{Asked, Mock, StateConfiguration};
use crate::wire::errors::{self, constraint, validation};

const MAX_DEFINITION_CHARS: usize = 1_048_576;
const MAX_STATE_NAME_CHARS: usize = 80;
const MAX_ROLE_ARN_CHARS: usize = 256;
const MAX_ERROR_CHARS: usize = 256;
const MAX_CAUSE_CHARS: usize = 32_768;

/// Checks each member and those that exclude each other, whatever the state is.
pub(super) fn check_members(asked: &Asked) -> Result<(), ServiceError> {
    check_text(Some(&asked.definition), "definition", 1, MAX_DEFINITION_CHARS)?;
    check_text(asked.state_name.as_deref(), "stateName", 1, MAX_STATE_NAME_CHARS)?;
    check_text(asked.role_arn.as_deref(), "roleArn", 1, MAX_ROLE_ARN_CHARS)?;
    for (text, member) in [(&asked.variables, "variables"), (&asked.context, "context")] {
        check_text(text.as_deref(), member, 0, asl::MAX_PAYLOAD_BYTES)?;
    }
    if let Some(level) = &asked.inspection_level {
        errors::one_of(level, "inspectionLevel", &["INFO", "DEBUG", "TRACE"])?;
    }
    check_configuration(&asked.state_configuration)?;
    match &asked.mock {
        Some(mock) => {
            check_mock(mock)?;
            if asked.reveal_secrets {
                return Err(validation("TestState does not support RevealSecrets when a mock is specified."));
            }
        }
        None => {
            if asked.state_configuration.map_iteration_failure_count.is_some() {
                let message = "TestState does not support MapIterationFailureCount when a mock is not specified.";
                return Err(validation(message));
            }
            // After the pattern of the one above; not recorded.
            if asked.context.is_some() {
                return Err(validation("TestState does not support Context when a mock is not specified."));
            }
        }
    }
    Ok(())
}

fn check_configuration(configured: &StateConfiguration) -> Result<(), ServiceError> {
    for (count, member) in [
        (configured.retrier_retry_count, "stateConfiguration.retrierRetryCount"),
        (configured.map_iteration_failure_count, "stateConfiguration.mapIterationFailureCount"),
    ] {
        if let Some(count) = count.filter(|count| *count < 0) {
            return Err(constraint(&count.to_string(), member, "have value greater than or equal to 0"));
        }
    }
    let by_state = configured.error_caused_by_state.as_deref();
    check_text(by_state, "stateConfiguration.errorCausedByState", 1, MAX_STATE_NAME_CHARS)?;
    let data = configured.map_item_reader_data.as_deref();
    check_text(data, "stateConfiguration.mapItemReaderData", 0, asl::MAX_PAYLOAD_BYTES)
}

fn check_mock(mock: &Mock) -> Result<(), ServiceError> {
    check_text(mock.result.as_deref(), "mock.result", 0, asl::MAX_PAYLOAD_BYTES)?;
    if let Some(mode) = &mock.field_validation_mode {
        errors::one_of(mode, "mock.fieldValidationMode", &["STRICT", "PRESENT", "NONE"])?;
    }
    if let Some(output) = &mock.error_output {
        check_text(output.error.as_deref(), "mock.errorOutput.error", 0, MAX_ERROR_CHARS)?;
        check_text(output.cause.as_deref(), "mock.errorOutput.cause", 0, MAX_CAUSE_CHARS)?;
    }
    if mock.result.is_some() == mock.error_output.is_some() {
        let message = "A test mock should have only one of the following fields: [result, errorOutput].";
        return Err(validation(message));
    }
    Ok(())
}

fn check_text(text: Option<&str>, member: &str, least: usize, most: usize) -> Result<(), ServiceError> {
    match text {
        Some(text) if text.chars().count() < least => {
            Err(constraint(text, member, &format!("have length greater than or equal to {least}")))
        }
        Some(text) => errors::at_most(text, member, most),
        None => Ok(()),
    }
}

/// Checks whether a state like this is tested, with a mock or without one.
pub(super) fn check_state(asked: &Asked, tested: &TestedState) -> Result<(), ServiceError> {
    let state_type = tested.state_type();
    if asked.mock.is_some() {
        return match state_type {
            StateType::Task | StateType::Map | StateType::Parallel => Ok(()),
            other => {
                let name = other.name();
                Err(validation(format!("State type '{name}' is not supported when a mock is specified")))
            }
        };
    }
    if matches!(state_type, StateType::Map | StateType::Parallel) {
        let message = "TestState API does not support Map or Parallel states. Supported state types include: [Task, Wait, \
                       Pass, Succeed, Fail, Choice]";
        return Err(ServiceError::bad_request("InvalidDefinition", message));
    }
    let Some(resource) = tested.resource() else {
        return Ok(());
    };
    // That both are refused is documented; the texts of these are ours.
    if matches!(resource, TaskResource::Activity { .. }) || waits_for_others(resource) {
        let message = "TestState API does not support activities and the '.sync' and '.waitForTaskToken' service integration \
                       patterns when a mock is not specified.";
        return Err(ServiceError::bad_request("InvalidDefinition", message));
    }
    if asked.role_arn.is_none() {
        return Err(validation("TestState requires a RoleArn to run a Task state when a mock is not specified."));
    }
    Ok(())
}

fn waits_for_others(resource: &TaskResource) -> bool {
    matches!(resource, TaskResource::Service { pattern: Pattern::RunAJob | Pattern::WaitForCallback, .. })
}

/// The Context Object that is given.
pub(super) fn context(text: Option<&str>, tested: &TestedState) -> Result<Option<Value>, ServiceError> {
    let Some(text) = text else {
        return Ok(None);
    };
    let Ok(Value::Object(members)) = serde_json::from_str(text) else {
        return Err(validation("Invalid Context object provided: Context object must be a JSON object"));
    };
    if members.contains_key("Task") && !tested.resource().is_some_and(waits_for_others) {
        let message = "Invalid Context object provided: Context object contains 'Task' when state is not a Task state with a \
                       '.sync' or '.waitForTaskToken' service integration pattern";
        return Err(validation(message));
    }
    Ok(Some(Value::Object(members)))
}

/// The variables that are given; the text of the refusal is ours.
pub(super) fn variables(text: Option<&str>) -> Result<Map<String, Value>, ServiceError> {
    match text.map(serde_json::from_str) {
        None => Ok(Map::new()),
        Some(Ok(Value::Object(members))) => Ok(members),
        Some(_) => Err(validation("Variables must be a JSON object.")),
    }
}
