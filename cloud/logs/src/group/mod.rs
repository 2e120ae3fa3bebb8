//! One log group: its facts, its streams, and the events that are on their way to the disk.

mod facts;
mod tail;

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use cloud_store::{Batch, Range, Store, StoreError};
use jiff::Timestamp;

pub(crate) use facts::{GroupFacts, StreamFacts};
pub(crate) use tail::{Event, Tail};

use crate::position::Position;
use crate::rows::{self, EVENTS, NewEventRow, STREAM_EVENTS, STREAMS};

/// One group; everybody who works with it shares it.
#[derive(Debug)]
pub(crate) struct Group {
    /// Its number in keys.
    pub(crate) id: u64,
    /// Held from the decision to create or delete a stream until that is shown.
    pub(crate) changing: Arc<tokio::sync::Mutex<()>>,
    state: Mutex<GroupState>,
}

/// What is behind the group's lock. Batches are handed to the store under it: the store gets the changes in the order in
/// which readers see them.
#[derive(Debug)]
pub(crate) struct GroupState {
    id: u64,
    pub(crate) facts: GroupFacts,
    pub(crate) streams: BTreeMap<String, StreamFacts>,
    /// The streams' names by number; copied when a reader still looks at it.
    names: Arc<BTreeMap<u64, Arc<str>>>,
    pub(crate) tail: Tail,
    last_sequence: u64,
    last_stream_id: u64,
    /// Its deletion is on its way: nothing may be handed over any more.
    pub(crate) closed: bool,
    /// How many batches of this group wait for the disk.
    in_flight: usize,
    /// A batch has failed: memory has to be as the disk is, once none waits any more.
    stale: bool,
    /// What retention has removed: everything before this moment.
    pub(crate) swept_before_ms: i64,
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

/// What an append has to write, and where its events stand.
#[derive(Debug)]
pub(crate) struct Appended {
    pub(crate) batch: Batch,
    pub(crate) positions: Vec<Position>,
}

impl Group {
    /// A group without streams.
    pub(crate) fn new(facts: GroupFacts) -> Self {
        let id = facts.id;
        let state = GroupState {
            id,
            facts,
            streams: BTreeMap::new(),
            names: Arc::default(),
            tail: Tail::default(),
            last_sequence: 0,
            last_stream_id: 0,
            closed: false,
            in_flight: 0,
            stale: false,
            swept_before_ms: 0,
        };
        Self { id, changing: Arc::default(), state: Mutex::new(state) }
    }

    /// A group that the store holds.
    pub(crate) fn load(facts: GroupFacts, store: &Store) -> Result<Self, StoreError> {
        let group = Self::new(facts);
        group.lock().load_streams(store)?;
        Ok(group)
    }

    /// The state; a lock that is held for as long as memory is looked at or changed, never for a wait.
    pub(crate) fn lock(&self) -> MutexGuard<'_, GroupState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl GroupState {
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

    /// Shows a stream.
    pub(crate) fn show_stream(&mut self, name: &str, facts: StreamFacts) {
        Arc::make_mut(&mut self.names).insert(facts.id, Arc::from(name));
        self.streams.insert(name.to_owned(), facts);
    }

    /// Takes a stream away.
    pub(crate) fn hide_stream(&mut self, name: &str) -> Option<StreamFacts> {
        let facts = self.streams.remove(name)?;
        Arc::make_mut(&mut self.names).remove(&facts.id);
        Some(facts)
    }

    /// The streams' names by number.
    pub(crate) fn names(&self) -> Arc<BTreeMap<u64, Arc<str>>> {
        Arc::clone(&self.names)
    }

    /// Adds events to a stream that is open, in the order given. Readers see them from here on.
    pub(crate) fn append(
        &mut self,
        stream: &str,
        events: Vec<(i64, String)>,
        now: Timestamp,
    ) -> Result<Appended, StoreError> {
        let mut batch = Batch::new();
        let mut positions = Vec::with_capacity(events.len());
        let Some(facts) = self.streams.get(stream) else {
            return Ok(Appended { batch, positions });
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
            positions.push(position);
        }
        facts.last_sequence = sequence;
        batch.put(STREAMS, rows::stream_key(self.id, stream), &facts)?;
        for (position, (_, message)) in positions.iter().zip(events) {
            self.tail.add(Event { position: *position, stream: facts.id, message: message.into() });
        }
        self.last_sequence = sequence;
        self.streams.insert(stream.to_owned(), facts);
        Ok(Appended { batch, positions })
    }

    /// A batch of this group was handed over.
    pub(crate) fn batch_handed_over(&mut self) {
        self.in_flight += 1;
    }

    /// A batch of this group is durable, or has failed. After a failure memory is made as the disk is, once no other batch is
    /// on its way.
    pub(crate) fn batch_settled(&mut self, store: &Store, durable: bool) {
        self.in_flight = self.in_flight.saturating_sub(1);
        self.stale |= !durable;
        if !self.stale || self.in_flight > 0 {
            return;
        }
        match self.load_streams(store) {
            Ok(()) => self.stale = false,
            // It is tried again after the next batch.
            Err(failure) => {
                tracing::warn!(error = %failure, group = %self.facts.name, "the streams of a log group could not be read again")
            }
        }
    }

    fn load_streams(&mut self, store: &Store) -> Result<(), StoreError> {
        let prefix = rows::group_prefix(self.id);
        let mut streams = BTreeMap::new();
        let snapshot = store.snapshot()?;
        snapshot.scan::<StreamFacts>(STREAMS, Range::prefix(&prefix), |key, facts| {
            if let Some((_, name)) = rows::split_group(key) {
                streams.insert(name.to_owned(), facts);
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
        self.streams = streams;
        Ok(())
    }
}
