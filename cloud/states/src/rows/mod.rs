//! What is stored: the tables, their rows, and the version that each kind of row carries.
//!
//! | table | key | row |
//! | --- | --- | --- |
//! | [`STATE_MACHINES`] | `location/name`; `location/name/revision` | [`machine::Row`] |
//! | [`ACTIVITIES`] | `location/name` | [`activity::Activity`] |
//! | [`EXECUTION_HEADS`] | `machine/moment/name`, in the order of lists | [`head::HeadRow`]: what lists show |
//! | [`RUNNING_EXECUTIONS`] | `machine/name/` | [`execution::ExecutionRow`]: the state that it goes on from |
//! | [`ENDED_EXECUTIONS`] | `machine/name/` | [`execution::ExecutionRow`]: what it came to, and a short history |
//! | [`HISTORY`] | `machine/name/first event` | [`history::HistoryRow`]: what is not in the execution's own row |
//! | [`MAP_RUNS`] | `machine:label/id/` | [`execution::MapRunRow`] |
//! | [`EXPRESS_EXECUTIONS`] | the execution's ARN | [`express::ExpressRun`], until it has ended |
//!
//! An execution is in one of the two tables of executions at a time, so that a start of the cloud reads what runs and
//! nothing of what has ended.

pub(crate) mod activity;
pub(crate) mod execution;
pub(crate) mod express;
pub(crate) mod format;
pub(crate) mod head;
pub(crate) mod history;
pub(crate) mod machine;
pub(crate) mod put_execution;

use cloud_store::Table;

/// State machines, and their revisions.
pub(crate) const STATE_MACHINES: Table = Table::new("state-machines");
/// Activities.
pub(crate) const ACTIVITIES: Table = Table::new("activities");
/// What lists show of executions, in their order.
pub(crate) const EXECUTION_HEADS: Table = Table::new("execution-heads");
/// Executions that run.
pub(crate) const RUNNING_EXECUTIONS: Table = Table::new("running-executions");
/// Executions that have ended.
pub(crate) const ENDED_EXECUTIONS: Table = Table::new("ended-executions");
/// History events of executions.
pub(crate) const HISTORY: Table = Table::new("history");
/// Map Runs of executions.
pub(crate) const MAP_RUNS: Table = Table::new("map-runs");
/// Express executions that run: their starts.
pub(crate) const EXPRESS_EXECUTIONS: Table = Table::new("express-executions");
