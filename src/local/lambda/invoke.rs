//! Invoking a function: which version, in which sandbox, and again when an asynchronous one fails.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use jiff::Timestamp;

use super::Invocation;
use super::function::{Configuration, Function};
use super::reference::FunctionReference;
use super::sandbox::Work;
use crate::local::Cloud;
use crate::local::error::ServiceError;
use aws::clock;

/// The pauses before the second and the third try of an asynchronous invocation (Lambda developer guide, "Error handling
/// and retries": one minute, then two).
const RETRY_PAUSES: [Duration; 2] = [Duration::from_secs(60), Duration::from_secs(120)];

/// The version that a reference names; of an alias with two versions, the one that gets what its weights leave.
pub(crate) fn find(cloud: &Cloud, reference: &FunctionReference) -> Result<Configuration, ServiceError> {
    choose(cloud, reference, |function| function.version(reference.qualifier.as_deref()))
}

/// The version that one invocation runs.
fn route(cloud: &Cloud, reference: &FunctionReference) -> Result<Configuration, ServiceError> {
    choose(cloud, reference, |function| function.route(reference.qualifier.as_deref(), draw()))
}

fn choose(
    cloud: &Cloud,
    reference: &FunctionReference,
    choose: impl FnOnce(&Function) -> Option<&Configuration>,
) -> Result<Configuration, ServiceError> {
    let key = reference.key();
    let chosen = cloud.functions.records.read(|functions| functions.get(&key).and_then(choose).cloned());
    chosen.ok_or_else(|| reference.not_found())
}

/// A random number from 0 up to 1.
fn draw() -> f64 {
    let (bits, _) = uuid::Uuid::new_v4().as_u64_pair();
    // The upper 32 bits are all random.
    f64::from(u32::try_from(bits >> 32).unwrap_or(0)) / (f64::from(u32::MAX) + 1.0)
}

/// Runs a function and waits for its answer. It runs to its end even when whoever waits goes away, as on AWS.
pub(crate) async fn run(
    cloud: &Arc<Cloud>,
    reference: &FunctionReference,
    payload: Bytes,
    trace_id: Option<&str>,
) -> Result<Invocation, ServiceError> {
    let version = route(cloud, reference)?;
    cloud.functions.refuse_pending(cloud, reference, &version.version)?;
    let trace_id = trace_id.map_or_else(|| new_trace_id(clock::now()), str::to_owned);
    let work = Work { request_id: new_request_id(), function_arn: reference.arn(), trace_id, payload };
    let cloud = Arc::clone(cloud);
    let running = tokio::spawn(async move { run_version(&cloud, &version, work).await });
    let broken =
        || ServiceError::new(500, "ServiceException", "The invocation was interrupted; the cloud's log has more.");
    running.await.unwrap_or_else(|_| Err(broken()))
}

/// Starts an asynchronous invocation, which is tried three times in all; gives its request id.
///
/// The queue is in memory: events still in it when the cloud ends are gone.
pub(crate) fn enqueue(
    cloud: &Arc<Cloud>,
    reference: &FunctionReference,
    payload: Bytes,
) -> Result<String, ServiceError> {
    let version = route(cloud, reference)?;
    cloud.functions.refuse_pending(cloud, reference, &version.version)?;
    let trace_id = new_trace_id(clock::now());
    let work = Work { request_id: new_request_id(), function_arn: reference.arn(), trace_id, payload };
    let request_id = work.request_id.clone();
    let cloud = Arc::clone(cloud);
    tokio::spawn(async move {
        for pause in RETRY_PAUSES.into_iter().map(Some).chain([None]) {
            let outcome = run_version(&cloud, &version, work.clone()).await;
            let succeeded = outcome.is_ok_and(|invocation| invocation.function_error.is_none());
            match pause {
                Some(pause) if !succeeded => clock::sleep(pause).await,
                _ => return,
            }
        }
    });
    Ok(request_id)
}

async fn run_version(cloud: &Arc<Cloud>, version: &Configuration, work: Work) -> Result<Invocation, ServiceError> {
    let (request_id, trace_id) = (work.request_id.clone(), work.trace_id.clone());
    let finished = cloud.functions.pool.run(cloud, &cloud.functions.code, version, work).await?;
    Ok(Invocation {
        request_id,
        payload: finished.payload,
        function_error: finished.failed.then(|| "Unhandled".to_owned()),
        log_tail: finished.log_tail,
        executed_version: version.version.clone(),
        trace_id,
    })
}

fn new_request_id() -> String {
    uuid::Uuid::new_v4().to_string()
}

/// An X-Ray header as Lambda makes one for a request that brought none (X-Ray developer guide, "Tracing header").
fn new_trace_id(now: Timestamp) -> String {
    let id = uuid::Uuid::new_v4().simple().to_string();
    let (root, rest) = id.split_at(24);
    let parent = uuid::Uuid::new_v4().simple().to_string();
    format!("Root=1-{:08x}-{root};Parent={rest}{};Sampled=0", now.as_second(), parent.get(..8).unwrap_or_default())
}
