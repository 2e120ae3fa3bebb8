//! Which asynchronous invocations wait, and whose turn it is.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::event::AsyncEvent;
use crate::fair_room::Room;

/// How many asynchronous invocations of one function run at once: half of what its versions may, so that callers who wait
/// for an answer find a turn beside them.
pub(super) const MOST_RUNNING: usize = 32;

/// An invocation that waits or runs.
#[derive(Debug)]
pub(super) struct Queued {
    pub(super) event: AsyncEvent,
    /// The function, by location and name.
    function: String,
    /// Held until it is over.
    _room: Room,
}

/// All that wait or run.
#[derive(Debug, Default)]
pub(super) struct Waiting {
    events: BTreeMap<u64, Queued>,
    lanes: BTreeMap<String, Lane>,
    /// The number of the last one that was accepted.
    pub(super) last_sequence: u64,
    /// Whether the task that gives turns is there.
    pub(super) is_dispatching: bool,
}

/// One function's.
#[derive(Debug, Default)]
struct Lane {
    waiting: BTreeSet<(Timestamp, u64)>,
    running: BTreeSet<u64>,
}

impl Waiting {
    /// Takes an invocation in.
    pub(super) fn add(&mut self, sequence: u64, event: AsyncEvent, function: String, room: Room) {
        self.last_sequence = self.last_sequence.max(sequence);
        self.lanes.entry(function.clone()).or_default().waiting.insert((event.next_try_at, sequence));
        self.events.insert(sequence, Queued { event, function, _room: room });
    }

    /// The invocations whose turn it is; they run from here on.
    pub(super) fn start_due(&mut self, now: Timestamp) -> Vec<u64> {
        let mut due = Vec::new();
        for lane in self.lanes.values_mut() {
            while lane.running.len() < MOST_RUNNING
                && let Some(next) = lane.waiting.first().copied()
                && next.0 <= now
            {
                lane.waiting.remove(&next);
                lane.running.insert(next.1);
                due.push(next.1);
            }
        }
        due
    }

    /// When the next turn is; none where nothing waits but for others to end.
    pub(super) fn next_turn(&self) -> Option<Timestamp> {
        let free = self.lanes.values().filter(|lane| lane.running.len() < MOST_RUNNING);
        free.filter_map(|lane| lane.waiting.first().map(|(moment, _)| *moment)).min()
    }

    /// Whether nothing waits.
    pub(super) fn is_idle(&self) -> bool {
        self.lanes.values().all(|lane| lane.waiting.is_empty())
    }

    /// An invocation.
    pub(super) fn event(&self, sequence: u64) -> Option<&AsyncEvent> {
        self.events.get(&sequence).map(|queued| &queued.event)
    }

    /// An invocation that ran has to wait again.
    pub(super) fn put_back(&mut self, sequence: u64, event: AsyncEvent) {
        let Some(queued) = self.events.get_mut(&sequence) else { return };
        if let Some(lane) = self.lanes.get_mut(&queued.function) {
            lane.running.remove(&sequence);
            lane.waiting.insert((event.next_try_at, sequence));
        }
        queued.event = event;
    }

    /// An invocation is over.
    pub(super) fn remove(&mut self, sequence: u64) {
        let Some(queued) = self.events.remove(&sequence) else { return };
        if let Some(lane) = self.lanes.get_mut(&queued.function) {
            lane.running.remove(&sequence);
            lane.waiting.remove(&(queued.event.next_try_at, sequence));
            if lane.running.is_empty() && lane.waiting.is_empty() {
                self.lanes.remove(&queued.function);
            }
        }
    }

    /// Those of a function that wait.
    pub(super) fn waiting_of(&self, function: &str) -> Vec<u64> {
        let lane = self.lanes.get(function).into_iter();
        lane.flat_map(|lane| lane.waiting.iter().map(|(_, sequence)| *sequence)).collect()
    }
}
