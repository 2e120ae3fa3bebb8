//! Parallel states: branches side by side.

use super::branch::{Branch, Doing};
use super::fault::{self, Fault};
use super::gather::Gathering;
use super::turn::{Move, Turn};
use crate::EventDetails;
use crate::definition::{Parallel, State};

impl Turn<'_> {
    /// Begins the branches of a Parallel state, the first time or again.
    pub(super) fn parallel(&mut self, branch: &mut Branch, state: &State, parallel: &Parallel) -> Result<Move, Fault> {
        let flow = self.flow(branch);
        let input = flow.arguments(state, flow.effective_input(state)?)?;
        fault::passable(branch, &input)?;
        self.emit(branch, EventDetails::ParallelStateStarted)?;
        let mut begun = Vec::with_capacity(parallel.branches.len());
        for (index, flow) in (0..).zip(&parallel.branches) {
            begun.push(self.branch_in(branch, index, *flow, input.clone())?);
        }
        branch.doing = Doing::Gathering(Box::new(Gathering::branches(begun.len())));
        self.is_ready(begun);
        Ok(Move::Wait)
    }
}
