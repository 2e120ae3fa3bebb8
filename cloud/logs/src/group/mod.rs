//! One log group: its facts, its streams, and what of them is durable.

mod facts;
mod limits;
mod pending;

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use cloud_core::{ServiceError, UnreadableRows};
use cloud_store::{Batch, Range, Store, StoreError};
use jiff::Timestamp;
use tokio::sync::Notify;

pub(crate) use facts::{GroupFacts, StreamFacts, event_bytes};
use limits::GROUP_FULL_BYTES;
pub(crate) use limits::{GROUP_LIMIT_BYTES, GROUP_TRIMMED_BYTES};
pub(crate) use pending::{PendingBatches, Ticket};

use crate::append::subscriptions::DeliveryState;
use crate::errors::no_stream;
use crate::position::Position;
use crate::rows::{self, DELIVERIES, DeliveryRow, EVENTS, NewEventRow, STREAM_EVENTS, STREAMS};

/// One group; everybody who works with it shares it.
#[derive(Debug)]
pub(crate) struct Group {
    /// Its number in keys.
    pub(crate) id: u64,
    /// Held from the decision to create or delete a stream until that is shown.
    pub(crate) changing: Arc<tokio::sync::Mutex<()>>,
    state: Mutex<GroupState>,
    /// Told whenever a batch is durable, or lost.
    settled: Notify,
    /// Held while a subscription filter is crossed off what waits.
    pub(crate) settling: tokio::sync::Mutex<()>,
}

/// What is behind the group's lock. Batches are handed to the store under it: the store gets the changes in the order in
/// which readers see them.
#[derive(Debug)]
pub(crate) struct GroupState {
    id: u64,
    pub(crate) facts: GroupFacts,
    /// The streams with everything that was handed to the store: what the next change goes on from.
    streams: BTreeMap<String, StreamFacts>,
    /// The streams as they are on disk: what readers see.
    durable_streams: BTreeMap<String, StreamFacts>,
    /// The rows that could not be read, of all groups.
    unreadable: UnreadableRows,
    /// The streams' names by number; copied when a reader still looks at it.
    names: Arc<BTreeMap<u64, Arc<str>>>,
    last_sequence: u64,
    last_stream_id: u64,
    /// Its deletion is on its way: nothing may be handed over any more.
    pub(crate) closed: bool,
    /// The batches of this group that wait for the disk.
    pending: PendingBatches,
    /// A batch has failed: memory has to be as the disk is, once none waits any more.
    stale: bool,
    /// What retention has removed: everything before this moment.
    pub(crate) swept_before_ms: i64,
    /// What the events of all streams take, in bytes.
    stored_bytes: u64,
    /// Whether the oldest events are being removed because the group has too many.
    pub(crate) is_trimming: bool,
    /// How far its subscription filters are.
    pub(crate) deliveries: DeliveryState,
}

/// Whether something may be written to a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Admission {
    /// It may.
    Open,
    /// The group is being deleted.
    GroupCloses,
    /// The stream is being deleted.
    StreamCloses,
    /// There is no such stream.
    NoStream,
}

/// What has to be written, and how a stream is known once it is durable.
#[derive(Debug)]
pub(crate) struct StreamChange {
    pub(crate) batch: Batch,
    pub(crate) streams: Vec<(String, StreamFacts)>,
}

impl Group {
    /// A group without streams.
    pub(crate) fn new(facts: GroupFacts, unreadable: UnreadableRows) -> Self {
        let id = facts.id;
        let state = GroupState {
            id,
            facts,
            streams: BTreeMap::new(),
            durable_streams: BTreeMap::new(),
            unreadable,
            names: Arc::default(),
            last_sequence: 0,
            last_stream_id: 0,
            closed: false,
            pending: PendingBatches::default(),
            stale: false,
            swept_before_ms: 0,
            stored_bytes: 0,
            is_trimming: false,
            deliveries: DeliveryState::default(),
        };
        let settling = tokio::sync::Mutex::default();
        Self { id, changing: Arc::default(), state: Mutex::new(state), settled: Notify::new(), settling }
    }

