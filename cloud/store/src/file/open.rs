//! Opening a file that is there: what it is, is known before a byte of it changes.

use redb::{Database, ReadableDatabase, TableError, TableHandle};

use super::create;
use super::held_writes::HeldWrites;
use super::layout::{COMMIT_KEY, FILE_NAME, FORMAT, FREED_KEY, UNFRAMED_KEY, VERSION_KEY, builder};
use super::write::set_format;
use crate::disk::{Folder, OpenFile};
use crate::error::{self, StoreError};
use crate::format;

/// What a redb database begins with.
const MAGIC: &[u8; 9] = b"redb\x1A\x0A\xA9\x0D\x0A";

/// A file that was opened.
pub(crate) struct Opened {
    pub(crate) database: Database,
    /// Whether it may hold values that version 2 wrote.
    pub(crate) has_unframed: bool,
    /// The number of the last commit in it.
    pub(crate) commit: u64,
    /// About how many bytes deleted rows have left in it.
    pub(crate) freed_bytes: u64,
}

/// What the table `format` says.
struct Found {
    version: u64,
    has_unframed: bool,
    commit: u64,
    freed_bytes: u64,
}

/// Opens the file, or makes it when there is none.
pub(super) fn open_or_create(folder: &dyn Folder, checked_bytes: u64) -> Result<Opened, StoreError> {
    if !folder.exists(FILE_NAME)
        && let Some(database) = create::create(folder)?
    {
        return Ok(Opened { database, has_unframed: false, commit: 0, freed_bytes: 0 });
    }
    open(folder, checked_bytes)
}

/// Opens the file and checks what it is; one that is not a store of a version that is read stays as it is. One of version 2
/// becomes one of this version.
fn open(folder: &dyn Folder, checked_bytes: u64) -> Result<Opened, StoreError> {
    let path = folder.path().join(FILE_NAME);
    let failed = |failure: redb::Error| error::open(&path, failure);
    let (opened, held, version) = open_with_writes_held(folder, checked_bytes)?;
    held.release().map_err(|reason| failed(reason.into()))?;
    if version == format::UNFRAMED_VERSION {
        set_format(&opened.database, &[(VERSION_KEY, format::VERSION), (UNFRAMED_KEY, 1)]).map_err(failed)?;
    }
    Ok(opened)
}

/// Opens the file again after a failed write. When the disk does not even take what redb writes for that, the file is open for
/// reading only, and why is said too.
pub(super) fn reopen(folder: &dyn Folder) -> Result<(Opened, std::io::Result<()>), StoreError> {
    let (opened, held, _) = open_with_writes_held(folder, 0)?;
    Ok((opened, held.release()))
}

/// Opens the file without ever writing to it: what redb writes is held in memory.
pub(crate) fn open_held(folder: &dyn Folder, is_checked: bool) -> Result<Opened, StoreError> {
    open_with_writes_held(folder, if is_checked { u64::MAX } else { 0 }).map(|(opened, ..)| opened)
}

fn open_with_writes_held(folder: &dyn Folder, checked_bytes: u64) -> Result<(Opened, HeldWrites, u64), StoreError> {
    let path = folder.path().join(FILE_NAME);
    let failed = |failure: redb::Error| error::open(&path, failure);
    let file = open_database_file(folder)?;
    let len = file.len().map_err(|reason| failed(reason.into()))?;
    let held = HeldWrites::new(file);
    let mut builder = builder();
    builder.set_check_integrity_on_open(len <= checked_bytes);
    let database = builder.create_with_backend(held.clone()).map_err(|failure| failed(failure.into()))?;
    let found = match found_format(&database).map_err(failed)? {
        Some(found) if matches!(found.version, format::UNFRAMED_VERSION | format::VERSION) => found,
        Some(Found { version: found, .. }) if found > format::VERSION => {
            return Err(StoreError::NewerFormat { path, found, known: format::VERSION });
        }
        Some(Found { version: found, .. }) => {
            return Err(StoreError::OlderFormat { path, found, known: format::VERSION });
        }
        None => return Err(StoreError::OtherProgram { path }),
    };
    let has_unframed = found.has_unframed || found.version == format::UNFRAMED_VERSION;
    Ok((Opened { database, has_unframed, commit: found.commit, freed_bytes: found.freed_bytes }, held, found.version))
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

/// What the table `format` says; nothing when the database is not a store.
fn found_format(database: &Database) -> Result<Option<Found>, redb::Error> {
    let transaction = database.begin_read()?;
    // The type of the table is looked at first: another program may have one of this name.
    if !transaction.list_tables()?.any(|table| table.name() == FORMAT.name()) {
        return Ok(None);
    }
    let rows = match transaction.open_table(FORMAT) {
        Ok(rows) => rows,
        Err(TableError::TableTypeMismatch { .. } | TableError::TableIsMultimap(_)) => return Ok(None),
        Err(failure) => return Err(failure.into()),
    };
    let number = |key| Ok::<_, redb::Error>(rows.get(key)?.map(|found| found.value()));
    let Some(version) = number(VERSION_KEY)? else {
        return Ok(None);
    };
    let has_unframed = number(UNFRAMED_KEY)?.is_some();
    let commit = number(COMMIT_KEY)?.unwrap_or_default();
    Ok(Some(Found { version, has_unframed, commit, freed_bytes: number(FREED_KEY)?.unwrap_or_default() }))
}
