//! The thread that writes memory to the file: when it is full, and when nothing was written for a second.

use std::sync::{Arc, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use super::Engine;
use crate::error::{self, StoreError};

/// After how long without a commit the store is idle.
const IDLE: Duration = Duration::from_secs(1);

/// The thread; it ends when the value is dropped.
#[derive(Debug)]
pub(crate) struct Flusher {
    engine: Arc<Engine>,
    thread: Option<JoinHandle<()>>,
}

/// Why the thread writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reason {
    /// Memory is full.
    Full,
    /// Nothing was written for a while.
    Idle,
    /// The store ends.
    End,
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Engine").field("path", &self.path()).finish_non_exhaustive()
    }
}

impl Flusher {
    /// Starts the thread.
    pub(crate) fn start(engine: &Arc<Engine>) -> Result<Self, StoreError> {
        engine.flushing().has_thread = true;
        let thread = std::thread::Builder::new()
            .name("store-file".to_owned())
            .spawn({
                let engine = Arc::clone(engine);
                move || run(&engine)
            })
            .map_err(|reason| error::open(engine.path(), reason.into()))?;
        Ok(Self { engine: Arc::clone(engine), thread: Some(thread) })
    }
}

impl Drop for Flusher {
    fn drop(&mut self) {
        self.engine.flushing().is_ending = true;
        self.engine.flushed.notify_all();
        if self.thread.take().is_some_and(|thread| thread.join().is_err()) {
            tracing::error!(path = %self.engine.path().display(), "the thread that writes the store's file panicked");
        }
    }
}

fn run(engine: &Engine) {
    loop {
        let reason = wait(engine);
        if reason == Reason::End {
            return;
        }
        if reason == Reason::Idle {
            engine.freeze();
        }
        let flushed = engine.flush();
        if let Err(failure) = &flushed {
            tracing::warn!(error = %failure, "the store's file could not be written; the journal holds what is to go there");
        }
        let is_flushed = flushed.is_ok();
        let mut flushing = engine.flushing();
        flushing.failure = flushed.err();
        flushing.attempts += 1;
        drop(flushing);
        engine.flushed.notify_all();
        if is_flushed && reason == Reason::Idle {
            engine.clear_journal();
        }
        if is_flushed {
            engine.compact_if_due(reason == Reason::Idle);
        }
    }
}

/// Until there is something to do.
fn wait(engine: &Engine) -> Reason {
    let mut flushing = engine.flushing();
    let mut seen = None;
    loop {
        if flushing.is_ending {
            return Reason::End;
        }
        if std::mem::take(&mut flushing.is_wanted) {
            return Reason::Full;
        }
        let is_written = engine.shown.active().is_empty() && engine.shown.frozen().is_none();
        if is_written && !engine.is_compaction_due(true) {
            seen = None;
            flushing = engine.flushed.wait(flushing).unwrap_or_else(PoisonError::into_inner);
            continue;
        }
        let commits = engine.commits();
        if seen == Some(commits) {
            return Reason::Idle;
        }
        let waited = engine.flushed.wait_timeout(flushing, IDLE).unwrap_or_else(PoisonError::into_inner);
        flushing = waited.0;
        // Only a wait to its end tells that nothing came meanwhile.
        seen = waited.1.timed_out().then_some(commits);
    }
}
