//! Writing to the file.

use redb::{Database, TableDefinition};

use super::{COMMIT_KEY, FORMAT};
use crate::memory::{MemoryTable, TableRows};

/// What a transaction took out of the file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Changed {
    /// The bytes of the rows that went or were replaced.
    pub(crate) freed_bytes: u64,
}

/// Sets numbers of the table `format`.
pub(crate) fn set_format(database: &Database, rows: &[(&str, u64)]) -> Result<(), redb::Error> {
    let mut transaction = database.begin_write()?;
    transaction.set_quick_repair(true);
    {
        let mut format = transaction.open_table(FORMAT)?;
        for (key, value) in rows {
            format.insert(*key, *value)?;
        }
    }
    Ok(transaction.commit()?)
}

/// Writes a table of memory. Sorted rows, each written once, are what a B-tree takes fastest.
///
/// Quick repair costs part of the writing speed and buys an open in a millisecond after a kill, at any size.
pub(crate) fn apply(database: &Database, memory: &MemoryTable) -> Result<Changed, redb::Error> {
    let mut transaction = database.begin_write()?;
    transaction.set_quick_repair(true);
    let mut changed = Changed::default();
    memory.for_each_table(|name, rows| {
        apply_rows(&mut transaction.open_table(definition_of(name))?, rows, &mut changed)
    })?;
    transaction.open_table(FORMAT)?.insert(COMMIT_KEY, memory.last())?;
    transaction.commit()?;
    Ok(changed)
}

fn apply_rows(
    table: &mut redb::Table<'_, &[u8], &[u8]>,
    rows: &TableRows,
    changed: &mut Changed,
) -> Result<(), redb::Error> {
    let mut freed = 0;
    for range in rows.cleared() {
        table.retain_in::<&[u8], _>(range.bounds(), |key, value| {
            freed += key.len() + value.len();
            false
        })?;
    }
    for (key, value) in rows.newest() {
        let before = match value {
            Some(value) => table.insert(key, value)?,
            None => table.remove(key)?,
        };
        freed += before.map_or(0, |before| before.value().len());
    }
    changed.freed_bytes += freed as u64;
    Ok(())
}

/// A table inside the file.
pub(crate) fn definition_of(name: &str) -> TableDefinition<'_, &'static [u8], &'static [u8]> {
    TableDefinition::new(name)
}
