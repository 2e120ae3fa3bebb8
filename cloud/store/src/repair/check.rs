//! Looking at a store that is not open: whether all that is in it can be read.

use std::ops::{Bound, ControlFlow};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::salvage::Found;
use crate::StoreError;
use crate::disk::{Folder, RealFolder};
use crate::error;
use crate::file::{FILE_NAME, RowFile};
use crate::journal::{self, Replay};
use crate::memory::{LiveSnapshots, MemoryTable};
use crate::read::range::Direction;
use crate::read::stored_table::{StoredTable, StoredValue};
use crate::read::view::View;

/// What is in a store, and what of it is damaged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckReport {
    /// The store's file.
    pub path: PathBuf,
    /// Its tables, by name.
    pub tables: Vec<CheckedTable>,
    /// What is damaged and belongs to no row that can be named, a sentence each.
    pub damage: Vec<String>,
    /// How many changes the journal holds that the file has not yet.
    pub journal_changes: u64,
}

/// A table of a store that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckedTable {
    /// Its name.
    pub name: String,
    /// How many rows of it are whole.
    pub rows: u64,
    /// The rows that are not.
    pub damaged: Vec<DamagedRow>,
}

/// A row that can't be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DamagedRow {
    /// Its key. What is no text in it is replaced.
    pub key: String,
    /// Why.
    pub reason: String,
}

impl CheckReport {
    /// Whether nothing is damaged.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.damage.is_empty() && self.tables.iter().all(|table| table.damaged.is_empty())
    }
}

/// A store that is open to look at; nothing of it is written.
struct Examined {
    view: View,
    replay: Replay,
    /// Why the file as a whole does not hold together.
    damage: Vec<String>,
    /// Keeps others out.
    _file: RowFile,
}

/// Reads all of the store in a folder, without changing it. Nobody else may have it open.
///
/// # Errors
/// When there is no store, another process has it open, it is of another version or another program, or nothing of it can
/// be read ([`StoreError::Damaged`]).
pub fn check(dir: &Path) -> Result<CheckReport, StoreError> {
    check_in(&RealFolder::existing(dir))
}

pub(crate) fn check_in(folder: &dyn Folder) -> Result<CheckReport, StoreError> {
    match examine(folder) {
        Ok(examined) => Ok(check_rows(examined)),
        Err(StoreError::Damaged { path, reason }) => check_pages(folder, path, reason),
        Err(failure) => Err(failure),
    }
}

fn check_rows(examined: Examined) -> CheckReport {
    let Examined { view, replay, damage, _file: _held } = examined;
    let mut damage = damage;
    damage.extend(replay.damage.iter().map(|damage| format!("{}: {}", damage.name, damage.reason)));
    let mut tables = Vec::new();
    match view.tables() {
        Ok(names) => tables.extend(names.iter().map(|name| check_table(&view, name, &mut damage))),
        Err(failure) => damage.push(failure.to_string()),
    }
    let journal_changes = replay.commits.len() as u64;
    CheckReport { path: view.path().to_owned(), tables, damage, journal_changes }
}

/// Looks at a store that can't be opened any more, page by page.
fn check_pages(folder: &dyn Folder, path: PathBuf, reason: String) -> Result<CheckReport, StoreError> {
    let failed = |reason: std::io::Error| error::open(&folder.path().join(FILE_NAME), reason.into());
    let Some(found) = Found::in_folder(folder)? else {
        return Err(StoreError::Damaged { path, reason });
    };
    let mut damage = vec![format!("{FILE_NAME}: {reason}")];
    damage.extend(found.damage.iter().map(|damage| format!("{FILE_NAME}: {damage}")));
    let mut tables = Vec::new();
    for table in &found.tables {
        let mut checked = CheckedTable { name: table.name.clone(), rows: 0, damaged: Vec::new() };
        let lost_pages = found.rows(table, &mut |key, value| {
            match StoredValue::Salvaged(value, found.has_unframed).decode(&table.name, key) {
                Ok(_) => checked.rows += 1,
                Err(reason) => {
                    checked.damaged.push(DamagedRow { key: String::from_utf8_lossy(key).into_owned(), reason });
                }
            }
            Ok(())
        });
        if lost_pages.map_err(failed)? > 0 {
            let rows = table.rows().saturating_sub(checked.rows + checked.damaged.len() as u64);
            damage.push(format!("Table `{}`: {rows} of {} rows lie on damaged pages.", table.name, table.rows()));
        }
        tables.push(checked);
    }
    let replay = journal::replay(folder, found.commit.unwrap_or_default()).map_err(failed)?;
    damage.extend(replay.damage.iter().map(|damage| format!("{}: {}", damage.name, damage.reason)));
    Ok(CheckReport { path, tables, damage, journal_changes: replay.commits.len() as u64 })
}

fn check_table(view: &View, name: &str, damage: &mut Vec<String>) -> CheckedTable {
    let mut checked = CheckedTable { name: name.to_owned(), rows: 0, damaged: Vec::new() };
    let all = (Bound::Unbounded, Bound::Unbounded);
    let scanned = StoredTable::open(view, name).and_then(|table| {
        table.scan(all, Direction::Forward, |key, value| {
            match value.decode(name, key) {
                Ok(_) => checked.rows += 1,
                Err(reason) => {
                    checked.damaged.push(DamagedRow { key: String::from_utf8_lossy(key).into_owned(), reason });
                }
            }
            ControlFlow::Continue(())
        })
    });
    if let Err(failure) = scanned {
        damage.push(format!("Table `{name}`: {failure}"));
    }
    checked
}

/// Opens a store to look at it.
fn examine(folder: &dyn Folder) -> Result<Examined, StoreError> {
    let path = folder.path().join(FILE_NAME);
    if !folder.exists(FILE_NAME) {
        return Err(StoreError::Open { path, reason: "there is none".to_owned() });
    }
    let mut damage = Vec::new();
    let file = match RowFile::open_to_read(folder, true) {
        Err(failure @ StoreError::Damaged { .. }) => {
            // Without a look at each page first it may still open, and most of it can be read.
            let opened = RowFile::open_to_read(folder, false).map_err(|_| failure.clone())?;
            if let StoreError::Damaged { reason, .. } = failure {
                damage.push(format!("{FILE_NAME}: {reason}"));
            }
            opened
        }
        opened => opened?,
    };
    let stored = file.commit();
    let replay = journal::replay(folder, stored).map_err(|reason| {
        let path = folder.path().join(journal::NAMES[0]);
        error::open(&path, reason.into())
    })?;
    let memory = MemoryTable::default();
    for (commit, batch) in &replay.commits {
        memory.apply(vec![batch.clone()], *commit, None);
    }
    let live = LiveSnapshots::default().begin(memory.last().max(stored));
    let view = View::new(vec![Arc::new(memory)], live, file.read()?, path);
    Ok(Examined { view, replay, damage, _file: file })
}
