//! Branches inside a branch: those of a Parallel state and the iterations of a Map state, from their beginning to what becomes of them.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::branch::{Branch, BranchId, Doing, Place};
use super::fault::Fault;
use super::turn::{Move, Turn};
use crate::EventDetails;
use crate::definition::{FlowIndex, StateKind};
use crate::document::Document;

/// What a branch in a Parallel or Map state waits for. What has ended leaves its result and nothing else.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Gathering {
    /// By place; `None` for what has not ended.
    results: Vec<Option<Document>>,
    /// How many have ended.
    ended: u64,
    /// The items of a Map state that wait for their turn.
    items: VecDeque<Document>,
}

/// A branch to go on with, and what it does next.
pub(super) type Onward = Option<(Box<Branch>, Result<Move, Fault>)>;

impl Gathering {
    /// For so many branches.
    pub(super) fn branches(count: usize) -> Self {
        Self { results: vec![None; count], ended: 0, items: VecDeque::new() }
    }

    /// For an iteration per item.
    pub(super) fn items(items: Vec<Document>) -> Self {
        Self { results: vec![None; items.len()], ended: 0, items: items.into() }
    }

    /// The next item with its index.
    pub(super) fn next_item(&mut self) -> Option<(u64, Document)> {
        let index = self.results.len() - self.items.len();
        Some((u64::try_from(index).unwrap_or(u64::MAX), self.items.pop_front()?))
    }

    fn end(&mut self, index: u64, result: Document) {
        if let Some(place @ None) = usize::try_from(index).ok().and_then(|index| self.results.get_mut(index)) {
            *place = Some(result.at_rest());
            self.ended += 1;
        }
    }

    fn is_complete(&self) -> bool {
        usize::try_from(self.ended).is_ok_and(|ended| ended == self.results.len())
    }

    /// All results, in the order of their places.
    fn result(&self) -> Document {
        Document::array(self.results.iter().flatten())
    }
}

impl Turn<'_> {
    /// A branch inside `parent`, about to enter the first state of a flow. It runs once it is [`ready`](Self::is_ready).
    ///
    /// # Errors
    /// When the state machine has no such flow.
    pub(super) fn branch_in(
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
        branch.place = Some(Place { parent: parent.id, index });
        branch.previous_event_id = parent.previous_event_id;
        Ok(branch)
    }

    /// Lets branches begin, in their order, before any other that is ready.
    pub(super) fn is_ready(&mut self, branches: Vec<Branch>) {
        for branch in branches.into_iter().rev() {
            self.ready.push_front(branch.id);
            self.execution.branches.insert(branch.id, Box::new(branch));
        }
    }

    /// The next branch that is ready to begin, unless it was aborted before.
    pub(super) fn next_ready(&mut self) -> Onward {
        while let Some(id) = self.ready.pop_front() {
            if let Some(branch) = self.execution.branches.remove(&id) {
                let next = Move::Enter { state: branch.at, input: branch.input.clone() };
                return Some((branch, Ok(next)));
            }
        }
        None
    }

    /// A branch inside another has come to its end.
    pub(super) fn branch_succeeded(&mut self, branch: Box<Branch>, place: Place, output: Document) -> Onward {
        let mut parent = self.execution.branches.remove(&place.parent)?;
        let Doing::Gathering(gathering) = &mut parent.doing else {
            self.execution.branches.insert(parent.id, parent);
            return None;
        };
        gathering.end(place.index, output);
        let is_complete = gathering.is_complete();
        match self.after_branch(&mut parent, &branch, place.index, is_complete) {
            Ok(Move::Wait) => {
                self.execution.branches.insert(parent.id, parent);
                None
            }
            Ok(next) => Some((parent, Ok(next))),
            Err(fault) => {
                self.abort_branches_of(&parent);
                parent.doing = Doing::Running;
                Some((parent, Err(fault)))
            }
        }
    }

    /// What the state does when one of its branches has ended well: it ends as well, begins the next iteration, or waits on.
    fn after_branch(
        &mut self,
        parent: &mut Branch,
        branch: &Branch,
        index: u64,
        is_complete: bool,
    ) -> Result<Move, Fault> {
        let state = self.state_of(parent)?;
        let mut last_event_id = branch.previous_event_id;
        if let StateKind::Map(map) = &state.kind {
            let succeeded = EventDetails::MapIterationSucceeded(iteration(parent, index));
            last_event_id = self.emit_beside(branch.previous_event_id, succeeded)?;
            if !is_complete {
                // AWS has the next iteration follow from the last state of the one that made room for it.
                self.begin_iterations(parent, map, 1, branch.previous_event_id)?;
            }
        }
        if !is_complete {
            return Ok(Move::Wait);
        }
        let Doing::Gathering(gathering) = std::mem::replace(&mut parent.doing, Doing::Running) else {
            return Ok(Move::Wait);
        };
        // AWS has StateExited follow from the last event inside the state, not from its success.
        parent.previous_event_id = last_event_id;
        let succeeded = match &state.kind {
            StateKind::Map(_) => EventDetails::MapStateSucceeded,
            _ => EventDetails::ParallelStateSucceeded,
        };
        self.emit_beside(last_event_id, succeeded)?;
        self.leave(parent, state, Some(gathering.result()))
    }

    /// A branch inside another has failed: the others are aborted, and the state around them fails.
    pub(super) fn branch_failed(&mut self, branch: Box<Branch>, place: Place, fault: Fault) -> Onward {
        let mut parent = self.execution.branches.remove(&place.parent)?;
        let last_event_id = branch.previous_event_id;
        let is_iteration = self.state_of(&parent).is_ok_and(|state| matches!(state.kind, StateKind::Map(_)));
        if is_iteration {
            let failed = EventDetails::MapIterationFailed(iteration(&parent, place.index));
            self.emit_last(last_event_id, failed);
        } else {
            // The state that failed is still open; it is aborted in turn with those of the other branches.
            self.execution.branches.insert(branch.id, branch);
        }
        self.abort_branches_of(&parent);
        parent.previous_event_id = last_event_id;
        parent.doing = Doing::Running;
        Some((parent, Err(fault)))
    }
}

/// The iteration of a Map state that a branch is in.
pub(super) fn iteration(map: &Branch, index: u64) -> crate::MapIteration {
    crate::MapIteration { name: std::sync::Arc::clone(&map.state), index }
}
