//! Saving what is whole of a damaged store into a new one.

pub(crate) mod check;
pub(crate) mod copy;
mod salvage;

use std::path::{Path, PathBuf};

use crate::StoreError;
use crate::disk::{Folder, RealFolder};
use crate::error;
use crate::file::FILE_NAME;
use crate::file::new_file::NewFile;
use crate::journal;
use check::{DamagedRow, Examined};

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
/// As for [`check`](fn@crate::repair::check), and when the new store can't be written; then the damaged one is as it was.
pub fn repair(dir: &Path) -> Result<RepairReport, StoreError> {
    repair_in(&RealFolder::existing(dir))
}

pub(crate) fn repair_in(folder: &dyn Folder) -> Result<RepairReport, StoreError> {
    let checked = check::check_in(folder)?;
    if checked.is_whole() {
        let table = |table: check::CheckedTable| RepairedTable {
            name: table.name,
            rows_kept: table.rows,
            rows_lost: Some(0),
            lost: Vec::new(),
        };
        let tables = checked.tables.into_iter().map(table).collect();
        return Ok(RepairReport { path: checked.path, kept_as: Vec::new(), tables, damage: Vec::new() });
    }
    let mut examined = check::examine(folder)?;
    // What the file holds and what the journal holds are taken apart, because the file's part may lack anything.
    examined.view.memory.clear();
    let mut new = NewFile::create(folder)?;
    let filled = fill(&examined, &mut new).and_then(|tables| Ok((tables, keep(folder)?)));
    match filled {
        Ok((tables, kept_as)) => {
            let commit = examined.view.live.commit();
            drop(new.finish(commit)?);
            remove_journal(folder);
            Ok(RepairReport { path: checked.path, kept_as, tables, damage: checked.damage })
        }
        Err(failure) => {
            new.discard();
            Err(failure)
        }
    }
}

fn fill(examined: &Examined, new: &mut NewFile<'_>) -> Result<Vec<RepairedTable>, StoreError> {
    let mut tables = Vec::new();
    // Without the list of tables nothing of the file can be found; what the journal holds is saved all the same.
    for name in examined.view.tables().unwrap_or_default() {
        tables.push(salvage::table(&examined.view, &name, new)?);
    }
    if !examined.memory.is_empty() {
        new.put_memory(&examined.memory)?;
    }
    Ok(tables)
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
