//! What TestState refuses before a state runs. Texts are AWS's where they were recorded; the others say so.

use asl::{Pattern, StateType, TaskResource, TestedState};
use cloud_core::ServiceError;
use serde_json::{Map, Value};

use super::asked::Asked;
use crate::wire::errors::validation;

/// Checks the members that exclude each other, whatever the state is. What each may be by itself was checked by the API's model.
pub(super) fn check_members(asked: &Asked) -> Result<(), ServiceError> {
    match &asked.mock {
        Some(mock) => {
            if mock.result.is_some() == mock.error_output.is_some() {
                let message = "A test mock should have only one of the following fields: [result, errorOutput].";
                return Err(validation(message));
            }
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

/// Checks that the state which a mocked error comes from is one of the definition's; the text is that about the state that is
/// tested, and a guess here.
pub(super) fn check_cause(asked: &Asked) -> Result<(), ServiceError> {
    let Some(name) = &asked.state_configuration.error_caused_by_state else { return Ok(()) };
    let definition: Value = serde_json::from_str(&asked.definition).unwrap_or_default();
    if has_state(&definition, name) { Ok(()) } else { Err(validation("State not found in definition")) }
}

/// Whether a state of this name stands anywhere in a definition.
fn has_state(value: &Value, name: &str) -> bool {
    match value {
        Value::Object(members) => members.iter().any(|(member, inner)| {
            let is_it = member == "States" && inner.get(name).is_some_and(Value::is_object);
            is_it || has_state(inner, name)
        }),
        Value::Array(items) => items.iter().any(|inner| has_state(inner, name)),
        _ => false,
    }
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
