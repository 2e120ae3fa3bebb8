//! The zips of functions on disk: each is a file named by its SHA-256, unpacked beside it when it first runs.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use tokio::sync::{RwLock, RwLockReadGuard};

use super::archive::{self, ArchiveError};
use super::function::Code;

/// The folder that holds the zips.
#[derive(Debug)]
pub(crate) struct CodeStore {
    folder: PathBuf,
    /// Read while a zip is being kept for a function that does not name it yet, written while one is removed: functions
    /// with the same bytes share a zip, and the last to go must not take it from one that is coming.
    coming: RwLock<()>,
}

/// Why code could not be kept or unpacked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CodeError {
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
}

impl CodeError {
    /// Whether the disk is full.
    pub(crate) fn is_full(&self) -> bool {
        matches!(self, Self::File { source, .. } if source.kind() == io::ErrorKind::StorageFull)
    }
}

impl CodeStore {
    /// The store in this folder, which is made when it is first needed.
    pub(crate) fn new(folder: PathBuf) -> Self {
        Self { folder, coming: RwLock::new(()) }
    }

    /// The name and size these bytes would be kept under, once they are known to be a sound zip.
    pub(crate) fn examine(bytes: &[u8]) -> Result<Code, ArchiveError> {
        archive::check(bytes)?;
        let digest = Sha256::digest(bytes);
        let sha256 = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(Code { sha256, size_bytes: bytes.len() as u64 })
    }

    /// No zip is removed while this is held: from before a zip is kept until a function names it.
    pub(crate) async fn hold(&self) -> RwLockReadGuard<'_, ()> {
        self.coming.read().await
    }

    /// Keeps a zip, durably; does nothing when it is there already.
    pub(crate) async fn keep(&self, code: &Code, bytes: bytes::Bytes) -> Result<(), CodeError> {
        let (folder, path) = (self.folder.clone(), self.zip(&code.sha256));
        blocking(&path.clone(), move || {
            if path.is_file() {
                return Ok(());
            }
            fs::create_dir_all(&folder)?;
            let partial = path.with_extension(format!("partial-{}", uuid::Uuid::new_v4().simple()));
            if let Err(error) = write(&partial, &bytes).and_then(|()| fs::rename(&partial, &path)) {
                // On a full disk every byte counts; what can't be removed either is only left over.
                let _ = fs::remove_file(&partial);
                return Err(error);
            }
            fs::File::open(&folder)?.sync_all()
        })
        .await
    }

    /// The folder with a zip's files, unpacked now when this is its first use.
    pub(crate) async fn unpacked(&self, code: &Code) -> Result<PathBuf, CodeError> {
        let (zip, folder) = (self.zip(&code.sha256), self.unpacked_folder(&code.sha256));
        if folder.is_dir() {
            return Ok(folder);
        }
        let task = tokio::task::spawn_blocking(move || {
            let file = fs::File::open(&zip).map_err(|source| CodeError::File { path: zip.clone(), source })?;
            archive::unpack(io::BufReader::new(file), &folder)?;
            Ok(folder)
        });
        task.await.unwrap_or_else(|_| Err(self.interrupted()))
    }

    /// Removes a zip and what was unpacked from it, unless a function names it.
    pub(crate) async fn remove_unless(&self, sha256: &str, is_named: impl FnOnce() -> bool) {
        let _alone = self.coming.write().await;
        if is_named() {
            return;
        }
        let (zip, folder) = (self.zip(sha256), self.unpacked_folder(sha256));
        // What cannot be removed stays as an unused file: the function is gone all the same.
        let _ = tokio::task::spawn_blocking(move || (fs::remove_file(zip), fs::remove_dir_all(folder))).await;
    }

    fn zip(&self, sha256: &str) -> PathBuf {
        self.folder.join(format!("{sha256}.zip"))
    }

    fn unpacked_folder(&self, sha256: &str) -> PathBuf {
        self.folder.join(sha256)
    }

    fn interrupted(&self) -> CodeError {
        CodeError::File { path: self.folder.clone(), source: io::Error::other("the work was interrupted") }
    }
}

async fn blocking(path: &Path, work: impl FnOnce() -> io::Result<()> + Send + 'static) -> Result<(), CodeError> {
    let outcome = tokio::task::spawn_blocking(work).await.unwrap_or_else(|error| Err(io::Error::other(error)));
    outcome.map_err(|source| CodeError::File { path: path.to_path_buf(), source })
}

fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = fs::File::create(path)?;
    io::Write::write_all(&mut file, bytes)?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_can_not_be_kept_leaves_nothing_behind() {
        let root = tempfile::tempdir().unwrap();
        let store = CodeStore::new(root.path().to_owned());
        let code = Code { sha256: "ab".to_owned(), size_bytes: 3 };
        fs::create_dir(store.zip(&code.sha256)).unwrap();
        let failed = store.keep(&code, bytes::Bytes::from_static(b"zip")).await.unwrap_err();
        assert!(!failed.is_full(), "a folder is in the way: {failed}");
        assert_eq!(fs::read_dir(root.path()).unwrap().count(), 1, "the half of a zip is gone");
        let source = io::Error::from(io::ErrorKind::StorageFull);
        assert!(CodeError::File { path: store.zip("ab"), source }.is_full());
    }

    #[tokio::test]
    async fn what_is_coming_is_not_removed() {
        let root = tempfile::tempdir().unwrap();
        let store = CodeStore::new(root.path().to_owned());
        let code = Code { sha256: "ab".to_owned(), size_bytes: 3 };
        let named = std::sync::atomic::AtomicBool::new(false);
        let creating = async {
            let _hold = store.hold().await;
            store.keep(&code, bytes::Bytes::from_static(b"zip")).await.unwrap();
            tokio::task::yield_now().await;
            named.store(true, std::sync::atomic::Ordering::Relaxed);
        };
        let deleting = store.remove_unless(&code.sha256, || named.load(std::sync::atomic::Ordering::Relaxed));
        tokio::join!(creating, deleting);
        assert!(store.zip(&code.sha256).is_file());
    }

    #[tokio::test]
    async fn keeps_unpacks_once_and_removes() {
        let root = tempfile::tempdir().unwrap();
        let store = CodeStore::new(root.path().join("functions"));
        let mut zip = zip::ZipWriter::new(io::Cursor::new(Vec::new()));
        zip.start_file("bootstrap", zip::write::SimpleFileOptions::default()).unwrap();
        io::Write::write_all(&mut zip, b"#!/bin/sh\n").unwrap();
        let bytes = bytes::Bytes::from(zip.finish().unwrap().into_inner());

        let code = CodeStore::examine(&bytes).unwrap();
        assert_eq!(code.sha256.len(), 64);
        store.keep(&code, bytes.clone()).await.unwrap();
        store.keep(&code, bytes).await.unwrap();
        let folder = store.unpacked(&code).await.unwrap();
        assert_eq!(fs::read(folder.join("bootstrap")).unwrap(), b"#!/bin/sh\n");
        assert_eq!(store.unpacked(&code).await.unwrap(), folder);
        store.remove_unless(&code.sha256, || true).await;
        assert!(folder.is_dir());
        store.remove_unless(&code.sha256, || false).await;
        assert_eq!(fs::read_dir(root.path().join("functions")).unwrap().count(), 0);
        assert!(store.unpacked(&code).await.is_err());
    }
}
