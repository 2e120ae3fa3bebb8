//! The stored values that could not be read: told once, counted, and left as they are.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use cloud_store::{StoreError, Table};

/// The values of one service that could not be read, by table and key, each with the reason; clones share them.
///
/// They hold nothing else up: the service goes on without them, and answers whoever asks for one of them with the reason.
#[derive(Debug, Clone, Default)]
pub struct UnreadableRows {
    rows: Arc<Mutex<BTreeMap<(&'static str, String), StoreError>>>,
}

impl UnreadableRows {
    /// Takes a value in that could not be read, and says so in the log the first time.
    pub fn note(&self, table: Table, key: &str, reason: &StoreError) {
        let is_new = self.lock().insert((table.name(), key.to_owned()), reason.clone()).is_none();
        if is_new {
            tracing::error!(error = %reason, table = table.name(), key, "a stored value can't be read: it is left as it is");
        }
    }

    /// Why the value of a key could not be read; none where it could, or nobody has tried.
    #[must_use]
    pub fn reason(&self, table: Table, key: &str) -> Option<StoreError> {
        self.lock().get(&(table.name(), key.to_owned())).cloned()
    }

    /// Whether a value could not be read whose key begins with a prefix.
    #[must_use]
    pub fn has(&self, table: Table, prefix: &str) -> bool {
        let rows = self.lock();
        let mut from = rows.range((table.name(), prefix.to_owned())..);
        from.next().is_some_and(|((of, key), _)| *of == table.name() && key.starts_with(prefix))
    }

    /// How many values could not be read.
    #[must_use]
    pub fn count(&self) -> usize {
        self.lock().len()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<(&'static str, String), StoreError>> {
        self.rows.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_counted_once_and_found_by_key_and_prefix() {
        let rows = UnreadableRows::default();
        let table = Table::new("numbers");
        let reason =
            StoreError::Row { path: "store".into(), table: "numbers", key: "a/1".to_owned(), reason: "x".to_owned() };
        rows.note(table, "a/1", &reason);
        rows.note(table, "a/1", &reason);
        assert_eq!(rows.count(), 1);
        assert_eq!(rows.reason(table, "a/1"), Some(reason));
        assert_eq!(rows.reason(table, "a/2"), None);
        assert!(rows.has(table, "a/") && rows.has(table, "") && !rows.has(table, "b/"));
        assert!(!rows.has(Table::new("letters"), "a/"));
    }
}
