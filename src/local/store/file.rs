//! The store's one file: opening it, its format version, reading it, and writing a group in one transaction.

use std::fs::OpenOptions;
use std::ops::Bound;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{PoisonError, RwLock};

use redb::backends::FileBackend;
use redb::{Builder, Database, ReadableDatabase, TableDefinition, TableError};

use super::group::{Group, TableChanges, end_of_prefix};
use super::{StoreError, Table, error};

/// The newest format that this program reads and the one it writes.
pub(super) const FORMAT_VERSION: u64 = 1;
pub(super) const FORMAT: TableDefinition<'_, &str, u64> = TableDefinition::new("format");

/// The page cache: large enough for the rows that are written together, small beside the cloud's 15 MiB.
const CACHE_BYTES: usize = 4 << 20;

/// How the database under a path is opened; tests put a failing disk here.
type Opener = fn(&Path) -> Result<Database, redb::Error>;

/// The open file. redb refuses all work after a failed write until it is opened again, so it may be without database
/// for a while.
pub(super) struct StoreFile {
    path: PathBuf,
    opener: Opener,
    database: RwLock<Option<Database>>,
    transactions: AtomicU64,
}

impl StoreFile {
    /// Opens or creates the file and checks its format.
    pub(super) fn open(path: &Path, opener: Opener) -> Result<Self, StoreError> {
        let database = open_checked(path, opener)?;
        Ok(Self {
            path: path.to_owned(),
            opener,
            database: RwLock::new(Some(database)),
            transactions: AtomicU64::new(0),
        })
    }

    /// Where the file lies.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// How many transactions were written since it was opened.
    #[cfg(test)]
    pub(super) fn transactions(&self) -> u64 {
        self.transactions.load(Ordering::Relaxed)
    }

    /// The database's lock, so that a test can hold the writer back.
    #[cfg(test)]
    pub(super) fn database(&self) -> &RwLock<Option<Database>> {
        &self.database
    }

    /// Calls `each` with the rows whose keys begin with `prefix`, in key order.
    pub(super) fn read(
        &self,
        table: Table,
        prefix: &str,
        mut each: impl FnMut(&str, &[u8]) -> Result<(), serde_json::Error>,
    ) -> Result<(), StoreError> {
        let failed = |failure: redb::Error| error::read(&self.path, &failure);
        let database = self.database.read().unwrap_or_else(PoisonError::into_inner);
        let Some(database) = database.as_ref() else {
            return Err(failed(redb::Error::PreviousIo));
        };
        let transaction = database.begin_read().map_err(|failure| failed(failure.into()))?;
        let rows = match transaction.open_table(definition(table)) {
            Err(TableError::TableDoesNotExist(_)) => return Ok(()),
            opened => opened.map_err(|failure| failed(failure.into()))?,
        };
        let end = end_of_prefix(prefix);
        let range = (Bound::Included(prefix.as_bytes()), as_slice(&end));
        for row in rows.range::<&[u8]>(range).map_err(|failure| failed(failure.into()))? {
            let (key, value) = row.map_err(|failure| failed(failure.into()))?;
            let key = String::from_utf8_lossy(key.value());
            each(&key, value.value()).map_err(|reason| StoreError::Row {
                path: self.path.clone(),
                table: table.name(),
                key: key.clone().into_owned(),
                reason: reason.to_string(),
            })?;
        }
        Ok(())
    }

    /// Writes a group in one transaction; durable when it returns. After a failure the file is opened anew, so that the
    /// next group may succeed: a full disk is a passing state.
    pub(super) fn write(&self, group: &Group) -> Result<(), StoreError> {
        self.reopen_if_closed()?;
        let written = match self.database.read().unwrap_or_else(PoisonError::into_inner).as_ref() {
            Some(database) => apply(database, group),
            None => Err(redb::Error::PreviousIo),
        };
        self.transactions.fetch_add(1, Ordering::Relaxed);
        written.map_err(|failure| {
            drop(self.database.write().unwrap_or_else(PoisonError::into_inner).take());
            // What fails here fails again, and is told, at the next write.
            self.reopen_if_closed().ok();
            error::write(&self.path, &failure)
        })
    }

    fn reopen_if_closed(&self) -> Result<(), StoreError> {
        if self.database.read().unwrap_or_else(PoisonError::into_inner).is_some() {
            return Ok(());
        }
        let mut database = self.database.write().unwrap_or_else(PoisonError::into_inner);
        *database = Some(open_checked(&self.path, self.opener)?);
        Ok(())
    }
}

/// Opens the database file, readable and writable by its owner only: stored functions may hold secrets.
pub(super) fn open_database(path: &Path) -> Result<Database, redb::Error> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let backend = FileBackend::new(options.open(path)?)?;
    Ok(Builder::new().set_cache_size(CACHE_BYTES).create_with_backend(backend)?)
}

fn open_checked(path: &Path, opener: Opener) -> Result<Database, StoreError> {
    let database = opener(path).map_err(|failure| error::open(path, failure))?;
    let found = check_format(&database).map_err(|failure| error::open(path, failure))?;
    if found > FORMAT_VERSION {
        return Err(StoreError::NewerFormat { path: path.to_owned(), found, known: FORMAT_VERSION });
    }
    Ok(database)
}

/// The format the file has; a new one is given ours.
fn check_format(database: &Database) -> Result<u64, redb::Error> {
    match database.begin_read()?.open_table(FORMAT) {
        Ok(format) => {
            if let Some(found) = format.get("version")? {
                return Ok(found.value());
            }
        }
        Err(TableError::TableDoesNotExist(_)) => {}
        Err(failure) => return Err(failure.into()),
    }
    let mut transaction = database.begin_write()?;
    transaction.set_quick_repair(true);
    transaction.open_table(FORMAT)?.insert("version", FORMAT_VERSION)?;
    transaction.commit()?;
    Ok(FORMAT_VERSION)
}

/// Quick repair costs part of the writing speed and buys an open in a millisecond after a kill, at any size.
fn apply(database: &Database, group: &Group) -> Result<(), redb::Error> {
    let mut transaction = database.begin_write()?;
    transaction.set_quick_repair(true);
    for (table, changes) in &group.tables {
        apply_to_table(&mut transaction.open_table(definition(*table))?, changes)?;
    }
    Ok(transaction.commit()?)
}

fn apply_to_table(rows: &mut redb::Table<'_, &[u8], &[u8]>, changes: &TableChanges) -> Result<(), redb::Error> {
    for prefix in &changes.cleared_prefixes {
        let end = end_of_prefix(prefix);
        rows.retain_in::<&[u8], _>((Bound::Included(prefix.as_bytes()), as_slice(&end)), |_, _| false)?;
    }
    for (key, value) in &changes.rows {
        match value {
            Some(value) => rows.insert(key.as_bytes(), value.as_slice())?,
            None => rows.remove(key.as_bytes())?,
        };
    }
    Ok(())
}

fn definition(table: Table) -> TableDefinition<'static, &'static [u8], &'static [u8]> {
    TableDefinition::new(table.name())
}

fn as_slice(bound: &Bound<Vec<u8>>) -> Bound<&[u8]> {
    bound.as_ref().map(Vec::as_slice)
}
