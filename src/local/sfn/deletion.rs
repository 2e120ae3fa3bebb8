//! The end of a state machine: it goes when its last execution has ended, with all that was kept of them.

use std::sync::Arc;

use super::execution::owner;
use super::machine::Row;
use crate::local::Cloud;
use crate::local::error::ServiceError;
use crate::local::records::Change;
use crate::local::store::{Batch, Table};

/// Removes a state machine that is being deleted, once none of its executions runs.
pub(super) async fn finish(cloud: &Arc<Cloud>, machine: &str) {
    let machine = owner(machine);
    let deleting = cloud.step_functions.machine(machine).is_some_and(|machine| machine.deleting);
    if deleting && cloud.step_functions.index().running(machine) == 0 {
        // A store that takes nothing now is asked again at the next start.
        let _ = remove(cloud, machine).await;
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
