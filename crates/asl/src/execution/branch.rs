//! A branch: one thread of states, with its own chain of events, timer and task. Branches form a tree: those of a Parallel state and
//! the iterations of a Map state belong to the branch that is in that state.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize};

use super::data::variables::Variables;
use super::join::Join;
use super::map::map_run::MapRun;
use super::task::RunningTask;
use crate::definition::StateIndex;
use crate::document::Document;

/// More flows inside each other than a definition can have.
const MAX_NESTED_FLOWS: usize = 1000;

/// The id of a branch within an execution.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct BranchId(pub(super) u32);

/// The state that a branch is in, and what it waits for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Branch {
    pub(super) id: BranchId,
    /// The outer branch; `None` for the execution's own branch.
    #[serde(alias = "place")]
    pub(super) position: Option<BranchPosition>,
    /// The branch's newest event: the previous event of its next one.
    pub(super) previous_event_id: u64,
    pub(super) at: StateIndex,
    /// The state's name: what the index is checked against.
    pub(super) state: Arc<str>,
    pub(super) entered_event_id: u64,
    /// The previous event of that event.
    pub(super) entered_after: u64,
    pub(super) entered_at: Timestamp,
    /// The state's raw input.
    pub(super) input: Document,
    /// The variables, of this flow and of the flows around it.
    pub(super) variables: Variables,
    /// How often each retrier of the state has been used.
    pub(super) attempts: Vec<u64>,
    #[serde(alias = "doing")]
    pub(super) status: BranchStatus,
}

/// The position of a branch inside a Parallel or Map state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct BranchPosition {
    /// The branch that is in the Parallel or Map state.
    pub(super) parent: BranchId,
    /// The index of the branch or item, from 0: results are in this order.
    pub(super) index: u64,
}

/// What a branch waits for between two steps.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) enum BranchStatus {
    /// Nothing: it is running.
    Running,
    /// Its turn, to enter the state `at`: the step had no room for it. A program before this one refuses such an execution.
    Ready {
        /// Its place among those that are ready, from 0.
        order: u64,
        /// The name of the state that it enters: what the index is checked against.
        next: Arc<str>,
    },
    /// Its turn, to run the state that it is in anew, after a redrive. A program before this one refuses such an execution.
    Redriven {
        /// Its place among those that are ready, from 0.
        order: u64,
        /// The Map Run that goes on.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        map_run: Option<Box<MapRun>>,
    },
    /// The end of a Wait state.
    Waiting { until: Timestamp },
    /// The backoff before a state is tried again.
    BackingOff { until: Timestamp },
    /// The result of a task.
    Task(Box<RunningTask>),
    /// The branches or iterations of its state.
    #[serde(alias = "Gathering")]
    Join(Box<Join>),
    /// The Map Run of a distributed Map state.
    MapRun(Box<MapRun>),
}

impl Branch {
    /// A branch that is about to enter a state.
    pub(super) fn new(id: BranchId, at: StateIndex, input: Document, variables: Variables, now: Timestamp) -> Self {
        Self {
            id,
            position: None,
            previous_event_id: 0,
            at,
            state: Arc::from(""),
            entered_event_id: 0,
            entered_after: 0,
            entered_at: now,
            input,
            variables,
            attempts: Vec::new(),
            status: BranchStatus::Running,
        }
    }

    /// The `RetryCount` of the Context Object.
    pub(super) fn retry_count(&self) -> u64 {
        self.attempts.iter().sum()
    }

    pub(super) fn task(&self) -> Option<&RunningTask> {
        match &self.status {
            BranchStatus::Task(task) => Some(task),
            BranchStatus::MapRun(run) => run.task.as_deref(),
            _ => None,
        }
    }

    pub(super) fn map_run(&self) -> Option<&MapRun> {
        match &self.status {
            BranchStatus::MapRun(run) => Some(run),
            _ => None,
        }
    }

    /// When the branch's timer is due.
    pub(super) fn due(&self) -> Option<Timestamp> {
        match &self.status {
            BranchStatus::Waiting { until } | BranchStatus::BackingOff { until } => Some(*until),
            BranchStatus::Task(task) => task.due(),
            BranchStatus::Running
            | BranchStatus::Ready { .. }
            | BranchStatus::Redriven { .. }
            | BranchStatus::Join(_)
            | BranchStatus::MapRun(_) => None,
        }
    }

    /// Whether it waits for nothing but its turn.
    pub(super) fn is_ready(&self) -> bool {
        matches!(self.status, BranchStatus::Ready { .. } | BranchStatus::Redriven { .. })
    }

    pub(super) fn waits_until(&self) -> Option<Timestamp> {
        match self.status {
            BranchStatus::Waiting { until } => Some(until),
            _ => None,
        }
    }

    /// When a Wait ends that it is in, or the backoff before a retry.
    pub(super) fn goes_on_at(&self) -> Option<Timestamp> {
        match self.status {
            BranchStatus::Waiting { until } | BranchStatus::BackingOff { until } => Some(until),
            _ => None,
        }
    }

    /// Whether it is in a Map state with iterations that have not started.
    pub(super) fn has_items_left(&self) -> bool {
        matches!(&self.status, BranchStatus::Join(join) if join.has_items())
    }

    /// Whether something inside the state has not ended.
    pub(super) fn is_open(&self) -> bool {
        matches!(self.status, BranchStatus::Join(_) | BranchStatus::MapRun(_))
    }
}

/// The branches that are ready, in their order.
pub(super) fn ready(branches: &BTreeMap<BranchId, Box<Branch>>) -> VecDeque<BranchId> {
    let mut ready: Vec<(u64, BranchId)> = Vec::new();
    for branch in branches.values() {
        if let BranchStatus::Ready { order, .. } | BranchStatus::Redriven { order, .. } = branch.status {
            ready.push((order, branch.id));
        }
    }
    ready.sort_unstable();
    ready.into_iter().map(|(_, id)| id).collect()
}

/// Deserialises branches and restores in each the variables of the flows around it.
pub(super) fn with_outer_variables<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<BTreeMap<BranchId, Box<Branch>>, D::Error> {
    let mut branches = BTreeMap::<BranchId, Box<Branch>>::deserialize(deserializer)?;
    let mut depths: Vec<(usize, BranchId)> = branches.keys().map(|id| (depth(&branches, *id), *id)).collect();
    depths.sort_unstable();
    for (_, id) in depths {
        let Some(position) = branches.get(&id).and_then(|branch| branch.position) else {
            continue;
        };
        let Some(around) = branches.get(&position.parent).map(|parent| parent.variables.clone()) else {
            continue;
        };
        if let Some(branch) = branches.get_mut(&id) {
            branch.variables = branch.variables.within(&around);
        }
    }
    Ok(branches)
}

/// The number of branches around one, bounded whatever was stored.
fn depth(branches: &BTreeMap<BranchId, Box<Branch>>, id: BranchId) -> usize {
    let parent = |id: &BranchId| branches.get(id)?.position.map(|position| position.parent);
    std::iter::successors(Some(id), parent).take(MAX_NESTED_FLOWS).count()
}
