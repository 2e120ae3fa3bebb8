//! What a state machine may be made of: the checks that creating and updating share.

use asl::{DefinitionError, Finding, FindingKind, StateMachine};
use cloud_core::{JacksonError, Location, Principal, RoleTrust, ServiceError};
use serde::Deserialize;

use crate::rows::machine::{Kind, Logging};
use crate::states::States;
use crate::wire::errors::{NOT_ASSUMED, invalid_arn, invalid_definition, validation};

/// `TracingConfiguration`.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Tracing {
    #[serde(default)]
    pub(super) enabled: bool,
}

/// Checks a definition by the language's rules. An integration that the embedded cloud lacks is no error: AWS takes it,
/// and here the task says so when it runs.
pub(super) fn check_definition(definition: &str, kind: Kind) -> Result<(), ServiceError> {
    let checked = StateMachine::parse(definition).and_then(|machine| match kind {
        Kind::Standard => Ok(()),
        Kind::Express => machine.check_express(),
    });
    checked.map_err(|error| refused(&error, definition))
}

/// The refusal of a definition with these mistakes.
pub(crate) fn refused(error: &DefinitionError, definition: &str) -> ServiceError {
    let mistake = error.findings().first().and_then(|finding| no_json(finding, definition));
    let text = mistake.map(|JacksonError { words, place }| format!("INVALID_JSON_DESCRIPTION: {words}\n at {place}"));
    invalid_definition(&text.unwrap_or_else(|| error.aws_text()))
}

/// What AWS says instead of a finding that the definition is no JSON.
pub(super) fn no_json(finding: &Finding, definition: &str) -> Option<JacksonError> {
    if finding.kind == FindingKind::InvalidJson { JacksonError::in_text(definition) } else { None }
}

/// Checks that Step Functions may assume the role for a state machine.
pub(crate) fn check_role(states: &States, role_arn: &str, machine_arn: &str) -> Result<(), ServiceError> {
    check_role_arn(role_arn)?;
    let service = Principal::Service { name: "states.amazonaws.com", resource: machine_arn };
    if states.roles.trust(role_arn, service) == RoleTrust::Trusted {
        return Ok(());
    }
    Err(ServiceError::bad_request("AccessDeniedException", NOT_ASSUMED))
}

/// Checks that an ARN is one of a role.
pub(crate) fn check_role_arn(role_arn: &str) -> Result<(), ServiceError> {
    if !role_arn.starts_with("arn:") {
        return Err(invalid_arn(&format!("Invalid ARN prefix: {role_arn}")));
    }
    if !role_arn.contains(":iam::") || !role_arn.contains(":role/") {
        return Err(invalid_arn(&format!("Invalid Role Arn: {role_arn}")));
    }
    Ok(())
}

/// Checks the logging configuration of a state machine that is here; the texts are AWS's.
pub(super) fn check_logging(states: &States, here: &Location, logging: &Logging) -> Result<(), ServiceError> {
    let destinations = logging.destinations.as_ref().map_or(0, Vec::len);
    if destinations > 1 || (logging.level != "OFF" && destinations == 0) {
        let message = "Invalid Logging Configuration: Must specify exactly one Log Destination.";
        return Err(ServiceError::bad_request("InvalidLoggingConfiguration", message));
    }
    match logging.group() {
        Some((location, name)) if location != *here || !states.logs.has_group(&location, &name) => {
            let message = "Invalid Logging Configuration: Log Destination not found.";
            Err(ServiceError::bad_request("InvalidLoggingConfiguration", message))
        }
        _ => Ok(()),
    }
}

/// A version's description makes sense with a version only.
pub(super) fn check_publish(publish: bool, description: Option<&str>) -> Result<(), ServiceError> {
    match (publish, description) {
        (false, Some(_)) => Err(validation("Version description can only be set when publish is true")),
        _ => Ok(()),
    }
}
