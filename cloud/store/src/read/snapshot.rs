//! Reads that see one state of the store.

use std::ops::ControlFlow;

use serde::de::DeserializeOwned;

use super::range::Range;
use super::reader::TableReader;
use super::view::View;
use crate::StoreError;
use crate::table::Table;

/// The store as it was at one moment, whatever is written meanwhile. Memory and disk space of older values is not used again
/// while a snapshot lives, so it should not live long.
pub struct Snapshot(View);

impl std::fmt::Debug for Snapshot {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Snapshot").field("path", &self.0.path()).finish_non_exhaustive()
    }
}

impl Snapshot {
    pub(crate) fn new(view: View) -> Self {
        Self(view)
    }

    /// What it sees.
    pub(crate) fn view(&self) -> &View {
        &self.0
    }

    /// One table of the snapshot, for many reads of it.
    ///
    /// # Errors
    /// When the file can't be read.
    pub fn table(&self, table: Table) -> Result<TableReader<'_>, StoreError> {
        TableReader::open(&self.0, table)
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

    /// Does what [`Snapshot::scan_tolerant`] does, with the stored bytes.
    ///
    /// # Errors
    /// When the file can't be read.
    pub fn scan_bytes_tolerant(
        &self,
        table: Table,
        range: Range<'_>,
        each: impl FnMut(&str, Result<&[u8], StoreError>) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        self.table(table)?.scan_bytes_tolerant(range, each)
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
}
