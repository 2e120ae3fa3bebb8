//! Saving what is whole of a damaged store into a new one.

pub(crate) mod check;
pub(crate) mod copy;
mod pages;
mod salvage;

use std::path::{Path, PathBuf};

use crate::StoreError;
use crate::disk::{Folder, RealFolder};
use crate::error;
use crate::file::FILE_NAME;
use crate::file::new_file::NewFile;
use crate::journal;
use crate::memory::MemoryTable;
use crate::read::stored_table::StoredValue;
use check::{CheckReport, CheckedTable, DamagedRow};
use salvage::Found;

/// What became of a store that was repaired.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RepairReport {
    /// The store's file.
    pub path: PathBuf,
    /// Under which names what was damaged is kept, the store's file first. Empty when nothing was damaged: then nothing was
    /// changed.
    pub kept_as: Vec<PathBuf>,
    /// The tables, by name.
    pub tables: Vec<RepairedTable>,
    /// What was damaged and belongs to no row that can be named, a sentence each.
    pub damage: Vec<String>,
}

/// What became of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RepairedTable {
    /// Its name.
    pub name: String,
    /// How many rows of the file were whole, and are in the new one.
    pub rows_kept: u64,
    /// How many were not; nothing when the file does not even say how many there were.
    pub rows_lost: Option<u64>,
    /// Those of them that can be named.
    pub lost: Vec<DamagedRow>,
}

/// Writes what is whole of the store in a folder to a new one in its place, and keeps the damaged one beside it. What the
/// journal holds is brought over; where a part of it is damaged, with what is whole behind that part. A store that is whole
/// stays as it is. Nobody else may have it open.
///
/// # Errors
/// As for [`check`](fn@crate::check), and when the new store can't be written; then the damaged one is as it was.
pub fn repair(dir: &Path) -> Result<RepairReport, StoreError> {
    repair_in(&RealFolder::existing(dir))
}

pub(crate) fn repair_in(folder: &dyn Folder) -> Result<RepairReport, StoreError> {
    let mut damage = match check::check_in(folder) {
        Ok(checked) if checked.is_whole() => return Ok(unchanged(checked)),
        Ok(checked) => checked.damage,
        Err(StoreError::Damaged { reason, .. }) => vec![format!("{FILE_NAME}: {reason}")],
        Err(failure) => return Err(failure),
    };
    let path = folder.path().join(FILE_NAME);
    let Some(found) = Found::in_folder(folder)? else {
        let reason = "its beginning can't be read, and without that nothing in it can be found".to_owned();
        return Err(StoreError::Damaged { path, reason });
    };
    let file_damage = found.damage.iter().map(|damage| format!("{FILE_NAME}: {damage}"));
    damage.extend(file_damage.filter(|note| !damage.contains(note)).collect::<Vec<_>>());
    let (memory, commit) = journal_to_apply(folder, &found, &mut damage)?;
    let mut new = NewFile::create(folder)?;
    let filled = fill(&found, &memory, &mut new).and_then(|tables| Ok((tables, keep(folder)?)));
    match filled {
        Ok((tables, kept_as)) => {
            drop(new.finish(commit)?);
            remove_journal(folder);
            Ok(RepairReport { path, kept_as, tables, damage })
        }
        Err(failure) => {
            new.discard();
            Err(failure)
        }
    }
}

/// What is said of a store that is whole.
fn unchanged(checked: CheckReport) -> RepairReport {
    let table = |table: CheckedTable| RepairedTable {
        name: table.name,
        rows_kept: table.rows,
        rows_lost: Some(0),
        lost: Vec::new(),
    };
    let tables = checked.tables.into_iter().map(table).collect();
    RepairReport { path: checked.path, kept_as: Vec::new(), tables, damage: Vec::new() }
}

/// What the journal holds beyond the file, and the number of the last commit. When the file does not say how far it is, the last
/// commits without a gap are as good: each key that they change ends with its last value.
fn journal_to_apply(
    folder: &dyn Folder,
    found: &Found,
    damage: &mut Vec<String>,
) -> Result<(MemoryTable, u64), StoreError> {
    let stored = found.commit.unwrap_or_default();
    let replay = journal::replay(folder, stored).map_err(|reason| {
        let path = folder.path().join(journal::NAMES[0]);
        error::open(&path, reason.into())
    })?;
    let mut commits = replay.commits;
    if found.commit.is_none() || found.is_older() {
        let last_gap =
            commits.keys().rev().zip(commits.keys().rev().skip(1)).find(|(after, before)| **after != *before + 1);
        if let Some((after, _)) = last_gap {
            let after = *after;
            commits = commits.split_off(&after);
        }
    }
    for note in replay.damage {
        let note = format!("{}: {}", note.name, note.reason);
        if !damage.contains(&note) {
            damage.push(note);
        }
    }
    let memory = MemoryTable::default();
    for (commit, batch) in commits {
        memory.apply(vec![batch], commit, None);
    }
    let last = memory.last().max(stored);
    Ok((memory, last))
}

fn fill(found: &Found, memory: &MemoryTable, new: &mut NewFile<'_>) -> Result<Vec<RepairedTable>, StoreError> {
    let mut tables = Vec::new();
    for table in &found.tables {
        let mut kept = 0;
        let mut lost = Vec::new();
        found
            .rows(table, &mut |key, value| {
                match new.put(&table.name, key, &StoredValue::Salvaged(value, found.has_unframed)).map_err(Failure)? {
                    Ok(()) => kept += 1,
                    Err(reason) => lost.push(DamagedRow { key: String::from_utf8_lossy(key).into_owned(), reason }),
                }
                Ok(())
            })
            .map_err(|Failure(failure)| failure)?;
        let rows_lost = table.rows().saturating_sub(kept);
        tables.push(RepairedTable { name: table.name.clone(), rows_kept: kept, rows_lost: Some(rows_lost), lost });
    }
    if !memory.is_empty() {
        new.put_memory(memory)?;
    }
    Ok(tables)
}

/// A failure while rows are copied: to read the old file, or to write the new one.
struct Failure(StoreError);

impl From<std::io::Error> for Failure {
    fn from(reason: std::io::Error) -> Self {
        Self(error::open(Path::new(FILE_NAME), reason.into()))
    }
}

/// Keeps the damaged files under names that are free.
fn keep(folder: &dyn Folder) -> Result<Vec<PathBuf>, StoreError> {
    let names = [FILE_NAME, journal::NAMES[0], journal::NAMES[1]];
    let is_free = |number: &u32| names.iter().all(|name| !folder.exists(&kept_name(name, *number)));
    let number = (1..).find(is_free).unwrap_or(1);
    let mut kept = Vec::new();
    for name in names.into_iter().filter(|name| folder.exists(name)) {
        let kept_name = kept_name(name, number);
        let path = folder.path().join(&kept_name);
        folder.keep_as(name, &kept_name).map_err(|reason| error::open(&path, reason.into()))?;
        kept.push(path);
    }
    folder.sync().map_err(|reason| error::open(folder.path(), reason.into()))?;
    Ok(kept)
}

fn kept_name(name: &str, number: u32) -> String {
    format!("{name}.damaged-{number}")
}

/// What it holds is in the new file, which says so: what can't be removed is passed over by the next opening.
fn remove_journal(folder: &dyn Folder) {
    for name in journal::NAMES.into_iter().filter(|name| folder.exists(name)) {
        if let Err(reason) = folder.remove(name) {
            tracing::debug!(error = %reason, name, "a journal that was brought over could not be removed");
        }
    }
}
