//! Writing an execution: its row, with its history where that is short, and its head.

use cloud_store::{Batch, StoreError};
use jiff::Timestamp;
use serde::Serialize;

use super::execution::{ExecutionKey, ExecutionRow, ExecutionState, ListChange};
use super::head::HeadRow;
use super::history::PackedEvents;
use super::{ENDED_EXECUTIONS, EXECUTION_HEADS, RUNNING_EXECUTIONS};

/// Writes an execution's row: among those that run, or among those that have ended, then with its history where that is
/// given. The head is written when the list changes, in place of the one that `listed_at` has put where it is; what never was
/// among those that run is not removed there.
///
/// # Errors
/// When it has no JSON form.
pub(crate) fn put_execution(
    batch: &mut Batch,
    key: &ExecutionKey,
    row: &mut ExecutionRow,
    change: ListChange,
    listed_at: Option<Timestamp>,
    history: Option<&PackedEvents>,
) -> Result<(), StoreError> {
    (row.next_wake, row.has_work) = match &row.state {
        ExecutionState::Running(execution) => {
            let is_idle = execution.running_tasks().next().is_none()
                && execution.running_children().next().is_none()
                && execution.queued_map_runs().next().is_none();
            (execution.next_wake(), !is_idle)
        }
        ExecutionState::Ended(_) => (None, false),
    };
    if row.is_running() {
        if change == ListChange::Redriven {
            batch.delete(ENDED_EXECUTIONS, key.row());
        }
        batch.put(RUNNING_EXECUTIONS, key.row(), row)?;
    } else {
        if change != ListChange::StartedAndEnded {
            batch.delete(RUNNING_EXECUTIONS, key.row());
        }
        batch.put(ENDED_EXECUTIONS, key.row(), &EndedRow { row, history })?;
    }
    if change != ListChange::None {
        let now_at = row.head.listed_at();
        // Programs before version 3 have it at its start, whatever became of it.
        let at_start = Some(row.head.started_at).filter(|_| listed_at.is_some());
        for before in listed_at.into_iter().chain(at_start).filter(|before| *before != now_at) {
            batch.delete(EXECUTION_HEADS, row.head.key_at(key, before));
        }
        batch.put(EXECUTION_HEADS, row.head.key(key), &HeadRow::new(&row.head))?;
    }
    Ok(())
}

/// The row of an execution that has ended, as it is written.
#[derive(Serialize)]
struct EndedRow<'a> {
    #[serde(flatten)]
    row: &'a ExecutionRow,
    /// The whole history of an execution that has ended in the step that started it. Longer ones have rows of their own, as
    /// every history has in version 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    history: Option<&'a PackedEvents>,
}
