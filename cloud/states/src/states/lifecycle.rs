//! How the service begins, goes on after a restart, and ends.

use std::ops::{Bound, ControlFlow};
use std::sync::{Arc, Mutex, PoisonError};

use cloud_core::{CachedTable, UnreadableRows};
use cloud_store::{Range, Store, StoreError};
use jiff::Timestamp;

use super::{Handles, States};
use crate::driver::{self, Driver};
use crate::index::Index;
use crate::recovery::Recovery;
use crate::rows::execution::{ExecutionKey, Place, RecoveryRow};
use crate::rows::{ACTIVITIES, EXECUTION_HEADS, RUNNING_EXECUTIONS, STATE_MACHINES};
use crate::{deletion, express};

impl States {
    /// Loads state machines, activities and what runs, one execution after the other; what has ended stays on disk.
    /// Nothing runs before [`States::resume`].
    ///
    /// # Errors
    /// When the store cannot be read. A row that can't be read holds nothing else up: it is set aside.
    pub fn open(handles: Handles) -> Result<Arc<Self>, StoreError> {
        let Handles { store, clock, random, faults, functions, logs, roles, dispatch, changes, stop, mock_config } =
            handles;
        let driver = Driver::new(clock.clone());
        let mut recovery = Recovery::default();
        let unreadable = UnreadableRows::default();
        let mut running = Vec::new();
        let mut timers = Vec::new();
        store.snapshot()?.scan_bytes_tolerant(RUNNING_EXECUTIONS, Range::all(), |row_key, bytes| {
            let key = ExecutionKey::stored(row_key);
            let read = bytes.and_then(|bytes| {
                let parsed = serde_json::from_slice::<RecoveryRow<'_>>(bytes).and_then(|row| {
                    recovery.add(key.clone(), &row)?;
                    Ok((row.head, row.next_wake))
                });
                parsed.map_err(|reason| StoreError::Row {
                    path: store.path().to_owned(),
                    table: RUNNING_EXECUTIONS.name(),
                    key: row_key.to_owned(),
                    reason: reason.to_string(),
                })
            });
            match read {
                Ok((head, next_wake)) => {
                    timers.push((key.clone(), next_wake));
                    running.push((key, head));
                }
                Err(reason) => unreadable.note(RUNNING_EXECUTIONS, row_key, &reason),
            }
            ControlFlow::Continue(())
        })?;
        driver.recover_timers(timers);
        let mut index = Index::of_stored(running);
        load_sequences(&store, &mut index)?;
        Ok(Arc::new(Self {
            machines: CachedTable::open(&store, STATE_MACHINES, clock.clone())?,
            activities: CachedTable::open(&store, ACTIVITIES, clock.clone())?,
            driver,
            removing: Mutex::default(),
            index: Mutex::new(index),
            compiled: Mutex::default(),
            recovery: Mutex::new(recovery),
            unreadable,
            store,
            clock,
            random,
            faults,
            functions,
            logs,
            roles,
            dispatch,
            changes,
            stop,
            mock_config,
        }))
    }

    /// Continues every execution that was running when the cloud ended; called once, when the cloud is ready to serve.
    ///
    /// A task that was under way is begun again: its function may run more than once.
    pub fn resume(self: &Arc<Self>) {
        let recovery = std::mem::take(&mut *self.recovery.lock().unwrap_or_else(PoisonError::into_inner));
        driver::resume(self, recovery);
        let states = Arc::clone(self);
        tokio::spawn(async move {
            express::begin_again(&states);
            deletion::finish_all(&states).await;
        });
    }

    /// The moment at which the next execution is woken, for whatever reason: a Wait that ends, a timeout, a retry.
    pub fn next_timer(&self) -> Option<Timestamp> {
        self.driver.next_timer()
    }

    /// Stops driving executions; they continue when the cloud starts again.
    pub async fn stop(&self) {
        self.driver.stop().await;
    }
}

/// Finds the sequence numbers to go on from: those of what is listed first of each machine, which are in
/// their keys. What runs may have later ones, which are loaded with it; what has ended differs by name.
fn load_sequences(store: &Store, index: &mut Index) -> Result<(), StoreError> {
    let mut from = Bound::Unbounded;
    loop {
        let mut machine = None;
        store.scan_keys(EXECUTION_HEADS, Range::all().from(from.as_ref().map(String::as_str)), |key| {
            machine = key.rsplitn(3, '/').nth(2).map(str::to_owned);
            ControlFlow::Break(())
        })?;
        let Some(machine) = machine else { return Ok(()) };
        let prefix = format!("{machine}/");
        store.scan_keys(EXECUTION_HEADS, Range::prefix(&prefix).reverse(), |key| match Place::in_key(key) {
            Some(place) => {
                index.load_sequence(place.sequence);
                ControlFlow::Break(())
            }
            None => ControlFlow::Continue(()),
        })?;
        // '0' follows '/': the first key after all of this machine's.
        from = Bound::Included(format!("{machine}0"));
    }
}
