//! The mock of a state: its result must be one that the state can have.

use asl::{Failure, FieldValidation, StateType, TestedState};
use cloud_core::ServiceError;
use serde_json::Value;

use super::asked::{Mock, Stand};
use crate::wire::errors;

/// What the mock puts in the place of a call, or of what is inside the state.
pub(super) fn stand(mock: &Mock, tested: &TestedState) -> Result<Stand, ServiceError> {
    if let Some(output) = &mock.error_output {
        return Ok(Stand::Error(Failure { error: output.error.clone(), cause: output.cause.clone() }));
    }
    let text = mock.result.clone().unwrap_or_default();
    let Ok(result) = serde_json::from_str::<Value>(&text) else {
        return Err(errors::validation("Mocked result must be valid JSON"));
    };
    check_kind(&result, tested)?;
    let validation = match mock.field_validation_mode.as_deref() {
        None | Some("STRICT") => FieldValidation::Strict,
        Some("PRESENT") => FieldValidation::Present,
        Some(_) => FieldValidation::None,
    };
    if let Some(resource) = tested.resource() {
        resource.check_mock_result(&result, validation).map_err(|problem| errors::validation(problem.to_string()))?;
    }
    Ok(Stand::Result(text))
}

/// The result of a Map state is an array, or an object where it is written to a bucket; that of a Parallel state has an item for each
/// branch.
fn check_kind(result: &Value, tested: &TestedState) -> Result<(), ServiceError> {
    let is_inside = matches!(tested.state_type(), StateType::Map | StateType::Parallel);
    if tested.writes_results() {
        return if result.is_object() {
            Ok(())
        } else {
            Err(errors::validation("Mocked result must be a JSON object."))
        };
    }
    let Some(items) = result.as_array() else {
        return if is_inside { Err(errors::validation("Mocked result must be an array.")) } else { Ok(()) };
    };
    if tested.branches().is_some_and(|branches| branches != items.len()) {
        let message = "Mocked result must contain the same number of items as number of Parallel branches.";
        return Err(errors::validation(message));
    }
    Ok(())
}
