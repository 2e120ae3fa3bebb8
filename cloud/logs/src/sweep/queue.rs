//! What waits to be removed from the disk.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Something to remove.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sweep {
    /// The events of a group that is gone.
    Group(u64),
    /// The events of a stream that is gone: the numbers of its group and of itself.
    Stream(u64, u64),
    /// The events of a group before a moment in milliseconds.
    Expired(u64, i64),
    /// The oldest events of a group that has too many.
    Oldest(u64),
    /// The events of all groups that retention no longer keeps.
    AllExpired,
    /// What an earlier process has left: events of groups and streams that are not there, and those that have expired since.
    Orphans,
}

/// What waits to be removed.
#[derive(Debug, Default)]
pub(crate) struct SweepQueue(Mutex<Waiting>);

#[derive(Debug, Default)]
struct Waiting {
    sweeps: VecDeque<Sweep>,
    /// Whether the task is there.
    running: bool,
}

impl SweepQueue {
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds something to remove; true when a task has to begin.
    pub(crate) fn push(&self, sweep: Sweep) -> bool {
        let mut waiting = self.lock();
        waiting.sweeps.push_back(sweep);
        !std::mem::replace(&mut waiting.running, true)
    }

    /// The next thing to remove; with none the task ends.
    pub(crate) fn next(&self) -> Option<Sweep> {
        let mut waiting = self.lock();
        let next = waiting.sweeps.pop_front();
        waiting.running = next.is_some();
        next
    }

    /// Has nothing removed from here on, as when the process ends.
    #[cfg(test)]
    pub(crate) fn pretend_to_run(&self) {
        self.lock().running = true;
    }

    /// Whether everything is removed.
    #[cfg(test)]
    pub(crate) fn is_idle(&self) -> bool {
        !self.lock().running
    }
}
