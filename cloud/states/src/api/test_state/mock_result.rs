//! The mock of a state: its result must be one that the state can have.

use asl::{Failure, Pattern, StateType, TaskResource, TestedState};
use cloud_core::ServiceError;
use serde_json::Value;

use super::asked::{Mock, Stand};
use super::shapes::{self, Presence};
use crate::wire::errors::validation;

/// What the mock puts in the place of a call, or of what is inside the state.
pub(super) fn stand(mock: &Mock, tested: &TestedState) -> Result<Stand, ServiceError> {
    if let Some(output) = &mock.error_output {
        return Ok(Stand::Error(Failure { error: output.error.clone(), cause: output.cause.clone() }));
    }
    let text = mock.result.clone().unwrap_or_default();
    let Ok(result) = serde_json::from_str::<Value>(&text) else {
        return Err(validation("Mocked result must be valid JSON"));
    };
    check_kind(&result, tested)?;
    let presence = match mock.field_validation_mode.as_deref() {
        None | Some("STRICT") => Some(Presence::Required),
        Some("PRESENT") => Some(Presence::Optional),
        Some(_) => None,
    };
    if let (Some(presence), Some(resource)) = (presence, tested.resource()) {
        check_shape(&result, resource, presence)?;
    }
    Ok(Stand::Result(text))
}

/// The result of a Map state is an array, or an object where it is written to a bucket; that of a Parallel state has an item for each
/// branch.
fn check_kind(result: &Value, tested: &TestedState) -> Result<(), ServiceError> {
    let is_inside = matches!(tested.state_type(), StateType::Map | StateType::Parallel);
    if tested.writes_results() {
        return if result.is_object() { Ok(()) } else { Err(validation("Mocked result must be a JSON object.")) };
    }
    let Some(items) = result.as_array() else {
        return if is_inside { Err(validation("Mocked result must be an array.")) } else { Ok(()) };
    };
    if tested.branches().is_some_and(|branches| branches != items.len()) {
        let message = "Mocked result must contain the same number of items as number of Parallel branches.";
        return Err(validation(message));
    }
    Ok(())
}

/// The result of a service's operation has the shape that the operation's model gives its output. Whoever returns a task token may
/// give any result.
fn check_shape(result: &Value, resource: &TaskResource, presence: Presence) -> Result<(), ServiceError> {
    let TaskResource::Service { resource_type, resource, pattern } = resource else {
        return Ok(());
    };
    if *pattern == Pattern::WaitForCallback {
        return Ok(());
    }
    let action = resource.split('.').next().unwrap_or_default();
    let (service, action) = match (resource_type.strip_prefix("aws-sdk:"), resource_type.as_str()) {
        (Some(service), _) => (service, action),
        // What is waited for is what describes it.
        (None, "states") if *pattern == Pattern::RunAJob => ("sfn", "describeExecution"),
        (None, "states") => ("sfn", action),
        (None, "lambda") => ("task-lambda", action),
        (None, service) => (service, action),
    };
    shapes::check(service, action, result, presence)
        .map_err(|problem| validation(format!("Mock result schema validation error: {problem}")))
}
