//! What the batches of one transaction come to together: per table, the last word on every key.

use std::collections::BTreeMap;
use std::ops::Bound;

use super::Table;
use super::batch::{Batch, Change};

/// The joined changes of several batches, in their order.
#[derive(Debug, Default)]
pub(super) struct Group {
    pub(super) tables: BTreeMap<Table, TableChanges>,
    pub(super) size_bytes: usize,
}

/// What happens to one table: first the prefixes go, then each key gets its value or, with none, goes too.
#[derive(Debug, Default)]
pub(super) struct TableChanges {
    pub(super) cleared_prefixes: Vec<String>,
    pub(super) rows: BTreeMap<String, Option<Vec<u8>>>,
}

impl Group {
    /// Adds a batch after those that are in already. Sorted rows, each written once, are what a B-tree takes fastest.
    pub(super) fn add(&mut self, batch: Batch) {
        self.size_bytes += batch.size_bytes;
        for change in batch.changes {
            match change {
                Change::Put(table, key, value) => self.table(table).rows.insert(key, Some(value)),
                Change::Delete(table, key) => self.table(table).rows.insert(key, None),
                Change::DeletePrefix(table, prefix) => {
                    let changes = self.table(table);
                    changes.rows.retain(|key, _| !key.starts_with(&prefix));
                    changes.cleared_prefixes.push(prefix);
                    None
                }
            };
        }
    }

    fn table(&mut self, table: Table) -> &mut TableChanges {
        self.tables.entry(table).or_default()
    }
}

/// The first key after all those that begin with `prefix`, as bytes; no bound after an empty prefix.
pub(super) fn end_of_prefix(prefix: &str) -> Bound<Vec<u8>> {
    let mut end = prefix.as_bytes().to_vec();
    match end.last_mut() {
        // No byte of UTF-8 is 0xFF, so the sum stays a byte.
        Some(last) => *last = last.saturating_add(1),
        None => return Bound::Unbounded,
    }
    Bound::Excluded(end)
}
