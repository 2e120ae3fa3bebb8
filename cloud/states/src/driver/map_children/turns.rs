//! The turns of Map Runs: each is told when there is room for it among those that are open.

use std::sync::Arc;

use asl::{Input, Status};

use super::open_map_runs::Run;
use crate::driver::message::Message;
use crate::recovery::RecoveredExecution;
use crate::rows::execution::ExecutionKey;
use crate::states::States;

/// Map Runs of an execution have started or ended: gives those their turn for which there is room now.
pub(in crate::driver) fn changed(states: &States, key: &ExecutionKey, runs: &[asl::MapRunSummary]) {
    for run in runs {
        let changed = (key.clone(), run.id);
        let next = match run.status {
            Status::Running => states.driver.map_runs.start(changed.clone()).then_some(changed),
            _ => states.driver.map_runs.end(&changed),
        };
        open(states, next);
    }
}

/// Takes in the Map Runs that were under way when the cloud ended: those that had their turn, then those that waited, in the
/// order in which they had begun.
pub(in crate::driver) fn recover(states: &Arc<States>, recovered: &[RecoveredExecution]) {
    let runs = recovered.iter().flat_map(|execution| execution.map_runs.iter().map(move |run| (&execution.key, run)));
    let (mut waiting, open_before): (Vec<_>, Vec<_>) = runs.partition(|(_, run)| run.is_queued);
    for (key, run) in open_before {
        states.driver.map_runs.start((key.clone(), run.id));
    }
    waiting.sort_by_key(|(key, run)| (run.begun_at, *key, run.id));
    for (key, run) in waiting {
        let run = (key.clone(), run.id);
        open(states, states.driver.map_runs.start(run.clone()).then_some(run));
    }
}

fn open(states: &States, run: Option<Run>) {
    if let Some((key, map_run)) = run {
        states.driver.post(&key, Message::Input(Input::OpenMapRun { map_run }));
    }
}
