//! Writing to the file.

use redb::{Database, TableDefinition};

use super::layout::{COMMIT_KEY, FORMAT, FREED_KEY};
use crate::memory::{MemoryTable, TableRows};

/// What a transaction did to the room in the file, in bytes of rows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Changed {
    /// Rows that went or were replaced.
    freed: u64,
    /// Rows that came.
    written: u64,
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
///
/// `freed_bytes` is what earlier rows have left in the file, about; what they have left now is given back, and kept in the
/// file.
pub(crate) fn apply(database: &Database, memory: &MemoryTable, freed_bytes: u64) -> Result<u64, redb::Error> {
    let mut transaction = database.begin_write()?;
    transaction.set_quick_repair(true);
    let mut changed = Changed::default();
    memory.for_each_table(|name, rows| {
        apply_rows(&mut transaction.open_table(definition_of(name))?, rows, &mut changed)
    })?;
    let freed_bytes = (freed_bytes + changed.freed).saturating_sub(changed.written);
    {
        let mut format = transaction.open_table(FORMAT)?;
        format.insert(COMMIT_KEY, memory.last())?;
        format.insert(FREED_KEY, freed_bytes)?;
    }
    transaction.commit()?;
    Ok(freed_bytes)
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
        freed += before.map_or(0, |before| key.len() + before.value().len());
        changed.written += value.map_or(0, |value| key.len() + value.len()) as u64;
    }
    changed.freed += freed as u64;
    Ok(())
}

/// A table inside the file.
pub(crate) fn definition_of(name: &str) -> TableDefinition<'_, &'static [u8], &'static [u8]> {
    TableDefinition::new(name)
}
