//! The asynchronous invocations that wait or run: on disk before they are accepted, gone from it once they are done.
//!
//! Each is a row with its event beside it. It is tried until the function has succeeded, or has failed three times, or until
//! it is six hours old, unless the function's settings say less; a start goes on where the process before ended, so that it
//! runs at least once. Memory holds the rows without the events.

mod destination;
mod event;
mod settle;
mod waiting;

use std::ops::ControlFlow;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use cloud_core::{CachedTable, Clock, Random, RoleDirectory, ServiceError, Stop, UnreadableRows};
use cloud_store::{Batch, Range, Store, StoreError};
use tokio::sync::Notify;

use self::waiting::Waiting;
use crate::fair_room::{FairRoom, Room};
use crate::model::Function;
use crate::pool::{SandboxPool, throttled};

pub(crate) use destination::may_tell;
pub(crate) use event::AsyncEvent;
pub use event::{ASYNC_EVENTS, ASYNC_PAYLOADS};

/// How many bytes of asynchronous invocations wait or run at once; one function has half of it at most. AWS's own queue
/// holds far more, and throttles too.
const MAX_QUEUED_BYTES: usize = 128 << 20;

/// What an asynchronous invocation counts beside its event.
const QUEUED_OVERHEAD_BYTES: usize = 4096;

/// How long a row that could not be removed waits for the next try.
const REMOVAL_PAUSE: Duration = Duration::from_secs(5);

/// The asynchronous invocations that wait or run; clones share them.
#[derive(Clone)]
pub(crate) struct AsyncQueue {
    inner: Arc<Inner>,
}

struct Inner {
    store: Store,
    clock: Clock,
    /// The ids of what is sent to destinations.
    random: Random,
    functions: CachedTable<Function>,
    /// Who may send to destinations.
    roles: Arc<dyn RoleDirectory>,
    pool: Arc<SandboxPool>,
    /// Given when the cloud ends: what waits goes on at the next start.
    stop: Stop,
    room: Arc<FairRoom>,
    waiting: Mutex<Waiting>,
    /// Told when something may have its turn sooner.
    changed: Notify,
    /// The rows and events that could not be read.
    unreadable: UnreadableRows,
}

impl AsyncQueue {
    /// Finds what waits; nothing is run before [`AsyncQueue::resume`].
    ///
    /// # Errors
    /// When the store can't be read.
    pub(crate) fn open(
        store: Store,
        clock: Clock,
        random: Random,
        functions: CachedTable<Function>,
        roles: Arc<dyn RoleDirectory>,
        pool: Arc<SandboxPool>,
        stop: Stop,
    ) -> Result<Self, StoreError> {
        let room = FairRoom::new(MAX_QUEUED_BYTES);
        let mut waiting = Waiting::default();
        let unreadable = UnreadableRows::default();
        store.snapshot()?.scan_tolerant::<AsyncEvent>(ASYNC_EVENTS, Range::all(), |key, read| {
            let sequence = event::sequence(key);
            // The number of a row that can't be read is not given again.
            waiting.last_sequence = waiting.last_sequence.max(sequence.unwrap_or(0));
            let row = |reason| StoreError::Row {
                path: store.path().to_owned(),
                table: ASYNC_EVENTS.name(),
                key: key.to_owned(),
                reason,
            };
            let found = read.and_then(|event| match (sequence, event.function()) {
                (Some(sequence), Ok(function)) => Ok((sequence, event, function.key())),
                (None, _) => Err(row("its key is no number".to_owned())),
                (_, Err(error)) => Err(row(error.to_string())),
            });
            match found {
                Ok((sequence, event, function)) => {
                    let held = room.take_at_any_rate(&function, event.size_bytes + QUEUED_OVERHEAD_BYTES);
                    waiting.add(sequence, event, function, held);
                }
                Err(reason) => unreadable.note(ASYNC_EVENTS, key, &reason),
            }
            ControlFlow::Continue(())
        })?;
        let waiting = Mutex::new(waiting);
        let changed = Notify::new();
        let inner = Inner { store, clock, random, functions, roles, pool, stop, room, waiting, changed, unreadable };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// The stored invocations that could not be read.
    pub(crate) fn unreadable(&self) -> &UnreadableRows {
        &self.inner.unreadable
    }

    /// Goes on with what waits.
    pub(crate) fn resume(&self) {
        self.inner.dispatch();
    }

    /// Accepts an invocation of a function, by location and name: it is durable when this ends.
    ///
    /// # Errors
    /// `TooManyRequestsException` when too many wait already; the store's failure.
    pub(crate) async fn accept(&self, function: &str, event: AsyncEvent, payload: Bytes) -> Result<(), ServiceError> {
        let size_bytes = event.size_bytes + QUEUED_OVERHEAD_BYTES;
        let room = self.inner.room.take(function, size_bytes).ok_or_else(throttled)?;
        let inner = Arc::clone(&self.inner);
        let function = function.to_owned();
        // In a task of its own: what is on disk is run, whoever goes away in between.
        let landing = tokio::spawn(async move { inner.store_new(function, event, payload, room).await });
        match landing.await {
            Ok(landed) => Ok(landed?),
            Err(error) => Err(ServiceError::internal(format!("An invocation was interrupted: {error}."))),
        }
    }

    /// Gives up what waits for a function that was deleted: one that is made anew under its name has nothing of it.
    pub(crate) async fn give_up(&self, function: &str) {
        let waiting = self.inner.lock().waiting_of(function);
        for sequence in waiting {
            self.inner.lock().remove(sequence);
            self.inner.remove_row(sequence).await;
        }
    }
}

impl Inner {
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn store_new(
        self: Arc<Self>,
        function: String,
        event: AsyncEvent,
        payload: Bytes,
        room: Room,
    ) -> Result<(), StoreError> {
        let place = self.store.reserve(payload.len()).await;
        let sequence = {
            let mut waiting = self.lock();
            waiting.last_sequence += 1;
            waiting.last_sequence
        };
        let key = event::key(sequence);
        let mut batch = Batch::new();
        batch.put(ASYNC_EVENTS, key.clone(), &event)?;
        batch.put_bytes(ASYNC_PAYLOADS, key, payload);
        self.store.commit_reserved(place, batch).await?;
        self.lock().add(sequence, event, function, room);
        self.dispatch();
        Ok(())
    }

