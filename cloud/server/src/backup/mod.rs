//! Copies of a whole cloud in one file: its store, its functions' zips, its keys.
//!
//! | entry of the zip | what it is |
//! | --- | --- |
//! | `workshop-backup.json` | the [`Manifest`], first |
//! | `store/store.redb` | a consistent copy of the store; the clock is in it |
//! | `functions/<SHA-256>.zip` | the functions' code |
//! | `keys.json` | the cloud's own keys, where it has some |

mod read;
mod write;

use std::io;
use std::path::PathBuf;

use cloud_store::StoreError;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::file_error::FileError;

pub(crate) use read::unpack;
pub(crate) use write::{Source, write};

/// The version of the file's format.
const FORMAT: u64 = 1;

const MANIFEST: &str = "workshop-backup.json";
const KEYS: &str = "keys.json";

/// What a backup says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Manifest {
    /// The version of its format.
    pub format: u64,
    /// The version of the program that made it.
    pub workshop: String,
    /// When, by the machine's clock.
    pub created_at: Timestamp,
}

/// What is in a backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Contents {
    /// What it says of itself.
    pub manifest: Manifest,
    /// How many functions' zips are in it.
    pub zips: u64,
    /// How large it is, in bytes.
    pub size_bytes: u64,
}

/// Why a backup was not written or not restored.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// There is nothing to copy.
    #[error("There is nothing to back up: no cloud was ever started in {}.", data.display())]
    NoCloud {
        /// The data folder.
        data: PathBuf,
    },
    /// The file is there.
    #[error("{} is there already. It was left as it is: name another file, or move it away.", file.display())]
    Exists {
        /// The file.
        file: PathBuf,
    },
    /// The cloud to restore to is not empty.
    #[error("There is a cloud in {} already. `--replace` puts the backup in its place, and deletes what is there; `workshop local backup` saves that first.", data.display())]
    NotEmpty {
        /// The data folder.
        data: PathBuf,
    },
    /// The file is no backup, or a damaged one.
    #[error("{} can't be restored: {reason}. Nothing was changed.", file.display())]
    Unfit {
        /// The file.
        file: PathBuf,
        /// Why.
        reason: String,
    },
    /// The file is from a newer program.
    #[error("{} was written by workshop {version}, in a format that this workshop does not know. Update workshop. Nothing was changed.", file.display())]
    Newer {
        /// The file.
        file: PathBuf,
        /// Its program.
        version: String,
    },
    /// A file could not be read or written.
    #[error(transparent)]
    File(#[from] FileError),
    /// The store could not be read or copied.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl BackupError {
    fn unfit(file: &std::path::Path, reason: impl ToString) -> Self {
        Self::Unfit { file: file.to_owned(), reason: reason.to_string() }
    }
}

/// A zip's failure as a file's.
fn as_io(error: zip::result::ZipError) -> io::Error {
    match error {
        zip::result::ZipError::Io(error) => error,
        other => io::Error::other(other.to_string()),
    }
}

/// Whether this is the name of a function's zip: the SHA-256 of its bytes.
fn is_zip_name(name: &str) -> bool {
    name.strip_suffix(".zip").is_some_and(|hash| {
        hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
    })
}

/// Whether this may be a file of a store.
fn is_store_name(name: &str) -> bool {
    !name.is_empty()
        && !name.starts_with('.')
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_'))
}

#[cfg(test)]
mod tests;
