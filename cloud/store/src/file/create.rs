//! Making a new file: complete under another name, then renamed, so that half a store never has the store's name.

use std::io::ErrorKind;
use std::ops::Bound;

use redb::Database;

use super::held_writes::HeldWrites;
use super::layout::{FILE_NAME, VERSION_KEY, builder};
use super::write::set_format;
use crate::disk::{Folder, OpenFile};
use crate::error::{self, StoreError};
use crate::format;

/// The name of a file that is not whole yet.
pub(crate) const UNFINISHED_NAME: &str = "store.redb.new";

/// Makes the file; nothing when another process has made it meanwhile.
pub(super) fn create(folder: &dyn Folder) -> Result<Option<Database>, StoreError> {
    let path = folder.path().join(FILE_NAME);
    let unfinished = folder.path().join(UNFINISHED_NAME);
    let file = folder.open_or_create(UNFINISHED_NAME).map_err(|reason| error::open(&unfinished, reason.into()))?;
    match file.try_lock_range(Bound::Unbounded, Bound::Unbounded) {
        Ok(true) => {}
        Ok(false) => return Err(StoreError::InUse { path }),
        Err(reason) => return Err(error::open(&unfinished, redb::Error::from(redb::StorageError::from(reason)))),
    }
    // Whoever holds the lock is alone from here on; what another process had finished before has its name by now.
    if folder.exists(FILE_NAME) {
        // Then this one was made too late, and nobody needs it.
        remove(folder).map_err(|reason| error::open(&unfinished, reason.into()))?;
        return Ok(None);
    }
    make(folder, file).map(Some).map_err(|failure| error::open(&path, failure))
}

fn make(folder: &dyn Folder, file: OpenFile) -> Result<Database, redb::Error> {
    let database = make_unfinished(file)?;
    folder.rename(UNFINISHED_NAME, FILE_NAME)?;
    folder.sync()?;
    Ok(database)
}

/// Makes a file under the name of an unfinished one, for who will fill it before it gets the store's name.
pub(crate) fn create_unfinished(folder: &dyn Folder) -> Result<Database, redb::Error> {
    make_unfinished(folder.open_or_create(UNFINISHED_NAME)?)
}

fn make_unfinished(file: OpenFile) -> Result<Database, redb::Error> {
    // What a killed process left here is ours, and unfinished.
    file.set_len(0)?;
    let database = builder().create_with_backend(HeldWrites::released(file))?;
    set_format(&database, &[(VERSION_KEY, format::VERSION)])?;
    Ok(database)
}

/// Removes the unfinished file, unless somebody else has.
fn remove(folder: &dyn Folder) -> std::io::Result<()> {
    match folder.remove(UNFINISHED_NAME) {
        Err(reason) if reason.kind() == ErrorKind::NotFound => Ok(()),
        removed => removed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::disk::RealFolder;

    #[test]
    fn whoever_comes_after_the_file_has_its_name_leaves_nothing_behind() {
        let dir = tempfile::TempDir::new().unwrap();
        std::fs::write(dir.path().join(FILE_NAME), b"somebody else's").unwrap();
        assert!(create(&RealFolder::existing(dir.path())).unwrap().is_none());
        assert!(!dir.path().join(UNFINISHED_NAME).exists());
    }
}
