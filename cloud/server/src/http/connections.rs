//! The open connections: how many there may be, how long each may be idle or slow, and which go when there is no room.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, AtomicU8, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use cloud_core::Clock;
use jiff::Timestamp;
use tokio::sync::Notify;

use crate::guard::Peer;

/// How long a connection without a request stays open: longer than the SDKs keep one for its next use.
const IDLE: Duration = Duration::from_secs(120);

/// How long a request's headers may take from their first byte.
const HEAD: Duration = Duration::from_secs(10);

/// How long a body may take, and how much longer for its size: a megabyte a second is slow on one machine.
const BODY: Duration = Duration::from_secs(20);
const BODY_BYTES_PER_MS: u64 = 1_000;

/// How often the connections are looked through for those that took too long.
const SWEEP_INTERVAL: Duration = Duration::from_secs(1);

/// The share of the connections that other users of the machine may have: a fourth.
const OTHERS_SHARE: usize = 4;

/// How many idle connections go at once when there is no room: a sixteenth of all, so that the next ones find some.
const EVICTED_SHARE: usize = 16;

/// What a connection is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Phase {
    /// No request is there.
    Idle = 0,
    /// The headers of a request arrive.
    Head = 1,
    /// A request is there, and is being read or answered.
    Busy = 2,
    /// A request was refused, and what is left of its body is read.
    Rest = 3,
}

/// One open connection.
#[derive(Debug)]
pub(super) struct Connection {
    phase: AtomicU8,
    /// When the phase began, and when it has to be over, in ms since the epoch.
    since_ms: AtomicI64,
    deadline_ms: AtomicI64,
    is_owner: bool,
    /// Told when the connection has to end.
    ended: Notify,
    machine: Clock,
}

impl Connection {
    pub(super) fn new(peer: Peer, machine: Clock) -> Arc<Self> {
        let connection = Self {
            phase: AtomicU8::new(Phase::Idle as u8),
            since_ms: AtomicI64::new(0),
            deadline_ms: AtomicI64::new(0),
            is_owner: peer.is_owner(),
            ended: Notify::new(),
            machine,
        };
        connection.enter(Phase::Idle, Some(IDLE));
        Arc::new(connection)
    }

    /// A byte has arrived: of a new request, when there was none.
    pub(super) fn read(&self) {
        if self.is(Phase::Idle) {
            self.enter(Phase::Head, Some(HEAD));
        }
    }

    /// Something of an answer has gone out: a client that takes it slowly is not idle.
    pub(super) fn written(&self) {
        if self.is(Phase::Idle) {
            self.enter(Phase::Idle, Some(IDLE));
        }
    }

    /// The body of a request begins, of so many bytes at most.
    pub(super) fn reads_body(&self, bytes: usize) {
        self.enter(Phase::Busy, Some(body_limit(bytes)));
    }

    /// A request was refused whose body still comes, of so many bytes at most.
    pub(super) fn reads_rest(&self, bytes: usize) {
        self.enter(Phase::Rest, Some(body_limit(bytes)));
    }

    /// The body of a refused request is there.
    pub(super) fn read_rest(&self) {
        if self.is(Phase::Rest) {
            self.enter(Phase::Idle, Some(IDLE));
        }
    }

    /// A request is being answered, for as long as that takes.
    pub(super) fn answers(&self) {
        self.enter(Phase::Busy, None);
    }

    /// The answer is there: the next request may come, once the body of this one has been read.
    pub(super) fn answered(&self) {
        if !self.is(Phase::Rest) {
            self.enter(Phase::Idle, Some(IDLE));
        }
    }

    /// Waits until the connection has to end.
    pub(super) async fn ended(&self) {
        self.ended.notified().await;
    }

    fn enter(&self, phase: Phase, limit: Option<Duration>) {
        let now_ms = self.machine.now().as_millisecond();
        let limit_ms = limit.map(|limit| i64::try_from(limit.as_millis()).unwrap_or(i64::MAX));
        // Whoever looks through the connections may see a moment of both: a deadline that is a little late or early.
        self.deadline_ms.store(limit_ms.map_or(i64::MAX, |limit| now_ms.saturating_add(limit)), Ordering::Relaxed);
        self.since_ms.store(now_ms, Ordering::Relaxed);
        self.phase.store(phase as u8, Ordering::Relaxed);
    }

