//! What is in the journal and not yet in the file, in memory: sorted rows, each with the values that somebody may still read.

mod cursor;
mod live;
mod rows;

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use crate::read::key_range::KeyRange;
use crate::write::batch::{Batch, Change};

pub(crate) use cursor::MemoryCursor;
pub(crate) use live::{LiveSnapshot, LiveSnapshots};
pub(crate) use rows::TableRows;

/// A stored key, and a stored (framed) value.
pub(crate) type Bytes = Arc<[u8]>;

/// How many ranges may be cleared before the table counts as full: reads of the file look at each of them.
const CLEARED_RANGES: usize = 64;

/// Rows and cleared ranges by table. A number that grows with each commit says which of them a snapshot sees.
#[derive(Debug, Default)]
pub(crate) struct MemoryTable(RwLock<Inner>);

#[derive(Debug, Default)]
struct Inner {
    tables: BTreeMap<String, TableRows>,
    size_bytes: usize,
    cleared: usize,
    last: u64,
}

/// What a table in memory knows of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Known {
    /// Its value.
    Value(Bytes),
    /// That it is not there, whatever is stored below.
    Gone,
    /// Nothing.
    Nothing,
}

impl MemoryTable {
    /// Makes the changes of a commit. Values that no snapshot sees any more go: the caller keeps new ones from being made
    /// meanwhile, and says which one is the newest that lives.
    pub(crate) fn apply(&self, batches: Vec<Batch>, commit: u64, newest_snapshot: Option<u64>) {
        let mut inner = self.write();
        inner.last = commit;
        for change in batches.into_iter().flat_map(|batch| batch.changes) {
            inner.apply(change, commit, newest_snapshot);
        }
    }

    /// Whether nothing was ever done to it.
    pub(crate) fn is_empty(&self) -> bool {
        self.read().last == 0
    }

    /// Whether it holds as much as it should.
    pub(crate) fn is_full(&self, most_bytes: usize) -> bool {
        let inner = self.read();
        inner.size_bytes >= most_bytes || inner.cleared >= CLEARED_RANGES
    }

    /// The number of the last commit that is in it.
    pub(crate) fn last(&self) -> u64 {
        self.read().last
    }

    /// What is known of a key at a commit.
    pub(crate) fn get(&self, table: &str, key: &[u8], commit: u64) -> Known {
        self.read().tables.get(table).map_or(Known::Nothing, |rows| rows.get(key, commit))
    }

    /// The ranges of a table that were cleared up to a commit.
    pub(crate) fn cleared(&self, table: &str, commit: u64) -> Vec<KeyRange> {
        self.read().tables.get(table).map_or_else(Vec::new, |rows| rows.cleared_at(commit))
    }

    /// The names of the tables in it.
    pub(crate) fn tables(&self) -> Vec<String> {
        self.read().tables.keys().cloned().collect()
    }

    /// Gives what is in it, table by table, to `each`. Nobody changes it meanwhile.
    pub(crate) fn for_each_table<E>(&self, mut each: impl FnMut(&str, &TableRows) -> Result<(), E>) -> Result<(), E> {
        let inner = self.read();
        inner.tables.iter().try_for_each(|(name, rows)| each(name, rows))
    }

    fn read(&self) -> RwLockReadGuard<'_, Inner> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Inner> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn apply(&mut self, change: Change, commit: u64, newest_snapshot: Option<u64>) {
        let rows = match self.tables.get_mut(change.table()) {
            Some(rows) => rows,
            None => self.tables.entry(change.table().to_owned()).or_default(),
        };
        let before = rows.size_bytes();
        match change {
            Change::Put(_, key, value) => {
                rows.set(key.into_bytes().into(), Some(value.into()), commit, newest_snapshot)
            }
            Change::Delete(_, key) => rows.set(key.into_bytes().into(), None, commit, newest_snapshot),
            // A batch with one is refused where it is handed over.
            Change::TooLarge(..) => {}
            Change::DeletePrefix(_, prefix) => {
                self.cleared += rows.clear(KeyRange::prefix(&prefix), commit, newest_snapshot);
            }
            Change::DeleteRange(_, from, to) => {
                self.cleared += rows.clear(KeyRange::between(&from, &to), commit, newest_snapshot);
            }
        }
        self.size_bytes = self.size_bytes - before + rows.size_bytes();
    }
}
