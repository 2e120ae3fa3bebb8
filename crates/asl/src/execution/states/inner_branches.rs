//! Inner branches: those of a Parallel state and the iterations of a Map state, from their start to the result of the state.

use crate::definition::{FlowIndex, StateKind};
use crate::document::Document;
use crate::execution::branch::{Branch, BranchId, BranchPosition, BranchStatus};
use crate::execution::fault::Fault;
use crate::execution::step::{NextBranch, Step, Transition};
use crate::history::EventDetails;

impl Step<'_> {
    /// A branch inside `parent` that will enter the first state of a flow. It runs once it is [`ready`](Self::make_ready).
    ///
    /// # Errors
    /// When the state machine has no such flow.
    pub(crate) fn new_inner_branch(
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
    pub(crate) fn make_ready(&mut self, branches: Vec<Branch>) {
        for branch in branches.into_iter().rev() {
            self.ready.push_front(branch.id);
            self.execution.branches.insert(branch.id, Box::new(branch));
        }
    }

    /// The next branch that is ready, if there is room for it in this step; aborted ones are skipped.
    pub(crate) fn next_ready(&mut self) -> NextBranch {
        while !self.budget.is_used_up()
            && let Some(id) = self.ready.pop_front()
        {
            let Some(mut branch) = self.execution.branches.remove(&id) else {
                continue;
            };
            let next = match std::mem::replace(&mut branch.status, BranchStatus::Running) {
                BranchStatus::Redriven { map_run, .. } => self.run_anew(&mut branch, map_run),
                _ => Ok(Transition::Enter { state: branch.at, input: branch.input.clone() }),
            };
            return Some((branch, next));
        }
        None
    }

    /// An inner branch has succeeded.
    pub(crate) fn branch_succeeded(
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
        let last_event_id = branch.previous_event_id;
        match self.continue_parent(&mut parent, &branch, position.index, is_complete) {
            Ok(Transition::Wait) => {
                self.execution.branches.insert(parent.id, parent);
                None
            }
            Ok(next) => Some((parent, Ok(next))),
            Err(fault) => {
                self.abort_branches_of(&parent, last_event_id);
                self.leave_inside(&mut parent, &fault);
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
    pub(crate) fn branch_failed(&mut self, branch: Box<Branch>, position: BranchPosition, fault: Fault) -> NextBranch {
        let mut parent = self.execution.branches.remove(&position.parent)?;
        let last_event_id = branch.previous_event_id;
        let is_iteration = self.state_of(&parent).is_ok_and(|state| matches!(state.kind, StateKind::Map(_)));
        if is_iteration {
            self.abort_branches_of(&parent, last_event_id);
            let failed = EventDetails::MapIterationFailed(iteration(&parent, position.index));
            self.emit_last(last_event_id, failed);
            self.unfinished.add(branch);
        } else {
            // The state that failed is still open; it is aborted along with those of the other branches.
            self.execution.branches.insert(branch.id, branch);
            self.abort_branches_of(&parent, last_event_id);
        }
        parent.previous_event_id = last_event_id;
        self.leave_inside(&mut parent, &fault);
        Some((parent, Err(fault)))
    }
}

/// The iteration of a Map state that a branch is in.
pub(crate) fn iteration(map: &Branch, index: u64) -> crate::history::MapIteration {
    crate::history::MapIteration { name: std::sync::Arc::clone(&map.state), index }
}
