//! One table of a snapshot, as its service reads it.

use std::ops::ControlFlow;
use std::path::Path;

use serde::de::DeserializeOwned;

use crate::read::range::Range;
use crate::read::stored_table::{StoredTable, StoredValue};
use crate::read::view::View;
use crate::{StoreError, Table};

/// One table of a [`crate::Snapshot`]; reads of it may nest.
pub struct TableReader<'a> {
    view: &'a View,
    stored: StoredTable<'a>,
    table: Table,
}

impl std::fmt::Debug for TableReader<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("TableReader").field("table", &self.table).finish_non_exhaustive()
    }
}

impl<'a> TableReader<'a> {
    pub(crate) fn open(view: &'a View, table: Table) -> Result<Self, StoreError> {
        Ok(Self { view, stored: StoredTable::open(view, table.name())?, table })
    }

    /// The value of a key.
    ///
    /// # Errors
    /// As for [`crate::Snapshot::get`].
    pub fn get<T: DeserializeOwned>(&self, key: &str) -> Result<Option<T>, StoreError> {
        let Some(value) = self.stored.get(key.as_bytes())? else {
            return Ok(None);
        };
        decode_row(self.view.path(), self.table, key, &value).map(Some)
    }

    /// Calls `each` with the rows of a range until it breaks.
    ///
    /// # Errors
    /// As for [`crate::Snapshot::get`].
    pub fn scan<T: DeserializeOwned>(
        &self,
        range: Range<'_>,
        mut each: impl FnMut(&str, T) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        let mut failure = None;
        self.scan_bytes(range, |key, value| match self.parse(key, value) {
            Ok(value) => each(key, value),
            Err(reason) => {
                failure = Some(reason);
                ControlFlow::Break(())
            }
        })?;
        failure.map_or(Ok(()), Err)
    }

    /// Calls `each` with the rows of a range until it breaks; a row that can't be read comes as the error that says why, and
    /// the scan goes on behind it.
    ///
    /// # Errors
    /// When the file can't be read.
    pub fn scan_tolerant<T: DeserializeOwned>(
        &self,
        range: Range<'_>,
        mut each: impl FnMut(&str, Result<T, StoreError>) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        self.scan_bytes_tolerant(range, |key, value| each(key, value.and_then(|value| self.parse(key, value))))
    }

    /// Does what [`TableReader::scan_tolerant`] does, with the stored bytes.
    ///
    /// # Errors
    /// When the file can't be read.
    pub fn scan_bytes_tolerant(
        &self,
        range: Range<'_>,
        mut each: impl FnMut(&str, Result<&[u8], StoreError>) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        let Some(bounds) = range.bounds() else {
            return Ok(());
        };
        self.stored.scan(bounds, range.direction, |key, value| {
            let text = String::from_utf8_lossy(key);
            match value.decode(self.table.name(), key) {
                Ok(value) => each(&text, Ok(&value)),
                Err(reason) => each(&text, Err(row_failed(self.view.path(), self.table, &text, reason))),
            }
        })
    }

    /// Calls `each` with the keys of a range until it breaks. The values are not looked at.
    ///
    /// # Errors
    /// When the file can't be read.
    pub fn scan_keys(&self, range: Range<'_>, mut each: impl FnMut(&str) -> ControlFlow<()>) -> Result<(), StoreError> {
        let Some(bounds) = range.bounds() else {
            return Ok(());
        };
        self.stored.scan(bounds, range.direction, |key, _| each(&String::from_utf8_lossy(key)))
    }

    /// Calls `each` with the keys and the stored bytes of a range until it breaks.
    ///
    /// # Errors
    /// When the file can't be read, or a value is damaged.
    pub fn scan_bytes(
        &self,
        range: Range<'_>,
        mut each: impl FnMut(&str, &[u8]) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        let Some(bounds) = range.bounds() else {
            return Ok(());
        };
        let mut failure = None;
        self.stored.scan(bounds, range.direction, |key, value| {
            let text = String::from_utf8_lossy(key);
            match value.decode(self.table.name(), key) {
                Ok(value) => each(&text, &value),
                Err(reason) => {
                    failure = Some(row_failed(self.view.path(), self.table, &text, reason));
                    ControlFlow::Break(())
                }
            }
        })?;
        failure.map_or(Ok(()), Err)
    }

    fn parse<T: DeserializeOwned>(&self, key: &str, value: &[u8]) -> Result<T, StoreError> {
        parse(self.view.path(), self.table, key, value)
    }
}

/// The value of a row as its service has it.
pub(crate) fn decode_row<T: DeserializeOwned>(
    path: &Path,
    table: Table,
    key: &str,
    value: &StoredValue<'_>,
) -> Result<T, StoreError> {
    let decoded = value.decode(table.name(), key.as_bytes());
    let value = decoded.map_err(|reason| row_failed(path, table, key, reason))?;
    parse(path, table, key, &value)
}

fn parse<T: DeserializeOwned>(path: &Path, table: Table, key: &str, value: &[u8]) -> Result<T, StoreError> {
    serde_json::from_slice(value).map_err(|reason| row_failed(path, table, key, reason.to_string()))
}

fn row_failed(path: &Path, table: Table, key: &str, reason: String) -> StoreError {
    StoreError::Row { path: path.to_owned(), table: table.name(), key: key.to_owned(), reason }
}
