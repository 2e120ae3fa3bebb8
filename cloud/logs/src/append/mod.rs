//! Appending events: of PutLogEvents, and the lines that other services write.

pub(crate) mod subscriptions;
pub(crate) mod tail;

use std::iter::Peekable;
use std::sync::Arc;
use std::vec;

use cloud_core::{Location, ServiceError};
use cloud_store::{Reservation, StoreError};
use jiff::Timestamp;
use tokio::sync::OwnedSemaphorePermit;
use tokio::task::JoinHandle;

use crate::group::{Admission, Group, GroupFacts, GroupState, StreamChange, StreamFacts, event_bytes};
use crate::service::{LINE_BATCH_BYTES, LINES_WAITING_BYTES, Logs};
use tail::Tailed;

/// CloudWatch Logs counts this much for each event beside its message.
pub(crate) const EVENT_OVERHEAD_BYTES: usize = 26;

/// Lines that are written together.
struct LineBatch {
    events: Vec<(i64, String)>,
    size_bytes: usize,
}

/// The next lines to write together: a small part of what may wait for the disk, so that everybody's lines and other changes
/// find their turn in between.
fn next_batch(lines: &mut Peekable<vec::IntoIter<(Timestamp, String)>>) -> LineBatch {
    let mut batch = LineBatch { events: Vec::new(), size_bytes: 0 };
    let fits =
        |size_bytes: usize, line: &str| size_bytes == 0 || size_bytes + event_bytes(line.len()) <= LINE_BATCH_BYTES;
    while let Some((moment, line)) = lines.next_if(|(_, line)| fits(batch.size_bytes, line)) {
        batch.size_bytes += event_bytes(line.len());
        batch.events.push((moment.as_millisecond(), line));
    }
    batch
}

/// Events that have room to be handed over.
pub(crate) struct Append {
    /// Times in milliseconds, and messages.
    pub(crate) events: Vec<(i64, String)>,
    /// When they arrived.
    pub(crate) now: Timestamp,
    /// Their room in the store's queue.
    pub(crate) room: Reservation,
    /// The room of lines, held until they are durable.
    pub(crate) waiting: Option<OwnedSemaphorePermit>,
}

impl Logs {
    /// Does something, once, with the state of a group in which a stream is open for writing.
    pub(crate) async fn on_open_stream<R>(
        &self,
        key: &str,
        stream: &str,
        mut act: impl FnMut(&Arc<Group>, &mut GroupState) -> Result<R, ServiceError>,
    ) -> Result<R, ServiceError> {
        loop {
            let group = self.known_group(key)?;
            let admission = {
                let mut state = group.lock();
                match state.admit(stream) {
                    Admission::Open => return act(&group, &mut state),
                    other => other,
                }
            };
            if admission == Admission::NoStream {
                return Err(group.lock().no_stream(stream));
            }
            self.wait_for(&group, admission).await;
        }
    }

    /// Waits until what is in the way is decided.
    async fn wait_for(&self, group: &Group, admission: Admission) {
        match admission {
            Admission::GroupCloses => self.groups_settled().await,
            Admission::StreamCloses => drop(group.changing.lock().await),
            Admission::NoStream | Admission::Open => {}
        }
    }

    /// Appends events to a stream that is open, and hands them to the store; what comes back ends once they are durable.
    pub(crate) fn append(
        &self,
        group: &Arc<Group>,
        state: &mut GroupState,
        stream: &str,
        append: Append,
    ) -> Result<JoinHandle<Result<(), StoreError>>, StoreError> {
        let tailed = self.inner.tails.watched(group.id, stream, &append.events, append.now);
        let is_subscribed = !state.facts.subscriptions.is_empty();
        let StreamChange { batch, streams } = state.append(stream, append.events, append.now)?;
        let durable = self.inner.store.commit_reserved(append.room, batch);
        let logs = self.clone();
        let subscribed = is_subscribed.then(|| Arc::clone(group));
        let durable = async move {
            let written = durable.await;
            if written.is_ok() {
                tailed.into_iter().for_each(Tailed::show);
                subscribed.iter().for_each(|group| logs.deliver(group));
            }
            written
        };
        let landing = self.track(group, state, streams, durable, append.waiting);
        self.sweep_expired(state, append.now);
        self.sweep_excess(state);
        self.sweep_now_and_then(append.now);
        Ok(landing)
    }

