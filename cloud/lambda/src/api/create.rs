//! CreateFunction.

use std::collections::BTreeMap;
use std::sync::Arc;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use cloud_core::{Change, FunctionReference, LATEST, Request, Response, ServiceError};
use serde::Deserialize;

use super::access::reachable;
use super::checks::attached::{self, DeadLetter, Vpc};
use super::checks::limits::{self, invalid};
use super::checks::logging::Logging;
use super::checks::role;
use crate::code::CodeStore;
use crate::model::{Code, Function, FunctionSettings, FunctionVersion, LoggingConfig, ResourcePolicy, RowFormat};
use crate::service::Functions;

/// CreateFunction's input, as far as it is understood.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Create {
    function_name: String,
    runtime: Option<String>,
    role: String,
    handler: Option<String>,
    code: ZipSource,
    description: Option<String>,
    timeout: Option<u32>,
    memory_size: Option<u32>,
    #[serde(default)]
    publish: bool,
    package_type: Option<String>,
    environment: Option<Variables>,
    tracing_config: Option<Tracing>,
    #[serde(default)]
    tags: BTreeMap<String, String>,
    architectures: Option<Vec<String>>,
    ephemeral_storage: Option<Storage>,
    #[serde(default)]
    layers: Vec<String>,
    #[serde(default)]
    logging_config: Logging,
    #[serde(rename = "KMSKeyArn")]
    kms_key_arn: Option<String>,
    snap_start: Option<SnapStart>,
    vpc_config: Option<Vpc>,
    #[serde(default)]
    dead_letter_config: DeadLetter,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct SnapStart {
    apply_on: String,
}

