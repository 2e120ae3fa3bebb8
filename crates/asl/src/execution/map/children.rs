//! Map Runs and their children as the driver sees them.

use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::definition::ChildType;
use crate::execution::start::{ExecutionContext, Start};
use crate::history::Status;
use crate::random::number;

/// The id of a Map Run within an execution.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct MapRunId(pub u64);

/// The id of a child of a Map Run within an execution, and of its attempt: one that runs again after a redrive has another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ChildId {
    /// The Map Run that the child belongs to.
    pub map_run: MapRunId,
    /// Its index among the children, from 0.
    pub index: u64,
    /// How often the Map Run had been redriven when this attempt began.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub redrive: u64,
}

/// Whether a number is the one that is not written.
#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde passes it so")]
pub(crate) fn is_zero(number: &u64) -> bool {
    *number == 0
}

/// A request to start a child execution of a Map Run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChildRequest {
    /// Its id, for inputs.
    pub child: ChildId,
    /// The Map state, for [`crate::Execution::start_child`].
    pub state: Arc<str>,
    /// Standard or Express.
    pub child_type: ChildType,
    /// The Map Run's ARN.
    pub map_run_arn: Arc<str>,
    /// The execution's name.
    pub name: Arc<str>,
    /// The execution's ARN: `arn:aws:states:REGION:ACCOUNT:execution:MACHINE/LABEL:NAME`, or `express` with a further id.
    pub execution_arn: Arc<str>,
    /// The ARN of the child's state machine: the parent's ARN with `/LABEL`.
    pub state_machine_arn: Arc<str>,
    /// Its input as JSON text.
    pub input: Arc<str>,
    /// How many items it works on.
    #[serde(default = "one")]
    pub items: u64,
}

/// What a child works on without batches.
fn one() -> u64 {
    1
}

impl ChildRequest {
    /// The start of the child. Its seed follows from the parent's seed and the child's id.
    pub fn start(&self, parent: &ExecutionContext, seed: u64, now: Timestamp) -> Start {
        let express = self.child_type == ChildType::Express;
        let context = ExecutionContext {
            execution_arn: Arc::clone(&self.execution_arn),
            execution_name: Arc::clone(&self.name),
            start_time: now,
            role_arn: Arc::clone(&parent.role_arn),
            state_machine_arn: Arc::clone(&self.state_machine_arn),
            state_machine_name: self.state_machine_arn.rsplit(':').next().unwrap_or_default().into(),
            redrive_count: if express { None } else { Some(0) },
            redrive_time: None,
        };
        let seed = number(number(seed, self.child.map_run.0), self.child.index);
        Start { input: Arc::clone(&self.input), context, seed, now }
    }
}

/// The numbers of items or children of a Map Run by status, with the names of `DescribeMapRun`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the names are the API's own")]
pub struct MapRunCounts {
    pub pending: u64,
    pub running: u64,
    pub succeeded: u64,
    pub failed: u64,
    pub timed_out: u64,
    pub aborted: u64,
    pub total: u64,
    /// How many a `ResultWriter` has written.
    pub results_written: u64,
    /// How many have not succeeded and can't be redriven; they are among those that failed, timed out or were aborted.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub failures_not_redrivable: u64,
    /// How many wait to be redriven.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub pending_redrive: u64,
}

impl MapRunCounts {
    pub(crate) fn of(&mut self, status: Status) -> &mut u64 {
        match status {
            Status::Running => &mut self.running,
            Status::Succeeded => &mut self.succeeded,
            Status::Failed => &mut self.failed,
            Status::TimedOut => &mut self.timed_out,
            Status::Aborted => &mut self.aborted,
        }
    }

    pub(crate) fn abort_unfinished(&mut self) {
        self.aborted += std::mem::take(&mut self.pending) + std::mem::take(&mut self.running);
        self.aborted += std::mem::take(&mut self.pending_redrive);
    }
}

/// A Map Run as `DescribeMapRun` shows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct MapRunSummary {
    /// Its id, which its children refer to.
    pub id: MapRunId,
    /// `arn:aws:states:REGION:ACCOUNT:mapRun:MACHINE/LABEL:UUID`.
    pub arn: Arc<str>,
    /// The Map state.
    pub state: Arc<str>,
    /// Running, succeeded, failed or aborted.
    pub status: Status,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended.
    pub stopped_at: Option<Timestamp>,
    /// The most children that run at the same time; 0 for the service's own limit.
    pub max_concurrency: u64,
    /// The number of items that may fail; 0 when the definition does not say.
    pub tolerated_failure_count: u64,
    /// The percentage of items that may fail; 0 when the definition does not say.
    pub tolerated_failure_percentage: f64,
    /// By items.
    pub items: MapRunCounts,
    /// By children.
    pub executions: MapRunCounts,
    /// How often it was redriven.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub redrive_count: u64,
    /// When it was redriven last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub redriven_at: Option<Timestamp>,
}
