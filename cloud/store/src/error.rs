//! What can go wrong with the store, each with the file it happened to.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use thiserror::Error;

/// A failure of the store. It can be cloned: batches that shared a transaction share its failure.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum StoreError {
    /// The file or its folder can't be opened or created.
    #[error("The store {} can't be opened: {reason}. Check the folder's permissions; `workshop local reset` starts with an empty store.", path.display())]
    Open {
        /// The file or the folder.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// Another process has it open.
    #[error("The store {} is in use by another process. Stop that one first (`workshop local stop`), or use another WORKSHOP_HOME.", path.display())]
    InUse {
        /// The file.
        path: PathBuf,
    },
    /// A newer version of the program wrote it.
    #[error("The store {} was written by a newer workshop (its format is {found}; this workshop reads {known}). It was left as it is. Update workshop, or give up what is stored with `workshop local reset`.", path.display())]
    NewerFormat {
        /// The file.
        path: PathBuf,
        /// The version in the file.
        found: u64,
        /// The version of this program.
        known: u64,
    },
    /// An earlier version of the program wrote it.
    #[error("The store {} was made by an earlier workshop (its format is {found}; this workshop reads {known}). It was left as it is. `workshop local reset` deletes it and starts with an empty one; to keep what is stored, go on with the earlier workshop.", path.display())]
    OlderFormat {
        /// The file.
        path: PathBuf,
        /// The version in the file.
        found: u64,
        /// The version of this program.
        known: u64,
    },
    /// It begins as a store, but what follows does not hold together.
    #[error("The store {} is damaged: {reason}. It was left as it is. Put a copy back, save what is whole with `workshop local repair`, or start with an empty store: `workshop local reset`.", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// It is a database, but not a store.
    #[error("The file {} is a database of another program, not workshop's store. It was left as it is. Move it away, or use another WORKSHOP_HOME.", path.display())]
    OtherProgram {
        /// The file.
        path: PathBuf,
    },
    /// It is no database at all.
    #[error("The file {} is not workshop's store: it does not begin as one. It was left as it is. Move it away, or use another WORKSHOP_HOME; `workshop local reset` deletes it.", path.display())]
    NotAStore {
        /// The file.
        path: PathBuf,
    },
    /// It is an empty file, which a store never is.
    #[error("The store {} is an empty file: what was in it is lost, or another program made it. It was left as it is. Put a copy back, or delete it with `workshop local reset`.", path.display())]
    Empty {
        /// The file.
        path: PathBuf,
    },
    /// A folder has the file's name.
    #[error("{} is a folder; workshop's store has this name. It was left as it is. Move it away, or use another WORKSHOP_HOME.", path.display())]
    Folder {
        /// The file.
        path: PathBuf,
    },
    /// There is no room left; nothing of the batch was stored, and a later one may succeed.
    #[error("The disk that holds {} is full, so the change was not stored. Free some space and try again.", path.display())]
    DiskFull {
        /// The file.
        path: PathBuf,
    },
    /// A write failed for another reason; nothing of the batch was stored.
    #[error("The store {} can't be written, so the change was not stored: {reason}. Check the disk and try again.", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// The file can't be read.
    #[error("The store {} can't be read: {reason}. Check the disk; `workshop local reset` starts with an empty store.", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// A row does not hold what it should.
    #[error("The store {} holds a value that this workshop can't read, in table `{table}` under `{key}`: {reason}. `workshop local repair` saves all that is whole; `workshop local reset` starts with an empty store.", path.display())]
    Row {
        /// The file.
        path: PathBuf,
        /// The table.
        table: &'static str,
        /// The row's key.
        key: String,
        /// Why.
        reason: String,
    },
    /// A value that has no JSON form was to be stored.
    #[error(
        "The value for `{key}` in table `{table}` has no JSON form and was not stored: {reason}. This is a fault in workshop; please report it."
    )]
    Value {
        /// The table.
        table: &'static str,
        /// The row's key.
        key: String,
        /// Why.
        reason: String,
    },
    /// A value that is larger than values may be was to be stored.
    #[error(
        "The value for `{key}` in table `{table}` is too large and was not stored: it has {size_bytes} bytes, and a row may have {most_bytes}. Store less in one piece."
    )]
    RowTooLarge {
        /// The table.
        table: &'static str,
        /// The row's key.
        key: String,
        /// How large it is.
        size_bytes: u64,
        /// How large it may be.
        most_bytes: u64,
    },
    /// The writer has ended.
    #[error("The store {} is closed: its writer has ended. Start the embedded cloud again (`workshop local start`).", path.display())]
    Closed {
        /// The file.
        path: PathBuf,
    },
}

/// A failure to open the file.
pub(crate) fn open(path: &Path, failure: redb::Error) -> StoreError {
    let path = path.to_owned();
    match failure {
        redb::Error::DatabaseAlreadyOpen | redb::Error::LockProtocolMismatch => StoreError::InUse { path },
        redb::Error::Corrupted(_) | redb::Error::UpgradeRequired(_) | redb::Error::RepairAborted => {
            StoreError::Damaged { path, reason: sentence(&failure) }
        }
        redb::Error::Io(reason) if reason.kind() == ErrorKind::UnexpectedEof => {
            StoreError::Damaged { path, reason: "the file ends too early".to_owned() }
        }
        failure if is_disk_full(&failure) => StoreError::DiskFull { path },
        failure => StoreError::Open { path, reason: sentence(&failure) },
    }
}

/// A failure to write the file.
pub(crate) fn write(path: &Path, failure: &redb::Error) -> StoreError {
    let path = path.to_owned();
    if is_disk_full(failure) {
        StoreError::DiskFull { path }
    } else {
        StoreError::Write { path, reason: sentence(failure) }
    }
}

/// A failure to read the file.
pub(crate) fn read(path: &Path, failure: &redb::Error) -> StoreError {
    StoreError::Read { path: path.to_owned(), reason: sentence(failure) }
}

fn is_disk_full(failure: &redb::Error) -> bool {
    matches!(failure, redb::Error::Io(reason) if matches!(reason.kind(), ErrorKind::StorageFull | ErrorKind::QuotaExceeded))
}

/// The reason without the full stop that our own sentence adds.
fn sentence(failure: &redb::Error) -> String {
    failure.to_string().trim_end_matches('.').to_owned()
}
