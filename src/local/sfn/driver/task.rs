//! Tasks: which resources the embedded cloud can call, and calling them.

use std::sync::Arc;

use asl::lambda::FunctionAnswer;
use asl::{Input, TaskRequest, TaskResource};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::Message;
use crate::clock;
use crate::local::Cloud;
use crate::local::arn::Region;
use crate::local::error::ServiceError;
use crate::local::sfn::execution::ExecutionKey;

/// Whether the embedded cloud can run tasks of this resource.
pub(in crate::local::sfn) fn is_served(resource: &TaskResource) -> bool {
    match resource {
        TaskResource::Lambda { .. } => true,
        TaskResource::Activity { .. } => false,
        TaskResource::Service { resource_type, resource, .. } => resource_type == "lambda" && resource == "invoke",
    }
}

/// Calls a task's resource in the background, and posts what came of it.
pub(super) fn begin(cloud: &Arc<Cloud>, key: &ExecutionKey, request: TaskRequest) {
    let (cloud, key) = (Arc::clone(cloud), key.clone());
    tokio::spawn(async move {
        let news = call(&cloud, &Region::new(key.region()), &request).await;
        cloud.step_functions.driver.post(&cloud, &key, Message::Input(news));
    });
}

/// What a `lambda:invoke` task gives as parameters.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Parameters<'a> {
    function_name: String,
    qualifier: Option<String>,
    invocation_type: Option<String>,
    log_type: Option<String>,
    #[serde(borrow)]
    payload: Option<&'a RawValue>,
}

async fn call(cloud: &Arc<Cloud>, region: &Region, request: &TaskRequest) -> Input {
    match &request.resource {
        TaskResource::Lambda { arn } => {
            invoke(cloud, region, request, arn, Bytes::from(request.input.clone()), false).await
        }
        TaskResource::Service { .. } | TaskResource::Activity { .. } if !is_served(&request.resource) => {
            failed(request, "States.Runtime", "The embedded cloud cannot run tasks of this resource yet.")
        }
        TaskResource::Service { .. } | TaskResource::Activity { .. } => {
            let parameters: Parameters<'_> = match serde_json::from_str(&request.input) {
                Ok(parameters) => parameters,
                Err(error) => {
                    let cause =
                        format!("The Parameters '{}' could not be used to start the Task: [{error}]", request.input);
                    return failed(request, "States.Runtime", &cause);
                }
            };
            if parameters.invocation_type.as_deref().is_some_and(|kind| kind != "RequestResponse") {
                return failed(
                    request,
                    "States.Runtime",
                    "The embedded cloud invokes functions with InvocationType RequestResponse only.",
                );
            }
            let function = match &parameters.qualifier {
                Some(qualifier) => format!("{}:{qualifier}", parameters.function_name),
                None => parameters.function_name.clone(),
            };
            // AWS hands an empty object to a function for a Payload of null, as for none.
            let payload = parameters.payload.map(RawValue::get).filter(|payload| *payload != "null").unwrap_or("{}");
            let with_log = parameters.log_type.as_deref() == Some("Tail");
            invoke(cloud, region, request, &function, Bytes::from(payload.to_owned()), with_log).await
        }
    }
}

async fn invoke(
    cloud: &Arc<Cloud>,
    region: &Region,
    request: &TaskRequest,
    function: &str,
    payload: Bytes,
    with_log: bool,
) -> Input {
    match cloud.functions.invoke_from(cloud, region, function, payload).await {
        Ok(invocation) => {
            let log = with_log.then(|| BASE64_STANDARD.encode(&invocation.log_tail));
            let answer = FunctionAnswer {
                payload: &String::from_utf8_lossy(&invocation.payload),
                is_error: invocation.function_error.is_some(),
                executed_version: &invocation.executed_version,
                request_id: &invocation.request_id,
                trace_id: &invocation.trace_id,
                http_date: &clock::now().strftime("%a, %d %b %Y %H:%M:%S GMT").to_string(),
                log_result: log.as_deref(),
            };
            asl::lambda::settle(request, &answer)
        }
        Err(error) => {
            let (name, cause) = service_failure(&error);
            failed(request, &name, &cause)
        }
    }
}

/// How a Lambda error shows up in an execution: `Lambda.` and the code, with the text of the AWS SDK that Step Functions
/// uses.
fn service_failure(error: &ServiceError) -> (String, String) {
    let request_id = uuid::Uuid::new_v4();
    let cause = format!(
        "{} (Service: AWSLambda; Status Code: {}; Error Code: {}; Request ID: {request_id}; Proxy: null)",
        error.message, error.status, error.code
    );
    (format!("Lambda.{}", error.code), cause)
}

fn failed(request: &TaskRequest, error: &str, cause: &str) -> Input {
    Input::TaskFailed { task: request.task, error: Some(error.to_owned()), cause: Some(cause.to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn serves_functions_only() {
        let served = |text: &str| is_served(&TaskResource::parse(text).unwrap());
        assert!(served("arn:aws:lambda:us-east-1:000000000000:function:f"));
        assert!(served("arn:aws:states:::lambda:invoke"));
        assert!(!served("arn:aws:states:::lambda:invoke.waitForTaskToken"));
        assert!(!served("arn:aws:states:::sqs:sendMessage"));
        assert!(!served("arn:aws:states:us-east-1:000000000000:activity:a"));
    }

    #[test]
    fn names_lambda_errors_as_aws_does() {
        let missing = ServiceError::new(404, "ResourceNotFoundException", "Function not found: arn");
        let (name, cause) = service_failure(&missing);
        assert_eq!(name, "Lambda.ResourceNotFoundException");
        assert!(cause.starts_with("Function not found: arn (Service: AWSLambda; Status Code: 404; Error Code: ResourceNotFoundException; Request ID: "), "{cause}");
    }

    #[test]
    fn reads_the_parameters_of_lambda_invoke() {
        let text = r#"{"FunctionName":"f","Payload":{"big":1.0,"n":10000000000000000000001},"LogType":"Tail"}"#;
        let parameters: Parameters<'_> = serde_json::from_str(text).unwrap();
        assert_eq!(parameters.payload.map(RawValue::get), Some(r#"{"big":1.0,"n":10000000000000000000001}"#));
    }
}
