//! From memory to the file.

use std::sync::PoisonError;

use super::Engine;
use crate::StoreError;

/// How writing to the file goes.
#[derive(Debug, Default)]
pub(super) struct Flushing {
    /// Whether a thread does it; else whoever writes does.
    pub(super) has_thread: bool,
    /// Whether it is wanted now.
    pub(super) is_wanted: bool,
    pub(super) is_ending: bool,
    /// Why the last attempt failed.
    pub(super) failure: Option<StoreError>,
    /// How many attempts were made.
    pub(super) attempts: u64,
}

impl Engine {
    /// Waits until there is room in memory for a commit. When the file can't take what is in memory, no further commit is taken:
    /// its failure is theirs.
    pub(super) fn make_room(&self) -> Result<(), StoreError> {
        if !self.shown.active().is_full(self.limits.memory_bytes) {
            return Ok(());
        }
        if self.shown.frozen().is_some() {
            self.wait_for_flush()?;
        }
        self.freeze();
        let mut flushing = self.flushing();
        if flushing.has_thread {
            flushing.is_wanted = true;
            drop(flushing);
            self.flushed.notify_all();
            return Ok(());
        }
        drop(flushing);
        // What fails here is in the journal, and is tried again when memory is full the next time.
        match self.flush() {
            // Nobody else would do it when the store is idle.
            Ok(()) => self.compact_if_due(true),
            Err(failure) => {
                tracing::warn!(error = %failure, "the store's file could not be written; the journal holds what is to go there");
            }
        }
        Ok(())
    }

    /// Until what is frozen is in the file, or one attempt has failed.
    fn wait_for_flush(&self) -> Result<(), StoreError> {
        let mut flushing = self.flushing();
        if !flushing.has_thread {
            drop(flushing);
            return self.flush();
        }
        let before = flushing.attempts;
        let had_failed = flushing.failure.is_some();
        if had_failed {
            flushing.is_wanted = true;
            self.flushed.notify_all();
        }
        while self.shown.frozen().is_some() && !flushing.is_ending {
            if flushing.attempts > before
                && let Some(failure) = &flushing.failure
            {
                return Err(failure.clone());
            }
            flushing = self.flushed.wait(flushing).unwrap_or_else(PoisonError::into_inner);
        }
        Ok(())
    }

    /// Freezes what is in memory, so that the journal's file that holds it is not written to any more.
    pub(super) fn freeze(&self) {
        let mut journal = self.journal();
        if self.shown.freeze()
            && let Some(journal) = &mut *journal
        {
            journal.switch();
        }
    }

    /// Writes what is frozen to the file.
    pub(super) fn flush(&self) -> Result<(), StoreError> {
        let Some(frozen) = self.shown.frozen() else {
            return Ok(());
        };
        self.check_disk()?;
        self.file.write(&frozen)?;
        drop(frozen);
        self.shown.thaw();
        Ok(())
    }

    /// Cuts the journal to nothing, if all that it holds is in the file.
    pub(super) fn clear_journal(&self) {
        let mut journal = self.journal();
        if self.shown.frozen().is_none()
            && self.shown.active().is_empty()
            && let Some(journal) = &mut *journal
        {
            journal.clear();
        }
    }

    /// Writes all that is in memory to the file and closes it. What the file does not take stays in the journal.
    pub(crate) fn close(&self) {
        let flushed = self.flush().and_then(|()| {
            self.freeze();
            self.flush()
        });
        match flushed {
            Ok(()) => {
                let journal = self.journal().take();
                // The file is closed after it: another process that opens the store finds no journal that goes away.
                if let Some(journal) = journal {
                    journal.remove();
                }
            }
            Err(failure) => {
                tracing::warn!(error = %failure, "the store's file could not be written at its end; the journal holds the rest");
            }
        }
        self.file.close();
    }
}
