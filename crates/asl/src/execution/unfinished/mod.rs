//! What does not finish: what is aborted, what an execution that ended without success has left, and how a redrive goes on with it.

mod abort;
pub(super) mod fork;
pub(super) mod redrive;

use std::collections::BTreeMap;

use crate::execution::branch::{Branch, BranchId, BranchStatus};

/// What a failure has left so far, until something handles it or the execution ends.
#[derive(Default)]
pub(crate) struct Unfinished {
    /// The branches that have failed or were aborted.
    branches: BTreeMap<BranchId, Box<Branch>>,
    /// What the states around them waited for: the results of other branches, or a Map Run.
    inside: BTreeMap<BranchId, BranchStatus>,
}

impl Unfinished {
    /// A branch has failed, or was aborted.
    pub(crate) fn add(&mut self, branch: Box<Branch>) {
        self.branches.insert(branch.id, branch);
    }

    /// The state that a branch is in has failed, and what it waited for can go on.
    pub(crate) fn keep_inside(&mut self, id: BranchId, status: BranchStatus) {
        self.inside.insert(id, status);
    }

    /// The failure was handled: nothing goes on from what it has left.
    pub(crate) fn clear(&mut self) {
        self.branches.clear();
        self.inside.clear();
    }

    /// The branches as a redrive takes them: each waits for its turn to run its state anew, or for those inside it. What is
    /// inside a state that runs anew is left out.
    pub(crate) fn into_branches(mut self) -> BTreeMap<BranchId, Box<Branch>> {
        let mut kept: BTreeMap<BranchId, Box<Branch>> = BTreeMap::new();
        // The ids of inner branches are above those of the branches around them.
        for mut branch in self.branches.into_values() {
            if let Some(position) = branch.position {
                let around = kept.get(&position.parent);
                if !around.is_some_and(|parent| matches!(parent.status, BranchStatus::Join(_))) {
                    continue;
                }
            }
            let last = std::mem::replace(&mut branch.status, BranchStatus::Running);
            branch.status = match self.inside.remove(&branch.id).unwrap_or(last) {
                status @ (BranchStatus::Join(_) | BranchStatus::Ready { .. }) => status,
                BranchStatus::MapRun(run) => BranchStatus::Redriven {
                    order: 0,
                    map_run: Some(Box::new(run.unfinished(branch.previous_event_id))),
                },
                status @ BranchStatus::Redriven { .. } => status,
                BranchStatus::Running
                | BranchStatus::Waiting { .. }
                | BranchStatus::BackingOff { .. }
                | BranchStatus::Task(_) => BranchStatus::Redriven { order: 0, map_run: None },
            };
            branch.attempts.clear();
            branch.input = branch.input.text_only();
            kept.insert(branch.id, branch);
        }
        kept
    }
}
