//! An execution in memory.

mod cache;

use std::sync::Arc;

use asl::{TaskId, TaskPhase};
use jiff::Timestamp;

use crate::compiled_machine::CompiledMachine;
use crate::integration::mocks;
use crate::rows::execution::{ExecutionRow, ExecutionState};

pub(super) use cache::Cache;

/// An execution in memory.
pub(super) struct Loaded {
    pub(super) row: ExecutionRow,
    pub(super) compiled: Arc<CompiledMachine>,
    /// How many bytes its row has in the store.
    pub(in crate::driver) size_bytes: usize,
    /// The moment that its head lies under in the store, once it does.
    pub(in crate::driver) listed_at: Option<Timestamp>,
}

/// The events that the row of an execution has held while it had ended: when it goes on they get rows of their own.
pub(super) struct MovedHistory {
    pub(super) events: Vec<asl::HistoryEvent>,
    /// Whether the index was told that one more runs: not where the execution has ended in this very step.
    pub(super) is_announced: bool,
}

impl Loaded {
    /// One that is not stored yet.
    pub(super) fn new(row: ExecutionRow, compiled: Arc<CompiledMachine>) -> Self {
        Self { row, compiled, size_bytes: 0, listed_at: None }
    }

    /// One whose row has so many bytes.
    pub(super) fn stored(row: ExecutionRow, compiled: Arc<CompiledMachine>, size_bytes: usize) -> Self {
        let listed_at = Some(row.head.listed_at());
        Self { row, compiled, size_bytes, listed_at }
    }

    /// Whether it has more to do than its last step could.
    pub(super) fn has_more(&self) -> bool {
        match &self.row.state {
            ExecutionState::Running(execution) => execution.has_more(),
            ExecutionState::Ended(_) => false,
        }
    }

    /// When it wants to be woken; never once it has ended.
    pub(super) fn next_wake(&self) -> Option<Timestamp> {
        match &self.row.state {
            ExecutionState::Running(execution) => execution.next_wake(),
            ExecutionState::Ended(_) => None,
        }
    }

    /// When it goes on by itself.
    pub(super) fn next_wait(&self) -> Option<Timestamp> {
        match &self.row.state {
            ExecutionState::Running(execution) => execution.next_wait(),
            ExecutionState::Ended(_) => None,
        }
    }

    /// What its branches wait for.
    pub(super) fn waits(&self) -> Vec<asl::StateWait> {
        match &self.row.state {
            ExecutionState::Running(execution) => execution.waits().collect(),
            ExecutionState::Ended(_) => Vec::new(),
        }
    }

    /// A task under way.
    pub(super) fn task(&self, task: TaskId) -> Option<(&asl::TaskRequest, TaskPhase)> {
        match &self.row.state {
            ExecutionState::Running(execution) => execution.running_tasks().find(|(request, _)| request.task == task),
            ExecutionState::Ended(_) => None,
        }
    }

    /// Forgets the mock of a task that is over.
    pub(super) fn forget_mock(&mut self, over: Option<TaskId>) {
        if let (Some(task), Some(mocks)) = (over, &mut self.row.mocks) {
            mocks.forget(task);
        }
    }

    /// Chooses the mock that answers a task which is about to start; whether one does.
    pub(super) fn choose_mock(&mut self, request: &asl::TaskRequest) -> bool {
        let (Some(chosen), ExecutionState::Running(execution)) = (&mut self.row.mocks, &self.row.state) else {
            return false;
        };
        let of_child = self.row.map_child.as_ref().map(|child| child.child.index);
        let inside = mocks::iteration_of(execution, self.compiled.parsed(), request.task);
        chosen.choose(request, inside.or(of_child))
    }
}
