//! Where the embedded cloud keeps its state on disk.

mod private;

use std::ffi::OsString;
use std::path::{Path, PathBuf};

pub(crate) use private::private_file;

/// The folder of one embedded cloud.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataDir {
    root: PathBuf,
}

impl DataDir {
    /// The cloud that lives in this folder. A relative path is one below the folder that the process stands in now: what the cloud
    /// starts stands elsewhere, and looks for functions' code by the same path.
    #[must_use]
    pub fn new(root: impl Into<PathBuf>) -> Self {
        let root = root.into();
        // An empty path can't be made absolute; it stays, and the first file that is made there says what is wrong.
        Self { root: std::path::absolute(&root).unwrap_or(root) }
    }

    /// The folder that the environment gives: `$WORKSHOP_HOME`, else `$XDG_STATE_HOME/workshop`, else
    /// `~/.local/state/workshop`, and in it `local`. `None` when none of these variables is set.
    #[must_use]
    pub fn from_environment(variable: impl Fn(&str) -> Option<OsString>) -> Option<Self> {
        let set = |name: &str| variable(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        let home = set("WORKSHOP_HOME")
            .or_else(|| set("XDG_STATE_HOME").map(|state| state.join("workshop")))
            .or_else(|| set("HOME").map(|home| home.join(".local/state/workshop")))?;
        Some(Self::new(home.join("local")))
    }

    /// The folder itself.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The durable store.
    #[must_use]
    pub fn store(&self) -> PathBuf {
        self.root.join("store")
    }

    /// The functions' zips and their unpacked code.
    #[must_use]
    pub fn functions(&self) -> PathBuf {
        self.root.join("functions")
    }

    /// The ready file: who runs (pid, port), written once requests are answered.
    #[must_use]
    pub fn ready_file(&self) -> PathBuf {
        self.root.join("cloud.json")
    }

    /// The log of what the cloud does; see [`crate::ActivityReader`].
    #[must_use]
    pub fn activity(&self) -> PathBuf {
        self.root.join("activity.jsonl")
    }

    /// The log's file and the older one.
    pub(crate) fn activity_files(&self) -> [PathBuf; 2] {
        let newest = self.activity();
        let older = newest.with_extension("old.jsonl");
        [newest, older]
    }

    /// What a cloud in the background had to say.
    #[must_use]
    pub fn log(&self) -> PathBuf {
        self.root.join("cloud.log")
    }

    /// The cloud's own access key, with which other users of the machine sign.
    #[must_use]
    pub fn keys(&self) -> PathBuf {
        self.root.join("keys.json")
    }

    /// The port that it listened on last, which URLs of its HTTP APIs have.
    #[must_use]
    pub fn port(&self) -> PathBuf {
        self.root.join("port")
    }

    /// Held while a cloud runs here.
    #[must_use]
    pub fn lock(&self) -> PathBuf {
        self.root.join("lock")
    }

    /// Held while a command starts a cloud here.
    #[must_use]
    pub fn start_lock(&self) -> PathBuf {
        self.root.join("start.lock")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_relative_folder_is_one_below_where_the_process_stands() {
        let here = std::env::current_dir().unwrap();
        for given in ["d", "./d"] {
            let dir = DataDir::new(given);
            assert_eq!((dir.root(), dir.functions()), (&*here.join("d"), here.join("d/functions")));
        }
        assert_eq!(DataDir::new("/d").root(), Path::new("/d"));
        let variable = |name: &str| (name == "WORKSHOP_HOME").then(|| OsString::from("w"));
        assert_eq!(DataDir::from_environment(variable).unwrap().root(), here.join("w/local"));
    }

    #[test]
    fn the_environment_says_where() {
        let at = |variables: &[(&str, &str)]| {
            let variable =
                |name: &str| variables.iter().find(|(key, _)| *key == name).map(|(_, value)| OsString::from(value));
            DataDir::from_environment(variable).map(|dir| dir.root().display().to_string())
        };
        assert_eq!(at(&[("HOME", "/h")]).as_deref(), Some("/h/.local/state/workshop/local"));
        assert_eq!(at(&[("HOME", "/h"), ("XDG_STATE_HOME", "/s")]).as_deref(), Some("/s/workshop/local"));
        assert_eq!(at(&[("HOME", "/h"), ("XDG_STATE_HOME", ""), ("WORKSHOP_HOME", "/w")]).as_deref(), Some("/w/local"));
        assert_eq!(at(&[]), None);
    }
}
