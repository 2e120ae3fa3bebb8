//! What a failed attempt means, read while its call is still under way.

use aws_smithy_runtime_api::client::interceptors::context::FinalizerInterceptorContextRef;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use serde_json::Value;

use crate::error::classify::{ServiceError, no_response, unreadable_response};
use crate::error::error_chain;
use crate::error::kind::AwsErrorKind;

/// The kind of an attempt's failure; none when it succeeded.
pub(super) fn failure(context: &FinalizerInterceptorContextRef<'_>) -> Option<AwsErrorKind> {
    let error = context.output_or_error()?.err()?;
    let response = context.response();
    Some(match response {
        Some(response) if error.is_operation_error() => {
            let status = response.status().as_u16();
            let code = error_code(response).unwrap_or_default();
            // The sentence matters for wrong clocks alone, which no pause mends.
            ServiceError { status, code: &code, message: "", ahead_s: None }.kind()
        }
        Some(response) if error.is_response_error() => {
            unreadable_response(response.status().as_u16(), &error_chain(error))
        }
        _ => no_response(&error_chain(error)),
    })
}

/// The error code of an answer, in whichever protocol the service speaks. The SDK parses it too, into a type of each
/// operation's own, which nothing that serves all operations can look into.
fn error_code(response: &HttpResponse) -> Option<String> {
    if let Some(header) = response.headers().get("x-amzn-errortype") {
        return Some(bare(header).to_owned());
    }
    let body = response.body().bytes()?;
    if let Ok(Value::Object(members)) = serde_json::from_slice::<Value>(body) {
        let code = ["__type", "code", "Code"].iter().find_map(|key| members.get(*key)?.as_str());
        return code.map(|code| bare(code).to_owned());
    }
    let text = std::str::from_utf8(body).ok()?;
    let (_, rest) = text.split_once("<Code>")?;
    rest.split_once("</Code>").map(|(code, _)| code.trim().to_owned())
}

/// A code without the namespace before it and the address behind it: `com.amazonaws#Throttled:http://...`.
fn bare(code: &str) -> &str {
    let code = code.split(':').next().unwrap_or_default();
    code.rsplit('#').next().unwrap_or_default()
}
