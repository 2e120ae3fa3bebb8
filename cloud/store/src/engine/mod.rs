//! The parts together: a commit goes to the journal, then into memory, later into the file; a read sees memory over the file.
//!
//! Locks are taken in this order: the journal, what is shown, a table of memory.

mod compact;
mod flush;
mod flusher;
mod open;
mod shown;

use std::path::Path;
#[cfg(any(test, feature = "testing"))]
use std::sync::atomic::AtomicBool;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use crate::disk::Folder;
use crate::file::RowFile;
use crate::journal::Journal;
use crate::memory::Known;
use crate::read::snapshot::Snapshot;
use crate::write::batch::Batch;
use crate::{StoreError, error};

use flush::Flushing;
pub(crate) use flusher::Flusher;
use shown::Shown;

/// How large things grow before something is done about them, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Limits {
    /// A table in memory, before it is written to the file. Two of them may live: one that fills, one that is being written.
    pub(crate) memory_bytes: usize,
    /// The file, before it is no longer read whole, page by page with redb's own checksums, at each opening. Below this it
    /// takes some milliseconds; later it would take seconds.
    pub(crate) checked_bytes: u64,
    /// What deleted rows leave in the file, before a smaller file is made.
    pub(crate) freed_bytes: u64,
}

impl Limits {
    /// Those of a store on a real disk.
    pub(crate) const REAL: Self = Self { memory_bytes: 2 << 20, checked_bytes: 8 << 20, freed_bytes: 8 << 20 };

    /// Those on a simulated disk: few commits make it write to the file, and few deletes make a smaller one.
    #[cfg(any(test, feature = "testing"))]
    pub(crate) const SIMULATED: Self = Self { memory_bytes: 16 << 10, checked_bytes: 8 << 20, freed_bytes: 64 << 10 };
}

/// The store without those who hand work to it.
pub(crate) struct Engine {
    file: RowFile,
    /// None for a store without a file.
    folder: Option<Arc<dyn Folder>>,
    /// None for a store without a file.
    journal: Mutex<Option<Journal>>,
    shown: Shown,
    limits: Limits,
    flushing: Mutex<Flushing>,
    flushed: Condvar,
    commits: AtomicU64,
    /// After an attempt at a smaller file that failed: from how many freed bytes on the next one is made.
    compacts_from_bytes: AtomicU64,
    /// Why the latest commit that failed was not written.
    write_failure: watch::Sender<Option<StoreError>>,
    /// Whether every write fails, as on a full disk.
    #[cfg(any(test, feature = "testing"))]
    is_full: AtomicBool,
}

impl Engine {
    /// Where the file lies.
    pub(crate) fn path(&self) -> &Path {
        self.file.path()
    }

    /// What is durable now.
    pub(crate) fn snapshot(&self) -> Result<Snapshot, StoreError> {
        self.shown.snapshot(&self.file)
    }

    /// What memory knows of a key now: it may save a look at the file.
    pub(crate) fn known(&self, table: &str, key: &str) -> Known {
        self.shown.known(table, key.as_bytes())
    }

    /// Writes batches as one commit; durable, and seen by reads, when it returns. After a failure nothing of it is anywhere.
    pub(crate) fn write(&self, batches: Vec<Batch>) -> Result<(), StoreError> {
        self.try_write(batches).inspect_err(|failure| {
            self.write_failure.send_replace(Some(failure.clone()));
        })
    }

    fn try_write(&self, batches: Vec<Batch>) -> Result<(), StoreError> {
        self.check_disk()?;
        self.make_room()?;
        let mut journal = self.journal();
        let commit = match &mut *journal {
            Some(journal) => {
                journal.append(&batches).map_err(|reason| error::write(self.path(), &redb::Error::Io(reason)))?
            }
            None => self.shown.last() + 1,
        };
        let was_empty = self.shown.apply(batches, commit);
        drop(journal);
        self.commits.fetch_add(1, Ordering::Relaxed);
        if was_empty {
            // From here on there is something to write when the store is idle. The lock keeps the thread that does it from missing
            // this between its look and its wait.
            drop(self.flushing());
            self.flushed.notify_all();
        }
        Ok(())
    }

    /// Waits until a commit fails, from the first poll on; gives why.
    pub(crate) async fn write_failure(&self) -> StoreError {
        let mut failure = self.write_failure.subscribe();
        loop {
            // It does not end: this holds what it waits for.
            if failure.changed().await.is_err() {
                std::future::pending::<()>().await;
            }
            if let Some(failure) = failure.borrow_and_update().clone() {
                return failure;
            }
        }
    }

    /// How many commits were written since it was opened.
    pub(crate) fn commits(&self) -> u64 {
        self.commits.load(Ordering::Relaxed)
    }

    /// Has every write fail, or not.
    #[cfg(any(test, feature = "testing"))]
    pub(crate) fn set_full(&self, is_full: bool) {
        self.is_full.store(is_full, Ordering::SeqCst);
    }

    /// The file of sorted rows.
    #[cfg(test)]
    pub(crate) fn file(&self) -> &RowFile {
        &self.file
    }

    #[cfg(any(test, feature = "testing"))]
    fn check_disk(&self) -> Result<(), StoreError> {
        if self.is_full.load(Ordering::SeqCst) {
            return Err(StoreError::DiskFull { path: self.path().to_owned() });
        }
        Ok(())
    }

    #[cfg(not(any(test, feature = "testing")))]
    #[allow(clippy::unused_self, clippy::unnecessary_wraps, reason = "a test can have it fail")]
    fn check_disk(&self) -> Result<(), StoreError> {
        Ok(())
    }

    /// The journal. Who holds it keeps commits back.
    pub(crate) fn journal(&self) -> MutexGuard<'_, Option<Journal>> {
        self.journal.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn flushing(&self) -> MutexGuard<'_, Flushing> {
        self.flushing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
