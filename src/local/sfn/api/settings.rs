//! What a state machine may be made of: the checks that creating and updating share.

use asl::StateMachine;
use serde::Deserialize;

use crate::local::Cloud;
use crate::local::error::ServiceError;
use crate::local::iam::Principal;
use crate::local::sfn::driver;
use crate::local::sfn::machine::Logging;
use crate::local::sfn::refusal::{self, invalid_arn, invalid_definition, validation};

/// `TracingConfiguration`.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Tracing {
    #[serde(default)]
    pub(super) enabled: bool,
}

/// Checks a definition: the language's own rules, then whether the embedded cloud can call everything it names.
pub(super) fn check_definition(definition: &str) -> Result<(), ServiceError> {
    let machine = StateMachine::parse(definition).map_err(|error| invalid_definition(&error.aws_text()))?;
    for (state, resource) in machine.resources() {
        if !driver::is_served(resource) {
            return Err(invalid_definition(&format!(
                "NOT_IMPLEMENTED: The embedded cloud calls Lambda functions only at /States/{state}/Resource"
            )));
        }
    }
    Ok(())
}

/// Checks that Step Functions may assume the role.
pub(super) fn check_role(cloud: &Cloud, role_arn: &str) -> Result<(), ServiceError> {
    if !role_arn.starts_with("arn:") {
        return Err(invalid_arn(&format!("Invalid ARN prefix: {role_arn}")));
    }
    if !role_arn.contains(":iam::") || !role_arn.contains(":role/") {
        return Err(invalid_arn(&format!("Invalid Role Arn: {role_arn}")));
    }
    if cloud.iam.may_assume(role_arn, &Principal::Service("states.amazonaws.com")) {
        return Ok(());
    }
    let message = "Neither the global service principal states.amazonaws.com, nor the regional one is authorized to \
                   assume the provided role.";
    Err(ServiceError::bad_request("AccessDeniedException", message))
}

/// Checks a logging configuration; the texts are AWS's.
pub(super) fn check_logging(logging: &Logging) -> Result<(), ServiceError> {
    refusal::one_of(&logging.level, "loggingConfiguration.level", &["ALL", "ERROR", "FATAL", "OFF"])?;
    let destinations = logging.destinations.as_ref().map_or(0, Vec::len);
    if destinations > 1 || (logging.level != "OFF" && destinations == 0) {
        let message = "Invalid Logging Configuration: Must specify exactly one Log Destination.";
        return Err(ServiceError::bad_request("InvalidLoggingConfiguration", message));
    }
    if logging.level != "OFF" {
        return Err(ServiceError::not_implemented("logging of executions (loggingConfiguration.level other than OFF)"));
    }
    Ok(())
}

/// A version's description makes sense with a version only.
pub(super) fn check_publish(publish: bool, description: Option<&str>) -> Result<(), ServiceError> {
    match (publish, description) {
        (false, Some(_)) => Err(validation("Version description can only be set when publish is true")),
        (true, Some(description)) => refusal::at_most(description, "versionDescription", 256),
        (_, None) => Ok(()),
    }
}
