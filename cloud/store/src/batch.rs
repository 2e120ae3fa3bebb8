//! A batch: changes that reach the store all together or not at all.

use serde::Serialize;

use super::{StoreError, Table};

/// What a change costs in memory beside its key and value.
const CHANGE_OVERHEAD_BYTES: usize = 64;

/// Changes to be made in order, in one transaction.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Batch {
    pub(crate) changes: Vec<Change>,
    size_bytes: usize,
}

/// One change of a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Change {
    /// Sets the value of a key.
    Put(Table, String, Vec<u8>),
    /// Removes a key, if it is there.
    Delete(Table, String),
    /// Removes all keys that begin so.
    DeletePrefix(Table, String),
    /// Removes all keys from the first to before the second.
    DeleteRange(Table, String, String),
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
    /// was.
    pub fn put<T: Serialize + ?Sized>(
        &mut self,
        table: Table,
        key: impl Into<String>,
        value: &T,
    ) -> Result<(), StoreError> {
        let key = key.into();
        match serde_json::to_vec(value) {
            Ok(value) => {
                self.put_bytes(table, key, value);
                Ok(())
            }
            Err(reason) => Err(StoreError::Value { table: table.name(), key, reason: reason.to_string() }),
        }
    }

    /// Sets the value of a key to bytes, which are kept as they are.
    pub fn put_bytes(&mut self, table: Table, key: impl Into<String>, value: impl Into<Vec<u8>>) {
        let key = key.into();
        let value = value.into();
        self.push(key.len() + value.len(), Change::Put(table, key, value));
    }

    /// Removes a key; nothing happens when it is not there.
    pub fn delete(&mut self, table: Table, key: impl Into<String>) {
        let key = key.into();
        self.push(key.len(), Change::Delete(table, key));
    }

    /// Removes all keys that begin with `prefix`: with an empty one, the whole table.
    ///
    /// The transaction visits each row that goes, and other batches wait meanwhile: who removes very many rows does it in
    /// parts.
    pub fn delete_prefix(&mut self, table: Table, prefix: impl Into<String>) {
        let prefix = prefix.into();
        self.push(prefix.len(), Change::DeletePrefix(table, prefix));
    }

    /// Removes all keys from `from` (included) to `to` (excluded), as [`Batch::delete_prefix`] does.
    pub fn delete_range(&mut self, table: Table, from: impl Into<String>, to: impl Into<String>) {
        let from = from.into();
        let to = to.into();
        self.push(from.len() + to.len(), Change::DeleteRange(table, from, to));
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

    /// What it holds of memory and, about, of the disk: keys, values and a fixed part for each change, in bytes.
    #[must_use]
    pub fn size_bytes(&self) -> usize {
        self.size_bytes
    }

    fn push(&mut self, size_bytes: usize, change: Change) {
        self.size_bytes += size_bytes + CHANGE_OVERHEAD_BYTES;
        self.changes.push(change);
    }
}
