//! What reads see: the tables in memory, and up to which commit.

use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use crate::StoreError;
use crate::file::RowFile;
use crate::memory::{Known, LiveSnapshots, MemoryTable};
use crate::read::snapshot::Snapshot;
use crate::read::view::View;
use crate::write::batch::Batch;

/// The tables in memory, newest first, and the last commit that is shown.
#[derive(Debug, Default)]
pub(super) struct Shown {
    now: RwLock<Now>,
    live: LiveSnapshots,
}

#[derive(Debug, Default)]
struct Now {
    /// What commits go to.
    active: Arc<MemoryTable>,
    /// What is being written to the file.
    frozen: Option<Arc<MemoryTable>>,
    last: u64,
}

impl Shown {
    /// Begins behind a commit that is in the file.
    pub(super) fn new(last: u64) -> Self {
        Self { now: RwLock::new(Now { last, ..Now::default() }), live: LiveSnapshots::default() }
    }

    pub(super) fn last(&self) -> u64 {
        self.read().last
    }

    /// Shows a commit; says whether it is the first in memory.
    pub(super) fn apply(&self, batches: Vec<Batch>, commit: u64) -> bool {
        // No snapshot is made meanwhile, so that none can miss a value that goes here.
        let mut now = self.write();
        let was_empty = now.active.is_empty();
        now.active.apply(batches, commit, self.live.newest());
        now.last = commit;
        was_empty
    }

    /// All that is shown now. The file is read from the same moment on: what was frozen after that moment is not in it.
    pub(super) fn snapshot(&self, file: &RowFile) -> Result<Snapshot, StoreError> {
        let now = self.read();
        let live = self.live.begin(now.last);
        let read = file.read()?;
        let memory = std::iter::once(&now.active).chain(&now.frozen);
        let memory = memory.filter(|memory| !memory.is_empty()).cloned().collect();
        drop(now);
        Ok(Snapshot::new(View::new(memory, live, read, file.path().to_owned())))
    }

    /// What memory knows of a key now.
    pub(super) fn known(&self, table: &str, key: &[u8]) -> Known {
        let now = self.read();
        let layers = std::iter::once(&now.active).chain(&now.frozen);
        let known = layers.map(|memory| memory.get(table, key, now.last));
        known.into_iter().find(|known| *known != Known::Nothing).unwrap_or(Known::Nothing)
    }

    pub(super) fn active(&self) -> Arc<MemoryTable> {
        Arc::clone(&self.read().active)
    }

    pub(super) fn frozen(&self) -> Option<Arc<MemoryTable>> {
        self.read().frozen.clone()
    }

    /// Freezes what commits go to, unless that is empty or something is frozen; says whether it did.
    pub(super) fn freeze(&self) -> bool {
        let mut now = self.write();
        if now.frozen.is_some() || now.active.is_empty() {
            return false;
        }
        now.frozen = Some(std::mem::take(&mut now.active));
        true
    }

    /// Takes away what was frozen: the file has it.
    pub(super) fn thaw(&self) {
        let gone = self.write().frozen.take();
        // Its rows are freed after the lock is.
        drop(gone);
    }

    fn read(&self) -> RwLockReadGuard<'_, Now> {
        self.now.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Now> {
        self.now.write().unwrap_or_else(PoisonError::into_inner)
    }
}
