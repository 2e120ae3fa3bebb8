//! What the batches of one transaction come to together: per table, the last word on every key.

use std::collections::BTreeMap;
use std::ops::Bound;

use super::Table;
use super::batch::{Batch, Change};

/// The joined changes of several batches, in their order.
#[derive(Debug, Default)]
pub(crate) struct CommitGroup {
    pub(crate) tables: BTreeMap<Table, TableChanges>,
    pub(crate) size_bytes: usize,
}

/// What happens to one table: first the ranges go, then each key gets its value or, with none, goes too.
#[derive(Debug, Default)]
pub(crate) struct TableChanges {
    pub(crate) cleared: Vec<KeyRange>,
    pub(crate) rows: BTreeMap<String, Option<Vec<u8>>>,
}

/// Keys from one, included, up to a bound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct KeyRange {
    pub(crate) from: Vec<u8>,
    pub(crate) to: Bound<Vec<u8>>,
}

impl KeyRange {
    fn contains(&self, key: &str) -> bool {
        let key = key.as_bytes();
        key >= self.from.as_slice()
            && match &self.to {
                Bound::Unbounded => true,
                Bound::Included(to) => key <= to.as_slice(),
                Bound::Excluded(to) => key < to.as_slice(),
            }
    }

    fn is_empty(&self) -> bool {
        matches!(&self.to, Bound::Excluded(to) if *to <= self.from)
    }
}

impl CommitGroup {
    /// Adds a batch after those that are in already. Sorted rows, each written once, are what a B-tree takes fastest.
    pub(crate) fn add(&mut self, batch: Batch) {
        self.size_bytes += batch.size_bytes();
        for change in batch.changes {
            match change {
                Change::Put(table, key, value) => {
                    self.table(table).rows.insert(key, Some(value));
                }
                Change::Delete(table, key) => {
                    self.table(table).rows.insert(key, None);
                }
                Change::DeletePrefix(table, prefix) => {
                    let to = end_of_prefix(&prefix);
                    self.table(table).clear(KeyRange { from: prefix.into_bytes(), to });
                }
                Change::DeleteRange(table, from, to) => {
                    self.table(table).clear(KeyRange { from: from.into_bytes(), to: Bound::Excluded(to.into_bytes()) });
                }
            }
        }
    }

    fn table(&mut self, table: Table) -> &mut TableChanges {
        self.tables.entry(table).or_default()
    }
}

impl TableChanges {
    fn clear(&mut self, range: KeyRange) {
        if range.is_empty() {
            return;
        }
        self.rows.retain(|key, _| !range.contains(key));
        self.cleared.push(range);
    }
}

/// The first key after all those that begin with `prefix`, as bytes; no bound after an empty prefix.
pub(crate) fn end_of_prefix(prefix: &str) -> Bound<Vec<u8>> {
    let mut end = prefix.as_bytes().to_vec();
    match end.last_mut() {
        // No byte of UTF-8 is 0xFF, so the sum stays a byte.
        Some(last) => *last = last.saturating_add(1),
        None => return Bound::Unbounded,
    }
    Bound::Excluded(end)
}
