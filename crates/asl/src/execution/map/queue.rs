//! Map Runs that wait for their turn: where an account has as many open ones as it may, further ones wait at their start.

use crate::definition::{Items, StateKind};
use crate::execution::branch::{Branch, BranchStatus};
use crate::execution::fault::Fault;
use crate::execution::map::map_run::MapRun;
use crate::execution::step::{Step, Transition};

impl Step<'_> {
    /// Begins to read the items of a Map Run whose turn it is, or its children; one that does not wait goes on as it was.
    pub(crate) fn open_map_run(&mut self, branch: &mut Branch, mut run: Box<MapRun>) -> Result<Transition, Fault> {
        if !std::mem::replace(&mut run.is_queued, false) {
            branch.status = BranchStatus::MapRun(run);
            return Ok(Transition::Wait);
        }
        let state = self.state_of(branch)?;
        let reader = match &state.kind {
            StateKind::Map(map) => match &map.items {
                Items::Reader(reader) => Some(reader).filter(|_| run.executions.total == 0),
                Items::Path(_) | Items::Template(_) => None,
            },
            _ => None,
        };
        let begun = match reader {
            None => Ok(()),
            Some(reader) => {
                let input = self.scope_of(branch).effective_input(state);
                input.and_then(|input| self.begin_to_read(branch, &mut run, reader, &input))
            }
        };
        self.continue_map_run(branch, state, run, begun)
    }
}
