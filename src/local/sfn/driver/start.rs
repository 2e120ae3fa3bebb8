//! Starting an execution, once per name.

use std::sync::Arc;

use jiff::Timestamp;

use super::step::Loaded;
use crate::local::Cloud;
use crate::local::error::ServiceError;
use crate::local::sfn::execution::{ExecutionKey, ExecutionRow, Origin, Stage, Summary};
use crate::local::sfn::refusal;

/// What to start.
#[derive(Debug, Clone)]
pub(in crate::local::sfn) struct StartRequest {
    /// The execution's ARN.
    pub(in crate::local::sfn) arn: String,
    /// The input, as JSON text.
    pub(in crate::local::sfn) input: String,
    /// The revision of the state machine to run.
    pub(in crate::local::sfn) revision: u64,
    /// The version that was named, if one was.
    pub(in crate::local::sfn) version: Option<u64>,
    /// The alias that was named, if one was.
    pub(in crate::local::sfn) alias: Option<Box<str>>,
    /// The task that starts it, if one does.
    pub(in crate::local::sfn) origin: Option<Origin>,
}

/// What became of a start.
pub(super) enum Started {
    /// A new execution, to be committed with these effects.
    New(Box<Loaded>, Vec<asl::Effect>),
    /// The one that is there already and was started the same way; it started then.
    Already(Timestamp),
}

/// Starts an execution unless one of this name exists; the same start again while it runs is answered as if it were the
/// first (API reference, `StartExecution`). A task that is begun again finds what it has started before.
pub(super) fn start(
    cloud: &Arc<Cloud>,
    key: &ExecutionKey,
    known: Option<&Loaded>,
    request: &StartRequest,
    now: Timestamp,
) -> Result<Started, ServiceError> {
    if let Some(existing) = known {
        let is_ours = request.origin.is_some() && existing.row.origin == request.origin;
        return match &existing.row.stage {
            _ if is_ours => Ok(Started::Already(existing.row.summary.started_at)),
            Stage::Running(execution) if execution.input() == request.input && request.origin.is_none() => {
                Ok(Started::Already(existing.row.summary.started_at))
            }
            Stage::Running(_) | Stage::Ended { .. } => Err(refusal::execution_exists(&request.arn)),
        };
    }
    let (machine, _) = key.parts();
    let sequence = cloud.step_functions.index().begin_start(machine);
    let begun = begin(cloud, key, request, sequence, now);
    if begun.is_err() {
        cloud.step_functions.index().end(machine);
    }
    begun
}

fn begin(
    cloud: &Arc<Cloud>,
    key: &ExecutionKey,
    request: &StartRequest,
    sequence: u64,
    now: Timestamp,
) -> Result<Started, ServiceError> {
    let (machine, name) = key.parts();
    // Asked again, now that the start is announced: a deletion that came between has seen it or is seen here.
    let record = cloud.step_functions.active_machine(machine, || refusal::machine_missing(&request.arn))?;
    let prepared = cloud.step_functions.prepared(machine, request.revision)?;
    let start = asl::Start::builder(request.arn.as_str(), record.arn(), now)
        .execution_name(name)
        .state_machine_name(record.name.as_str())
        .role_arn(Arc::clone(&prepared.role_arn))
        .input(request.input.as_str())
        .seed(uuid::Uuid::new_v4().as_u64_pair().0)
        .build();
    let started = asl::Execution::start(&prepared.definition(&cloud.step_functions), start);
    let (execution, effects) = started.map_err(|error| refusal::invalid_input(&error.to_string()))?;
    let summary = Summary {
        status: asl::Status::Running,
        started_at: now,
        stopped_at: None,
        revision: request.revision,
        version: request.version,
        alias: request.alias.clone(),
        map_run: None,
        sequence,
    };
    let row = ExecutionRow {
        summary,
        origin: request.origin.clone(),
        item: None,
        stage: Stage::Running(Box::new(execution)),
    };
    Ok(Started::New(Box::new(Loaded { row, prepared }), effects))
}
