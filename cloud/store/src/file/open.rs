//! Opening a file that is there: what it is, is known before a byte of it changes.

use redb::{Database, ReadableDatabase, TableError, TableHandle};

use super::held_writes::HeldWrites;
use super::{FILE_NAME, FORMAT, VERSION_KEY, builder, create, format};
use crate::error::{self, StoreError};
use crate::folder::{Folder, OpenFile};

/// What a redb database begins with.
const MAGIC: &[u8; 9] = b"redb\x1A\x0A\xA9\x0D\x0A";

/// Opens the file, or makes it when there is none.
pub(super) fn open_or_create(folder: &dyn Folder) -> Result<Database, StoreError> {
    if !folder.exists(FILE_NAME)
        && let Some(made) = create::create(folder)?
    {
        return Ok(made);
    }
    open(folder)
}

/// Opens the file and checks what it is; one that is not a store of this version stays as it is.
pub(super) fn open(folder: &dyn Folder) -> Result<Database, StoreError> {
    let path = folder.path().join(FILE_NAME);
    let failed = |failure: redb::Error| error::open(&path, failure);
    let held = HeldWrites::new(open_database_file(folder)?);
    let database = builder().create_with_backend(held.clone()).map_err(|failure| failed(failure.into()))?;
    match found_version(&database).map_err(failed)? {
        Some(format::VERSION) => {}
        Some(found) if found > format::VERSION => {
            return Err(StoreError::NewerFormat { path, found, known: format::VERSION });
        }
        Some(found) => return Err(StoreError::OlderFormat { path, found, known: format::VERSION }),
        None => return Err(StoreError::OtherProgram { path }),
    }
    held.release().map_err(|reason| failed(reason.into()))?;
    Ok(database)
}

/// Opens a file that looks like a database.
fn open_database_file(folder: &dyn Folder) -> Result<OpenFile, StoreError> {
    let path = folder.path().join(FILE_NAME);
    if folder.is_folder(FILE_NAME) {
        return Err(StoreError::Folder { path });
    }
    let failed = |reason: std::io::Error| error::open(&path, reason.into());
    let file = folder.open(FILE_NAME).map_err(failed)?;
    let len = file.len().map_err(failed)?;
    if len == 0 {
        return Err(StoreError::Empty { path });
    }
    let mut start = [0; MAGIC.len()];
    if len >= start.len() as u64 {
        file.read(0, &mut start).map_err(failed)?;
    }
    if start != *MAGIC {
        return Err(StoreError::NotAStore { path });
    }
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
