//! Who calls.

use std::sync::Arc;

use cloud_core::Location;

use crate::rows::execution::ExecutionKey;

/// Who calls: the execution whose task it is.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    /// Where it runs.
    pub(crate) location: Location,
    /// The role that it runs as.
    pub(crate) role_arn: Arc<str>,
    /// Its state machine.
    pub(crate) machine_arn: String,
    /// Which one it is; an express execution cannot be found again.
    pub(crate) execution: Option<ExecutionKey>,
}

impl Caller {
    /// The caller of a standard execution's tasks.
    pub(crate) fn of(execution: &ExecutionKey, role_arn: Arc<str>) -> Self {
        let machine_arn = execution.machine_arn();
        Self { location: execution.location(), role_arn, machine_arn, execution: Some(execution.clone()) }
    }
}
