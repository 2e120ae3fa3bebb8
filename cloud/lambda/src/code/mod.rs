//! The zips of functions on disk: each is a file named by its SHA-256, unpacked when it first runs after a start.

mod archive;
mod fetch_code;
mod folder;
mod link;
mod removal;
mod unpacked;

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::Path;

use sha2::{Digest, Sha256};
use tokio::sync::{RwLock, RwLockReadGuard};

use self::folder::hex;
use crate::model::Code;

pub use archive::ArchiveError;
pub use folder::CodeError;
pub(crate) use folder::CodeFolder;
pub use link::CODE_PATH;
pub(crate) use link::CodeLinks;
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
pub fn unpack_archive(zip: &[u8], folder: &Path, random: &cloud_core::Random) -> Result<(), ArchiveError> {
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

    /// A zip, unless it is gone.
    pub(crate) async fn read(&self, sha256: &str) -> Result<Option<Vec<u8>>, CodeError> {
        let path = self.folder.zip(sha256);
        match tokio::fs::read(&path).await {
            Ok(zip) => Ok(Some(zip)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(CodeError::File { path, source }),
        }
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

fn is_hash(name: &str) -> bool {
    name.len() == HASH_DIGITS && name.bytes().all(|byte| byte.is_ascii_hexdigit())
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
