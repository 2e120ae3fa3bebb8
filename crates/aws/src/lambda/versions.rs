//! Lambda: the published versions of a function, and the alias that says which one is live.
//!
//! Each function fails when its call fails, except that a read of what does not exist returns none and a deletion of it
//! succeeds.

use aws_sdk_lambda::Client;

use crate::error::{AwsError, ignore_not_found, or_absent};
use crate::lambda::{self, Configuration, configuration};

const SERVICE: &str = "Lambda";

/// A published version of a function: it never changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FunctionVersion {
    /// Its number; a later version has a higher one, and no number is used twice.
    pub number: u64,
    /// What whoever published it wrote: the id of its deployment, if that was us.
    pub description: String,
    /// How it runs.
    pub configuration: Configuration,
    /// The processor that it runs on.
    pub architecture: String,
    /// The base64 of the SHA-256 of its zip.
    pub code_sha256: String,
    /// The size of its zip.
    pub size_bytes: u64,
}

/// The published versions of a function, oldest first; none when the function does not exist.
pub async fn list(client: &Client, function: &str) -> Result<Vec<FunctionVersion>, AwsError> {
    let mut pages = client.list_versions_by_function().function_name(function).into_paginator().items().send();
    let mut versions = Vec::new();
    while let Some(version) = pages.next().await {
        let version = or_absent(version.map_err(AwsError::from_sdk(SERVICE, "ListVersionsByFunction")))?;
        let Some(version) = version else { return Ok(Vec::new()) };
        // `$LATEST` is listed too and has no number.
        let Some(number) = version.version().and_then(|number| number.parse().ok()) else { continue };
        let size_bytes = u64::try_from(version.code_size()).unwrap_or_default();
        let description = version.description().unwrap_or_default().to_owned();
        let architecture = version.architectures().first().map_or("x86_64", |it| it.as_str()).to_owned();
        let code_sha256 = version.code_sha256().unwrap_or_default().to_owned();
        let configuration = configuration(version);
        versions.push(FunctionVersion { number, description, configuration, architecture, code_sha256, size_bytes });
    }
    versions.sort_by_key(|version| version.number);
    Ok(versions)
}

/// The number of the version that an alias points to, if it exists and points to one.
pub async fn alias(client: &Client, function: &str, alias: &str) -> Result<Option<u64>, AwsError> {
    let answer = client.get_alias().function_name(function).name(alias).send().await;
    let found = or_absent(answer.map_err(AwsError::from_sdk(SERVICE, "GetAlias")))?;
    Ok(found.and_then(|alias| alias.function_version?.parse().ok()))
}

/// Publishes what a function is now and returns the version's number: that of the newest version when nothing has
/// changed since. Lambda refuses when the code is not the expected one any more.
pub async fn publish(client: &Client, function: &str, code_sha256: &str, description: &str) -> Result<u64, AwsError> {
    let request = client.publish_version().function_name(function).code_sha256(code_sha256).description(description);
    let answer = request.send().await.map_err(AwsError::from_sdk(SERVICE, "PublishVersion"))?;
    lambda::version_number(answer.version(), "PublishVersion")
}

/// Creates an alias.
pub async fn create_alias(client: &Client, function: &str, alias: &str, version: u64) -> Result<(), AwsError> {
    let request = client.create_alias().function_name(function).name(alias).function_version(version.to_string());
    request.send().await.map_err(AwsError::from_sdk(SERVICE, "CreateAlias")).map(|_| ())
}

/// Points an alias to another version.
pub async fn update_alias(client: &Client, function: &str, alias: &str, version: u64) -> Result<(), AwsError> {
    let request = client.update_alias().function_name(function).name(alias).function_version(version.to_string());
    request.send().await.map_err(AwsError::from_sdk(SERVICE, "UpdateAlias")).map(|_| ())
}

/// Deletes one version of a function, if it exists. Lambda refuses when an alias points to it.
pub async fn delete(client: &Client, function: &str, version: u64) -> Result<(), AwsError> {
    let answer = client.delete_function().function_name(function).qualifier(version.to_string()).send().await;
    ignore_not_found(answer.map_err(AwsError::from_sdk(SERVICE, "DeleteFunction")))
}
