//! The store's one file: opening it, reading it, and writing a commit group in one transaction.

mod create;
mod held_writes;
mod open;

use std::path::{Path, PathBuf};
#[cfg(any(test, feature = "testing"))]
use std::sync::atomic::AtomicBool;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use redb::backends::InMemoryBackend;
use redb::{Builder, Database, ReadableDatabase, TableDefinition};

use super::commit_group::{CommitGroup, TableChanges};
use super::folder::Folder;
use super::snapshot::Snapshot;
use super::{StoreError, Table, error, format};

/// Where the format's version stands.
pub(crate) const FORMAT: TableDefinition<'_, &str, u64> = TableDefinition::new("format");
/// The key of the version in that table.
pub(crate) const VERSION_KEY: &str = "version";

/// The page cache: large enough for the rows that are written together, small beside the cloud's 15 MiB.
const CACHE_BYTES: usize = 4 << 20;

/// The name of the file in its folder.
pub(crate) const FILE_NAME: &str = "store.redb";

/// The open file. redb refuses all work after a failed write until it is opened again, so it may be without database
/// for a while.
pub(crate) struct StoreFile {
    path: PathBuf,
    /// How to open it again; nothing for one in memory, which can't fail and would be lost.
    folder: Option<Arc<dyn Folder>>,
    database: RwLock<Option<Database>>,
    transactions: AtomicU64,
    /// Whether every write fails, as on a full disk.
    #[cfg(any(test, feature = "testing"))]
    is_full: AtomicBool,
}

impl StoreFile {
    /// Opens or creates the file in a folder and checks its format.
    pub(crate) fn open(folder: Arc<dyn Folder>) -> Result<Self, StoreError> {
        let database = open::open_or_create(&*folder)?;
        Ok(Self::new(folder.path().join(FILE_NAME), Some(folder), database))
    }

    /// A store without a file.
    pub(crate) fn in_memory() -> Result<Self, StoreError> {
        let path = PathBuf::from("(in memory)");
        let made = builder()
            .create_with_backend(InMemoryBackend::new())
            .map_err(redb::Error::from)
            .and_then(|database| create::write_version(&database).map(|()| database));
        let database = made.map_err(|failure| error::open(&path, failure))?;
        Ok(Self::new(path, None, database))
    }

    fn new(path: PathBuf, folder: Option<Arc<dyn Folder>>, database: Database) -> Self {
        Self {
            path,
            folder,
            database: RwLock::new(Some(database)),
            transactions: AtomicU64::new(0),
            #[cfg(any(test, feature = "testing"))]
            is_full: AtomicBool::new(false),
        }
    }

    /// Where the file lies.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// How many transactions were written since it was opened.
    #[cfg(test)]
    pub(crate) fn transactions(&self) -> u64 {
        self.transactions.load(Ordering::Relaxed)
    }

    /// The database's lock, so that a test can hold the writer back.
    #[cfg(test)]
    pub(crate) fn database(&self) -> &RwLock<Option<Database>> {
        &self.database
    }

    /// Has every write fail, or not.
    #[cfg(any(test, feature = "testing"))]
    pub(crate) fn set_full(&self, is_full: bool) {
        self.is_full.store(is_full, Ordering::SeqCst);
    }

    /// What is durable now.
    pub(crate) fn snapshot(&self) -> Result<Snapshot, StoreError> {
        let database = self.database.read().unwrap_or_else(PoisonError::into_inner);
        let begun = match database.as_ref() {
            Some(database) => database.begin_read().map_err(redb::Error::from),
            None => Err(redb::Error::PreviousIo),
        };
        match begun {
            Ok(transaction) => Ok(Snapshot::new(transaction, self.path.clone())),
            Err(failure) => Err(error::read(&self.path, &failure)),
        }
    }

    /// Writes a group in one transaction; durable when it returns. After a failure the file is opened anew, so that the
    /// next group may succeed: a full disk is a passing state.
    pub(crate) fn write(&self, group: &CommitGroup) -> Result<(), StoreError> {
        #[cfg(any(test, feature = "testing"))]
        if self.is_full.load(Ordering::SeqCst) {
            return Err(StoreError::DiskFull { path: self.path.clone() });
        }
        self.reopen_if_closed()?;
        let written = match self.database.read().unwrap_or_else(PoisonError::into_inner).as_ref() {
            Some(database) => apply(database, group),
            None => Err(redb::Error::PreviousIo),
        };
        self.transactions.fetch_add(1, Ordering::Relaxed);
        written.map_err(|failure| {
            if self.folder.is_some() {
                drop(self.database.write().unwrap_or_else(PoisonError::into_inner).take());
            }
            if let Err(failure) = self.reopen_if_closed() {
                // It is tried again, and told, at the next write.
                tracing::warn!(error = %failure, "the store could not be opened again after a failed write");
            }
            error::write(&self.path, &failure)
        })
    }

    fn reopen_if_closed(&self) -> Result<(), StoreError> {
        let closed = self.database.read().unwrap_or_else(PoisonError::into_inner).is_none();
        if let (true, Some(folder)) = (closed, &self.folder) {
            let mut database = self.database.write().unwrap_or_else(PoisonError::into_inner);
            *database = Some(open::open(&**folder)?);
        }
        Ok(())
    }
}

/// How the database is set up.
fn builder() -> Builder {
    let mut builder = Builder::new();
    builder.set_cache_size(CACHE_BYTES);
    builder
}

/// Quick repair costs part of the writing speed and buys an open in a millisecond after a kill, at any size.
fn apply(database: &Database, group: &CommitGroup) -> Result<(), redb::Error> {
    let mut transaction = database.begin_write()?;
    transaction.set_quick_repair(true);
    for (table, changes) in &group.tables {
        apply_to_table(&mut transaction.open_table(definition(*table))?, changes)?;
    }
    Ok(transaction.commit()?)
}

fn apply_to_table(rows: &mut redb::Table<'_, &[u8], &[u8]>, changes: &TableChanges) -> Result<(), redb::Error> {
    for range in &changes.cleared {
        let bounds = (std::ops::Bound::Included(range.from.as_slice()), range.to.as_ref().map(Vec::as_slice));
        rows.retain_in::<&[u8], _>(bounds, |_, _| false)?;
    }
    for (key, value) in &changes.rows {
        match value {
            Some(value) => rows.insert(key.as_bytes(), value.as_slice())?,
            None => rows.remove(key.as_bytes())?,
        };
    }
    Ok(())
}

/// The table inside the file.
pub(crate) fn definition(table: Table) -> TableDefinition<'static, &'static [u8], &'static [u8]> {
    TableDefinition::new(table.name())
}
