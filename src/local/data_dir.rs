//! Where the embedded cloud keeps its state on disk.

use std::path::{Path, PathBuf};

/// The folder of one embedded cloud.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DataDir {
    root: PathBuf,
}

impl DataDir {
    /// The cloud that lives in this folder.
    pub(crate) fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// The folder itself.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// The durable store.
    pub(crate) fn store(&self) -> PathBuf {
        self.root.join("store")
    }

    /// The functions' zips and their unpacked code.
    pub(crate) fn functions(&self) -> PathBuf {
        self.root.join("functions")
    }

    /// Who runs: pid, port, start.
    pub(crate) fn card(&self) -> PathBuf {
        self.root.join("cloud.json")
    }

    /// What a cloud in the background had to say.
    pub(crate) fn log(&self) -> PathBuf {
        self.root.join("cloud.log")
    }

    /// Held while a cloud runs here.
    pub(crate) fn lock(&self) -> PathBuf {
        self.root.join("lock")
    }
}
