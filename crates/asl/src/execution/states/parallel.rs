//! Parallel states: branches side by side.

use crate::definition::{Parallel, State};
use crate::execution::branch::{Branch, BranchStatus};
use crate::execution::fault::{self, Fault};
use crate::execution::join::Join;
use crate::execution::step::{Step, Transition};
use crate::history::EventDetails;

impl Step<'_> {
    /// Begins the branches of a Parallel state, the first time or again.
    pub(crate) fn parallel(
        &mut self,
        branch: &mut Branch,
        state: &State,
        parallel: &Parallel,
    ) -> Result<Transition, Fault> {
        let scope = self.scope_of(branch);
        let input = scope.arguments(state, scope.effective_input(state)?)?;
        fault::check_payload(branch, &input)?;
        self.emit(branch, EventDetails::ParallelStateStarted)?;
        let mut begun = Vec::with_capacity(parallel.branches.len());
        for (index, flow) in (0..).zip(&parallel.branches) {
            begun.push(self.new_inner_branch(branch, index, *flow, input.clone())?);
        }
        branch.status = BranchStatus::Join(Box::new(Join::branches(begun.len())));
        self.make_ready(begun);
        Ok(Transition::Wait)
    }
}
