//! Writing without a thread: in the calls that hand batches over, or that wait for them.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::engine::Engine;
use crate::write::writer::{self, Request, UnreportedFailure};

/// How many commits are written together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Grouping {
    /// One: the call that hands it over writes it.
    Each,
    /// All that are handed over before one of them is awaited a second time, as one group.
    #[cfg(any(test, feature = "testing"))]
    Joined,
}

/// Writes one group at a time.
pub(crate) struct InlineWriter {
    engine: Arc<Engine>,
    unreported: UnreportedFailure,
    grouping: Grouping,
    /// What is handed over and not written, in order.
    waiting: Mutex<Vec<Request>>,
}

impl InlineWriter {
    pub(crate) fn new(engine: Arc<Engine>, unreported: UnreportedFailure, grouping: Grouping) -> Arc<Self> {
        Arc::new(Self { engine, unreported, grouping, waiting: Mutex::default() })
    }

    /// Takes a request. Whoever submits a batch or flushes does not come back, so both write what waits.
    pub(crate) fn send(&self, request: Request) {
        let is_awaited = matches!(request, Request::Commit(..));
        let mut waiting = self.waiting();
        waiting.push(request);
        if self.grouping == Grouping::Each || !is_awaited {
            self.write(waiting);
        }
    }

    /// Writes what waits.
    pub(crate) fn finish(&self) {
        self.write(self.waiting());
    }

    /// The lock is held to the end: groups are written in order.
    fn write(&self, mut waiting: MutexGuard<'_, Vec<Request>>) {
        writer::write_group(&self.engine, std::mem::take(&mut *waiting), &self.unreported);
    }

    fn waiting(&self) -> MutexGuard<'_, Vec<Request>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The turn of a commit's caller: when it is dropped, also without having been awaited, what waits is written.
pub(crate) struct Turn(Arc<InlineWriter>);

impl Turn {
    pub(crate) fn new(writer: &Arc<InlineWriter>) -> Self {
        Self(Arc::clone(writer))
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.0.finish();
    }
}
