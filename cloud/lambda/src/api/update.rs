//! UpdateFunctionCode and UpdateFunctionConfiguration.

use std::sync::Arc;

use bytes::Bytes;
use cloud_core::{FunctionReference, Request, Response, ServiceError};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use super::access::named_latest;
use super::checks::attached::{self, DeadLetter, Vpc};
use super::checks::limits::{self, invalid};
use super::checks::logging::Logging;
use super::checks::role;
use super::create::{SnapStart, Storage, Tracing, Variables, ZipSource, store_code};
use crate::model::{Code, FunctionVersion};
use crate::service::Functions;

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

/// A change of a function's code, once its input is checked.
struct CodeUpdate {
    reference: FunctionReference,
    code: Code,
    architecture: Option<String>,
    publish: bool,
    revision_id: Option<String>,
    now: Timestamp,
}

/// Gives a function other code. Its old zip goes when nothing names it any more.
pub(crate) async fn code(functions: &Arc<Functions>, request: &Request) -> Result<Response, ServiceError> {
    let reference = named_latest(request)?;
    functions.refuse_update(&reference)?;
    let input: UpdateCode = request.json()?;
    let (code, bytes) = input.source.read().await?;
    let architecture = input.architectures.as_deref().map(|names| limits::architecture(Some(names)));
    let mut function = functions.function(&reference)?;
    let publish = input.publish;
    let revision_id = input.revision_id;
    let update = CodeUpdate { reference, code, architecture, publish, revision_id, now: request.received_at };
    if input.dry_run {
        expect_revision(&function.latest, update.revision_id.as_deref())?;
        update.apply(&mut function.latest);
        return Ok(functions.show_progress(200, function.latest.to_json(false)));
    }
    let reference = update.reference.clone();
    let updating = Arc::clone(functions);
    let answer = functions.complete(async move { update.run(&updating, bytes).await }).await?;
    // It may have been deleted meanwhile.
    if let Ok(function) = functions.function(&reference) {
        functions.prepare(function.latest);
    }
    Ok(functions.show_progress(200, answer))
}

impl CodeUpdate {
    fn apply(&self, latest: &mut FunctionVersion) {
        latest.code = self.code.clone();
        if let Some(architecture) = &self.architecture {
            latest.architecture.clone_from(architecture);
        }
    }

    /// Stores the zip, then the function that names it, then removes the zip that it named before.
    async fn run(self, functions: &Functions, bytes: Bytes) -> Result<Value, ServiceError> {
        let stays = functions.code.prevent_removal().await;
        store_code(functions, &self.code, bytes).await?;
        let updated = functions.update(&self.reference, |function| {
            expect_revision(&function.latest, self.revision_id.as_deref())?;
            let replaced = function.latest.code.sha256.clone();
            self.apply(&mut function.latest);
            function.latest.mark_changed(self.now, &functions.random);
            let answer = match self.publish {
                true => function.publish(None, self.now, &functions.random).to_json(true),
                false => function.latest.to_json(false),
            };
            Ok((answer, function.latest.qualified_arn(), replaced))
        });
        let updated = updated.await;
        drop(stays);
        match updated {
            Ok((answer, arn, replaced)) => {
                functions.pool.retire(&arn);
                functions.remove_unused_code(&[replaced, self.code.sha256]).await;
                Ok(answer)
            }
            Err(error) => {
                functions.remove_unused_code(&[self.code.sha256]).await;
                Err(error)
            }
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct UpdateConfiguration {
    role: Option<String>,
    handler: Option<String>,
    description: Option<String>,
    timeout: Option<u32>,
    memory_size: Option<u32>,
    environment: Option<Variables>,
    runtime: Option<String>,
    tracing_config: Option<Tracing>,
    ephemeral_storage: Option<Storage>,
    revision_id: Option<String>,
    #[serde(default)]
    layers: Vec<String>,
    logging_config: Option<Logging>,
    #[serde(rename = "KMSKeyArn")]
    kms_key_arn: Option<String>,
    snap_start: Option<SnapStart>,
    vpc_config: Option<Vpc>,
    dead_letter_config: Option<DeadLetter>,
}

/// Gives a function other settings; what the request leaves out stays.
pub(crate) async fn configuration(functions: &Arc<Functions>, request: &Request) -> Result<Response, ServiceError> {
    let reference = named_latest(request)?;
    functions.refuse_update(&reference)?;
    let input: UpdateConfiguration = request.json()?;
    if !input.layers.is_empty() {
        return Err(invalid("The embedded cloud has no layers; put their files into the function's zip."));
    }
    if let Some(arn) = &input.role {
        role::check(functions, arn, &reference.unqualified().arn())?;
    }
    let asks_role = input.role.is_some() || input.vpc_config.is_some() || input.dead_letter_config.is_some();
    let updated = functions.update(&reference, |function| {
        expect_revision(&function.latest, input.revision_id.as_deref())?;
        apply(input, &mut function.latest)?;
        if asks_role {
            attached::check_role(functions, &function.latest)?;
        }
        function.latest.mark_changed(request.received_at, &functions.random);
        Ok((function.latest.to_json(false), function.latest.clone()))
    });
    let (answer, latest) = updated.await?;
    functions.pool.retire(&latest.qualified_arn());
    functions.prepare(latest);
    Ok(functions.show_progress(200, answer))
}

fn apply(input: UpdateConfiguration, latest: &mut FunctionVersion) -> Result<(), ServiceError> {
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
    if let Some(logging) = input.logging_config {
        latest.logging = logging.apply(&latest.logging)?;
    }
    latest.role = input.role.unwrap_or_else(|| latest.role.clone());
    latest.handler = input.handler.unwrap_or_else(|| latest.handler.clone());
    latest.description = input.description.unwrap_or_else(|| latest.description.clone());
    if let Some(tracing) = input.tracing_config {
        latest.tracing_mode = tracing.mode;
    }
    if let Some(key) = input.kms_key_arn {
        latest.kms_key_arn = limits::kms_key(&key);
    }
    if let Some(snap_start) = input.snap_start {
        latest.snap_start = snap_start.is_applied();
    }
    if let Some(vpc) = input.vpc_config {
        latest.vpc = vpc.apply(latest.vpc.as_ref())?;
    }
    if let Some(dead_letter) = input.dead_letter_config {
        latest.dead_letter_arn = dead_letter.target()?;
    }
    limits::snap_start(latest)
}

/// The revision that a caller saw must still be the latest.
pub(crate) fn expect_revision(latest: &FunctionVersion, seen: Option<&str>) -> Result<(), ServiceError> {
    if seen.is_none_or(|seen| seen == latest.revision_id) {
        return Ok(());
    }
    Err(stale())
}

/// The error of a change that was decided on an older revision.
pub(crate) fn stale() -> ServiceError {
    let message = "The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to \
                   retrieve the latest Revision Id";
    ServiceError::new(412, "PreconditionFailedException", message)
}
