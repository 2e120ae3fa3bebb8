//! Reads that see one state of the store.

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use redb::TableHandle;
use serde::de::DeserializeOwned;

use super::StoreError;
use super::error;
use super::file::{FORMAT, RowFileRead};
use super::guarded::guarded;
use super::memory::{LiveSnapshot, MemoryTable};
use super::range::Range;
use super::reader::TableReader;
use super::table::Table;

/// The store as it was at one moment, whatever is written meanwhile. Memory and disk space of older values is not used again
/// while a snapshot lives, so it should not live long.
pub struct Snapshot {
    /// Newest first.
    pub(crate) memory: Vec<Arc<MemoryTable>>,
    pub(crate) live: LiveSnapshot,
    pub(crate) file: RowFileRead,
    pub(crate) path: PathBuf,
}

impl std::fmt::Debug for Snapshot {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Snapshot").field("path", &self.path).finish_non_exhaustive()
    }
}

impl Snapshot {
    pub(crate) fn new(memory: Vec<Arc<MemoryTable>>, live: LiveSnapshot, file: RowFileRead, path: PathBuf) -> Self {
        Self { memory, live, file, path }
    }

    /// One table of the snapshot, for many reads of it.
    ///
    /// # Errors
    /// When the file can't be read.
    pub fn table(&self, table: Table) -> Result<TableReader<'_>, StoreError> {
        TableReader::open(self, table)
    }

    /// The value of a key.
    ///
    /// # Errors
    /// When the file can't be read, or the value is damaged, or not JSON of the type asked for.
    pub fn get<T: DeserializeOwned>(&self, table: Table, key: &str) -> Result<Option<T>, StoreError> {
        self.table(table)?.get(key)
    }

    /// Calls `each` with the rows of a range until it breaks.
    ///
    /// # Errors
    /// As for [`Snapshot::get`].
    pub fn scan<T: DeserializeOwned>(
        &self,
        table: Table,
        range: Range<'_>,
        each: impl FnMut(&str, T) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        self.table(table)?.scan(range, each)
    }

    /// Calls `each` with the rows of a range until it breaks; a row that can't be read comes as the error that says why, and
    /// the scan goes on behind it.
    ///
    /// # Errors
    /// When the file can't be read.
    pub fn scan_tolerant<T: DeserializeOwned>(
        &self,
        table: Table,
        range: Range<'_>,
        each: impl FnMut(&str, Result<T, StoreError>) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        self.table(table)?.scan_tolerant(range, each)
    }

    /// Calls `each` with the keys of a range until it breaks.
    ///
    /// # Errors
    /// When the file can't be read.
    pub fn scan_keys(
        &self,
        table: Table,
        range: Range<'_>,
        each: impl FnMut(&str) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        self.table(table)?.scan_keys(range, each)
    }

    /// Calls `each` with the keys and the stored bytes of a range until it breaks.
    ///
    /// # Errors
    /// When the file can't be read, or a value is damaged.
    pub fn scan_bytes(
        &self,
        table: Table,
        range: Range<'_>,
        each: impl FnMut(&str, &[u8]) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        self.table(table)?.scan_bytes(range, each)
    }

    /// The names of all tables, in memory and in the file.
    pub(crate) fn tables(&self) -> Result<BTreeSet<String>, StoreError> {
        let mut names: BTreeSet<String> = guarded(&self.path, || {
            let tables = self.file.transaction.list_tables();
            let tables = tables.map_err(|failure| error::read(&self.path, &failure.into()))?;
            Ok(tables.map(|table| table.name().to_owned()).collect())
        })?;
        names.remove(FORMAT.name());
        names.extend(self.memory.iter().flat_map(|memory| memory.tables()));
        Ok(names)
    }

    /// Where the file lies.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}
