//! What Lambda takes as a function's settings; the texts are AWS's.

use std::collections::BTreeMap;

use cloud_core::ServiceError;
use runtimes::{Runtime, RuntimeError};

use crate::model::{DEFAULT_MAX_AGE_S, DEFAULT_MAX_RETRIES};
use crate::runtime::reserved;

/// The most bytes that a function's own environment has as JSON (Lambda quotas; AWS measures that text).
const MAX_ENVIRONMENT_BYTES: usize = 4096;

/// A zip sent in a request may have this many bytes (Lambda quotas).
const MAX_ZIP_BYTES: usize = 52_428_800;

/// The most tags that one function may have (Lambda developer guide, "Tag requirements").
const MAX_TAGS: usize = 50;

/// The longest timeout in seconds (since November 2026), and the largest number that AWS's model of the API takes.
const MAX_TIMEOUT_S: u32 = 1_800;
const MAX_TIMEOUT_OF_MODEL_S: u32 = 5_400;

/// The most characters of a description (API model, `Description`).
const MAX_DESCRIPTION: usize = 256;

pub(in crate::api) fn invalid(message: impl Into<String>) -> ServiceError {
    ServiceError::bad_request("InvalidParameterValueException", message)
}

/// A value that its own constraint refuses.
pub(in crate::api) fn validation(value: &str, member: &str, constraint: &str) -> ServiceError {
    failed(value, member, &format!("Member must {constraint}"))
}

/// A value that a constraint refuses which is put into words of its own.
pub(in crate::api) fn failed(value: &str, member: &str, constraint: &str) -> ServiceError {
    let message = format!(
        "1 validation error detected: Value '{value}' at '{member}' failed to satisfy constraint: {constraint}"
    );
    ServiceError::bad_request("ValidationException", message)
}

/// The description of a function, a version or an alias.
pub(in crate::api) fn description(text: Option<String>) -> Result<Option<String>, ServiceError> {
    match text {
        Some(text) if text.chars().count() > MAX_DESCRIPTION => {
            let constraint = format!("have length less than or equal to {MAX_DESCRIPTION}");
            Err(validation(&text, "description", &constraint))
        }
        text => Ok(text),
    }
}

/// In seconds.
pub(in crate::api) fn timeout_s(value: i64) -> Result<u32, ServiceError> {
    match within(value, "timeout", 1, MAX_TIMEOUT_OF_MODEL_S)? {
        value if value > MAX_TIMEOUT_S => Err(invalid(format!(
            "A function's timeout is at most {MAX_TIMEOUT_S} seconds; {value} is for managed instances."
        ))),
        value => Ok(value),
    }
}

/// `Active` or `PassThrough`.
pub(in crate::api) fn tracing_mode(mode: &str) -> Result<String, ServiceError> {
    match mode {
        "Active" | "PassThrough" => Ok(mode.to_owned()),
        _ => Err(validation(mode, "tracingConfig.mode", "satisfy enum value set: [Active, PassThrough]")),
    }
}

/// The ARN of a key; an empty text takes it away.
pub(in crate::api) fn kms_key(arn: &str) -> Result<Option<String>, ServiceError> {
    if arn.is_empty() {
        return Ok(None);
    }
    if !arn.starts_with("arn:") {
        let constraint = "satisfy regular expression pattern: (arn:(aws[a-zA-Z-]*)?:[a-z0-9-.]+:.*)|()";
        return Err(validation(arn, "kMSKeyArn", constraint));
    }
    Ok(Some(arn.to_owned()))
}

/// Whether published versions start from a snapshot, which AWS does for Java, Python from 3.12 and .NET from 8.
pub(in crate::api) fn snap_start(apply_on: &str, runtime: &str) -> Result<bool, ServiceError> {
    match apply_on {
        "None" => Ok(false),
        "PublishedVersions" if has_snap_start(runtime) => Ok(true),
        "PublishedVersions" => Err(invalid(format!("{runtime} is not supported for SnapStart enabled functions."))),
        _ => Err(validation(apply_on, "snapStart.applyOn", "satisfy enum value set: [PublishedVersions, None]")),
    }
}

fn has_snap_start(runtime: &str) -> bool {
    let minor = runtime.strip_prefix("python3.").and_then(|minor| minor.parse::<u32>().ok());
    minor.is_some_and(|minor| minor >= 12)
}

/// The tags of a function.
pub(in crate::api) fn tags(tags: &BTreeMap<String, String>) -> Result<(), ServiceError> {
    match tags.len() > MAX_TAGS {
        true => Err(invalid("Number of tags exceeds resource tag limit.")),
        false => Ok(()),
    }
}

/// How often an asynchronous event is tried again.
pub(in crate::api) fn retry_attempts(value: i64) -> Result<u32, ServiceError> {
    within(value, "maximumRetryAttempts", 0, DEFAULT_MAX_RETRIES)
}

/// How long an asynchronous event is kept, in seconds.
pub(in crate::api) fn event_age_s(value: i64) -> Result<u32, ServiceError> {
    within(value, "maximumEventAgeInSeconds", 60, DEFAULT_MAX_AGE_S)
}

/// In MB.
pub(in crate::api) fn memory_size_mb(value: i64) -> Result<u32, ServiceError> {
    within(value, "memorySize", 128, 10_240)
}

/// In MB.
pub(in crate::api) fn ephemeral_storage_mb(value: i64) -> Result<u32, ServiceError> {
    within(value, "ephemeralStorage.size", 512, 10_240)
}

