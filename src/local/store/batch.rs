//! A batch: changes that reach the store all together or not at all.

use serde::Serialize;

use super::{StoreError, Table};

/// Changes to be made in order, in one step.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    pub(super) changes: Vec<Change>,
    pub(super) size_bytes: usize,
}

/// One change of a batch.
#[derive(Debug)]
pub(super) enum Change {
    /// Sets the value of a key.
    Put(Table, String, Vec<u8>),
    /// Removes a key, if it is there.
    Delete(Table, String),
    /// Removes all keys that begin so.
    DeletePrefix(Table, String),
}

impl Batch {
    /// A batch without changes; to commit it changes nothing, but waits its turn.
    #[must_use]
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Sets the value of a key, as JSON.
    ///
    /// # Errors
    /// When the value has no JSON form (a map whose keys are not strings); the batch is then as it was.
    pub(crate) fn put<T: Serialize>(
        &mut self,
        table: Table,
        key: impl Into<String>,
        value: &T,
    ) -> Result<(), StoreError> {
        let key = key.into();
        match serde_json::to_vec(value) {
            Ok(value) => {
                self.push(key.len() + value.len(), Change::Put(table, key, value));
                Ok(())
            }
            Err(reason) => Err(StoreError::Value { table: table.name(), key, reason: reason.to_string() }),
        }
    }

    /// Removes a key; nothing happens when it is not there.
    pub(crate) fn delete(&mut self, table: Table, key: impl Into<String>) {
        let key = key.into();
        self.push(key.len(), Change::Delete(table, key));
    }

    /// Removes all keys that begin with `prefix`: with an empty one, the whole table.
    pub(crate) fn delete_prefix(&mut self, table: Table, prefix: impl Into<String>) {
        let prefix = prefix.into();
        self.push(prefix.len(), Change::DeletePrefix(table, prefix));
    }

    fn push(&mut self, size_bytes: usize, change: Change) {
        self.size_bytes += size_bytes;
        self.changes.push(change);
    }
}