impl SnapStart {
    pub(super) fn is_applied(&self) -> bool {
        self.apply_on == "PublishedVersions"
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Variables {
    #[serde(default)]
    pub(super) variables: BTreeMap<String, String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Tracing {
    pub(super) mode: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Storage {
    pub(super) size: u32,
}

/// Where the zip comes from; only bytes in the request are understood.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ZipSource {
    zip_file: Option<String>,
    s3_bucket: Option<String>,
    s3_key: Option<String>,
    s3_object_version: Option<String>,
    image_uri: Option<String>,
}

impl ZipSource {
    /// The zip's bytes and the name that they are stored under.
    pub(super) async fn read(&self) -> Result<(Code, Bytes), ServiceError> {
        let elsewhere = [&self.s3_bucket, &self.s3_key, &self.s3_object_version, &self.image_uri];
        if elsewhere.into_iter().any(Option::is_some) {
            return Err(invalid(
                "The embedded cloud takes a function's code as ZipFile only; it has no S3 and no container images.",
            ));
        }
        let Some(encoded) = self.zip_file.clone() else {
            return Err(invalid("Please provide a source for function code."));
        };
        // A zip is read to its end, which may take long: others' requests must not wait for it.
        let read = tokio::task::spawn_blocking(move || inspect(&encoded)).await;
        read.unwrap_or_else(|error| Err(ServiceError::internal(format!("A zip was not looked at: {error}."))))
    }
}

fn inspect(encoded: &str) -> Result<(Code, Bytes), ServiceError> {
    let bytes = BASE64_STANDARD.decode(encoded).map_err(|error| invalid(format!("ZipFile is not base64: {error}")))?;
    limits::zip_size(&bytes)?;
    let code = CodeStore::inspect(&bytes).map_err(|error| {
        // Lambda's text says no more; the cloud's log does.
        tracing::warn!(reason = ?error, "a zip was refused");
        invalid(error.to_string())
    })?;
    Ok((code, bytes.into()))
}

/// Creates a function; its zip is on disk before the function is.
pub(crate) async fn create(functions: &Arc<Functions>, request: &Request) -> Result<Response, ServiceError> {
    let mut input: Create = request.json()?;
    let reference = reachable(&input.function_name, request)?;
    refuse_unsupported(&input)?;
    limits::new_tags(&input.tags)?;
    limits::tags(&input.tags)?;
    role::check(functions, &input.role, &reference.unqualified().arn())?;
    let (code, bytes) = input.code.read().await?;
    let vpc = input.vpc_config.take().map(|vpc| vpc.apply(None)).transpose()?.flatten();
    let dead_letter_arn = std::mem::take(&mut input.dead_letter_config).target()?;
    let mut function = build(functions, &input, &reference, code, request)?;
    function.latest.vpc = vpc;
    function.latest.dead_letter_arn = dead_letter_arn;
    attached::check_role(functions, &function.latest)?;
    if input.publish {
        function.publish(None, request.received_at, &functions.random);
    }
    functions.table.refuse_unreadable(&reference.key())?;
    if functions.table.get(&reference.key()).is_some() {
        return Err(exists(&reference));
    }
    // The version's number with the function's own ARN: so does AWS answer this call, and no other.
    let answer = function.published.first().unwrap_or(&function.latest).to_json(false);
    // Once it is active, which here it is at once, it is another revision than the answer tells of.
    function.latest.revision_id = functions.random.uuid().to_string();
    let latest = function.latest.clone();
    let creating = Arc::clone(functions);
    functions.complete(async move { store(&creating, &reference, function, bytes).await }).await?;
    functions.prepare(latest);
    Ok(functions.show_progress(201, answer))
}

/// Stores a function's zip, then the function.
async fn store(
    functions: &Functions,
    reference: &FunctionReference,
    function: Function,
    bytes: Bytes,
) -> Result<(), ServiceError> {
    let arn = function.latest.arn();
    let hash = function.latest.code.sha256.clone();
    let stays = functions.code.prevent_removal().await;
    store_code(functions, &function.latest.code, bytes).await?;
    let created = functions.table.change(|functions| match functions.contains_key(&reference.key()) {
        true => Err(exists(reference)),
        false => Ok((vec![Change::Put(reference.key(), function)], ())),
    });
    let created = created.await;
    drop(stays);
    match created {
        Ok(()) => functions.pool.retire_function(&arn),
        Err(_) => functions.remove_unused_code(&[hash]).await,
    }
    created
}

fn exists(reference: &FunctionReference) -> ServiceError {
    ServiceError::new(409, "ResourceConflictException", format!("Function already exist: {}", reference.name))
}

fn refuse_unsupported(input: &Create) -> Result<(), ServiceError> {
    if input.package_type.as_deref().is_some_and(|kind| kind != "Zip") {
        return Err(invalid("The embedded cloud runs functions from zips only; it has no container images."));
    }
    if !input.layers.is_empty() {
        return Err(invalid("The embedded cloud has no layers; put their files into the function's zip."));
    }
    let Some(runtime) = &input.runtime else {
        return Err(invalid("Runtime is mandatory for functions created with deployment packages."));
    };
    limits::runtime(runtime)
}

fn build(
    functions: &Functions,
    input: &Create,
    reference: &FunctionReference,
    code: Code,
    request: &Request,
) -> Result<Function, ServiceError> {
    let handler = input.handler.clone().filter(|handler| !handler.is_empty());
    let variables = input.environment.as_ref().map(|environment| environment.variables.clone());
    limits::variables(variables.as_ref().unwrap_or(&BTreeMap::new()))?;
    let mut latest = FunctionVersion {
        name: reference.name.clone(),
        location: reference.location.clone(),
        version: LATEST.to_owned(),
        role: input.role.clone(),
        handler: handler
            .ok_or_else(|| invalid("Handler is mandatory for functions created with deployment packages."))?,
        runtime: input.runtime.clone().unwrap_or_default(),
        description: input.description.clone().unwrap_or_default(),
        timeout_s: limits::timeout_s(input.timeout.unwrap_or(3))?,
        memory_size_mb: limits::memory_size_mb(input.memory_size.unwrap_or(128))?,
        ephemeral_storage_mb: limits::ephemeral_storage_mb(
            input.ephemeral_storage.as_ref().map_or(512, |storage| storage.size),
        )?,
        environment: variables,
        architecture: limits::architecture(input.architectures.as_deref()),
        tracing_mode: input.tracing_config.as_ref().map_or("PassThrough", |tracing| &tracing.mode).to_owned(),
        kms_key_arn: limits::kms_key(input.kms_key_arn.as_deref().unwrap_or_default()),
        snap_start: input.snap_start.as_ref().is_some_and(SnapStart::is_applied),
        vpc: None,
        dead_letter_arn: None,
        logging: input.logging_config.apply(&LoggingConfig::default())?,
        code,
        last_modified: request.received_at,
        revision_id: String::new(),
        generation: String::new(),
        source_description: None,
    };
    limits::snap_start(&latest)?;
    latest.mark_changed(request.received_at, &functions.random);
    Ok(Function {
        format: RowFormat,
        latest,
        published: Vec::new(),
        next_version: 1,
        policy: ResourcePolicy::default(),
        aliases: BTreeMap::new(),
        tags: input.tags.clone(),
        reserved_concurrency: None,
        event_invoke: BTreeMap::new(),
        settings: FunctionSettings::default(),
    })
}

/// Puts a zip on disk.
pub(super) async fn store_code(functions: &Functions, code: &Code, bytes: Bytes) -> Result<(), ServiceError> {
    let stored = functions.code.store(code, bytes).await;
    stored.map_err(|error| {
        // A client would try a 500 again and again, and a disk stays full: AWS's own error for no more room ends that.
        let (status, code) =
            if error.is_full() { (400, "CodeStorageExceededException") } else { (500, "ServiceException") };
        ServiceError::new(status, code, error.to_string())
    })
}
