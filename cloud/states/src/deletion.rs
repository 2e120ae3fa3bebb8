//! The end of a state machine: it goes when its last execution has ended, with all that was kept of them.
//!
//! Where the cloud is set to take its time over it, as AWS does, it goes no sooner than that.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use cloud_core::{Change, ServiceError};
use cloud_store::{Batch, Range, StoreError, Table};

use super::rows::execution::owner;
use super::rows::machine::Row;
use super::rows::{ENDED_EXECUTIONS, EXECUTION_HEADS, HISTORY, MAP_RUNS, RUNNING_EXECUTIONS};
use super::states::States;

/// How often a deletion that takes its time is looked at.
const POLL_DELAY: Duration = Duration::from_millis(10);

/// How many rows go in one transaction: others wait for it meanwhile, some milliseconds.
const ROWS_AT_ONCE: usize = 2_000;

/// Removes a state machine that was just marked, as soon as that may be.
pub(crate) async fn begin(states: &Arc<States>, machine: &str) {
    while is_recent(states, machine) {
        states.clock.sleep(POLL_DELAY).await;
    }
    finish(states, machine).await;
}

/// Whether a state machine was marked so lately that it has to stay for a while.
fn is_recent(states: &States, machine: &str) -> bool {
    states.faults.deletion_window().is_some_and(|window| {
        let held = states.machines.held(machine, window.from, window.to);
        held.iter().any(|row| matches!(row, Some(Row::Machine(machine)) if !machine.deleting))
    })
}

/// Removes a state machine that is being deleted, once none of its executions runs.
pub(crate) async fn finish(states: &Arc<States>, machine: &str) {
    let machine = owner(machine);
    if !begin_removal(states, machine) {
        return;
    }
    // In memory of its own: it is rare, and a part of every step's future.
    let removed = Box::pin(states.faults.remembering(remove(states, machine))).await;
    if let Err(error) = removed {
        tracing::warn!(error = %error, machine, "a state machine was not removed; it is after the next start");
    }
    states.removing().remove(machine);
}

/// Whether a state machine is to be removed now, by whoever asks: nobody else does it, and so a new one of the same name
/// loses nothing.
fn begin_removal(states: &States, machine: &str) -> bool {
    if !states.with_machine(machine, |machine| machine.is_some_and(|machine| machine.deleting)) {
        return false;
    }
    let mut removing = states.removing();
    // Asked again under the lock: another removal may just have ended.
    let is_due = states.with_machine(machine, |machine| machine.is_some_and(|machine| machine.deleting))
        && states.index().running(machine) == 0
        && !is_recent(states, machine);
    is_due && removing.insert(machine.to_owned())
}

/// Removes every state machine whose deletion was interrupted.
pub(crate) async fn finish_all(states: &Arc<States>) {
    let deleting: Vec<String> = states.machines.read(|rows| {
        let machines = rows.values().filter_map(|row| match row {
            Row::Machine(machine) if machine.deleting => Some(machine.key()),
            _ => None,
        });
        machines.collect()
    });
    for machine in deleting {
        finish(states, &machine).await;
    }
}

/// The executions go first: while the machine's row is there, an interrupted removal is known and goes on.
async fn remove(states: &Arc<States>, machine: &str) -> Result<(), ServiceError> {
    let own = format!("{machine}/");
    // What its Map Runs have left.
    let of_map_runs = format!("{machine}:");
    for table in [EXECUTION_HEADS, RUNNING_EXECUTIONS, ENDED_EXECUTIONS, HISTORY, MAP_RUNS] {
        remove_rows(states, table, &own).await?;
        remove_rows(states, table, &of_map_runs).await?;
    }
    states.forget_compiled(machine);
    let gone = states.machines.change(|rows| {
        let revisions = rows.range(own.clone()..).take_while(|(key, _)| key.starts_with(&own));
        let mut changes: Vec<_> = revisions.map(|(key, _)| Change::Delete(key.clone())).collect();
        changes.push(Change::Delete(machine.to_owned()));
        Ok((changes, ()))
    });
    gone.await
}

/// Removes the rows whose keys begin so, in parts.
async fn remove_rows(states: &States, table: Table, prefix: &str) -> Result<(), StoreError> {
    loop {
        let mut batch = Batch::new();
        let mut rows = 0;
        states.store.scan_keys(table, Range::prefix(prefix), |key| {
            batch.delete(table, key);
            rows += 1;
            if rows < ROWS_AT_ONCE { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        })?;
        if batch.is_empty() {
            return Ok(());
        }
        states.store.commit(batch).await?;
    }
}
