//! Lambda functions: as a Task's `Resource`, and through `lambda:invoke`.

use std::sync::Arc;

use asl::lambda::{AcceptedInvocation, InvocationResponse};
use asl::{Input, TaskRequest};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use cloud_core::{FunctionReference, ServiceError};
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;
use serde_json::value::RawValue;

use super::acting::{Acting, Wanted};
use super::call_fault::CallFault;
use super::http_date::http_date;
use crate::states::States;

/// What a `lambda:invoke` task gives as parameters.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Parameters<'a> {
    function_name: String,
    qualifier: Option<String>,
    invocation_type: Option<String>,
    log_type: Option<String>,
    client_context: Option<String>,
    #[serde(borrow)]
    payload: Option<&'a RawValue>,
}

/// What a function is called with, and what of it is asked for.
#[derive(Debug, Default)]
struct Call<'a> {
    payload: Bytes,
    client_context: Option<&'a str>,
    with_log: bool,
}

/// A Lambda function that is the Task's `Resource`.
pub(super) async fn call_function(
    states: &Arc<States>,
    acting: &Acting<'_>,
    request: &TaskRequest,
    arn: &str,
) -> Input {
    let function = FunctionReference::parse(arn, &acting.location).map_err(|error| service_failure(states, &error));
    match function.and_then(|function| permitted(states, acting, function)) {
        Ok(function) => {
            let call = Call { payload: Bytes::copy_from_slice(request.input.as_bytes()), ..Call::default() };
            run(states, request, &function, call).await
        }
        Err(fault) => fault.input(request),
    }
}

/// The function, when the role that the task acts as may invoke it.
fn permitted(
    states: &States,
    acting: &Acting<'_>,
    function: FunctionReference,
) -> Result<FunctionReference, CallFault> {
    function.check_region(acting.location.region()).map_err(|error| service_failure(states, &error))?;
    let policy = states.functions.resource_policy(&function);
    let tags = || states.functions.tags(&function);
    let wanted = Wanted { policy: policy.as_ref(), tags: &tags, qualifier: None };
    match acting.permit(states, "lambda:InvokeFunction", &function.arn(), &wanted) {
        Ok(()) => Ok(function),
        Err(refused) => {
            let denied = ServiceError::new(403, "AccessDeniedException", refused.to_string());
            Err(service_failure(states, &denied))
        }
    }
}

/// `lambda:invoke`.
pub(super) async fn invoke(states: &Arc<States>, acting: &Acting<'_>, request: &TaskRequest) -> Input {
    let parameters: Parameters<'_> = match serde_json::from_str(&request.input) {
        Ok(parameters) => parameters,
        Err(error) => return CallFault::parameters(request, &error.to_string()).input(request),
    };
    let function = FunctionReference::parse(&parameters.function_name, &acting.location)
        .and_then(|function| function.qualified(parameters.qualifier))
        .map_err(|error| service_failure(states, &error));
    let function = match function.and_then(|function| permitted(states, acting, function)) {
        Ok(function) => function,
        Err(fault) => return fault.input(request),
    };
    let payload = parameters.payload.map_or_else(|| "{}".to_owned(), event);
    let payload = Bytes::from(payload);
    let accepted = match parameters.invocation_type.as_deref() {
        None | Some("RequestResponse") => {
            let with_log = parameters.log_type.as_deref() == Some("Tail");
            let call = Call { payload, client_context: parameters.client_context.as_deref(), with_log };
            return run(states, request, &function, call).await;
        }
        Some("Event") => states.functions.invoke_later(&function, payload).await.map(|id| (202, id, None)),
        Some("DryRun") => {
            states.functions.version(&function).map(|version| (204, states.random.uuid().to_string(), Some(version)))
        }
        Some(other) => {
            let message = format!("Unsupported invocation type: {other}");
            Err(ServiceError::bad_request("InvalidParameterValueException", message))
        }
    };
    match accepted {
        Ok((status, request_id, executed_version)) => {
            let acceptance = AcceptedInvocation {
                status,
                executed_version: executed_version.as_deref(),
                request_id: &request_id,
                http_date: &http_date(&states.clock),
            };
            asl::lambda::accepted_task_result(request, &acceptance)
        }
        Err(error) => service_failure(states, &error).input(request),
    }
}

/// The event for a `Payload`: an empty object for null, as for none; the JSON inside a text that holds JSON; else the value.
fn event(payload: &RawValue) -> String {
    match serde_json::from_str(payload.get()) {
        Ok(Value::Null) => "{}".to_owned(),
        Ok(Value::String(text)) if serde_json::from_str::<IgnoredAny>(&text).is_ok() => text,
        Ok(_) | Err(_) => payload.get().to_owned(),
    }
}

async fn run(states: &Arc<States>, request: &TaskRequest, function: &FunctionReference, call: Call<'_>) -> Input {
    match states.functions.invoke_for(function, call.payload, call.client_context).await {
        Ok(invocation) => {
            if call.with_log {
                states.logs.flush(&function.location, &function.log_group()).await;
            }
            let log = call.with_log.then(|| BASE64_STANDARD.encode(&invocation.log_tail));
            let answer = InvocationResponse {
                payload: &String::from_utf8_lossy(&invocation.payload),
                is_error: invocation.function_error.is_some(),
                executed_version: &invocation.executed_version,
                request_id: &invocation.request_id,
                trace_id: &invocation.trace_id,
                http_date: &http_date(&states.clock),
                log_result: log.as_deref(),
            };
            asl::lambda::task_result(request, &answer)
        }
        Err(error) => service_failure(states, &error).input(request),
    }
}

/// How a Lambda error shows up in an execution: `Lambda.` and the code, with the text of the AWS SDK that Step Functions
/// uses.
fn service_failure(states: &States, error: &ServiceError) -> CallFault {
    failure(error, &states.random.uuid().to_string())
}

fn failure(error: &ServiceError, request_id: &str) -> CallFault {
    let cause = format!(
        "{} (Service: AWSLambda; Status Code: {}; Error Code: {}; Request ID: {request_id}; Proxy: null)",
        error.message, error.status, error.code
    );
    // The SDK that Step Functions uses has no class for this error, and so gives it the name of all.
    let code = if error.code == "AccessDeniedException" { "AWSLambdaException" } else { &error.code };
    CallFault::new(&format!("Lambda.{code}"), cause)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lambda_errors_as_aws_does() {
        let missing = ServiceError::new(404, "ResourceNotFoundException", "Function not found: arn");
        let fault = failure(&missing, "id");
        assert_eq!(fault.error, "Lambda.ResourceNotFoundException");
        assert!(fault.cause.starts_with("Function not found: arn (Service: AWSLambda; Status Code: 404; Error Code: ResourceNotFoundException; Request ID: "), "{}", fault.cause);
    }

    #[test]
    fn a_text_of_json_is_the_event_itself() {
        let event = |json: &str| event(serde_json::from_str(json).unwrap());
        assert_eq!(event(r#""\"hello\"""#), r#""hello""#);
        assert_eq!(event(r#""hello""#), r#""hello""#);
        assert_eq!([event("null"), event("[1.0]")], ["{}", "[1.0]"]);
    }

    #[test]
    fn reads_the_parameters_of_lambda_invoke() {
        let text = r#"{"FunctionName":"f","Payload":{"big":1.0,"n":10000000000000000000001},"LogType":"Tail"}"#;
        let parameters: Parameters<'_> = serde_json::from_str(text).unwrap();
        assert_eq!(parameters.payload.map(RawValue::get), Some(r#"{"big":1.0,"n":10000000000000000000001}"#));
    }
}
