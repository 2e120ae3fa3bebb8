//! Lambda: functions, their code, and who may invoke them.
//!
//! Each function fails when its call fails, except that a read of what does not exist returns none and a deletion of it
//! succeeds.

pub mod aliases;
pub mod invoke;
pub mod versions;

use std::collections::BTreeMap;

use aws_sdk_lambda::Client;
use aws_sdk_lambda::primitives::Blob;
use aws_sdk_lambda::types::{
    Architecture, Environment, FunctionCode, FunctionConfiguration, LastUpdateStatus, Runtime, State, TagsError,
};
use bytes::Bytes;

use crate::error::kind::AwsErrorKind;
use crate::error::{AwsError, ignore_not_found, or_absent};
use crate::tags::{DeniedRead, TagRead, Tags};
use model::stack::LIVE;

const SERVICE: &str = "Lambda";

/// A function's configuration, as wanted or as Lambda has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Configuration {
    /// The runtime, such as `provided.al2023`.
    pub runtime: String,
    /// The handler.
    pub handler: String,
    /// The ARN of the role that it runs as.
    pub role: String,
    /// Memory in MB.
    pub memory_mb: u32,
    /// How long one invocation may take, in seconds.
    pub timeout_s: u32,
    /// Environment variables.
    pub environment: BTreeMap<String, String>,
}

/// Whether a function can be invoked and changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Readiness {
    /// It can be both.
    Ready,
    /// It is being made or changed.
    Pending,
    /// Making or changing it failed; the reason is Lambda's.
    Failed(String),
}

/// A function as Lambda has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Function {
    /// Its configuration.
    pub configuration: Configuration,
    /// The processor that it runs on.
    pub architecture: String,
    /// The base64 of the SHA-256 of its zip.
    pub code_sha256: String,
    /// Whether it can be invoked.
    pub readiness: Readiness,
    /// When its code or configuration changed last, in seconds since 1970, where Lambda tells.
    pub modified_s: Option<i64>,
    /// Its tags.
    pub tags: TagRead,
}

/// A function's code: the zip and the processor that it is built for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Code {
    /// The zip's bytes.
    pub zip: Bytes,
    /// `x86_64` or `arm64`.
    pub architecture: String,
}

/// The function with a name, if it exists.
pub async fn function(client: &Client, name: &str) -> Result<Option<Function>, AwsError> {
    let answer = client.get_function().function_name(name).send().await;
    let found = or_absent(answer.map_err(AwsError::from_sdk(SERVICE, "GetFunction")))?;
    let Some(output) = found else { return Ok(None) };
    let Some(configuration) = output.configuration else { return Ok(None) };
    let tags = match (output.tags, output.tags_error) {
        (_, Some(error)) => Some(unreadable(error)?),
        (Some(tags), None) => Some(TagRead::Known(tags.into_iter().collect())),
        (None, None) => tags(client, configuration.function_arn().unwrap_or(name)).await?,
    };
    Ok(tags.map(|tags| read(configuration, tags)))
}

/// GetFunction answers without tags, and with this error, where `lambda:ListTags` is not allowed.
fn unreadable(error: TagsError) -> Result<TagRead, AwsError> {
    let error = AwsError::of_code(SERVICE, "ListTags", error.error_code, error.message);
    if matches!(error.kind, AwsErrorKind::Throttled | AwsErrorKind::ServiceFault) {
        return Err(error);
    }
    Ok(TagRead::Unreadable(DeniedRead { action: error.action(), reason: error.message }))
}

/// The tags of a function, if it exists. Without tags GetFunction may say nothing of them, as it does where they may not be
/// read and Lambda gives no reason.
async fn tags(client: &Client, arn: &str) -> Result<Option<TagRead>, AwsError> {
    let answer = client.list_tags().resource(arn).send().await;
    let found = or_absent(answer.map_err(AwsError::from_sdk(SERVICE, "ListTags")));
    TagRead::unless_denied(found, |output| {
        TagRead::promised(output.tags.map(|tags| tags.into_iter().collect()), "lambda:ListTags")
    })
}

