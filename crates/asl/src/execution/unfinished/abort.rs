//! Aborting what is running inside a state that fails, or in an execution that ends.

use crate::definition::StateKind;
use crate::execution::branch::{Branch, BranchId, BranchStatus};
use crate::execution::effect::Effect;
use crate::execution::states::inner_branches::iteration;
use crate::execution::step::Step;
use crate::history::EventDetails;

impl Step<'_> {
    /// Aborts everything inside a Parallel or Map state that failed, in the order of the branches. On AWS their events follow
    /// from the last event of the branch that failed (measured by others with a Wait and a Task beside a Fail).
    pub(crate) fn abort_branches_of(&mut self, parent: &Branch, cause_event_id: u64) {
        let inside = self.execution.branches.values();
        let inside = inside
            .filter_map(|branch| Some((branch.position.filter(|position| position.parent == parent.id)?, branch.id)));
        let mut inside: Vec<(u64, BranchId)> = inside.map(|(position, id)| (position.index, id)).collect();
        inside.sort_unstable();
        for (index, id) in inside {
            let Some(branch) = self.execution.branches.remove(&id) else {
                continue;
            };
            self.abort_branch(&branch, cause_event_id);
            if self.state_of(parent).is_ok_and(|state| matches!(state.kind, StateKind::Map(_))) {
                let aborted = EventDetails::MapIterationAborted(iteration(parent, index));
                self.emit_last(cause_event_id, aborted);
            }
            self.unfinished.add(branch);
        }
    }

    /// Aborts a branch and emits the event of the state that it is in.
    fn abort_branch(&mut self, branch: &Branch, cause_event_id: u64) {
        self.abort_branches_of(branch, cause_event_id);
        self.cancel_work(branch);
        if matches!(branch.status, BranchStatus::MapRun(_)) {
            self.emit_last(cause_event_id, EventDetails::MapRunAborted);
        }
        let has_entered = !branch.state.is_empty();
        let Some(state) = self.machine.state(branch.at).filter(|_| has_entered) else {
            return;
        };
        let aborted = match &state.kind {
            StateKind::Task(_) => EventDetails::TaskStateAborted,
            StateKind::Wait { .. } => EventDetails::WaitStateAborted,
            StateKind::Parallel(_) if branch.is_open() => EventDetails::ParallelStateAborted,
            StateKind::Map(_) if branch.is_open() => EventDetails::MapStateAborted,
            _ => return,
        };
        self.emit_last(cause_event_id, aborted);
    }

    /// Cancels the task, or the Map Run with its children, that a branch waits for.
    pub(crate) fn cancel_work(&mut self, branch: &Branch) {
        self.effects.extend(branch.task().map(|task| Effect::CancelTask(task.request.task)));
        if let Some(run) = branch.map_run() {
            self.abort_map_run(run);
        }
    }
}