    /// A group that the store holds.
    pub(crate) fn load(facts: GroupFacts, store: &Store, unreadable: UnreadableRows) -> Result<Self, StoreError> {
        let group = Self::new(facts, unreadable);
        group.lock().load_streams(store)?;
        Ok(group)
    }

    /// The state; a lock that is held for as long as memory is looked at or changed, never for a wait.
    pub(crate) fn lock(&self) -> MutexGuard<'_, GroupState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A batch of this group is durable, or has failed.
    pub(crate) fn settle(&self, ticket: Ticket, durable: Option<Vec<(String, StreamFacts)>>, store: &Store) {
        self.lock().settle(ticket, durable, store);
        self.settled.notify_waiters();
    }

    /// Waits while the group has more than it may and its oldest events are being removed.
    pub(crate) async fn wait_for_room(&self) {
        loop {
            let mut settled = pin!(self.settled.notified());
            settled.as_mut().enable();
            if !self.lock().is_full() {
                return;
            }
            settled.await;
        }
    }

    /// No more of the oldest events is removed now.
    pub(crate) fn end_trimming(&self) {
        self.lock().is_trimming = false;
        self.settled.notify_waiters();
    }

    /// Waits until everything that was handed to the store before the call is durable, or lost: who reads afterwards sees
    /// what was written before, and nothing that a crash could take away again.
    ///
    /// # Errors
    /// When a write has failed and the store can't be read to see what is left.
    pub(crate) async fn wait_until_settled(&self, store: &Store) -> Result<(), StoreError> {
        let last = self.lock().pending.last();
        loop {
            let mut settled = pin!(self.settled.notified());
            settled.as_mut().enable();
            if self.lock().is_settled(last, store)? {
                return Ok(());
            }
            settled.await;
        }
    }
}

impl GroupState {
    /// The answer where there is no stream of this name: also that it can't be read.
    pub(crate) fn no_stream(&self, name: &str) -> ServiceError {
        self.unreadable.reason(STREAMS, &rows::stream_key(self.id, name)).map_or_else(no_stream, ServiceError::from)
    }

    /// Whether a stream of this name can't be read.
    pub(crate) fn is_unreadable(&self, name: &str) -> bool {
        self.unreadable.reason(STREAMS, &rows::stream_key(self.id, name)).is_some()
    }

    /// Whether there are streams that can't be read: which events are theirs is not known.
    pub(crate) fn has_unreadable_streams(&self) -> bool {
        self.unreadable.has(STREAMS, &rows::group_prefix(self.id))
    }

    /// Whether something may be written to a stream now.
    pub(crate) fn admit(&self, stream: &str) -> Admission {
        match self.streams.get(stream) {
            _ if self.closed => Admission::GroupCloses,
            None => Admission::NoStream,
            Some(facts) if facts.closed => Admission::StreamCloses,
            Some(_) => Admission::Open,
        }
    }

    /// What is to be known of a new stream.
    pub(crate) fn new_stream(&mut self, created_at_ms: i64) -> StreamFacts {
        self.last_stream_id += 1;
        StreamFacts::new(self.last_stream_id, created_at_ms)
    }

    /// The streams that are on disk: what readers see.
    pub(crate) fn durable_streams(&self) -> &BTreeMap<String, StreamFacts> {
        &self.durable_streams
    }

    /// Whether there is a stream of this name, or will be once it is durable.
    pub(crate) fn has_stream(&self, name: &str) -> bool {
        self.streams.contains_key(name)
    }

    /// A stream to change, which is there or will be.
    pub(crate) fn stream_mut(&mut self, name: &str) -> Option<&mut StreamFacts> {
        self.streams.get_mut(name)
    }

    /// Has a stream that is not durable yet, so that something can be appended to it.
    pub(crate) fn add_stream(&mut self, name: &str, facts: StreamFacts) {
        Arc::make_mut(&mut self.names).insert(facts.id, Arc::from(name));
        self.streams.insert(name.to_owned(), facts);
    }

