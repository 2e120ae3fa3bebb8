//! Executions: starting, finding, listing and describing them, for the API and for tasks alike.

mod describe;
pub(crate) mod fork;
mod list;
mod new_execution;
mod redrive;
mod start;

pub(crate) use describe::describe_row;
pub(crate) use list::{ListFilter, PENDING_REDRIVE, list};
pub(crate) use new_execution::{NewExecution, StartRequest, StartedExecution};
pub(crate) use redrive::not_redrivable;
#[cfg(test)]
pub(crate) use start::MAX_OPEN_EXECUTIONS;
pub(crate) use start::{check, check_input, check_room, start};

use std::ops::ControlFlow;

use asl::HistoryEvent;
use cloud_core::ServiceError;
use cloud_store::{Range, Snapshot, StoreError, Table};
use serde::de::IgnoredAny;

use super::rows::execution::{ExecutionHead, ExecutionKey, ExecutionRow};
use super::rows::history::PackedEvents;
use super::rows::{ENDED_EXECUTIONS, RUNNING_EXECUTIONS};
use super::states::States;

impl States {
    /// An execution's row.
    pub(crate) fn execution(&self, key: &ExecutionKey) -> Result<Option<ExecutionRow>, StoreError> {
        if let Some((row, _)) = self.sized_execution(key)? {
            return Ok(Some(row));
        }
        // One that has just been redriven may not be shown as running yet.
        Ok(self.row_in(&self.store.snapshot()?, RUNNING_EXECUTIONS, key)?.map(|(row, _)| row))
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
        found.transpose().map_err(|reason: serde_json::Error| self.row_failed(table, &key.row(), &reason))
    }

    /// The error of a row that can't be read.
    pub(crate) fn row_failed(&self, table: Table, key: &str, reason: &dyn std::error::Error) -> StoreError {
        StoreError::Row {
            path: self.store.path().to_owned(),
            table: table.name(),
            key: key.to_owned(),
            reason: reason.to_string(),
        }
    }

    /// An execution as clients see it: none once it has been gone for so long that it is not kept.
    pub(crate) fn kept_execution(&self, key: &ExecutionKey) -> Result<Option<ExecutionRow>, StoreError> {
        let now = self.clock.now();
        Ok(self.execution(key)?.filter(|row| !row.head.is_expired(now)))
    }

    /// Whether there is an execution with this key that is kept. What it came to is not read.
    pub(crate) fn has_execution(&self, key: &ExecutionKey) -> Result<bool, ServiceError> {
        Ok(self.find_kept(key)?.is_some())
    }

    /// Where the history of an execution is, if there is one with this key that is kept.
    pub(crate) fn kept_history(&self, key: &ExecutionKey) -> Result<Option<KeptHistory>, ServiceError> {
        let packed = match self.find_kept(key)? {
            None => return Ok(None),
            Some(Kept::Running | Kept::Ended(None)) => return Ok(Some(KeptHistory::Rows)),
            Some(Kept::Ended(Some(packed))) => packed,
        };
        let events = packed.unpack().map_err(|reason| self.row_failed(ENDED_EXECUTIONS, &key.row(), &reason))?;
        Ok(Some(KeptHistory::Events(events)))
    }

    fn find_kept(&self, key: &ExecutionKey) -> Result<Option<Kept>, ServiceError> {
        let (machine, name) = key.parts();
        if self.index().is_running(machine, name) {
            return Ok(Some(Kept::Running));
        }
        let row = key.row();
        if let Some(reason) = self.unreadable.reason(RUNNING_EXECUTIONS, &row) {
            return Err(reason.into());
        }
        let found: Option<WithHistory> = self.store.get(ENDED_EXECUTIONS, &row)?;
        let Some(found) = found else {
            // One that has just been redriven may not be shown as running yet.
            let is_redriven = self.store.get::<IgnoredAny>(RUNNING_EXECUTIONS, &row)?.is_some();
            return Ok(is_redriven.then_some(Kept::Running));
        };
        let is_kept = !found.head.is_expired(self.clock.now());
        Ok(is_kept.then_some(Kept::Ended(found.history)))
    }
}

/// Where the history of an execution is.
#[derive(Debug)]
pub(crate) enum KeptHistory {
    /// All of it was in the execution's own row.
    Events(Vec<HistoryEvent>),
    /// In rows of its own.
    Rows,
}

/// An execution that is kept: it runs, or it has ended, and its row may have its history.
enum Kept {
    Running,
    Ended(Option<PackedEvents>),
}

/// A row of an execution, of which the head and the history are wanted.
#[derive(serde::Deserialize)]
struct WithHistory {
    head: ExecutionHead,
    #[serde(default)]
    history: Option<PackedEvents>,
}