    fn is(&self, phase: Phase) -> bool {
        self.phase.load(Ordering::Relaxed) == phase as u8
    }

    fn end(&self) {
        // Kept for a connection that does not wait for it yet.
        self.ended.notify_one();
    }
}

/// How long a body of so many bytes may take.
fn body_limit(bytes: usize) -> Duration {
    let more_ms = u64::try_from(bytes).unwrap_or(u64::MAX) / BODY_BYTES_PER_MS;
    BODY.saturating_add(Duration::from_millis(more_ms))
}

/// All open connections; clones share them.
#[derive(Debug, Clone)]
pub(super) struct Connections {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    limit: usize,
    open: Mutex<Open>,
    /// Told when there is one to look after.
    opened: Notify,
}

#[derive(Debug, Default)]
struct Open {
    next_id: u64,
    by_id: BTreeMap<u64, Arc<Connection>>,
    others: usize,
}

/// A place among the connections, given back when it is dropped.
#[derive(Debug)]
pub(super) struct Place {
    connections: Connections,
    id: u64,
}

impl Drop for Place {
    fn drop(&mut self) {
        self.connections.open().remove(self.id);
    }
}

impl Connections {
    /// At most so many at once.
    pub(super) fn new(limit: usize) -> Self {
        Self { inner: Arc::new(Inner { limit, open: Mutex::default(), opened: Notify::new() }) }
    }

    /// A place for a connection. When there is none, those that have been idle longest make room; none when no one is idle.
    pub(super) fn enter(&self, connection: &Arc<Connection>) -> Option<Place> {
        let mut open = self.open();
        let limit = self.inner.limit;
        let is_full = |open: &Open| {
            open.by_id.len() >= limit || (!connection.is_owner && open.others >= (limit / OTHERS_SHARE).max(1))
        };
        if is_full(&open) {
            open.evict((limit / EVICTED_SHARE).max(1), connection.is_owner);
        }
        if is_full(&open) {
            return None;
        }
        let id = open.next_id;
        open.next_id += 1;
        open.others += usize::from(!connection.is_owner);
        open.by_id.insert(id, Arc::clone(connection));
        drop(open);
        self.inner.opened.notify_one();
        Some(Place { connections: self.clone(), id })
    }

    /// Ends the connections that have been idle longest, to free some files.
    pub(super) fn make_room(&self) {
        self.open().evict((self.inner.limit / EVICTED_SHARE).max(1), true);
    }

    /// Ends whatever takes too long, for ever.
    pub(super) async fn sweep(&self, machine: &Clock) {
        loop {
            if self.open().by_id.is_empty() {
                self.inner.opened.notified().await;
            }
            machine.sleep(SWEEP_INTERVAL).await;
            self.open().end_late(machine.now());
        }
    }

