//! What can go wrong with the store, each with the file it happened to.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use thiserror::Error;

/// A failure of the store. It can be cloned: batches that shared a transaction share its failure.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub(crate) enum StoreError {
    /// The file or its folder can't be opened or created.
    #[error("The store {} can't be opened: {reason}. Check the folder's permissions; `workshop local reset` starts with an empty store.", path.display())]
    Open { path: PathBuf, reason: String },
    /// Another process has it open.
    #[error("The store {} is in use by another process. Stop that one first (`workshop local stop`), or use another WORKSHOP_HOME.", path.display())]
    InUse { path: PathBuf },
    /// A newer version of the program wrote it.
    #[error("The store {} was written by a newer workshop (its format is {found}; this workshop reads up to {known}). Update workshop, or give up what is stored with `workshop local reset`.", path.display())]
    NewerFormat { path: PathBuf, found: u64, known: u64 },
    /// There is no room left; nothing of the batch was stored, and a later one may succeed.
    #[error("The disk that holds {} is full, so the change was not stored. Free some space and try again.", path.display())]
    DiskFull { path: PathBuf },
    /// A write failed for another reason; nothing of the batch was stored.
    #[error("The store {} can't be written, so the change was not stored: {reason}. Check the disk and try again.", path.display())]
    Write { path: PathBuf, reason: String },
    /// The file can't be read.
    #[error("The store {} can't be read: {reason}. Check the disk; `workshop local reset` starts with an empty store.", path.display())]
    Read { path: PathBuf, reason: String },
    /// A row does not hold what it should.
    #[error("The store {} holds a value that this workshop can't read, in table `{table}` under `{key}`: {reason}. `workshop local reset` starts with an empty store.", path.display())]
    Row { path: PathBuf, table: &'static str, key: String, reason: String },
    /// A value that has no JSON form was to be stored.
    #[error(
        "The value for `{key}` in table `{table}` has no JSON form and was not stored: {reason}. This is a fault in workshop; please report it."
    )]
    Value { table: &'static str, key: String, reason: String },
    /// The writer has ended.
    #[error("The store {} is closed: its writer has ended. Start the embedded cloud again (`workshop local start`).", path.display())]
    Closed { path: PathBuf },
}

/// A failure to open the file.
pub(super) fn open(path: &Path, failure: redb::Error) -> StoreError {
    let path = path.to_owned();
    match failure {
        redb::Error::DatabaseAlreadyOpen => StoreError::InUse { path },
        failure if is_disk_full(&failure) => StoreError::DiskFull { path },
        failure => StoreError::Open { path, reason: sentence(&failure) },
    }
}

/// A failure to write the file.
pub(super) fn write(path: &Path, failure: &redb::Error) -> StoreError {
    let path = path.to_owned();
    if is_disk_full(failure) {
        StoreError::DiskFull { path }
    } else {
        StoreError::Write { path, reason: sentence(failure) }
    }
}

/// A failure to read the file.
pub(super) fn read(path: &Path, failure: &redb::Error) -> StoreError {
    StoreError::Read { path: path.to_owned(), reason: sentence(failure) }
}

fn is_disk_full(failure: &redb::Error) -> bool {
    matches!(failure, redb::Error::Io(reason) if matches!(reason.kind(), ErrorKind::StorageFull | ErrorKind::QuotaExceeded))
}

/// The reason without the full stop that our own sentence adds.
fn sentence(failure: &redb::Error) -> String {
    failure.to_string().trim_end_matches('.').to_owned()
}