fn within(value: i64, member: &str, least: u32, most: u32) -> Result<u32, ServiceError> {
    let given = value.to_string();
    match u32::try_from(value) {
        Ok(value) if value < least => {
            Err(validation(&given, member, &format!("have value greater than or equal to {least}")))
        }
        Ok(value) if value > most => {
            Err(validation(&given, member, &format!("have value less than or equal to {most}")))
        }
        Ok(value) => Ok(value),
        Err(_) if value < 0 => Err(validation(&given, member, &format!("have value greater than or equal to {least}"))),
        Err(_) => Err(validation(&given, member, &format!("have value less than or equal to {most}"))),
    }
}

/// The runtime of a function that is created or changed. Those that AWS has and the embedded cloud has not are refused with a text
/// of our own.
pub(in crate::api) fn runtime(name: &str) -> Result<(), ServiceError> {
    match Runtime::parse(name) {
        Ok(_) => Ok(()),
        Err(RuntimeError::Retired { .. }) => Err(invalid(format!(
            "The runtime parameter of {name} is no longer supported for creating or updating AWS Lambda functions. We \
             recommend you use a supported runtime while creating or updating functions."
        ))),
        Err(RuntimeError::Unsupported { .. }) => Err(invalid(format!(
            "The embedded cloud does not run '{name}'. It runs {}. Deploy the function to AWS to try it there.",
            runtime_names()
        ))),
        Err(_) => Err(invalid(format!(
            "Value {name} at 'runtime' failed to satisfy constraint: Member must satisfy enum value set: [{}] or be a valid ARN",
            runtime_names()
        ))),
    }
}

fn runtime_names() -> String {
    Runtime::ALL.map(Runtime::as_str).join(", ")
}

/// One of `x86_64` and `arm64`, which is also the default.
pub(in crate::api) fn architecture(names: Option<&[String]>) -> Result<String, ServiceError> {
    match names {
        None | Some([]) => Ok("x86_64".to_owned()),
        Some([name]) if name == "x86_64" || name == "arm64" => Ok(name.clone()),
        Some(names) => Err(validation(
            &format!("[{}]", names.join(", ")),
            "architectures",
            "satisfy constraint: [Member must satisfy enum value set: [x86_64, arm64], Member must not be null]",
        )),
    }
}

/// The function's own variables.
pub(in crate::api) fn variables(variables: &BTreeMap<String, String>) -> Result<(), ServiceError> {
    let reserved = reserved(variables.keys().map(String::as_str));
    if !reserved.is_empty() {
        return Err(invalid(format!(
            "Lambda was unable to configure your environment variables because the environment variables you have \
             provided contains reserved keys that are currently not supported for modification. Reserved keys used in \
             this request: {}",
            reserved.join(", ")
        )));
    }
    let measured = serde_json::json!(variables).to_string();
    if measured.len() > MAX_ENVIRONMENT_BYTES {
        return Err(invalid(format!(
            "Lambda was unable to configure your environment variables because the environment variables you have \
             provided exceeded the 4KB limit. String measured: {measured}"
        )));
    }
    Ok(())
}

/// The bytes of a zip that came inside a request.
pub(in crate::api) fn zip_size(bytes: &[u8]) -> Result<(), ServiceError> {
    if bytes.len() > MAX_ZIP_BYTES {
        let message = format!("Zipped size must be smaller than {MAX_ZIP_BYTES} bytes");
        return Err(ServiceError::new(413, "RequestEntityTooLargeException", message));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_answer_as_aws_does() {
        assert_eq!(timeout_s(1800).unwrap(), 1800);
        assert_eq!(timeout_s(1801).unwrap_err().code, "InvalidParameterValueException");
        let message = |result: Result<u32, ServiceError>| result.unwrap_err().message;
        assert_eq!(
            message(timeout_s(5401)),
            "1 validation error detected: Value '5401' at 'timeout' failed to satisfy constraint: Member must have value less than or equal to 5400"
        );
        assert!(message(timeout_s(0)).ends_with(
            "Value '0' at 'timeout' failed to satisfy constraint: Member must have value greater than or equal to 1"
        ));
        assert!(message(memory_size_mb(-1)).contains("greater than or equal to 128"));
        assert!(message(memory_size_mb(i64::MAX)).contains("less than or equal to 10240"));
    }

    #[test]
    fn environment_has_limits() {
        let one = |name: &str, value: String| BTreeMap::from([(name.to_owned(), value)]);
        assert!(variables(&one("A", "x".repeat(4088))).is_ok());
        assert!(variables(&one("A", "x".repeat(4089))).unwrap_err().message.contains("exceeded the 4KB limit"));
        assert!(
            variables(&one("AWS_REGION", String::new())).unwrap_err().message.ends_with("this request: AWS_REGION")
        );
    }

    #[test]
    fn runtimes_that_do_not_run_are_refused_by_name() {
        for runs in ["provided.al2", "python3.12", "nodejs22.x"] {
            assert!(runtime(runs).is_ok(), "{runs}");
        }
        let message = |name: &str| runtime(name).unwrap_err().message;
        assert_eq!(
            message("nodejs18.x"),
            "The runtime parameter of nodejs18.x is no longer supported for creating or updating AWS Lambda functions. We \
             recommend you use a supported runtime while creating or updating functions."
        );
        assert!(message("java21").starts_with("The embedded cloud does not run 'java21'."), "{}", message("java21"));
        assert!(message("node").starts_with(
            "Value node at 'runtime' failed to satisfy constraint: Member must satisfy enum value set: [provided.al2, "
        ));
    }
}
