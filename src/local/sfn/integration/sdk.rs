//! `aws-sdk:<service>:<action>`: any operation that the embedded cloud serves, through the same handlers as over the wire.

use std::sync::Arc;

use asl::TaskRequest;
use bytes::Bytes;
use hyper::Method;
use serde_json::{Map, Value};

use super::{CallFault, casing, lambda_route};
use crate::local::arn::Region;
use crate::local::error::ServiceError;
use crate::local::http::{Request, Response};
use crate::local::{Cloud, lambda, logs, sfn};

/// Calls an operation, and gives its answer as the task's output.
pub(super) async fn call(
    cloud: &Arc<Cloud>,
    region: &Region,
    service: &str,
    action: &str,
    request: &TaskRequest,
) -> Result<String, CallFault> {
    let parameters: Map<String, Value> =
        serde_json::from_str(&request.input).map_err(|error| CallFault::parameters(request, &error.to_string()))?;
    let operation = casing::upper_first(action);
    let answer = match service {
        "sfn" => {
            let sent = json_request(region, "states", parameters);
            let answered = sfn::handle(cloud, &operation, &sent).await;
            answered.map(|response| casing::to_task(read(&response), &casing::SFN_MOMENTS))
        }
        "cloudwatchlogs" => {
            let sent = json_request(region, "logs", parameters);
            let answered = logs::handle(cloud, &operation, &sent).await;
            answered.map(|response| casing::to_task(read(&response), &[]))
        }
        "lambda" => match lambda_route::request(region, &operation, parameters) {
            Some(sent) => {
                let answered = lambda::handle(cloud, &sent).await;
                answered.map(|response| lambda_route::answer(&operation, &response))
            }
            None => return Err(CallFault::not_served("aws-sdk:lambda", action)),
        },
        _ => return Err(CallFault::not_served(&format!("aws-sdk:{service}"), action)),
    };
    match answer {
        Ok(value) => Ok(value.to_string()),
        Err(error) if error.status == 501 => Err(CallFault::not_served(&format!("aws-sdk:{service}"), action)),
        Err(error) => Err(failure(service, &error)),
    }
}

fn json_request(region: &Region, service: &str, parameters: Map<String, Value>) -> Request {
    let body = Value::Object(casing::to_api(parameters)).to_string();
    Request::inside(region, service, Method::POST, "/", Bytes::from(body))
}

/// An answer's JSON; an empty object where there is none.
pub(super) fn read(response: &Response) -> Value {
    serde_json::from_slice(&response.body).unwrap_or_else(|_| Value::Object(Map::new()))
}

/// How an error shows up: `Sfn.InvalidTokenException`, with the text of the AWS SDK for Java 2.
fn failure(service: &str, error: &ServiceError) -> CallFault {
    let prefix = match service {
        "sfn" => "Sfn",
        "cloudwatchlogs" => "CloudWatchLogs",
        _ => "Lambda",
    };
    let suffix = if error.code.ends_with("Exception") { "" } else { "Exception" };
    let cause = format!(
        "{} (Service: {prefix}, Status Code: {}, Request ID: {}) (SDK Attempt Count: 1)",
        error.message,
        error.status,
        uuid::Uuid::new_v4()
    );
    CallFault::new(&format!("{prefix}.{}{suffix}", error.code), cause)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_named_as_the_sdk_names_them() {
        let fault = failure("sfn", &ServiceError::bad_request("InvalidToken", "Invalid Token: 'Invalid token'"));
        assert_eq!(fault.error, "Sfn.InvalidTokenException");
        assert!(
            fault.cause.starts_with("Invalid Token: 'Invalid token' (Service: Sfn, Status Code: 400, Request ID: ")
        );
        assert!(fault.cause.ends_with(") (SDK Attempt Count: 1)"));
        let missing = ServiceError::new(404, "ResourceNotFoundException", "no");
        assert_eq!(failure("lambda", &missing).error, "Lambda.ResourceNotFoundException");
    }
}
