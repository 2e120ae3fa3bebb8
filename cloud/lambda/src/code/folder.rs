//! Where zips and unpacked code lie, and what may be wrong with them.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use cloud_core::Random;

use super::archive::ArchiveError;

/// The folder of unpacked code, with one folder for each run of the cloud.
pub(super) const UNPACKED: &str = "unpacked";

/// The folder that holds the zips and what was unpacked from them; clones share it.
#[derive(Debug, Clone)]
pub(crate) struct CodeFolder {
    pub(super) path: PathBuf,
    /// Names what this run of the cloud unpacks.
    pub(super) run: String,
    /// Names the files that are being written.
    pub(super) random: Random,
    /// The zips that are being unpacked, by their hashes: whoever comes second waits for the first.
    pub(super) unpacking: Arc<Mutex<BTreeMap<String, Arc<tokio::sync::Mutex<()>>>>>,
}

/// Why code could not be stored or unpacked.
#[derive(Debug, thiserror::Error)]
pub enum CodeError {
    /// The zip is not fit to be a function.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// A file could not be read or written.
    #[error("The function's code could not be kept in {}: {source}. Check the free space and the permissions there.", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the file system said.
        source: io::Error,
    },
    /// A zip is not what its name says.
    #[error("The function's code in {} is damaged. Deploy the function again.", path.display())]
    Damaged {
        /// The zip.
        path: PathBuf,
    },
}

impl CodeError {
    /// Whether the disk is full.
    pub(crate) fn is_full(&self) -> bool {
        matches!(self, Self::File { source, .. } if source.kind() == io::ErrorKind::StorageFull)
    }
}

impl CodeFolder {
    /// The folder at this path, which is made when it is first needed.
    pub(crate) fn new(path: PathBuf, random: &Random) -> Self {
        let random = random.fork();
        Self { path, run: random.uuid().simple().to_string(), random, unpacking: Arc::default() }
    }

    pub(super) fn zip(&self, sha256: &str) -> PathBuf {
        self.path.join(format!("{sha256}.zip"))
    }

    /// Where a zip is unpacked, in every run that has left something.
    pub(super) fn unpacked_folders(&self, sha256: &str) -> Vec<PathBuf> {
        let runs = fs::read_dir(self.path.join(UNPACKED)).into_iter().flatten().flatten();
        runs.map(|run| run.path().join(sha256)).filter(|folder| folder.is_dir()).collect()
    }

    /// The name under which a file is written before it is complete.
    pub(super) fn partial(&self, path: &Path) -> PathBuf {
        path.with_extension(format!("partial-{}", self.random.uuid().simple()))
    }
}

/// A digest as text.
pub(super) fn hex(digest: &[u8]) -> String {
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}