    fn open(&self) -> MutexGuard<'_, Open> {
        self.inner.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Open {
    fn remove(&mut self, id: u64) {
        if let Some(connection) = self.by_id.remove(&id) {
            self.others -= usize::from(!connection.is_owner);
        }
    }

    /// Ends some connections that are idle, or whose headers are not there yet: other users' first, then the oldest. For
    /// another user only those of other users go.
    fn evict(&mut self, count: usize, for_owner: bool) {
        let idle = self.by_id.iter().filter(|(_, connection)| !connection.is(Phase::Busy));
        let mut idle: Vec<(bool, i64, u64)> = idle
            .filter(|(_, connection)| for_owner || !connection.is_owner)
            .map(|(id, connection)| (connection.is_owner, connection.since_ms.load(Ordering::Relaxed), *id))
            .collect();
        idle.sort_unstable();
        idle.truncate(count);
        if !idle.is_empty() {
            let count = idle.len();
            tracing::debug!(target: "cloud::listener", count, "idle connections were closed to make room");
        }
        for (_, _, id) in idle {
            self.end(id);
        }
    }

    fn end_late(&mut self, now: Timestamp) {
        let now_ms = now.as_millisecond();
        let late = self.by_id.iter().filter(|(_, open)| open.deadline_ms.load(Ordering::Relaxed) < now_ms);
        let late: Vec<u64> = late.map(|(id, _)| *id).collect();
        for id in late {
            self.end(id);
        }
    }

    fn end(&mut self, id: u64) {
        if let Some(connection) = self.by_id.get(&id) {
            connection.end();
        }
        self.remove(id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cloud_core::ClockControl;

    fn clock() -> (Clock, ClockControl) {
        Clock::moved_by_hand("2026-01-01T00:00:00Z".parse().unwrap())
    }

    fn has_ended(connection: &Connection) -> bool {
        use std::task::{Context, Poll, Waker};
        let ended = std::pin::pin!(connection.ended());
        ended.poll(&mut Context::from_waker(Waker::noop())) == Poll::Ready(())
    }

    #[test]
    fn the_oldest_idle_connection_makes_room_and_a_busy_one_stays() {
        let (machine, control) = clock();
        let connections = Connections::new(3);
        let open: Vec<_> = (0..3)
            .map(|_| {
                control.advance(Duration::from_millis(10));
                let connection = Connection::new(Peer::Owner, machine.clone());
                let place = connections.enter(&connection).unwrap();
                (connection, place)
            })
            .collect();
        open[0].0.reads_body(5);
        let next = Connection::new(Peer::Owner, machine.clone());
        let place = connections.enter(&next);
        assert!(place.is_some());
        assert_eq!(open.iter().map(|(connection, _)| has_ended(connection)).collect::<Vec<_>>(), [false, true, false]);
        open[2].0.answers();
        next.answers();
        assert!(connections.enter(&Connection::new(Peer::Owner, machine)).is_none(), "all are busy");
    }

    #[test]
    fn another_user_has_a_fourth_and_takes_nothing_from_the_owner() {
        let (machine, _control) = clock();
        let connections = Connections::new(8);
        let other = || Connection::new(Peer::Other(65534), machine.clone());
        let owner = Connection::new(Peer::Owner, machine.clone());
        let _owners = connections.enter(&owner).unwrap();
        let busy = [other(), other()];
        let _places = busy.each_ref().map(|connection| connections.enter(connection).unwrap());
        busy.iter().for_each(|connection| connection.answers());
        assert!(connections.enter(&other()).is_none());
        busy[0].answered();
        assert!(connections.enter(&other()).is_some());
        assert!(has_ended(&busy[0]) && !has_ended(&owner));
    }

    #[tokio::test(flavor = "current_thread", start_paused = true)]
    async fn what_takes_too_long_is_ended() {
        let (machine, control) = clock();
        let connections = Connections::new(8);
        let new = || Connection::new(Peer::Owner, machine.clone());
        let [idle, slow_head, slow_body, answering, slow_rest] = [new(), new(), new(), new(), new()];
        let all = [&idle, &slow_head, &slow_body, &answering, &slow_rest];
        let _places = all.map(|connection| connections.enter(connection).unwrap());
        slow_head.read();
        slow_body.reads_body(10_000_000);
        answering.answers();
        slow_rest.reads_rest(20_000_000);
        slow_rest.answered();
        slow_rest.read();
        let mut ended = Vec::new();
        for at_s in [9_u64, 11, 29, 31, 39, 41, 119, 121, 100_000] {
            let now = machine.now().as_second() - 1_767_225_600;
            control.advance(Duration::from_secs(at_s - u64::try_from(now).unwrap()));
            connections.open().end_late(machine.now());
            ended.push((at_s, all.map(|connection| has_ended(connection))));
        }
        let told: Vec<_> = ended
            .iter()
            .map(|(at_s, ended)| (*at_s, ended.iter().position(|ended| *ended)))
            .filter(|(_, ended)| ended.is_some())
            .collect();
        assert_eq!(told, [(11, Some(1)), (31, Some(2)), (41, Some(4)), (121, Some(0))], "each is told once");
    }
}
