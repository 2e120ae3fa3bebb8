//! What is to happen, in virtual time: answers of tasks, heartbeats, and the timers of executions.

use std::collections::{BTreeMap, BTreeSet};

use asl::{ChildId, Input, TaskId};
use jiff::{SignedDuration, Timestamp};

/// Something that is due.
#[derive(Clone, Debug)]
pub(super) enum Due {
    /// An input of an execution.
    Input(Input),
    /// A heartbeat of a task, and again after so long.
    Heartbeat { task: TaskId, every: SignedDuration },
}

/// An entry: for which execution, for which task or child, and what.
#[derive(Clone, Debug)]
struct Entry {
    execution: usize,
    about: About,
    due: Due,
}

/// What an entry is about, so that it can be dropped with it: one about the execution itself goes with that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum About {
    Task(TaskId),
    Child(ChildId),
    Execution,
}

/// Everything that is due, in its order: by time, then by when it was put in.
#[derive(Debug, Default)]
pub(super) struct Agenda {
    entries: BTreeMap<(Timestamp, u64), Entry>,
    last: u64,
    wakes: BTreeSet<(Timestamp, usize)>,
    wake_of: BTreeMap<usize, Timestamp>,
}

impl Agenda {
    pub(super) fn add(&mut self, at: Timestamp, execution: usize, about: About, due: Due) {
        self.last += 1;
        self.entries.insert((at, self.last), Entry { execution, about, due });
    }

    /// Sets when an execution is to be woken; never, when there is no such moment.
    pub(super) fn wake(&mut self, execution: usize, at: Option<Timestamp>) {
        if let Some(before) = self.wake_of.remove(&execution) {
            self.wakes.remove(&(before, execution));
        }
        if let Some(at) = at {
            self.wake_of.insert(execution, at);
            self.wakes.insert((at, execution));
        }
    }

    /// Drops what is about a task or child of an execution.
    pub(super) fn cancel(&mut self, execution: usize, about: About) {
        self.entries.retain(|_, entry| entry.execution != execution || entry.about != about);
    }

    /// Drops everything of an execution.
    pub(super) fn forget(&mut self, execution: usize) {
        self.entries.retain(|_, entry| entry.execution != execution);
        self.wake(execution, None);
    }

    /// What comes next: when, for which execution, and what. An answer comes before a timer that is due at the same time.
    pub(super) fn next(&mut self) -> Option<(Timestamp, usize, Due)> {
        let first_wake = self.wakes.first().copied();
        let first_entry = self.entries.first_key_value().map(|((at, _), _)| *at);
        match (first_entry, first_wake) {
            (Some(at), Some((wake_at, execution))) if wake_at < at => {
                Some((wake_at, execution, Due::Input(Input::Wake)))
            }
            (Some(_), _) => {
                let ((at, _), entry) = self.entries.pop_first()?;
                Some((at, entry.execution, entry.due))
            }
            (None, Some((at, execution))) => Some((at, execution, Due::Input(Input::Wake))),
            (None, None) => None,
        }
    }
}
