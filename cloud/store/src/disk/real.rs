//! A folder of the system.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use redb::backends::FileBackend;

use super::{Folder, OpenFile};

/// A folder of the system.
#[derive(Debug)]
pub(crate) struct RealFolder(PathBuf);

impl RealFolder {
    /// The folder, which is made when it is missing: for its owner only.
    pub(crate) fn create(path: &Path) -> io::Result<Self> {
        let mut builder = std::fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(path)?;
        Ok(Self::existing(path))
    }

    /// A folder that is there.
    pub(crate) fn existing(path: &Path) -> Self {
        Self(path.to_owned())
    }
}

impl Folder for RealFolder {
    fn path(&self) -> &Path {
        &self.0
    }

    fn exists(&self, name: &str) -> bool {
        self.0.join(name).exists()
    }

    fn is_folder(&self, name: &str) -> bool {
        self.0.join(name).is_dir()
    }

    fn len(&self, name: &str) -> io::Result<u64> {
        Ok(std::fs::metadata(self.0.join(name))?.len())
    }

    fn open(&self, name: &str) -> io::Result<OpenFile> {
        backend(OpenOptions::new().read(true).write(true).open(self.0.join(name))?)
    }

    fn open_or_create(&self, name: &str) -> io::Result<OpenFile> {
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        backend(options.open(self.0.join(name))?)
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        std::fs::rename(self.0.join(from), self.0.join(to))
    }

    fn keep_as(&self, name: &str, second: &str) -> io::Result<()> {
        let from = self.0.join(name);
        let to = self.0.join(second);
        std::fs::hard_link(&from, &to).or_else(|_| std::fs::copy(&from, &to).map(drop))
    }

    fn is_empty(&self) -> io::Result<bool> {
        Ok(std::fs::read_dir(&self.0)?.next().is_none())
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        std::fs::remove_file(self.0.join(name))
    }

    /// Only Unix lets a program do that.
    fn sync(&self) -> io::Result<()> {
        #[cfg(unix)]
        File::open(&self.0)?.sync_all()?;
        Ok(())
    }
}

fn backend(file: File) -> io::Result<OpenFile> {
    Ok(Box::new(FileBackend::new(file).map_err(io::Error::other)?))
}
