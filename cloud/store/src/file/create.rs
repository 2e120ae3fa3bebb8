//! Making a new file: complete under another name, then renamed, so that half a store never has the store's name.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use redb::Database;
use redb::backends::FileBackend;

use super::held_writes::HeldWrites;
use super::{Disk, FORMAT, VERSION_KEY, builder, format};
use crate::error::{self, StoreError};

/// Makes the file; nothing when another process has made it meanwhile.
pub(super) fn create(path: &Path, disk: Disk) -> Result<Option<Database>, StoreError> {
    let unfinished = unfinished_path(path);
    let file = open_unfinished(&unfinished).map_err(|reason| error::open(&unfinished, reason.into()))?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Err(StoreError::InUse { path: path.to_owned() }),
        Err(TryLockError::Error(reason)) => return Err(error::open(&unfinished, reason.into())),
    }
    // Whoever holds the lock is alone from here on; what another process had finished before has its name by now.
    if path.exists() {
        // Then this one was made too late, and nobody needs it.
        remove(&unfinished).map_err(|reason| error::open(&unfinished, reason.into()))?;
        return Ok(None);
    }
    make(path, &unfinished, file, disk).map(Some).map_err(|failure| error::open(path, failure))
}

fn make(path: &Path, unfinished: &Path, file: File, disk: Disk) -> Result<Database, redb::Error> {
    // What a killed process left here is ours, and unfinished.
    file.set_len(0)?;
    let database = builder().create_with_backend(HeldWrites::released(disk(FileBackend::new(file)?)))?;
    write_version(&database)?;
    std::fs::rename(unfinished, path)?;
    sync_folder(path)?;
    Ok(database)
}

/// Says in the file which version it has.
pub(super) fn write_version(database: &Database) -> Result<(), redb::Error> {
    let mut transaction = database.begin_write()?;
    transaction.set_quick_repair(true);
    transaction.open_table(FORMAT)?.insert(VERSION_KEY, format::VERSION)?;
    Ok(transaction.commit()?)
}

/// Opens the unfinished file, readable and writable by its owner only: stored functions may hold secrets.
fn open_unfinished(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Removes a file, unless somebody else has.
fn remove(path: &Path) -> std::io::Result<()> {
    match std::fs::remove_file(path) {
        Err(reason) if reason.kind() == ErrorKind::NotFound => Ok(()),
        removed => removed,
    }
}

fn unfinished_path(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    path.with_file_name(name)
}

/// Makes the new name durable; only Unix lets a program do that.
fn sync_folder(path: &Path) -> std::io::Result<()> {
    #[cfg(unix)]
    if let Some(folder) = path.parent() {
        File::open(folder)?.sync_all()?;
    }
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_comes_after_the_file_has_its_name_leaves_nothing_behind() {
        let dir = tempfile::TempDir::new().unwrap();
        let path = dir.path().join("store.redb");
        std::fs::write(&path, b"somebody else's").unwrap();
        assert!(create(&path, |file| Box::new(file)).unwrap().is_none());
        assert!(!unfinished_path(&path).exists());
    }
}