fn read(found: FunctionConfiguration, tags: TagRead) -> Function {
    let readiness = readiness(&found);
    let architecture = found.architectures().first().map_or("x86_64", |it| it.as_str()).to_owned();
    let code_sha256 = found.code_sha256().unwrap_or_default().to_owned();
    let modified_s = found.last_modified().and_then(seconds);
    Function { configuration: configuration(found), architecture, code_sha256, readiness, modified_s, tags }
}

/// A time as Lambda writes it: `2026-01-02T03:04:05.678+0000`.
fn seconds(text: &str) -> Option<i64> {
    jiff::Timestamp::strptime("%Y-%m-%dT%H:%M:%S%.f%z", text).ok().map(jiff::Timestamp::as_second)
}

/// How a function or one of its versions runs.
pub(crate) fn configuration(found: FunctionConfiguration) -> Configuration {
    let environment = found.environment.and_then(|environment| environment.variables).unwrap_or_default();
    let whole = |number: Option<i32>| number.and_then(|number| u32::try_from(number).ok()).unwrap_or_default();
    Configuration {
        runtime: found.runtime.map(|runtime| runtime.as_str().to_owned()).unwrap_or_default(),
        handler: found.handler.unwrap_or_default(),
        role: found.role.unwrap_or_default(),
        memory_mb: whole(found.memory_size),
        timeout_s: whole(found.timeout),
        environment: environment.into_iter().collect(),
    }
}

/// What the two status fields come to. `Inactive` is a function that slept: its next invocation wakes it. Both fields are
/// absent from some emulators' answers.
fn readiness(configuration: &FunctionConfiguration) -> Readiness {
    let reason = |text: Option<&str>| Readiness::Failed(text.unwrap_or("Lambda gives no reason").to_owned());
    match (configuration.state(), configuration.last_update_status()) {
        (Some(State::Failed), _) => reason(configuration.state_reason()),
        (_, Some(LastUpdateStatus::Failed)) => reason(configuration.last_update_status_reason()),
        (Some(State::Pending), _) | (_, Some(LastUpdateStatus::InProgress)) => Readiness::Pending,
        _ => Readiness::Ready,
    }
}

/// Creates a function and publishes it as its first version, described as `description`; returns the version's number.
pub async fn create(
    client: &Client,
    name: &str,
    wanted: &Configuration,
    code: &Code,
    description: &str,
    tags: &Tags,
) -> Result<(Readiness, u64), AwsError> {
    let request = client
        .create_function()
        .function_name(name)
        .runtime(Runtime::from(wanted.runtime.as_str()))
        .handler(&wanted.handler)
        .role(&wanted.role)
        .memory_size(signed(wanted.memory_mb))
        .timeout(signed(wanted.timeout_s))
        .environment(environment(wanted))
        .architectures(Architecture::from(code.architecture.as_str()))
        .publish(true)
        .description(description)
        .code(FunctionCode::builder().zip_file(Blob::new(code.zip.to_vec())).build())
        .set_tags(Some(tags.iter().map(|(key, value)| (key.clone(), value.clone())).collect()));
    let answer = request.send().await.map_err(AwsError::from_sdk(SERVICE, "CreateFunction"))?;
    let version = version_number(answer.version(), "CreateFunction")?;
    let made = FunctionConfiguration::builder().set_state(answer.state).set_state_reason(answer.state_reason);
    Ok((readiness(&made.build()), version))
}

/// Adds tags to a function.
pub async fn tag(client: &Client, arn: &str, tags: &Tags) -> Result<(), AwsError> {
    let tags = tags.iter().map(|(key, value)| (key.clone(), value.clone())).collect();
    let answer = client.tag_resource().resource(arn).set_tags(Some(tags)).send().await;
    answer.map_err(AwsError::from_sdk(SERVICE, "TagResource")).map(|_| ())
}

