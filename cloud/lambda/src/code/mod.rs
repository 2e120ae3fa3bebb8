//! The zips of functions on disk: each is a file named by its SHA-256, unpacked when it first runs after a start.

mod archive;
mod removal;
mod unpacked;

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use cloud_core::Random;
use sha2::{Digest, Sha256};
use tokio::sync::{RwLock, RwLockReadGuard};

use crate::model::Code;

pub use archive::ArchiveError;
pub(crate) use removal::make_private;
pub(crate) use unpacked::{Copies, TemporaryFolder, Unpacked};

/// Checks a zip as an upload is checked.
///
/// # Errors
/// When it can't become a function.
#[cfg(any(test, feature = "testing"))]
pub fn check_archive(zip: &[u8]) -> Result<(), ArchiveError> {
    archive::check(zip)
}

/// Unpacks a zip into a folder that does not exist yet, as the first run of its function does.
///
/// # Errors
/// When it can't become a function, or can't be written.
#[cfg(any(test, feature = "testing"))]
pub fn unpack_archive(zip: &[u8], folder: &Path, random: &Random) -> Result<(), ArchiveError> {
    archive::unpack(io::Cursor::new(zip), folder, random)
}

/// The name of a SHA-256: so many hex digits.
const HASH_DIGITS: usize = 64;

/// The zips, and the functions' use of them.
#[derive(Debug)]
pub(crate) struct CodeStore {
    folder: CodeFolder,
    /// Read from before a zip is stored until a function names it, written while a zip is removed: functions with the same
    /// bytes share a zip, and the last one to be deleted must not take it from one that is being created.
    removal: RwLock<()>,
}

/// The folder that holds the zips and what was unpacked from them; clones share it.
#[derive(Debug, Clone)]
pub(crate) struct CodeFolder {
    path: PathBuf,
    /// Names what this run of the cloud unpacks.
    run: String,
    /// Names the files that are being written.
    random: Random,
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

impl CodeStore {
    /// The store in this folder, which is made when it is first needed.
    pub(crate) fn new(folder: CodeFolder) -> Self {
        Self { folder, removal: RwLock::new(()) }
    }

    /// The name and size these bytes would be stored under, once they are known to be a sound zip.
    pub(crate) fn inspect(bytes: &[u8]) -> Result<Code, ArchiveError> {
        archive::check(bytes)?;
        Ok(Code { sha256: hex(&Sha256::digest(bytes)), size_bytes: bytes.len() as u64 })
    }

    /// No zip is removed while this is held: from before a zip is stored until a function names it.
    pub(crate) async fn prevent_removal(&self) -> RwLockReadGuard<'_, ()> {
        self.removal.read().await
    }

    /// Stores a zip, durably; does nothing when it is there already.
    pub(crate) async fn store(&self, code: &Code, bytes: bytes::Bytes) -> Result<(), CodeError> {
        let folder = self.folder.clone();
        let path = folder.zip(&code.sha256);
        blocking(&path.clone(), move || {
            if path.is_file() {
                return Ok(());
            }
            removal::make_private(&folder.path)?;
            let partial = folder.partial(&path);
            if let Err(error) = write(&partial, &bytes).and_then(|()| fs::rename(&partial, &path)) {
                // On a full disk every byte counts.
                removal::remove(&partial);
                return Err(error);
            }
            fs::File::open(&folder.path)?.sync_all()
        })
        .await
    }

    /// Removes a zip and what was unpacked from it, unless a function names it.
    pub(crate) async fn remove_unless(&self, sha256: &str, is_named: impl FnOnce() -> bool) {
        let _alone = self.removal.write().await;
        if is_named() {
            return;
        }
        let zip = self.folder.zip(sha256);
        let unpacked = self.folder.unpacked_folders(sha256);
        let removal = tokio::task::spawn_blocking(move || {
            removal::remove(&zip);
            unpacked.iter().for_each(|folder| removal::remove(folder));
        });
        if let Err(error) = removal.await {
            tracing::warn!(error = %error, "the removal of unused code was interrupted");
        }
    }

    /// Removes the zips that no function names, and what was being written when the last cloud of this
    /// folder ended. Nothing else may be running yet.
    pub(crate) fn remove_orphans(&self, named: &BTreeSet<String>) {
        let entries = match fs::read_dir(&self.folder.path) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return,
            Err(error) => {
                tracing::warn!(error = %error, path = %self.folder.path.display(), "unused code was not looked for");
                return;
            }
        };
        for entry in entries {
            let entry = match entry {
                Ok(entry) => entry,
                Err(error) => {
                    tracing::warn!(error = %error, path = %self.folder.path.display(), "unused code was not looked for");
                    return;
                }
            };
            let name = entry.file_name().to_string_lossy().into_owned();
            // A folder with a zip's name is what an older version of this program unpacked.
            let is_unused = match name.strip_suffix(".zip") {
                Some(hash) => is_hash(hash) && !named.contains(hash),
                None => is_hash(&name) || name.contains(".partial-"),
            };
            if is_unused {
                removal::remove(&entry.path());
            }
        }
    }
}

impl CodeFolder {
    /// The folder at this path, which is made when it is first needed.
    pub(crate) fn new(path: PathBuf, random: &Random) -> Self {
        let random = random.fork();
        Self { path, run: random.uuid().simple().to_string(), random }
    }

    fn zip(&self, sha256: &str) -> PathBuf {
        self.path.join(format!("{sha256}.zip"))
    }

    /// Where a zip is unpacked, in every run that has left something.
    fn unpacked_folders(&self, sha256: &str) -> Vec<PathBuf> {
        let runs = fs::read_dir(self.path.join(unpacked::FOLDER)).into_iter().flatten().flatten();
        runs.map(|run| run.path().join(sha256)).filter(|folder| folder.is_dir()).collect()
    }

    /// The name under which a file is written before it is complete.
    fn partial(&self, path: &Path) -> PathBuf {
        path.with_extension(format!("partial-{}", self.random.uuid().simple()))
    }
}

fn is_hash(name: &str) -> bool {
    name.len() == HASH_DIGITS && name.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn hex(digest: &[u8]) -> String {
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

async fn blocking(path: &Path, work: impl FnOnce() -> io::Result<()> + Send + 'static) -> Result<(), CodeError> {
    let outcome = tokio::task::spawn_blocking(work).await.unwrap_or_else(|error| Err(io::Error::other(error)));
    outcome.map_err(|source| CodeError::File { path: path.to_path_buf(), source })
}

fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    use std::os::unix::fs::OpenOptionsExt as _;

    let mut file = fs::File::options().write(true).create(true).truncate(true).mode(0o600).open(path)?;
    io::Write::write_all(&mut file, bytes)?;
    file.sync_all()
}

#[cfg(test)]
mod tests;
