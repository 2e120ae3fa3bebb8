//! UpdateFunctionCode and UpdateFunctionConfiguration.

use std::sync::Arc;

use serde::Deserialize;

use super::create::{Storage, Tracing, Variables, ZipSource, keep};
use super::delete::forget_code;
use super::limits::{self, invalid};
use super::role;
use crate::local::Cloud;
use crate::local::error::ServiceError;
use crate::local::http::{Request, Response};
use crate::local::lambda::function::Configuration;
use crate::local::lambda::reference::FunctionReference;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct UpdateCode {
    #[serde(flatten)]
    source: ZipSource,
    architectures: Option<Vec<String>>,
    #[serde(default)]
    publish: bool,
    #[serde(default)]
    dry_run: bool,
    revision_id: Option<String>,
}

/// Gives a function other code. Its old zip goes when nothing names it any more.
pub(super) async fn code(
    cloud: &Arc<Cloud>,
    request: &Request,
    reference: &FunctionReference,
) -> Result<Response, ServiceError> {
    let input: UpdateCode = request.json()?;
    let (code, bytes) = input.source.read()?;
    let architecture = input.architectures.as_deref().map(|names| limits::architecture(Some(names))).transpose()?;
    let change = |latest: &mut Configuration| {
        latest.code = code.clone();
        if let Some(architecture) = &architecture {
            latest.architecture.clone_from(architecture);
        }
    };
    if input.dry_run {
        let function = cloud.functions.records.get(&reference.key()).ok_or_else(|| reference.not_found())?;
        let mut latest = function.latest;
        expect_revision(&latest, input.revision_id.as_deref())?;
        change(&mut latest);
        return Ok(Response::json(200, &latest.to_json(false)));
    }
    if cloud.functions.records.get(&reference.key()).is_none() {
        return Err(reference.not_found());
    }
    let coming = cloud.functions.code.hold().await;
    keep(cloud, &code, bytes).await?;
    let updated = cloud.functions.edit(reference, |function| {
        expect_revision(&function.latest, input.revision_id.as_deref())?;
        let replaced = function.latest.code.sha256.clone();
        change(&mut function.latest);
        function.latest.touch(request.received_at);
        let answer = match input.publish {
            true => function.publish(None, request.received_at).to_json(true),
            false => function.latest.to_json(false),
        };
        Ok((answer, function.latest.qualified_arn(), replaced))
    });
    let (answer, arn, replaced) = updated.await?;
    drop(coming);
    cloud.functions.pool.retire(&arn);
    forget_code(cloud, &[replaced, code.sha256]).await;
    Ok(Response::json(200, &answer))
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct UpdateConfiguration {
    role: Option<String>,
    handler: Option<String>,
    description: Option<String>,
    timeout: Option<i64>,
    memory_size: Option<i64>,
    environment: Option<Variables>,
    runtime: Option<String>,
    tracing_config: Option<Tracing>,
    ephemeral_storage: Option<Storage>,
    revision_id: Option<String>,
    #[serde(default)]
    layers: Vec<String>,
}

/// Gives a function other settings; what the request leaves out stays.
pub(super) async fn configuration(
    cloud: &Arc<Cloud>,
    request: &Request,
    reference: &FunctionReference,
) -> Result<Response, ServiceError> {
    let input: UpdateConfiguration = request.json()?;
    if !input.layers.is_empty() {
        return Err(invalid("The embedded cloud has no layers; put their files into the function's zip."));
    }
    if let Some(arn) = &input.role {
        role::check(cloud, arn)?;
    }
    let updated = cloud.functions.edit(reference, |function| {
        expect_revision(&function.latest, input.revision_id.as_deref())?;
        apply(input, &mut function.latest)?;
        function.latest.touch(request.received_at);
        Ok((function.latest.to_json(false), function.latest.qualified_arn()))
    });
    let (answer, arn) = updated.await?;
    cloud.functions.pool.retire(&arn);
    Ok(Response::json(200, &answer))
}

fn apply(input: UpdateConfiguration, latest: &mut Configuration) -> Result<(), ServiceError> {
    if let Some(environment) = input.environment {
        limits::variables(&environment.variables)?;
        latest.environment = Some(environment.variables);
    }
    if let Some(runtime) = input.runtime {
        limits::runtime(&runtime)?;
        latest.runtime = runtime;
    }
    if let Some(timeout) = input.timeout {
        latest.timeout_s = limits::timeout_s(timeout)?;
    }
    if let Some(memory_size) = input.memory_size {
        latest.memory_size_mb = limits::memory_size_mb(memory_size)?;
    }
    if let Some(storage) = input.ephemeral_storage {
        latest.ephemeral_storage_mb = limits::ephemeral_storage_mb(storage.size)?;
    }
    latest.role = input.role.unwrap_or_else(|| latest.role.clone());
    latest.handler = input.handler.unwrap_or_else(|| latest.handler.clone());
    latest.description = limits::description(input.description)?.unwrap_or_else(|| latest.description.clone());
    latest.tracing_mode = input.tracing_config.map_or_else(|| latest.tracing_mode.clone(), |tracing| tracing.mode);
    Ok(())
}

/// The revision that a caller saw must still be the latest.
pub(super) fn expect_revision(latest: &Configuration, seen: Option<&str>) -> Result<(), ServiceError> {
    if seen.is_none_or(|seen| seen == latest.revision_id) {
        return Ok(());
    }
    Err(stale())
}

/// The error of a change that was decided on an older revision.
pub(super) fn stale() -> ServiceError {
    let message = "The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to \
                   retrieve the latest Revision Id";
    ServiceError::new(412, "PreconditionFailedException", message)
}