    /// Shows a stream that is durable.
    pub(crate) fn show_stream(&mut self, name: &str, facts: StreamFacts) {
        self.durable_streams.insert(name.to_owned(), facts.clone());
        self.add_stream(name, facts);
    }

    /// Takes a stream away.
    pub(crate) fn hide_stream(&mut self, name: &str) -> Option<StreamFacts> {
        self.durable_streams.remove(name);
        let facts = self.streams.remove(name)?;
        self.stored_bytes = self.stored_bytes.saturating_sub(facts.stored_bytes);
        Arc::make_mut(&mut self.names).remove(&facts.id);
        Some(facts)
    }

    /// The streams' names by number.
    pub(crate) fn names(&self) -> Arc<BTreeMap<u64, Arc<str>>> {
        Arc::clone(&self.names)
    }

    /// Adds events to a stream that is open, in the order given. Readers see them once they are durable.
    pub(crate) fn append(
        &mut self,
        stream: &str,
        events: Vec<(i64, String)>,
        now: Timestamp,
    ) -> Result<StreamChange, StoreError> {
        let mut batch = Batch::new();
        let Some(facts) = self.streams.get(stream) else {
            return Ok(StreamChange { batch, streams: Vec::new() });
        };
        let mut facts = facts.clone();
        let mut sequence = self.last_sequence.max(u64::try_from(now.as_nanosecond()).unwrap_or(0));
        for (timestamp_ms, message) in &events {
            sequence += 1;
            let position = Position { timestamp_ms: *timestamp_ms, sequence };
            let row = NewEventRow { stream: facts.id, message };
            batch.put(EVENTS, rows::event_key(self.id, position), &row)?;
            batch.put_bytes(STREAM_EVENTS, rows::stream_event_key(self.id, facts.id, position), Vec::new());
            facts.extend_to(*timestamp_ms, now.as_millisecond());
            let taken = u64::try_from(event_bytes(message.len())).unwrap_or(u64::MAX);
            facts.stored_bytes = facts.stored_bytes.saturating_add(taken);
            self.stored_bytes = self.stored_bytes.saturating_add(taken);
        }
        if !self.facts.subscriptions.is_empty() && !events.is_empty() {
            let timestamps_ms: Vec<i64> = events.iter().map(|(timestamp_ms, _)| *timestamp_ms).collect();
            let first = sequence.saturating_sub(timestamps_ms.len() as u64 - 1);
            let filters = Some(self.facts.subscriptions.keys().cloned().collect());
            let waiting = DeliveryRow { stream: facts.id, timestamps_ms, filters };
            batch.put(DELIVERIES, rows::delivery_key(self.id, first), &waiting)?;
        }
        facts.last_sequence = sequence;
        batch.put(STREAMS, rows::stream_key(self.id, stream), &facts)?;
        self.last_sequence = sequence;
        self.streams.insert(stream.to_owned(), facts.clone());
        Ok(StreamChange { batch, streams: vec![(stream.to_owned(), facts)] })
    }

    /// What the events of all streams take, in bytes.
    pub(crate) fn stored_bytes(&self) -> u64 {
        self.stored_bytes
    }

    /// Whether it has so much more than it may that writers wait for what is being removed.
    fn is_full(&self) -> bool {
        self.is_trimming && !self.closed && self.stored_bytes > GROUP_FULL_BYTES
    }

    /// Counts that events of streams, by number, are removed; gives the batch and what is then to be seen of the streams.
    pub(crate) fn give_back(
        &mut self,
        mut batch: Batch,
        freed_bytes: &BTreeMap<u64, u64>,
    ) -> Result<StreamChange, StoreError> {
        let names = self.names();
        let mut streams = Vec::new();
        for (stream, freed) in freed_bytes {
            let Some(name) = names.get(stream) else { continue };
            let Some(facts) = self.streams.get_mut(&**name) else { continue };
            self.stored_bytes = self.stored_bytes.saturating_sub((*freed).min(facts.stored_bytes));
            facts.stored_bytes = facts.stored_bytes.saturating_sub(*freed);
            // The row of a stream whose deletion is on its way must not come back.
            if !self.closed && !facts.closed {
                batch.put(STREAMS, rows::stream_key(self.id, name), facts)?;
                streams.push((name.to_string(), facts.clone()));
            }
        }
        Ok(StreamChange { batch, streams })
    }

