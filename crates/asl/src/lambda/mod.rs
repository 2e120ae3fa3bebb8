//! Task results from Lambda responses: the two ways to call a function differ in their results.

mod sdk_metadata;

use serde_json::Value;

pub use sdk_metadata::SdkMetadata;

use crate::execution::{Input, TaskRequest};
use crate::resource::TaskResource;

/// The response of the Lambda service to a synchronous invocation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvocationResponse<'a> {
    /// The body, as the function wrote it.
    pub payload: &'a str,
    /// Whether the service marked it as an error (`X-Amz-Function-Error`).
    pub is_error: bool,
    /// The version that ran, `$LATEST` if none was asked for.
    pub executed_version: &'a str,
    /// The invocation's request id.
    pub request_id: &'a str,
    /// The trace header's value.
    pub trace_id: &'a str,
    /// The time of the response, in the form of HTTP's `Date` header.
    pub http_date: &'a str,
    /// The end of the log in base64, when `LogType` was `Tail`.
    pub log_result: Option<&'a str>,
}

/// The input with the result of a function's invocation.
///
/// A function that is the Task's `Resource` gives its bare payload; the `lambda:invoke` integration wraps it in the
/// service's response, as recorded from AWS.
pub fn task_result(request: &TaskRequest, answer: &InvocationResponse<'_>) -> Input {
    let task = request.task;
    let is_integration = matches!(request.resource, TaskResource::Service { .. });
    if answer.is_error {
        let (error, cause) = failure(answer.payload, is_integration);
        return Input::TaskFailed { task, error: Some(error), cause: Some(cause) };
    }
    let payload = json_text(answer.payload);
    let output = if is_integration { response(answer, &payload) } else { payload };
    Input::TaskSucceeded { task, output }
}

/// The response of the Lambda service to an asynchronous invocation or a dry run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AcceptedInvocation<'a> {
    /// HTTP's status: 202 for an `Event`, 204 for a `DryRun`.
    pub status: u16,
    /// The version that a `DryRun` would have run.
    pub executed_version: Option<&'a str>,
    /// The invocation's request id.
    pub request_id: &'a str,
    /// The time of the response, in the form of HTTP's `Date` header.
    pub http_date: &'a str,
}

/// The input with the result of such a call of `lambda:invoke`: the service's response with an empty payload.
/// Its shape follows that of a synchronous invocation.
pub fn accepted_task_result(request: &TaskRequest, acceptance: &AcceptedInvocation<'_>) -> Input {
    let mut headers = vec![
        ("x-amzn-Remapped-Content-Length", "0"),
        ("Connection", "keep-alive"),
        ("x-amzn-RequestId", acceptance.request_id),
        ("Content-Length", "0"),
        ("Date", acceptance.http_date),
    ];
    let mut members = String::new();
    if let Some(version) = acceptance.executed_version {
        headers.insert(0, ("X-Amz-Executed-Version", version));
        members = format!("\"ExecutedVersion\":{},", Value::from(version));
    }
    members.push_str("\"Payload\":\"\"");
    let output = with_metadata(&members, &headers, acceptance.request_id, acceptance.status);
    Input::TaskSucceeded { task: request.task, output }
}

/// The payload itself, or a JSON string of it when it is not JSON.
fn json_text(payload: &str) -> String {
    if payload.is_empty() {
        return "null".to_owned();
    }
    match serde_json::from_str::<serde::de::IgnoredAny>(payload) {
        Ok(_) => payload.to_owned(),
        Err(_) => Value::from(payload).to_string(),
    }
}

/// The error's name is the payload's `errorType`. The integration's cause is the payload without white space.
fn failure(payload: &str, is_integration: bool) -> (String, String) {
    let value: Value = serde_json::from_str(payload).unwrap_or_default();
    match value.get("errorType").and_then(Value::as_str) {
        Some(error) => (error.to_owned(), if is_integration { value.to_string() } else { payload.to_owned() }),
        None => {
            let cause = format!(
                "The cause could not be determined because Lambda did not return an error type. Returned payload: {payload}"
            );
            ("Lambda.Unknown".to_owned(), cause)
        }
    }
}

/// The response of `lambda:invoke`; the payload is put in as text so that its numbers stay as written.
fn response(answer: &InvocationResponse<'_>, payload: &str) -> String {
    let length = answer.payload.len().to_string();
    let mut headers = vec![
        ("X-Amz-Executed-Version", answer.executed_version),
        ("x-amzn-Remapped-Content-Length", "0"),
        ("Connection", "keep-alive"),
        ("x-amzn-RequestId", answer.request_id),
        ("Content-Length", &length),
        ("Date", answer.http_date),
        ("X-Amzn-Trace-Id", answer.trace_id),
        ("Content-Type", "application/json"),
    ];
    if let Some(log) = answer.log_result {
        headers.insert(0, ("X-Amz-Log-Result", log));
    }
    let log = answer.log_result.map(|log| format!("\"LogResult\":{},", Value::from(log))).unwrap_or_default();
    let version = Value::from(answer.executed_version);
    let members = format!("\"ExecutedVersion\":{version},{log}\"Payload\":{payload}");
    with_metadata(&members, &headers, answer.request_id, 200)
}

/// The members of a response, followed by the SDK's metadata of the HTTP response.
fn with_metadata(members: &str, headers: &[(&str, &str)], request_id: &str, status: u16) -> String {
    let SdkMetadata { http, response } = SdkMetadata::new(headers, request_id, status);
    format!("{{{members},\"SdkHttpMetadata\":{http},\"SdkResponseMetadata\":{response},\"StatusCode\":{status}}}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_without_a_type_is_unknown() {
        let (error, cause) = failure(r#"{"errorMessage": "exited"}"#, true);
        assert_eq!(error, "Lambda.Unknown");
        assert!(cause.ends_with(r#"Returned payload: {"errorMessage": "exited"}"#));
    }

    #[test]
    fn only_the_integration_rewrites_the_cause() {
        let payload = r#"{"errorMessage": "no", "errorType": "Oops"}"#;
        assert_eq!(failure(payload, false), ("Oops".into(), payload.into()));
        assert_eq!(failure(payload, true).1, r#"{"errorMessage":"no","errorType":"Oops"}"#);
    }
}
