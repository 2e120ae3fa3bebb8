//! Files as they were at one time, and which of them changed: by content, so that a build that only touches files, or writes
//! its own, changes nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hasher};
use std::path::{Component, Path, PathBuf};

/// The files as they were at one time, by their content; one that is not there has none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Snapshot {
    files: BTreeMap<PathBuf, Option<u64>>,
    folders: BTreeSet<PathBuf>,
}

impl Snapshot {
    /// These files as they are now, and the folders in which others may appear.
    pub(crate) fn of(files: &BTreeSet<PathBuf>, folders: &BTreeSet<PathBuf>) -> Self {
        let files: BTreeSet<PathBuf> = files.iter().map(|file| plain(file)).collect();
        let mut folders: BTreeSet<PathBuf> = folders.iter().map(|folder| plain(folder)).collect();
        folders.extend(files.iter().filter_map(|file| file.parent()).map(Path::to_owned));
        Self { files: files.into_iter().map(|file| (file.clone(), hash(&file))).collect(), folders }
    }

    /// How many files there are.
    pub(crate) fn count(&self) -> usize {
        self.files.values().flatten().count()
    }

    /// The folders in which a change may happen.
    pub(crate) fn folders(&self) -> &BTreeSet<PathBuf> {
        &self.folders
    }

    /// The files that are not as they were at an earlier time. One that is read for the first time only because
    /// another names it now is news by that other's change.
    pub(crate) fn changed_since(&self, earlier: &Self) -> Vec<PathBuf> {
        let all: BTreeSet<&PathBuf> = self.files.keys().chain(earlier.files.keys()).collect();
        let at = |snapshot: &Self, file: &PathBuf| snapshot.files.get(file).copied().flatten();
        all.into_iter().filter(|file| at(self, file) != at(earlier, file)).cloned().collect()
    }
}

/// A path without `..` and `.`, so that a file has one name.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => drop(plain.pop()),
            part => plain.push(part),
        }
    }
    plain
}

fn hash(file: &Path) -> Option<u64> {
    let bytes = std::fs::read(file).ok()?;
    let mut hasher = DefaultHasher::new();
    hasher.write(&bytes);
    Some(hasher.finish())
}
