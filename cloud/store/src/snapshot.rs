//! Reads that see one state of the store.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use redb::{ReadOnlyTable, ReadTransaction, TableError};
use serde::de::DeserializeOwned;

use super::StoreError;
use super::error;
use super::file::definition;
use super::range::{Direction, Range};
use super::table::Table;

type Rows = ReadOnlyTable<&'static [u8], &'static [u8]>;

/// The store as it was at one moment, whatever is written meanwhile. Disk space of older values is not used again while
/// a snapshot lives, so it should not live long.
pub struct Snapshot {
    transaction: ReadTransaction,
    path: PathBuf,
}

impl std::fmt::Debug for Snapshot {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Snapshot").field("path", &self.path).finish_non_exhaustive()
    }
}

impl Snapshot {
    pub(crate) fn new(transaction: ReadTransaction, path: PathBuf) -> Self {
        Self { transaction, path }
    }

    /// One table of the snapshot, for many reads of it.
    ///
    /// # Errors
    /// When the file can't be read.
    pub fn table(&self, table: Table) -> Result<TableReader<'_>, StoreError> {
        let rows = match self.transaction.open_table(definition(table)) {
            Ok(rows) => Some(rows),
            Err(TableError::TableDoesNotExist(_)) => None,
            Err(failure) => return Err(error::read(&self.path, &failure.into())),
        };
        Ok(TableReader { rows, table, path: &self.path })
    }

    /// The value of a key.
    ///
    /// # Errors
    /// When the file can't be read, or the value is not JSON of the type asked for.
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
        mut each: impl FnMut(&str, Result<T, StoreError>) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        let table = self.table(table)?;
        table.scan_bytes(range, |key, value| each(key, table.decode(key, value)))
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
    /// When the file can't be read.
    pub fn scan_bytes(
        &self,
        table: Table,
        range: Range<'_>,
        each: impl FnMut(&str, &[u8]) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        self.table(table)?.scan_bytes(range, each)
    }
}

/// One table of a [`Snapshot`]; reads of it may nest.
pub struct TableReader<'a> {
    /// Nothing when nothing was ever written to the table.
    rows: Option<Rows>,
    table: Table,
    path: &'a Path,
}

impl std::fmt::Debug for TableReader<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("TableReader").field("table", &self.table).finish_non_exhaustive()
    }
}

impl TableReader<'_> {
    /// The value of a key.
    ///
    /// # Errors
    /// As for [`Snapshot::get`].
    pub fn get<T: DeserializeOwned>(&self, key: &str) -> Result<Option<T>, StoreError> {
        let Some(rows) = &self.rows else {
            return Ok(None);
        };
        match rows.get(key.as_bytes()).map_err(|failure| self.failed(failure.into()))? {
            Some(value) => self.decode(key, value.value()).map(Some),
            None => Ok(None),
        }
    }

    /// Calls `each` with the rows of a range until it breaks.
    ///
    /// # Errors
    /// As for [`Snapshot::get`].
    pub fn scan<T: DeserializeOwned>(
        &self,
        range: Range<'_>,
        mut each: impl FnMut(&str, T) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        let mut failure = None;
        self.scan_bytes(range, |key, value| match self.decode(key, value) {
            Ok(value) => each(key, value),
            Err(reason) => {
                failure = Some(reason);
                ControlFlow::Break(())
            }
        })?;
        failure.map_or(Ok(()), Err)
    }

    /// Calls `each` with the keys of a range until it breaks.
    ///
    /// # Errors
    /// When the file can't be read.
    pub fn scan_keys(&self, range: Range<'_>, mut each: impl FnMut(&str) -> ControlFlow<()>) -> Result<(), StoreError> {
        self.scan_bytes(range, |key, _| each(key))
    }

    /// Calls `each` with the keys and the stored bytes of a range until it breaks.
    ///
    /// # Errors
    /// When the file can't be read.
    pub fn scan_bytes(
        &self,
        range: Range<'_>,
        mut each: impl FnMut(&str, &[u8]) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        let (Some(rows), Some((low, high))) = (&self.rows, range.bounds()) else {
            return Ok(());
        };
        let bounds = (low.as_ref().map(Vec::as_slice), high.as_ref().map(Vec::as_slice));
        let mut rows = rows.range::<&[u8]>(bounds).map_err(|failure| self.failed(failure.into()))?;
        loop {
            let next = match range.direction {
                Direction::Forward => rows.next(),
                Direction::Reverse => rows.next_back(),
            };
            let Some(row) = next else {
                return Ok(());
            };
            let (key, value) = row.map_err(|failure| self.failed(failure.into()))?;
            if each(&String::from_utf8_lossy(key.value()), value.value()).is_break() {
                return Ok(());
            }
        }
    }

    fn decode<T: DeserializeOwned>(&self, key: &str, value: &[u8]) -> Result<T, StoreError> {
        serde_json::from_slice(value).map_err(|reason| StoreError::Row {
            path: self.path.to_owned(),
            table: self.table.name(),
            key: key.to_owned(),
            reason: reason.to_string(),
        })
    }

    fn failed(&self, failure: redb::Error) -> StoreError {
        error::read(self.path, &failure)
    }
}
