//! The events of a group that are handed to the store and not yet durable.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::position::Position;

/// One event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Event {
    pub(crate) position: Position,
    /// The stream's number.
    pub(crate) stream: u64,
    pub(crate) message: Arc<str>,
}

/// The events that only memory shows. What the store's queue may hold bounds it: an event leaves it once it is durable.
#[derive(Debug, Default)]
pub(crate) struct Tail(BTreeMap<Position, Event>);

impl Tail {
    pub(crate) fn add(&mut self, event: Event) {
        self.0.insert(event.position, event);
    }

    /// Takes events away: they are durable, or lost.
    pub(crate) fn remove(&mut self, positions: &[Position]) {
        for position in positions {
            self.0.remove(position);
        }
    }

    /// The events of some streams, in order.
    pub(crate) fn events(&self, is_of: impl Fn(u64) -> bool) -> Vec<Event> {
        self.0.values().filter(|event| is_of(event.stream)).cloned().collect()
    }

    /// How many there are.
    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }
}
