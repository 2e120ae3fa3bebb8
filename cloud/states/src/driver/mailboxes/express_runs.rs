//! The express executions under way, and what each waits for.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;

/// All that run. They are in memory alone.
#[derive(Debug, Default)]
pub(crate) struct ExpressRuns {
    inner: Arc<Mutex<Inner>>,
}

#[derive(Debug, Default)]
struct Inner {
    runs: BTreeMap<u64, Progress>,
    last: u64,
}

/// What an execution is at.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Progress {
    /// Whether it is in a step, or waits for the answer of a task.
    pub(crate) is_running: bool,
    /// When it goes on by itself.
    pub(crate) wait: Option<Timestamp>,
}

/// An execution under way, until it is dropped.
#[derive(Debug)]
pub(crate) struct ExpressGuard {
    number: u64,
    inner: Arc<Mutex<Inner>>,
}

impl ExpressRuns {
    /// An execution is under way.
    pub(crate) fn begin(&self) -> ExpressGuard {
        let mut inner = lock(&self.inner);
        inner.last += 1;
        let number = inner.last;
        inner.runs.insert(number, Progress { is_running: true, wait: None });
        ExpressGuard { number, inner: Arc::clone(&self.inner) }
    }

    /// Whether one does not only wait for a moment to come.
    pub(super) fn is_any_running(&self) -> bool {
        lock(&self.inner).runs.values().any(|run| run.is_running)
    }

    /// The first moment at which one goes on by itself.
    pub(super) fn first_wait(&self) -> Option<Timestamp> {
        lock(&self.inner).runs.values().filter_map(|run| run.wait).min()
    }
}

impl ExpressGuard {
    /// What the execution is at now.
    pub(crate) fn set(&self, progress: Progress) {
        lock(&self.inner).runs.insert(self.number, progress);
    }
}

impl Drop for ExpressGuard {
    fn drop(&mut self) {
        lock(&self.inner).runs.remove(&self.number);
    }
}

fn lock(inner: &Mutex<Inner>) -> MutexGuard<'_, Inner> {
    inner.lock().unwrap_or_else(PoisonError::into_inner)
}
