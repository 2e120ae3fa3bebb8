//! One invocation of a function.

use aws_sdk_lambda::types::{InvocationType, LogType};
use aws_smithy_types::Blob;
use base64::Engine;

use crate::client::connect::Aws;
use crate::error::AwsError;
use crate::retry::Repeat;
use crate::trace::TARGET;

/// How a function is invoked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InvocationMode {
    /// Wait for its answer.
    RequestResponse,
    /// Hand the event over and do not wait.
    Event,
    /// Only check that it could be invoked.
    DryRun,
}

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invocation {
    /// The status: 200, 202 for an event, 204 for a dry run.
    pub status: i32,
    /// `Unhandled` or `Handled` when the function ended in an error.
    pub function_error: Option<String>,
    /// The version that ran.
    pub executed_version: Option<String>,
    /// What the function answered.
    pub payload: Vec<u8>,
    /// The last 4 KB of its log, when asked for.
    pub log_tail: Option<String>,
}

/// Invokes a version or alias of a function, once: a call that was refused for throttling is made again, one whose connection broke is not,
/// because the function may have run.
///
/// # Errors
/// The function does not exist, or the call failed.
pub async fn invoke(
    aws: &Aws,
    function: &str,
    qualifier: &str,
    payload: Vec<u8>,
    mode: InvocationMode,
    tail: bool,
) -> Result<Invocation, AwsError> {
    let kind = match mode {
        InvocationMode::RequestResponse => InvocationType::RequestResponse,
        InvocationMode::Event => InvocationType::Event,
        InvocationMode::DryRun => InvocationType::DryRun,
    };
    let call = aws
        .lambda
        .invoke()
        .function_name(function)
        .qualifier(qualifier)
        .invocation_type(kind)
        .payload(Blob::new(payload));
    let call = call.set_log_type(tail.then_some(LogType::Tail)).customize();
    let patient = aws_sdk_lambda::config::Builder::new().timeout_config(aws.timeout.invocation_timeouts());
    let answer = call
        .interceptor(Repeat::IfNotExecuted)
        .config_override(patient)
        .send()
        .await
        .map_err(AwsError::from_sdk("Lambda", "Invoke"))?;
    let log = answer.log_result().and_then(decoded_log);
    Ok(Invocation {
        status: answer.status_code(),
        function_error: answer.function_error().map(str::to_owned),
        executed_version: answer.executed_version().map(str::to_owned),
        payload: answer.payload().map(|payload| payload.as_ref().to_vec()).unwrap_or_default(),
        log_tail: log.map(|log| String::from_utf8_lossy(&log).into_owned()),
    })
}

/// The log tail as bytes; none where it is not base64, which costs the user only the tail.
fn decoded_log(log: &str) -> Option<Vec<u8>> {
    let decoded = base64::engine::general_purpose::STANDARD.decode(log);
    decoded.inspect_err(|error| tracing::warn!(target: TARGET, %error, "the log tail is not base64")).ok()
}
