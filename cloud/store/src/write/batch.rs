//! A batch: changes that reach the store all together or not at all.

use std::borrow::Cow;

use serde::Serialize;

use crate::frame::{self, ROW_BYTES};
use crate::{StoreError, Table};

/// What a change costs in memory beside its key and value.
const CHANGE_OVERHEAD_BYTES: usize = 64;

/// Changes to be made in order, in one transaction.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Batch {
    pub(crate) changes: Vec<Change>,
    size_bytes: usize,
}

/// One change of a batch, to a table by its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Change {
    /// Sets the value of a key, which is framed already: that is work for who fills the batch, not for the one writer.
    Put(Cow<'static, str>, String, Vec<u8>),
    /// Removes a key, if it is there.
    Delete(Cow<'static, str>, String),
    /// Removes all keys that begin so.
    DeletePrefix(Cow<'static, str>, String),
    /// Removes all keys from the first to before the second.
    DeleteRange(Cow<'static, str>, String, String),
    /// A value of so many bytes, which is too large: the batch can't be written.
    TooLarge(Table, String, usize),
}

impl Change {
    /// The table that it changes.
    pub(crate) fn table(&self) -> &str {
        match self {
            Self::Put(table, ..) | Self::Delete(table, _) | Self::DeletePrefix(table, _) => table,
            Self::DeleteRange(table, ..) => table,
            Self::TooLarge(table, ..) => table.name(),
        }
    }
}

impl Batch {
    /// A batch without changes; to commit it changes nothing, but waits its turn.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the value of a key, as JSON.
    ///
    /// # Errors
    /// [`StoreError::Value`] when the value has no JSON form (a map whose keys are not strings); the batch is then as it
    /// was. [`StoreError::RowTooLarge`] when it has more than [`ROW_BYTES`] as JSON; likewise.
    pub fn put<T: Serialize + ?Sized>(
        &mut self,
        table: Table,
        key: impl Into<String>,
        value: &T,
    ) -> Result<(), StoreError> {
        let key = key.into();
        match serde_json::to_vec(value) {
            Ok(value) if value.len() > ROW_BYTES => Err(too_large(table, &key, value.len())),
            Ok(value) => {
                self.put_framed(table, key, &value);
                Ok(())
            }
            Err(reason) => Err(StoreError::Value { table: table.name(), key, reason: reason.to_string() }),
        }
    }

    /// Sets the value of a key to bytes, which are kept as they are. A batch with more than [`ROW_BYTES`] for one key can't be
    /// written: its commit fails with [`StoreError::RowTooLarge`].
    pub fn put_bytes(&mut self, table: Table, key: impl Into<String>, value: impl Into<Vec<u8>>) {
        let key = key.into();
        let value = value.into();
        if value.len() > ROW_BYTES {
            self.push(value.len(), Change::TooLarge(table, key, value.len()));
        } else {
            self.put_framed(table, key, &value);
        }
    }

    fn put_framed(&mut self, table: Table, key: String, value: &[u8]) {
        let framed = frame::encode(table.name(), key.as_bytes(), value);
        self.push(key.len() + framed.len(), Change::Put(table.name().into(), key, framed));
    }

    /// Removes a key; nothing happens when it is not there.
    pub fn delete(&mut self, table: Table, key: impl Into<String>) {
        let key = key.into();
        self.push(key.len(), Change::Delete(table.name().into(), key));
    }

    /// Removes all keys that begin with `prefix`: with an empty one, the whole table.
    ///
    /// The transaction visits each row that goes, and other batches wait meanwhile: who removes very many rows does it in
    /// parts.
    pub fn delete_prefix(&mut self, table: Table, prefix: impl Into<String>) {
        let prefix = prefix.into();
        self.push(prefix.len(), Change::DeletePrefix(table.name().into(), prefix));
    }

    /// Removes all keys from `from` (included) to `to` (excluded), as [`Batch::delete_prefix`] does.
    pub fn delete_range(&mut self, table: Table, from: impl Into<String>, to: impl Into<String>) {
        let from = from.into();
        let to = to.into();
        self.push(from.len() + to.len(), Change::DeleteRange(table.name().into(), from, to));
    }

    /// Adds the changes of another batch after those of this one.
    pub fn append(&mut self, other: Self) {
        self.size_bytes += other.size_bytes;
        self.changes.extend(other.changes);
    }

    /// Whether there is no change in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// Why the batch can't be written.
    pub(crate) fn check(&self) -> Result<(), StoreError> {
        // A row that is too large is counted as it is.
        if self.size_bytes <= ROW_BYTES {
            return Ok(());
        }
        let failure = self.changes.iter().find_map(|change| match change {
            Change::TooLarge(table, key, size_bytes) => Some(too_large(*table, key, *size_bytes)),
            _ => None,
        });
        failure.map_or(Ok(()), Err)
    }

    /// What it holds of memory and, about, of the disk: keys, values (packed) and a fixed part for each change, in bytes.
    #[must_use]
    pub fn size_bytes(&self) -> usize {
        self.size_bytes
    }

    fn push(&mut self, size_bytes: usize, change: Change) {
        self.size_bytes += size_bytes + CHANGE_OVERHEAD_BYTES;
        self.changes.push(change);
    }
}

fn too_large(table: Table, key: &str, size_bytes: usize) -> StoreError {
    StoreError::RowTooLarge {
        table: table.name(),
        key: key.to_owned(),
        size_bytes: size_bytes as u64,
        most_bytes: ROW_BYTES as u64,
    }
}
