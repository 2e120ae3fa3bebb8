//! The file of sorted rows: opening it, reading it, and writing a table of memory into it in one transaction.

mod create;
pub(crate) mod guarded;
mod held_writes;
mod layout;
pub(crate) mod new_file;
mod open;
mod write;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};

use redb::backends::InMemoryBackend;
use redb::{Database, ReadTransaction, ReadableDatabase};

use crate::disk::Folder;
use crate::file::guarded::{drop_guarded, guarded};
use crate::memory::MemoryTable;
use crate::{StoreError, error, format};

pub(crate) use create::{UNFINISHED_NAME, create_unfinished};
use layout::builder;
pub(crate) use layout::{COMMIT_KEY, FILE_NAME, FORMAT, UNFRAMED_KEY, VERSION_KEY};
use open::Opened;
pub(crate) use write::{apply, definition_of, set_format};

/// A database until it is closed. Who reads it keeps it open, also when a smaller copy has taken its place.
#[derive(Debug)]
pub(crate) struct OpenDatabase(RwLock<Option<Database>>);

impl OpenDatabase {
    fn new(database: Database) -> Arc<Self> {
        Arc::new(Self(RwLock::new(Some(database))))
    }

    fn read(&self) -> RwLockReadGuard<'_, Option<Database>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn close(&self) {
        drop_guarded(self.0.write().unwrap_or_else(PoisonError::into_inner).take());
    }
}

impl Drop for OpenDatabase {
    fn drop(&mut self) {
        self.close();
    }
}

/// The open file. redb refuses all work after a failed write until it is opened again, so it may be without database
/// for a while.
pub(crate) struct RowFile {
    path: PathBuf,
    /// Where to open it again; nothing for one in memory, which can't fail and would be lost.
    folder: Option<Arc<dyn Folder>>,
    database: RwLock<Arc<OpenDatabase>>,
    /// Whether the database must be opened again before it is written to.
    must_reopen: AtomicBool,
    /// Grows when the file is opened again: transactions from before may read pages that are written over.
    openings: Arc<AtomicU64>,
    has_unframed: bool,
    /// The number of the last commit in it.
    commit: AtomicU64,
    /// About how many bytes deleted rows have left in it.
    freed_bytes: AtomicU64,
    transactions: AtomicU64,
}

/// A read of the file as it was at one moment.
pub(crate) struct RowFileRead {
    pub(crate) transaction: ReadTransaction,
    pub(crate) has_unframed: bool,
    /// Dropped after the transaction.
    _database: Arc<OpenDatabase>,
    opening: u64,
    openings: Arc<AtomicU64>,
}

impl RowFileRead {
    /// Whether what it reads may have been written over.
    pub(crate) fn is_outdated(&self) -> bool {
        self.opening != self.openings.load(Ordering::SeqCst)
    }
}

impl RowFile {
    /// Opens or creates the file in a folder and checks its format, and all its pages when it is not larger than that.
    pub(crate) fn open(folder: Arc<dyn Folder>, checked_bytes: u64) -> Result<Self, StoreError> {
        let opened = guarded(&folder.path().join(FILE_NAME), || open::open_or_create(&*folder, checked_bytes))?;
        Ok(Self::new(folder.path().join(FILE_NAME), Some(folder), opened))
    }

    /// Opens the file in a folder without ever writing to it; on request only if all its pages hold together.
    pub(crate) fn open_to_read(folder: &dyn Folder, is_checked: bool) -> Result<Self, StoreError> {
        let path = folder.path().join(FILE_NAME);
        let opened = guarded(&path, || open::open_held(folder, is_checked))?;
        Ok(Self::new(path, None, opened))
    }

    /// A file that is only in memory.
    pub(crate) fn in_memory() -> Result<Self, StoreError> {
        let path = PathBuf::from("(in memory)");
        let made = builder()
            .create_with_backend(InMemoryBackend::new())
            .map_err(redb::Error::from)
            .and_then(|database| write::set_format(&database, &[(VERSION_KEY, format::VERSION)]).map(|()| database));
        let database = made.map_err(|failure| error::open(&path, failure))?;
        Ok(Self::new(path, None, Opened { database, has_unframed: false, commit: 0, freed_bytes: 0 }))
    }

