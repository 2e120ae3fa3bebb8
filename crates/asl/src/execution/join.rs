//! Joins: the branches of a Parallel state and the iterations of a Map state, from their start to the result of the state.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::branch::{Branch, BranchId, BranchPosition, BranchStatus};
use super::fault::Fault;
use super::step::{Step, Transition};
use crate::definition::{FlowIndex, StateKind};
use crate::document::Document;
use crate::history::EventDetails;

/// The inner branches that a branch in a Parallel or Map state waits for, and their results so far.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Join {
    /// By index; `None` for a branch that has not ended.
    results: Vec<Option<Document>>,
    /// The number of branches that have ended.
    ended: u64,
    /// The items of a Map state whose iterations have not started.
    items: VecDeque<Document>,
}

/// A branch that can continue, and its transition.
pub(super) type NextBranch = Option<(Box<Branch>, Result<Transition, Fault>)>;

impl Join {
    /// A join of so many branches.
    pub(super) fn branches(count: usize) -> Self {
        Self { results: vec![None; count], ended: 0, items: VecDeque::new() }
    }

    /// A join with an iteration per item.
    pub(super) fn items(items: Vec<Document>) -> Self {
        Self { results: vec![None; items.len()], ended: 0, items: items.into() }
    }

    /// The next item with its index.
    pub(super) fn next_item(&mut self) -> Option<(u64, Document)> {
        let index = self.results.len() - self.items.len();
        Some((u64::try_from(index).unwrap_or(u64::MAX), self.items.pop_front()?))
    }

    fn end(&mut self, index: u64, result: Document) {
        if let Some(result_slot @ None) = usize::try_from(index).ok().and_then(|index| self.results.get_mut(index)) {
            *result_slot = Some(result.text_only());
            self.ended += 1;
        }
    }

    fn is_complete(&self) -> bool {
        usize::try_from(self.ended).is_ok_and(|ended| ended == self.results.len())
    }

    /// All results, in the order of their positions.
    fn result(&self) -> Document {
        Document::array(self.results.iter().flatten())
    }
}

impl Step<'_> {
    /// A branch inside `parent` that will enter the first state of a flow. It runs once it is [`ready`](Self::make_ready).
    ///
    /// # Errors
    /// When the state machine has no such flow.
    pub(super) fn new_inner_branch(
        &mut self,
        parent: &Branch,
        index: u64,
        flow: FlowIndex,
        input: Document,
    ) -> Result<Branch, Fault> {
        let Some(flow) = self.machine.flow(flow) else {
            return Err(Fault::runtime(parent, "The state machine has no such flow."));
        };
        self.execution.last_branch_id += 1;
        let id = BranchId(self.execution.last_branch_id);
        let variables = parent.variables.inner();
        let mut branch = Branch::new(id, flow.start_at.state, input, variables, self.now);
        branch.position = Some(BranchPosition { parent: parent.id, index });
        branch.previous_event_id = parent.previous_event_id;
        Ok(branch)
    }

    /// Queues branches to start, in their order, before any other that is ready.
    pub(super) fn make_ready(&mut self, branches: Vec<Branch>) {
        for branch in branches.into_iter().rev() {
            self.ready.push_front(branch.id);
            self.execution.branches.insert(branch.id, Box::new(branch));
        }
    }

    /// The next branch that is ready to start; aborted ones are skipped.
    pub(super) fn next_ready(&mut self) -> NextBranch {
        while let Some(id) = self.ready.pop_front() {
            if let Some(branch) = self.execution.branches.remove(&id) {
                let next = Transition::Enter { state: branch.at, input: branch.input.clone() };
                return Some((branch, Ok(next)));
            }
        }
        None
    }

    /// An inner branch has succeeded.
    pub(super) fn branch_succeeded(
        &mut self,
        branch: Box<Branch>,
        position: BranchPosition,
        output: Document,
    ) -> NextBranch {
        let mut parent = self.execution.branches.remove(&position.parent)?;
        let BranchStatus::Join(join) = &mut parent.status else {
            self.execution.branches.insert(parent.id, parent);
            return None;
        };
        join.end(position.index, output);
        let is_complete = join.is_complete();
        match self.continue_parent(&mut parent, &branch, position.index, is_complete) {
            Ok(Transition::Wait) => {
                self.execution.branches.insert(parent.id, parent);
                None
            }
            Ok(next) => Some((parent, Ok(next))),
            Err(fault) => {
                self.abort_branches_of(&parent);
                parent.status = BranchStatus::Running;
                Some((parent, Err(fault)))
            }
        }
    }

    /// Continues a state one of whose branches has succeeded: completes it, starts the next iteration, or keeps waiting.
    fn continue_parent(
        &mut self,
        parent: &mut Branch,
        branch: &Branch,
        index: u64,
        is_complete: bool,
    ) -> Result<Transition, Fault> {
        let state = self.state_of(parent)?;
        let mut last_event_id = branch.previous_event_id;
        if let StateKind::Map(map) = &state.kind {
            let succeeded = EventDetails::MapIterationSucceeded(iteration(parent, index));
            last_event_id = self.emit_beside(branch.previous_event_id, succeeded)?;
            if !is_complete {
                // On AWS the next iteration follows from the last state of the one that has ended.
                self.begin_iterations(parent, map, 1, branch.previous_event_id)?;
            }
        }
        if !is_complete {
            return Ok(Transition::Wait);
        }
        let BranchStatus::Join(join) = std::mem::replace(&mut parent.status, BranchStatus::Running) else {
            return Ok(Transition::Wait);
        };
        // On AWS StateExited follows from the last event inside the state, not from its success.
        parent.previous_event_id = last_event_id;
        let succeeded = match &state.kind {
            StateKind::Map(_) => EventDetails::MapStateSucceeded,
            _ => EventDetails::ParallelStateSucceeded,
        };
        self.emit_beside(last_event_id, succeeded)?;
        self.complete(parent, state, Some(join.result()))
    }

    /// An inner branch has failed: the others are aborted, and the state around them fails.
    pub(super) fn branch_failed(&mut self, branch: Box<Branch>, position: BranchPosition, fault: Fault) -> NextBranch {
        let mut parent = self.execution.branches.remove(&position.parent)?;
        let last_event_id = branch.previous_event_id;
        let is_iteration = self.state_of(&parent).is_ok_and(|state| matches!(state.kind, StateKind::Map(_)));
        if is_iteration {
            let failed = EventDetails::MapIterationFailed(iteration(&parent, position.index));
            self.emit_last(last_event_id, failed);
        } else {
            // The state that failed is still open; it is aborted along with those of the other branches.
            self.execution.branches.insert(branch.id, branch);
        }
        self.abort_branches_of(&parent);
        parent.previous_event_id = last_event_id;
        parent.status = BranchStatus::Running;
        Some((parent, Err(fault)))
    }
}

/// The iteration of a Map state that a branch is in.
pub(super) fn iteration(map: &Branch, index: u64) -> crate::history::MapIteration {
    crate::history::MapIteration { name: std::sync::Arc::clone(&map.state), index }
}
