//! Executions: starting, finding, listing and describing them, for the API and for tasks alike.

mod describe;
mod list;
mod new_execution;
mod start;

pub(crate) use describe::describe_row;
pub(crate) use list::{ListFilter, list};
pub(crate) use new_execution::{NewExecution, StartRequest, StartedExecution};
pub(crate) use start::{check, start};

use std::ops::ControlFlow;

use cloud_core::ServiceError;
use cloud_store::{Range, Snapshot, StoreError, Table};

use super::rows::execution::{ExecutionHead, ExecutionKey, ExecutionRow};
use super::rows::{ENDED_EXECUTIONS, RUNNING_EXECUTIONS};
use super::states::States;

impl States {
    /// An execution's row.
    pub(crate) fn execution(&self, key: &ExecutionKey) -> Result<Option<ExecutionRow>, StoreError> {
        Ok(self.sized_execution(key)?.map(|(row, _)| row))
    }

    /// An execution's row, and how many bytes it has.
    pub(crate) fn sized_execution(&self, key: &ExecutionKey) -> Result<Option<(ExecutionRow, usize)>, StoreError> {
        let (machine, name) = key.parts();
        let runs = self.index().is_running(machine, name);
        let snapshot = self.store.snapshot()?;
        // One that has just ended may still be among those that run.
        let running = if runs { self.row_in(&snapshot, RUNNING_EXECUTIONS, key)? } else { None };
        if let Some(reason) = self.unreadable.reason(RUNNING_EXECUTIONS, &key.row()) {
            return Err(reason);
        }
        match running {
            Some(running) => Ok(Some(running)),
            None => self.row_in(&snapshot, ENDED_EXECUTIONS, key),
        }
    }

    fn row_in(
        &self,
        snapshot: &Snapshot,
        table: Table,
        key: &ExecutionKey,
    ) -> Result<Option<(ExecutionRow, usize)>, StoreError> {
        let mut found = None;
        // No other execution's key begins so.
        snapshot.scan_bytes(table, Range::prefix(&key.row()), |_, bytes| {
            found = Some(serde_json::from_slice(bytes).map(|row| (row, bytes.len())));
            ControlFlow::Break(())
        })?;
        found.transpose().map_err(|reason: serde_json::Error| StoreError::Row {
            path: self.store.path().to_owned(),
            table: table.name(),
            key: key.row(),
            reason: reason.to_string(),
        })
    }

    /// An execution as clients see it: none once it has been gone for so long that it is not kept.
    pub(crate) fn kept_execution(&self, key: &ExecutionKey) -> Result<Option<ExecutionRow>, StoreError> {
        let now = self.clock.now();
        Ok(self.execution(key)?.filter(|row| !row.head.is_expired(now)))
    }

    /// Whether there is an execution with this key that is kept. Only the head of its row is read.
    pub(crate) fn has_execution(&self, key: &ExecutionKey) -> Result<bool, ServiceError> {
        let (machine, name) = key.parts();
        if self.index().is_running(machine, name) {
            return Ok(true);
        }
        let row = key.row();
        if let Some(reason) = self.unreadable.reason(RUNNING_EXECUTIONS, &row) {
            return Err(reason.into());
        }
        let found: Option<WithHead> = self.store.get(ENDED_EXECUTIONS, &row)?;
        Ok(found.is_some_and(|row| !row.head.is_expired(self.clock.now())))
    }
}

/// A row of an execution, of which only the head is wanted.
#[derive(serde::Deserialize)]
struct WithHead {
    head: ExecutionHead,
}