    /// A batch of this group was handed over.
    pub(crate) fn hand_over(&mut self) -> Ticket {
        self.pending.add()
    }

    /// A batch of this group is durable, with what is now to be seen of streams, or has failed. After a failure memory is
    /// made as the disk is, once no other batch is on its way.
    fn settle(&mut self, ticket: Ticket, durable: Option<Vec<(String, StreamFacts)>>, store: &Store) {
        self.pending.remove(ticket);
        match durable {
            Some(streams) => streams.into_iter().for_each(|(name, facts)| self.show_durable(name, facts)),
            None => self.stale = true,
        }
        if self.stale && self.pending.is_empty() {
            // It is tried again by the next batch or the next reader.
            if let Err(failure) = self.load_again(store) {
                tracing::warn!(error = %failure, group = %self.facts.name, "the streams of a log group could not be read again");
            }
        }
    }

    /// Shows how a stream is on disk, unless something later is shown already or the stream is gone.
    fn show_durable(&mut self, name: String, facts: StreamFacts) {
        let is_there = self.streams.get(&name).is_some_and(|known| known.id == facts.id);
        let is_newer = self
            .durable_streams
            .get(&name)
            .is_none_or(|shown| shown.id != facts.id || shown.last_sequence <= facts.last_sequence);
        if is_there && is_newer {
            self.durable_streams.insert(name, facts);
        }
    }

    /// Whether nothing waits for the disk, and readers see all that was written.
    #[cfg(test)]
    pub(crate) fn is_all_shown(&self) -> bool {
        self.pending.is_empty() && self.streams == self.durable_streams
    }

    /// Whether all batches up to one are durable or lost, and memory is as the disk is.
    fn is_settled(&mut self, last: Ticket, store: &Store) -> Result<bool, StoreError> {
        if self.stale && self.pending.is_empty() {
            self.load_again(store)?;
        }
        Ok(!self.stale && !self.pending.has_until(last))
    }

    fn load_again(&mut self, store: &Store) -> Result<(), StoreError> {
        self.load_streams(store)?;
        self.stale = false;
        Ok(())
    }

    fn load_streams(&mut self, store: &Store) -> Result<(), StoreError> {
        let prefix = rows::group_prefix(self.id);
        let mut streams = BTreeMap::new();
        let snapshot = store.snapshot()?;
        snapshot.scan_tolerant::<StreamFacts>(STREAMS, Range::prefix(&prefix), |key, facts| {
            match (rows::split_group(key), facts) {
                (Some((_, name)), Ok(facts)) => {
                    streams.insert(name.to_owned(), facts);
                }
                (_, Err(reason)) => self.unreadable.note(STREAMS, key, &reason),
                (None, Ok(_)) => {}
            }
            ControlFlow::Continue(())
        })?;
        // Events of streams that are gone may wait to be swept; their numbers are not free yet.
        let mut last_with_events = 0;
        snapshot.scan_keys(STREAM_EVENTS, Range::prefix(&prefix).reverse(), |key| {
            last_with_events = rows::group_and_stream(key).map_or(0, |(_, stream)| stream);
            ControlFlow::Break(())
        })?;
        let last = |number: fn(&StreamFacts) -> u64| streams.values().map(number).max().unwrap_or(0);
        self.last_stream_id = self.last_stream_id.max(last(|facts| facts.id)).max(last_with_events);
        self.last_sequence = self.last_sequence.max(last(|facts| facts.last_sequence));
        self.names = Arc::new(streams.iter().map(|(name, facts)| (facts.id, Arc::from(name.as_str()))).collect());
        self.stored_bytes = streams.values().map(|facts| facts.stored_bytes).sum();
        self.durable_streams.clone_from(&streams);
        self.streams = streams;
        Ok(())
    }
}
