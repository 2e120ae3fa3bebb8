//! The end of a state machine: it goes when its last execution has ended, with all that was kept of them.
//!
//! Where the cloud is set to take its time over it, as AWS does, it goes no sooner than that.

use std::sync::Arc;
use std::time::Duration;

use super::execution::owner;
use super::machine::Row;
use crate::local::Cloud;
use crate::local::error::ServiceError;
use crate::local::records::Change;
use crate::local::store::{Batch, Table};
use aws::clock;

/// How often a deletion that takes its time is looked at.
const LOOK: Duration = Duration::from_millis(10);

/// Removes a state machine that was just marked, as soon as that may be.
pub(super) async fn begin(cloud: &Arc<Cloud>, machine: &str) {
    while is_recent(cloud, machine) {
        clock::sleep(LOOK).await;
    }
    finish(cloud, machine).await;
}

/// Whether a state machine was marked so lately that it has to stay for a while.
fn is_recent(cloud: &Cloud, machine: &str) -> bool {
    cloud.eventual.deletion_window().is_some_and(|window| {
        let held = cloud.step_functions.records.held(machine, window.from, window.to);
        held.iter().any(|row| matches!(row, Some(Row::Machine(machine)) if !machine.deleting))
    })
}

/// Removes a state machine that is being deleted, once none of its executions runs.
pub(super) async fn finish(cloud: &Arc<Cloud>, machine: &str) {
    let machine = owner(machine);
    let deleting = cloud.step_functions.machine(machine).is_some_and(|machine| machine.deleting);
    if deleting && cloud.step_functions.index().running(machine) == 0 && !is_recent(cloud, machine) {
        // A store that takes nothing now is asked again at the next start.
        let _ = cloud.eventual.remembering(remove(cloud, machine)).await;
    }
}

/// Removes every state machine whose deletion was interrupted.
pub(super) async fn finish_all(cloud: &Arc<Cloud>) {
    let deleting: Vec<String> = cloud.step_functions.records.read(|rows| {
        let machines = rows.values().filter_map(|row| match row {
            Row::Machine(machine) if machine.deleting => Some(machine.key()),
            _ => None,
        });
        machines.collect()
    });
    for machine in deleting {
        finish(cloud, &machine).await;
    }
}

/// The executions go first: while the machine's row is there, an interrupted removal is known and goes on.
async fn remove(cloud: &Arc<Cloud>, machine: &str) -> Result<(), ServiceError> {
    let prefix = format!("{machine}/");
    let mut batch = Batch::new();
    batch.delete_prefix(Table::Executions, prefix.clone());
    batch.delete_prefix(Table::History, prefix.clone());
    // What its Map Runs have left.
    for table in [Table::Executions, Table::History, Table::MapRuns] {
        batch.delete_prefix(table, format!("{machine}:"));
    }
    cloud.store.commit(batch).await?;
    cloud.step_functions.index().remove(machine);
    cloud.step_functions.forget_prepared(machine);
    let gone = cloud.step_functions.records.change(|rows| {
        let revisions = rows.range(prefix.clone()..).take_while(|(key, _)| key.starts_with(&prefix));
        let mut changes: Vec<_> = revisions.map(|(key, _)| Change::Delete(key.clone())).collect();
        changes.push(Change::Delete(machine.to_owned()));
        Ok((changes, ()))
    });
    gone.await
}
