//! Unpacked code: what a run of the cloud unpacked is that run's alone, so that nothing changed in between is ever run.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, MutexGuard, PoisonError};

use sha2::{Digest, Sha256};

use super::folder::{CodeError, CodeFolder, UNPACKED, hex};
use super::{archive, removal};
use crate::model::Code;

/// The folder of what sandboxes write, where their `/tmp` is not their own.
const TEMPORARY: &str = "tmp";

/// Who runs unpacked code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Copies {
    /// No function can change it: all sandboxes of a zip share it.
    Shared,
    /// A function could change it: each sandbox has a copy.
    Private,
}

/// A folder with a zip's files.
#[derive(Debug)]
pub(crate) struct Unpacked {
    /// The folder.
    pub(crate) path: PathBuf,
    /// Removes a private copy once nobody runs it.
    _copy: Option<TemporaryFolder>,
}

/// A folder that goes when this is dropped.
#[derive(Debug)]
pub(crate) struct TemporaryFolder(PathBuf);

impl TemporaryFolder {
    /// The folder.
    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for TemporaryFolder {
    fn drop(&mut self) {
        let path = std::mem::take(&mut self.0);
        // It may be large, and whoever drops it must not wait; the next start removes what is left.
        drop(std::thread::spawn(move || removal::remove(&path)));
    }
}

impl CodeFolder {
    /// Removes what earlier runs of the cloud have unpacked, and what their sandboxes have left, without waiting for it.
    pub(crate) fn remove_earlier_runs(&self) {
        let entries = |folder: &str| fs::read_dir(self.path.join(folder)).into_iter().flatten().flatten();
        let old: Vec<PathBuf> = entries(UNPACKED).chain(entries(TEMPORARY)).map(|entry| entry.path()).collect();
        if !old.is_empty() {
            drop(std::thread::spawn(move || old.iter().for_each(|path| removal::remove(path))));
        }
    }

    /// The folder with a zip's files, unpacked now when this is its first use in this run.
    pub(crate) async fn unpacked(&self, code: &Code, copies: Copies) -> Result<Unpacked, CodeError> {
        let run = self.path.join(UNPACKED).join(&self.run);
        let folder = match copies {
            Copies::Shared => run.join(&code.sha256),
            Copies::Private => run.join(format!("{}-{}", code.sha256, self.random.uuid().simple())),
        };
        match copies {
            _ if folder.is_dir() => {}
            Copies::Shared => self.unpack_once(code, run, &folder).await?,
            Copies::Private => self.unpack(code, run, folder.clone()).await?,
        }
        let _copy = (copies == Copies::Private).then(|| TemporaryFolder(folder.clone()));
        Ok(Unpacked { path: folder, _copy })
    }

    /// Unpacks a zip, unless another task has done that or does it.
    async fn unpack_once(&self, code: &Code, run: PathBuf, folder: &Path) -> Result<(), CodeError> {
        let turn = Arc::clone(self.lock_unpacking().entry(code.sha256.clone()).or_default());
        let _turn = turn.lock().await;
        if !folder.is_dir() {
            self.unpack(code, run, folder.to_owned()).await?;
        }
        self.lock_unpacking().remove(&code.sha256);
        Ok(())
    }

    async fn unpack(&self, code: &Code, run: PathBuf, to: PathBuf) -> Result<(), CodeError> {
        let zip = self.zip(&code.sha256);
        let sha256 = code.sha256.clone();
        let random = self.random.clone();
        let task = tokio::task::spawn_blocking(move || {
            let failed = |source| CodeError::File { path: zip.clone(), source };
            removal::make_private(&run).map_err(failed)?;
            let mut file = fs::File::open(&zip).map_err(failed)?;
            if digest(&mut file).map_err(failed)? != sha256 {
                return Err(CodeError::Damaged { path: zip.clone() });
            }
            io::Seek::rewind(&mut file).map_err(failed)?;
            Ok(archive::unpack(io::BufReader::new(file), &to, &random)?)
        });
        task.await
            .unwrap_or_else(|error| Err(CodeError::File { path: self.path.clone(), source: io::Error::other(error) }))
    }

    fn lock_unpacking(&self) -> MutexGuard<'_, BTreeMap<String, Arc<tokio::sync::Mutex<()>>>> {
        self.unpacking.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A new folder for what one sandbox writes.
    pub(crate) fn temporary(&self) -> Result<TemporaryFolder, CodeError> {
        let path = self.path.join(TEMPORARY).join(self.random.uuid().simple().to_string());
        removal::make_private(&path).map_err(|source| CodeError::File { path: path.clone(), source })?;
        Ok(TemporaryFolder(path))
    }
}

/// The SHA-256 of what can be read.
fn digest(file: &mut fs::File) -> io::Result<String> {
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 64 * 1024];
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(hex(&hasher.finalize())),
            count => hasher.update(buffer.get(..count).unwrap_or_default()),
        }
    }
}