    fn new(path: PathBuf, folder: Option<Arc<dyn Folder>>, opened: Opened) -> Self {
        Self {
            path,
            folder,
            database: RwLock::new(OpenDatabase::new(opened.database)),
            must_reopen: AtomicBool::new(false),
            openings: Arc::default(),
            has_unframed: opened.has_unframed,
            commit: AtomicU64::new(opened.commit),
            freed_bytes: AtomicU64::new(opened.freed_bytes),
            transactions: AtomicU64::new(0),
        }
    }

    /// Where the file lies.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The number of the last commit in it.
    pub(crate) fn commit(&self) -> u64 {
        self.commit.load(Ordering::SeqCst)
    }

    /// About how many bytes deleted rows have left in it.
    pub(crate) fn freed_bytes(&self) -> u64 {
        self.freed_bytes.load(Ordering::SeqCst)
    }

    /// Whether its last write failed.
    pub(crate) fn has_failed(&self) -> bool {
        self.must_reopen.load(Ordering::SeqCst)
    }

    /// How many transactions were written since it was opened.
    #[cfg(test)]
    pub(crate) fn transactions(&self) -> u64 {
        self.transactions.load(Ordering::Relaxed)
    }

    /// Begins to read what is in it now.
    pub(crate) fn read(&self) -> Result<RowFileRead, StoreError> {
        let database = self.database();
        let begun = guarded(&self.path, || match database.read().as_ref() {
            Some(database) => database.begin_read().map_err(|failure| error::read(&self.path, &failure.into())),
            None => Err(error::read(&self.path, &redb::Error::PreviousIo)),
        });
        Ok(RowFileRead {
            transaction: begun?,
            has_unframed: self.has_unframed,
            _database: database,
            opening: self.openings.load(Ordering::SeqCst),
            openings: Arc::clone(&self.openings),
        })
    }

    /// Writes a table of memory in one transaction; durable when it returns. After a failure the file is opened anew, so that
    /// the next write may succeed: a full disk is a passing state.
    pub(crate) fn write(&self, memory: &MemoryTable) -> Result<(), StoreError> {
        self.reopen_if_needed()?;
        let written = guarded(&self.path, || match self.database().read().as_ref() {
            Some(database) => {
                apply(database, memory, self.freed_bytes()).map_err(|failure| error::write(&self.path, &failure))
            }
            None => Err(error::write(&self.path, &redb::Error::PreviousIo)),
        });
        self.transactions.fetch_add(1, Ordering::Relaxed);
        if let Ok(freed_bytes) = &written {
            self.freed_bytes.store(*freed_bytes, Ordering::SeqCst);
            self.commit.store(memory.last(), Ordering::SeqCst);
        } else {
            self.must_reopen.store(true, Ordering::SeqCst);
            if let Err(failure) = self.reopen_if_needed() {
                // It is tried again, and told, at the next write.
                tracing::warn!(error = %failure, "the store could not be opened again after a failed write");
            }
        }
        written.map(drop)
    }

    /// Takes a compact copy in place of the database that is open. Who reads that one goes on reading it.
    pub(crate) fn replace(&self, database: Database) {
        let copy = OpenDatabase::new(database);
        let before = std::mem::replace(&mut *self.database.write().unwrap_or_else(PoisonError::into_inner), copy);
        self.freed_bytes.store(0, Ordering::SeqCst);
        // It is closed here, unless somebody reads it.
        drop(before);
    }

    /// Closes the file for good.
    pub(crate) fn close(&self) {
        self.database().close();
    }

    fn database(&self) -> Arc<OpenDatabase> {
        Arc::clone(&self.database.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Opens the file again if it has to be; an error when it can't be written to.
    fn reopen_if_needed(&self) -> Result<(), StoreError> {
        let Some(folder) = &self.folder else {
            return Ok(());
        };
        if self.must_reopen.load(Ordering::SeqCst) {
            let mut database = self.database.write().unwrap_or_else(PoisonError::into_inner);
            self.openings.fetch_add(1, Ordering::SeqCst);
            // Also for those who read it: two can't have the file open.
            database.close();
            let (opened, released) = guarded(&self.path, || open::reopen(&**folder))?;
            *database = OpenDatabase::new(opened.database);
            released.map_err(|reason| error::write(&self.path, &redb::Error::Io(reason)))?;
            self.must_reopen.store(false, Ordering::SeqCst);
        }
        Ok(())
    }
}

impl Drop for RowFile {
    fn drop(&mut self) {
        self.close();
    }
}
