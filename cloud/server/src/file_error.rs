//! What can go wrong with a file or folder of the embedded cloud.

use std::io;
use std::path::PathBuf;

/// Why a file could not be used.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// The disk is full.
    #[error("The disk that holds {} is full. Free some space, or set WORKSHOP_HOME to a folder on another disk.", path.display())]
    DiskFull {
        /// What could not be written.
        path: PathBuf,
    },
    /// It belongs to another user, who could read or exchange what is in it.
    #[error(
        "{} belongs to another user (uid {owner}), who could read and change what the embedded cloud keeps there. Set WORKSHOP_HOME, or --data, to a folder of your own.",
        path.display()
    )]
    OthersFolder {
        /// The folder or link.
        path: PathBuf,
        /// Its owner's user id.
        owner: u32,
    },
    /// It could not be read or written for another reason.
    #[error("Could not use {}: {source}. Set WORKSHOP_HOME to a folder that you may write to.", path.display())]
    Unusable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl FileError {
    /// What the system's error of using a file means.
    pub fn new(path: impl Into<PathBuf>, source: io::Error) -> Self {
        let path = path.into();
        match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::DiskFull { path },
            _ => Self::Unusable { path, source },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_told_from_a_file_that_may_not_be_used() {
        let error = |kind: io::ErrorKind| FileError::new("/x", io::Error::from(kind));
        assert!(matches!(error(io::ErrorKind::StorageFull), FileError::DiskFull { .. }));
        assert!(matches!(error(io::ErrorKind::PermissionDenied), FileError::Unusable { .. }));
    }
}
