//! Opening a file that is there: what it is, is known before a byte of it changes.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read, Seek};
use std::path::Path;

use redb::backends::FileBackend;
use redb::{Database, ReadableDatabase, TableError, TableHandle};

use super::held_writes::HeldWrites;
use super::{Disk, FORMAT, VERSION_KEY, builder, create, format};
use crate::error::{self, StoreError};

/// What a redb database begins with.
const MAGIC: &[u8; 9] = b"redb\x1A\x0A\xA9\x0D\x0A";

/// Opens the file, or makes it when there is none.
pub(super) fn open_or_create(path: &Path, disk: Disk) -> Result<Database, StoreError> {
    if !path.exists()
        && let Some(made) = create::create(path, disk)?
    {
        return Ok(made);
    }
    open(path, disk)
}

/// Opens the file and checks what it is; one that is not a store of this version stays as it is.
pub(super) fn open(path: &Path, disk: Disk) -> Result<Database, StoreError> {
    let file = open_database_file(path)?;
    let failed = |failure: redb::Error| error::open(path, failure);
    let held = HeldWrites::new(disk(FileBackend::new(file).map_err(|failure| failed(failure.into()))?));
    let database = builder().create_with_backend(held.clone()).map_err(|failure| failed(failure.into()))?;
    match found_version(&database).map_err(failed)? {
        Some(format::VERSION) => {}
        Some(found) if found > format::VERSION => {
            return Err(StoreError::NewerFormat { path: path.to_owned(), found, known: format::VERSION });
        }
        Some(found) => return Err(StoreError::OlderFormat { path: path.to_owned(), found, known: format::VERSION }),
        None => return Err(StoreError::OtherProgram { path: path.to_owned() }),
    }
    held.release().map_err(|reason| failed(reason.into()))?;
    Ok(database)
}

/// Opens a file that looks like a database.
fn open_database_file(path: &Path) -> Result<File, StoreError> {
    let failed = |reason: std::io::Error| error::open(path, reason.into());
    if path.is_dir() {
        return Err(StoreError::Folder { path: path.to_owned() });
    }
    let mut file = OpenOptions::new().read(true).write(true).open(path).map_err(failed)?;
    let mut start = [0; MAGIC.len()];
    match file.read_exact(&mut start) {
        Ok(()) if start == *MAGIC => {}
        Err(reason) if reason.kind() != ErrorKind::UnexpectedEof => return Err(failed(reason)),
        _ if file.metadata().map_err(failed)?.len() == 0 => return Err(StoreError::Empty { path: path.to_owned() }),
        _ => return Err(StoreError::NotAStore { path: path.to_owned() }),
    }
    file.rewind().map_err(failed)?;
    Ok(file)
}

/// The version of the store's format; nothing when the database is not a store.
fn found_version(database: &Database) -> Result<Option<u64>, redb::Error> {
    let transaction = database.begin_read()?;
    // The type of the table is looked at first: another program may have one of this name.
    if !transaction.list_tables()?.any(|table| table.name() == FORMAT.name()) {
        return Ok(None);
    }
    match transaction.open_table(FORMAT) {
        Ok(rows) => Ok(rows.get(VERSION_KEY)?.map(|found| found.value())),
        Err(TableError::TableTypeMismatch { .. } | TableError::TableIsMultimap(_)) => Ok(None),
        Err(failure) => Err(failure.into()),
    }
}
