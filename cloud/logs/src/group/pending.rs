//! Which batches of a group are handed to the store and neither durable nor lost yet.

use std::collections::BTreeSet;

/// One batch; later ones are larger.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Ticket(u64);

/// The batches that wait for the disk.
#[derive(Debug, Default)]
pub(crate) struct PendingBatches {
    last: Ticket,
    waiting: BTreeSet<Ticket>,
}

impl PendingBatches {
    /// Takes in a batch.
    pub(crate) fn add(&mut self) -> Ticket {
        self.last = Ticket(self.last.0 + 1);
        self.waiting.insert(self.last);
        self.last
    }

    /// A batch is durable, or lost.
    pub(crate) fn remove(&mut self, ticket: Ticket) {
        self.waiting.remove(&ticket);
    }

    /// The last batch so far.
    pub(crate) fn last(&self) -> Ticket {
        self.last
    }

    /// Whether a batch up to this one still waits.
    pub(crate) fn has_until(&self, last: Ticket) -> bool {
        self.waiting.first().is_some_and(|first| *first <= last)
    }

    /// Whether none waits.
    pub(crate) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_later_is_not_waited_for() {
        let mut pending = PendingBatches::default();
        assert!(!pending.has_until(pending.last()));
        let first = pending.add();
        let second = pending.add();
        let last = pending.last();
        let third = pending.add();
        pending.remove(second);
        assert!(pending.has_until(last));
        pending.remove(first);
        assert!(!pending.has_until(last) && !pending.is_empty());
        pending.remove(third);
        assert!(pending.is_empty());
    }
}
