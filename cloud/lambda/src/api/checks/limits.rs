//! What Lambda takes as a function's settings; the texts are AWS's.

use std::collections::BTreeMap;

use cloud_core::{ServiceError, is_reserved_tag_key};
use runtimes::{Runtime, RuntimeError};

use crate::model::FunctionVersion;
use crate::runtime::reserved;

/// The most bytes that a function's own environment has as JSON (Lambda quotas; AWS measures that text).
const MAX_ENVIRONMENT_BYTES: usize = 4096;

/// A zip sent in a request may have this many bytes (Lambda quotas).
const MAX_ZIP_BYTES: usize = 52_428_800;

/// The most tags that one function may have (Lambda developer guide, "Tag requirements").
const MAX_TAGS: usize = 50;

/// The longest timeout in seconds (since November 2026).
const MAX_TIMEOUT_S: u32 = 1_800;

/// The most storage of a version that starts from a snapshot, in MB.
const SNAP_START_STORAGE_MB: u32 = 512;

/// The most memory, and the most storage, in MB (Lambda quotas).
const MAX_MB: u32 = 10_240;

pub(in crate::api) fn invalid(message: impl Into<String>) -> ServiceError {
    ServiceError::bad_request("InvalidParameterValueException", message)
}

/// In seconds: longer than a function runs, but for those on instances of their own, which the API's model allows for.
pub(in crate::api) fn timeout_s(value: u32) -> Result<u32, ServiceError> {
    match value > MAX_TIMEOUT_S {
        true => Err(invalid(format!(
            "A function's timeout is at most {MAX_TIMEOUT_S} seconds; {value} is for managed instances."
        ))),
        false => Ok(value),
    }
}

/// The ARN of a key; an empty text takes it away.
pub(in crate::api) fn kms_key(arn: &str) -> Option<String> {
    Some(arn.to_owned()).filter(|arn| !arn.is_empty())
}

/// What a version whose publications start from a snapshot can be: AWS does so for Java, Python from 3.12 and .NET from 8, and
/// not with more than 512 MB of storage (Lambda developer guide, "Improving startup performance with Lambda SnapStart").
pub(in crate::api) fn snap_start(version: &FunctionVersion) -> Result<(), ServiceError> {
    let FunctionVersion { runtime, ephemeral_storage_mb, .. } = version;
    if !version.snap_start {
        return Ok(());
    }
    if !has_snap_start(runtime) {
        return Err(invalid(format!("{runtime} is not supported for SnapStart enabled functions.")));
    }
    match *ephemeral_storage_mb > SNAP_START_STORAGE_MB {
        // The text is ours.
        true => Err(invalid(format!(
            "SnapStart is not supported with ephemeral storage of more than {SNAP_START_STORAGE_MB} MB; the function has \
             {ephemeral_storage_mb} MB."
        ))),
        false => Ok(()),
    }
}

fn has_snap_start(runtime: &str) -> bool {
    let minor = runtime.strip_prefix("python3.").and_then(|minor| minor.parse::<u32>().ok());
    minor.is_some_and(|minor| minor >= 12)
}

/// Tags that a client gives. (AWS documents the rule, Lambda developer guide, "Tag requirements"; the text is ours.)
pub(in crate::api) fn new_tags(tags: &BTreeMap<String, String>) -> Result<(), ServiceError> {
    match tags.keys().find(|key| is_reserved_tag_key(key)) {
        Some(key) => Err(invalid(format!("Tag keys that start with 'aws:' are reserved for AWS: '{key}'."))),
        None => Ok(()),
    }
}

/// The tags of a function.
pub(in crate::api) fn tags(tags: &BTreeMap<String, String>) -> Result<(), ServiceError> {
    match tags.len() > MAX_TAGS {
        true => Err(invalid("Number of tags exceeds resource tag limit.")),
        false => Ok(()),
    }
}

/// In MB; the API's model allows for functions on instances of their own. The text is that about an account's own limit.
pub(in crate::api) fn memory_size_mb(value: u32) -> Result<u32, ServiceError> {
    at_most("MemorySize", value, MAX_MB)
}

/// In MB.
pub(in crate::api) fn ephemeral_storage_mb(value: u32) -> Result<u32, ServiceError> {
    at_most("EphemeralStorage.Size", value, MAX_MB)
}

fn at_most(member: &str, value: u32, most: u32) -> Result<u32, ServiceError> {
    match value > most {
        true => Err(invalid(format!(
            "'{member}' value failed to satisfy constraint: Member must have value less than or equal to {most}"
        ))),
        false => Ok(value),
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

/// One of `x86_64`, which is also the default, and `arm64`.
pub(in crate::api) fn architecture(names: Option<&[String]>) -> String {
    names.and_then(<[String]>::first).map_or_else(|| "x86_64".to_owned(), Clone::clone)
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
    fn what_only_managed_instances_have_is_refused() {
        assert_eq!((timeout_s(1800).unwrap(), memory_size_mb(10_240).unwrap()), (1800, 10_240));
        assert_eq!(timeout_s(1801).unwrap_err().code, "InvalidParameterValueException");
        assert_eq!(
            memory_size_mb(10_241).unwrap_err().message,
            "'MemorySize' value failed to satisfy constraint: Member must have value less than or equal to 10240"
        );
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
