//! Running one event of a version, for those who wait and for the asynchronous queue alike.

use cloud_core::{Invocation, ServiceError};

use crate::model::FunctionVersion;
use crate::pool::SandboxPool;
use crate::runtime::InvocationEvent;

/// What one run of a version gave.
#[derive(Debug)]
pub(crate) struct FinishedRun {
    pub(crate) invocation: Invocation,
    /// What the function says that its result is; only one that streams may say so.
    pub(crate) content_type: Option<String>,
}

/// Runs one event of a version, within the function's reserved concurrency.
pub(crate) async fn run_version(
    pool: &SandboxPool,
    version: &FunctionVersion,
    event: InvocationEvent,
    reserved: Option<u32>,
) -> Result<FinishedRun, ServiceError> {
    let request_id = event.request_id.clone();
    let trace_id = event.trace_id.clone();
    let outcome = pool.run(version, event, reserved).await?;
    let invocation = Invocation {
        request_id,
        payload: outcome.payload,
        function_error: outcome.has_failed.then(|| "Unhandled".to_owned()),
        log_tail: outcome.log_tail,
        executed_version: version.version.clone(),
        trace_id,
    };
    Ok(FinishedRun { invocation, content_type: outcome.content_type })
}