    /// Waits for room in the store's queue for events of so many bytes.
    pub(crate) async fn room_for(&self, size_bytes: usize) -> Reservation {
        self.inner.store.reserve(size_bytes).await
    }

    /// Writes lines as the Lambda service does: the group and the stream are made when they are missing. A reader
    /// who comes when it has ended waits until the lines are durable, and sees them. Without lines only the group is made.
    pub(crate) async fn write_lines(
        &self,
        location: &Location,
        group: &str,
        stream: &str,
        lines: Vec<(Timestamp, String)>,
    ) -> Result<(), ServiceError> {
        let key = location.key(group);
        if lines.is_empty() && self.group(&key).is_none() {
            let now = self.inner.clock.now();
            return self.create_missing_group(&key, GroupFacts::new(location, group, now.as_millisecond())).await;
        }
        let mut lines = lines.into_iter().peekable();
        while lines.peek().is_some() {
            let batch = next_batch(&mut lines);
            self.write_batch(location, group, stream, batch).await?;
        }
        Ok(())
    }

    async fn write_batch(
        &self,
        location: &Location,
        group: &str,
        stream: &str,
        batch: LineBatch,
    ) -> Result<(), ServiceError> {
        let key = location.key(group);
        if let Some(group) = self.group(&key) {
            group.wait_for_room().await;
        }
        let now = self.inner.clock.now();
        let waiting = self.lines_waiting(batch.size_bytes).await;
        let room = self.room_for(batch.size_bytes).await;
        let lines = Append { events: batch.events, now, room, waiting };
        loop {
            let Some(found) = self.group(&key) else {
                self.create_missing_group(&key, GroupFacts::new(location, group, now.as_millisecond())).await?;
                continue;
            };
            let admission = {
                let mut state = found.lock();
                match state.admit(stream) {
                    Admission::Open => return self.hand_over(&found, &mut state, stream, lines),
                    other => other,
                }
            };
            if admission != Admission::NoStream {
                self.wait_for(&found, admission).await;
                continue;
            }
            // As creating a stream does; it is durable with the lines.
            let _alone = found.changing.lock().await;
            let mut state = found.lock();
            if state.is_unreadable(stream) {
                return Err(state.no_stream(stream));
            }
            if state.admit(stream) == Admission::NoStream {
                let facts = state.new_stream(now.as_millisecond());
                state.add_stream(stream, facts);
                return self.hand_over(&found, &mut state, stream, lines);
            }
        }
    }

    /// Waits for room among the lines that are not durable yet.
    async fn lines_waiting(&self, size_bytes: usize) -> Option<OwnedSemaphorePermit> {
        let permits = u32::try_from(size_bytes.min(LINES_WAITING_BYTES)).unwrap_or(u32::MAX);
        // The semaphore is never closed.
        Arc::clone(&self.inner.lines_waiting).acquire_many_owned(permits).await.ok()
    }

    async fn create_missing_group(&self, key: &str, facts: GroupFacts) -> Result<(), ServiceError> {
        match self.create_group(key, facts).await {
            // Another writer was faster.
            Err(error) if error.code == "ResourceAlreadyExistsException" => Ok(()),
            created => created,
        }
    }

    /// Appends lines. Nobody waits until they are durable: the store traces a failure.
    fn hand_over(
        &self,
        group: &Arc<Group>,
        state: &mut GroupState,
        stream: &str,
        lines: Append,
    ) -> Result<(), ServiceError> {
        drop(self.append(group, state, stream, lines)?);
        Ok(())
    }

    /// Shows how streams are once that is durable.
    pub(crate) fn track(
        &self,
        group: &Arc<Group>,
        state: &mut GroupState,
        streams: Vec<(String, StreamFacts)>,
        durable: impl Future<Output = Result<(), StoreError>> + Send + 'static,
        waiting: Option<OwnedSemaphorePermit>,
    ) -> JoinHandle<Result<(), StoreError>> {
        let ticket = state.hand_over();
        let store = self.inner.store.clone();
        let group = Arc::clone(group);
        tokio::spawn(async move {
            let written = durable.await;
            group.settle(ticket, written.is_ok().then_some(streams), &store);
            drop(waiting);
            written
        })
    }
}
