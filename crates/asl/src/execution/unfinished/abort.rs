//! Aborting what is running inside a state that fails, or in an execution that ends.

use crate::definition::StateKind;
use crate::execution::branch::{Branch, BranchId, BranchStatus};
use crate::execution::effect::Effect;
use crate::execution::states::inner_branches::iteration;
use crate::execution::step::Step;
use crate::history::EventDetails;

impl Step<'_> {
    /// Aborts everything inside a Parallel or Map state that failed, in the order of the branches. On AWS their events follow
    /// from the last event of the branch that failed, and the event of a cut iteration comes before that of the state that it
    /// is in (both measured by others, with a Wait beside a Fail). That the events of a Parallel or Map state that is cut come
    /// before those of what is inside is taken over from that.
    pub(crate) fn abort_branches_of(&mut self, parent: &Branch, cause_event_id: u64) {
        let inside = self.execution.branches.values();
        let inside = inside
            .filter_map(|branch| Some((branch.position.filter(|position| position.parent == parent.id)?, branch.id)));
        let mut inside: Vec<(u64, BranchId)> = inside.map(|(position, id)| (position.index, id)).collect();
        inside.sort_unstable();
        let is_map = self.state_of(parent).is_ok_and(|state| matches!(state.kind, StateKind::Map(_)));
        for (index, id) in inside {
            let Some(branch) = self.execution.branches.remove(&id) else {
                continue;
            };
            if is_map {
                let aborted = EventDetails::MapIterationAborted(iteration(parent, index));
                self.emit_last(cause_event_id, aborted);
            }
            self.abort_branch(&branch, cause_event_id);
            self.unfinished.add(branch);
        }
    }

    /// Aborts a branch and emits the event of the state that it is in, then the events of what is inside that state.
    fn abort_branch(&mut self, branch: &Branch, cause_event_id: u64) {
        self.cancel_work(branch);
        if let Some(aborted) = self.aborted(branch) {
            self.emit_last(cause_event_id, aborted);
        }
        if matches!(branch.status, BranchStatus::MapRun(_)) {
            self.emit_last(cause_event_id, EventDetails::MapRunAborted);
        }
        self.abort_branches_of(branch, cause_event_id);
    }

    /// The event that says that the state that a branch is in was aborted; other states than these have none.
    fn aborted(&self, branch: &Branch) -> Option<EventDetails> {
        let has_entered = !branch.state.is_empty();
        let state = self.machine.state(branch.at).filter(|_| has_entered)?;
        match &state.kind {
            StateKind::Task(_) => Some(EventDetails::TaskStateAborted),
            StateKind::Wait { .. } => Some(EventDetails::WaitStateAborted),
            StateKind::Parallel(_) => branch.is_open().then_some(EventDetails::ParallelStateAborted),
            StateKind::Map(_) => branch.is_open().then_some(EventDetails::MapStateAborted),
            _ => None,
        }
    }

    /// Cancels the task, or the Map Run with its children, that a branch waits for.
    pub(crate) fn cancel_work(&mut self, branch: &Branch) {
        self.effects.extend(branch.task().map(|task| Effect::CancelTask(task.request.task)));
        if let Some(run) = branch.map_run() {
            self.abort_map_run(run);
        }
    }
}
