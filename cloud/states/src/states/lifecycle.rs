//! How the service begins, goes on after a restart, and ends.

use std::ops::{Bound, ControlFlow};
use std::sync::{Arc, Mutex, PoisonError};

use cloud_core::CachedTable;
use cloud_store::{Range, Store, StoreError};

use super::{Handles, States};
use crate::driver::{self, Driver};
use crate::index::Index;
use crate::recovery::Recovery;
use crate::rows::execution::{ExecutionHead, ExecutionKey, RecoveryRow};
use crate::rows::{ACTIVITIES, EXECUTION_HEADS, RUNNING_EXECUTIONS, STATE_MACHINES};
use crate::{deletion, express};

impl States {
    /// Loads state machines, activities and what runs, one execution after the other; what has ended stays on disk.
    /// Nothing runs before [`States::resume`].
    ///
    /// # Errors
    /// When the store cannot be read, or holds a row that this version does not know.
    pub fn open(handles: Handles) -> Result<Arc<Self>, StoreError> {
        let Handles { store, clock, random, faults, functions, logs, roles, dispatch, stop } = handles;
        let driver = Driver::new(clock.clone());
        let mut recovery = Recovery::default();
        let mut running = Vec::new();
        let mut timers = Vec::new();
        let mut failure = None;
        store.scan_bytes(RUNNING_EXECUTIONS, Range::all(), |row_key, bytes| {
            let taken = serde_json::from_slice::<RecoveryRow<'_>>(bytes).and_then(|row| {
                let key = ExecutionKey::stored(row_key);
                timers.push((key.clone(), row.next_wake));
                running.push((key.clone(), row.head.clone()));
                recovery.add(key, &row)
            });
            match taken {
                Ok(()) => ControlFlow::Continue(()),
                Err(reason) => {
                    failure = Some((row_key.to_owned(), reason.to_string()));
                    ControlFlow::Break(())
                }
            }
        })?;
        if let Some((key, reason)) = failure {
            let path = store.path().to_owned();
            return Err(StoreError::Row { path, table: RUNNING_EXECUTIONS.name(), key, reason });
        }
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
            store,
            clock,
            random,
            faults,
            functions,
            logs,
            roles,
            dispatch,
            stop,
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

    /// Stops driving executions; they continue when the cloud starts again.
    pub async fn stop(&self) {
        self.driver.stop().await;
    }
}

/// Finds the sequence numbers to go on from: those of each machine's newest execution. Only these heads are read.
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
        store.scan::<ExecutionHead>(EXECUTION_HEADS, Range::prefix(&prefix).reverse(), |_, head| {
            index.load_sequence(head.sequence);
            ControlFlow::Break(())
        })?;
        // '0' follows '/': the first key after all of this machine's.
        from = Bound::Included(format!("{machine}0"));
    }
}
