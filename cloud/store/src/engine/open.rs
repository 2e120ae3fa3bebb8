//! Opening: the file, then what the journal holds beyond it.

use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Condvar, Mutex};

use super::flush::Flushing;
use super::shown::Shown;
use super::{Engine, Limits};
use crate::disk::Folder;
use crate::error::{self, StoreError};
use crate::file::{FILE_NAME, RowFile};
use crate::journal::{self, Journal};
use crate::memory::MemoryTable;

impl Engine {
    /// Opens the store in a folder, or makes it. A journal that a kill or a power cut left is written to the file first.
    pub(crate) fn open(folder: Arc<dyn Folder>, limits: Limits) -> Result<Self, StoreError> {
        refuse_journal_without_file(&*folder)?;
        let file = RowFile::open(Arc::clone(&folder), limits.checked_bytes)?;
        let last = bring_over(&file, &*folder)?;
        Ok(Self::new(file, Some(folder), last, limits))
    }

    /// A store without a file.
    pub(crate) fn in_memory() -> Result<Self, StoreError> {
        Ok(Self::new(RowFile::in_memory()?, None, 0, Limits::REAL))
    }

    fn new(file: RowFile, folder: Option<Arc<dyn Folder>>, last: u64, limits: Limits) -> Self {
        let journal = folder.clone().map(|folder| Journal::new(folder, last));
        Self {
            file,
            folder,
            journal: Mutex::new(journal),
            shown: Shown::new(last),
            limits,
            flushing: Mutex::new(Flushing::default()),
            flushed: Condvar::new(),
            commits: AtomicU64::new(0),
            compacts_from_bytes: AtomicU64::new(limits.freed_bytes),
            write_failure: tokio::sync::watch::Sender::default(),
            #[cfg(any(test, feature = "testing"))]
            is_full: std::sync::atomic::AtomicBool::new(false),
        }
    }
}

/// A journal is part of a store: without the file it is what is left of one, and no new store is made over it.
fn refuse_journal_without_file(folder: &dyn Folder) -> Result<(), StoreError> {
    let holds_something = |name: &str| folder.exists(name) && folder.len(name).is_ok_and(|len| len > 0);
    if !folder.exists(FILE_NAME)
        && let Some(name) = journal::NAMES.into_iter().find(|name| holds_something(name))
    {
        let reason = format!("it is missing, and its journal `{name}` is there");
        return Err(StoreError::Damaged { path: folder.path().join(FILE_NAME), reason });
    }
    Ok(())
}

/// Writes what the journal holds beyond the file to it. Gives the number of the last commit.
fn bring_over(file: &RowFile, folder: &dyn Folder) -> Result<u64, StoreError> {
    let stored = file.commit();
    let replay = journal::replay(folder, stored).map_err(|reason| {
        let path = folder.path().join(journal::NAMES[0]);
        error::open(&path, reason.into())
    })?;
    if let Some(damage) = replay.damage.into_iter().next() {
        return Err(StoreError::Damaged { path: folder.path().join(damage.name), reason: damage.reason });
    }
    let memory = MemoryTable::default();
    for (commit, batch) in replay.commits {
        memory.apply(vec![batch], commit, None);
    }
    if memory.is_empty() {
        return Ok(stored);
    }
    tracing::info!(commits = memory.last() - stored, "the journal held what the store's file had not yet");
    file.write(&memory)?;
    Ok(memory.last())
}
