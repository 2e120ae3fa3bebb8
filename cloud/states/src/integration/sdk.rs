//! `aws-sdk:<service>:<action>`: any operation that the embedded cloud serves, through the port that answers as the wire does.

use std::sync::Arc;

use asl::TaskRequest;
use cloud_core::{Request, ServiceError};
use serde_json::{Map, Value};

use super::acting::Acting;
use super::call_fault::CallFault;
use super::{casing, lambda_route};
use crate::states::States;

/// The prefix of `X-Amz-Target` of CloudWatch Logs.
const LOGS_TARGET: &str = "Logs_20140328";

/// The prefix of `X-Amz-Target` of Step Functions.
const STATES_TARGET: &str = "AWSStepFunctions";

/// Calls an operation, and gives its answer as the task's output.
pub(super) async fn call(
    states: &Arc<States>,
    acting: &Acting<'_>,
    service: &str,
    action: &str,
    request: &TaskRequest,
) -> Result<String, CallFault> {
    let parameters: Map<String, Value> =
        serde_json::from_str(&request.input).map_err(|error| CallFault::parameters(request, &error.to_string()))?;
    let not_served = || CallFault::not_served(&format!("aws-sdk:{service}"), action);
    let model = api_models::service(service).and_then(|service| service.operation(action)).ok_or_else(not_served)?;
    let parameters = casing::to_api(&model, parameters);
    let operation = casing::upper_first(action);
    let blank = |signing_name: &str| {
        let id = states.random.uuid().to_string();
        Request::internal(id, states.clock.now(), &acting.location, signing_name).acting_as(acting.role())
    };
    let body = |parameters| Value::Object(parameters).to_string();
    let sent = match service {
        "sfn" => blank("states").with_target(STATES_TARGET, &operation, body(parameters)),
        "cloudwatchlogs" => blank("logs").with_target(LOGS_TARGET, &operation, body(parameters)),
        "lambda" => lambda_route::request(blank("lambda"), &operation, parameters).ok_or_else(not_served)?,
        _ => return Err(not_served()),
    };
    let response = match states.dispatch.dispatch(sent).await {
        Ok(response) => response,
        Err(error) if error.status == 501 => return Err(not_served()),
        Err(error) => return Err(failure(service, &error, &states.random.uuid().to_string())),
    };
    let value = match service {
        "lambda" => lambda_route::answer(&operation, &response),
        _ => casing::read(&response),
    };
    Ok(casing::to_task(&model, value).to_string())
}

/// How an error shows up: `Sfn.InvalidTokenException`, with the text of the AWS SDK for Java 2.
fn failure(service: &str, error: &ServiceError, request_id: &str) -> CallFault {
    let prefix = match service {
        "sfn" => "Sfn",
        "cloudwatchlogs" => "CloudWatchLogs",
        _ => "Lambda",
    };
    // No operation lists this error, so that the SDK has no class for it but that of all errors of the service.
    let code = if error.code == "AccessDeniedException" { prefix } else { &error.code };
    let suffix = if code.ends_with("Exception") { "" } else { "Exception" };
    let cause = format!(
        "{} (Service: {prefix}, Status Code: {}, Request ID: {request_id}) (SDK Attempt Count: 1)",
        error.message, error.status
    );
    CallFault::new(&format!("{prefix}.{code}{suffix}"), cause)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_named_as_the_sdk_names_them() {
        let fault = failure("sfn", &ServiceError::bad_request("InvalidToken", "Invalid Token: 'Invalid token'"), "id");
        assert_eq!(fault.error, "Sfn.InvalidTokenException");
        assert!(
            fault.cause.starts_with("Invalid Token: 'Invalid token' (Service: Sfn, Status Code: 400, Request ID: ")
        );
        assert!(fault.cause.ends_with(") (SDK Attempt Count: 1)"));
        let denied = ServiceError::bad_request("AccessDeniedException", "no");
        assert_eq!(failure("cloudwatchlogs", &denied, "id").error, "CloudWatchLogs.CloudWatchLogsException");
        let missing = ServiceError::new(404, "ResourceNotFoundException", "no");
        assert_eq!(failure("lambda", &missing, "id").error, "Lambda.ResourceNotFoundException");
    }
}