    /// Has turns given while something waits.
    fn dispatch(self: &Arc<Self>) {
        let begins = {
            let mut waiting = self.lock();
            !waiting.is_idle() && !std::mem::replace(&mut waiting.is_dispatching, true)
        };
        if begins {
            tokio::spawn(self.clock.work(Arc::clone(self).give_turns()));
        }
        self.changed.notify_waiters();
    }

    async fn give_turns(self: Arc<Self>) {
        loop {
            let mut changed = pin!(self.changed.notified());
            changed.as_mut().enable();
            let next = {
                let mut waiting = self.lock();
                if self.stop.is_given() || waiting.is_idle() {
                    waiting.is_dispatching = false;
                    return;
                }
                for sequence in waiting.start_due(self.clock.now()) {
                    tokio::spawn(self.clock.work(Arc::clone(&self).run(sequence)));
                }
                waiting.next_turn()
            };
            let turn = async {
                match next {
                    Some(moment) => self.clock.sleep_until(moment).await,
                    None => self.clock.idle(std::future::pending()).await,
                }
            };
            tokio::select! {
                biased;
                () = self.stop.given() => {}
                () = changed => {}
                () = turn => {}
            }
        }
    }

    async fn run(self: Arc<Self>, sequence: u64) {
        tokio::select! {
            biased;
            // It is on disk: the next start goes on with it.
            () = self.stop.given() => return,
            () = self.try_and_settle(sequence) => {}
        }
        self.dispatch();
    }

    async fn store_next_try(&self, sequence: u64, event: &AsyncEvent) {
        let mut batch = Batch::new();
        let written = match batch.put(ASYNC_EVENTS, event::key(sequence), event) {
            Ok(()) => self.store.commit(batch).await,
            Err(failure) => Err(failure),
        };
        if let Err(failure) = written {
            tracing::warn!(error = %failure, request_id = event.request_id, "the next try of an asynchronous invocation was not stored: a restart makes it at once");
        }
    }

    /// Removes an invocation that is over from the disk. As long as that fails a restart would run it again.
    async fn remove_row(&self, sequence: u64) {
        loop {
            let mut batch = Batch::new();
            batch.delete(ASYNC_EVENTS, event::key(sequence));
            batch.delete(ASYNC_PAYLOADS, event::key(sequence));
            match self.store.commit(batch).await {
                Ok(()) => return,
                Err(failure) => {
                    tracing::warn!(error = %failure, sequence, "an asynchronous invocation that is over was not removed; it is tried again")
                }
            }
            self.clock.machine().sleep(REMOVAL_PAUSE).await;
        }
    }
}