/// Replaces a function's code.
pub async fn update_code(client: &Client, name: &str, code: &Code) -> Result<Readiness, AwsError> {
    let request = client
        .update_function_code()
        .function_name(name)
        .architectures(Architecture::from(code.architecture.as_str()))
        .zip_file(Blob::new(code.zip.to_vec()));
    let answer = request.send().await.map_err(AwsError::from_sdk(SERVICE, "UpdateFunctionCode"))?;
    let changed = FunctionConfiguration::builder().set_last_update_status(answer.last_update_status);
    Ok(readiness(&changed.build()))
}

/// Replaces a function's configuration.
pub async fn update_configuration(client: &Client, name: &str, wanted: &Configuration) -> Result<Readiness, AwsError> {
    let request = client
        .update_function_configuration()
        .function_name(name)
        .runtime(Runtime::from(wanted.runtime.as_str()))
        .handler(&wanted.handler)
        .role(&wanted.role)
        .memory_size(signed(wanted.memory_mb))
        .timeout(signed(wanted.timeout_s))
        .environment(environment(wanted));
    let answer = request.send().await.map_err(AwsError::from_sdk(SERVICE, "UpdateFunctionConfiguration"))?;
    let changed = FunctionConfiguration::builder().set_last_update_status(answer.last_update_status);
    Ok(readiness(&changed.build()))
}

/// Gives a function another role and description, and leaves the rest of its configuration as it is.
pub async fn update_role(client: &Client, name: &str, role: &str, description: &str) -> Result<Readiness, AwsError> {
    let request = client.update_function_configuration().function_name(name).role(role).description(description);
    let answer = request.send().await.map_err(AwsError::from_sdk(SERVICE, "UpdateFunctionConfiguration"))?;
    let changed = FunctionConfiguration::builder().set_last_update_status(answer.last_update_status);
    Ok(readiness(&changed.build()))
}

/// Deletes a function, if it exists.
pub async fn delete(client: &Client, name: &str) -> Result<(), AwsError> {
    let answer = client.delete_function().function_name(name).send().await;
    ignore_not_found(answer.map_err(AwsError::from_sdk(SERVICE, "DeleteFunction")))
}

/// The policy that says who may invoke a function by its alias `live`, as JSON, if there is one.
pub async fn policy(client: &Client, name: &str) -> Result<Option<String>, AwsError> {
    let answer = client.get_policy().function_name(name).qualifier(LIVE).send().await;
    let found = or_absent(answer.map_err(AwsError::from_sdk(SERVICE, "GetPolicy")))?;
    Ok(found.and_then(|output| output.policy))
}

/// Lets an HTTP API's route invoke a function by its alias `live`.
pub async fn allow_api(client: &Client, name: &str, sid: &str, source_arn: &str) -> Result<(), AwsError> {
    let request = client
        .add_permission()
        .function_name(name)
        .qualifier(LIVE)
        .statement_id(sid)
        .action("lambda:InvokeFunction")
        .principal("apigateway.amazonaws.com")
        .source_arn(source_arn);
    request.send().await.map_err(AwsError::from_sdk(SERVICE, "AddPermission")).map(|_| ())
}

/// Takes a statement out of the policy of a function's alias `live`, if it exists.
pub async fn remove_permission(client: &Client, name: &str, sid: &str) -> Result<(), AwsError> {
    let answer = client.remove_permission().function_name(name).qualifier(LIVE).statement_id(sid).send().await;
    ignore_not_found(answer.map_err(AwsError::from_sdk(SERVICE, "RemovePermission")))
}

fn environment(wanted: &Configuration) -> Environment {
    Environment::builder().set_variables(Some(wanted.environment.clone().into_iter().collect())).build()
}

fn signed(number: u32) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

/// The number in an answer that must name one.
pub(crate) fn version_number(version: Option<&str>, operation: &'static str) -> Result<u64, AwsError> {
    let number = version.and_then(|number| number.parse().ok());
    number.ok_or_else(|| AwsError {
        kind: AwsErrorKind::Other,
        service: SERVICE,
        operation,
        code: None,
        message: format!("the answer should name a version by its number and says {version:?}"),
        request_id: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_read_as_lambda_writes_it() {
        assert_eq!(seconds("2026-01-02T03:04:05.678+0000"), Some(1_767_323_045));
        assert_eq!(seconds("yesterday"), None);
    }
}
