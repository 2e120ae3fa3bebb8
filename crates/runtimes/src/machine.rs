//! Where this machine keeps interpreters and modules, as its environment variables say.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// The variables that are read.
const VARIABLES: [&str; 10] = [
    "PATH",
    "HOME",
    "XDG_CACHE_HOME",
    "XDG_DATA_HOME",
    "NVM_DIR",
    "FNM_DIR",
    "ASDF_DATA_DIR",
    "VOLTA_HOME",
    "PYENV_ROOT",
    "NODE_PATH",
];

/// The environment variables that say where things are.
#[derive(Debug, Clone, Default)]
pub struct Machine {
    variables: BTreeMap<String, OsString>,
}

impl Machine {
    /// The environment of this process.
    #[must_use]
    pub fn this() -> Self {
        let read = |name: &str| Some((name.to_owned(), std::env::var_os(name)?));
        Self { variables: VARIABLES.into_iter().filter_map(read).collect() }
    }

    /// An environment with these variables alone.
    #[must_use]
    pub fn with(variables: impl IntoIterator<Item = (&'static str, OsString)>) -> Self {
        Self { variables: variables.into_iter().map(|(name, value)| (name.to_owned(), value)).collect() }
    }

    /// The file of a command on the PATH.
    pub(crate) fn command(&self, name: &str) -> Option<PathBuf> {
        self.folders("PATH").map(|folder| folder.join(name)).find(|path| path.is_file())
    }

    /// The absolute folders that a variable lists.
    pub(crate) fn folders(&self, variable: &str) -> impl Iterator<Item = PathBuf> {
        let listed = self.variables.get(variable).cloned().unwrap_or_default();
        std::env::split_paths(&listed).filter(|folder| folder.is_absolute()).collect::<Vec<_>>().into_iter()
    }

    /// The folder that a variable names, else one below the home folder.
    pub(crate) fn folder(&self, variable: &str, below_home: &str) -> Option<PathBuf> {
        self.folders(variable).next().or_else(|| Some(self.home()?.join(below_home)))
    }

    /// Where workshop keeps what it can get again: `workshop` in `$XDG_CACHE_HOME`, which is `~/.cache` by default.
    pub(crate) fn cache(&self) -> Option<PathBuf> {
        Some(self.folder("XDG_CACHE_HOME", ".cache")?.join("workshop"))
    }

    fn home(&self) -> Option<PathBuf> {
        self.folders("HOME").next()
    }
}

/// The entries of a folder, in the order of their names; none when it can't be read.
pub(crate) fn entries(folder: &Path) -> Vec<PathBuf> {
    let read = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut paths: Vec<PathBuf> = read.map(|entry| entry.path()).collect();
    paths.sort();
    paths
}
