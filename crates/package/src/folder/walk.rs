//! Walks a folder and chooses its files. Symbolic links are followed as long as they stay in the project, and each only
//! once on a path, so that links in a circle end.

use super::defaults;
use super::entry::Entry;
use super::patterns::{Default, Patterns};
use crate::error::PackageError;
use crate::files;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// The files of a zip by their names in it.
pub(crate) type Entries = BTreeMap<String, Entry>;

/// What is done with a folder called `node_modules`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NodeModules {
    /// Its packages are chosen by the `package.json` beside it, if there is one.
    Resolve,
    /// It is left out.
    LeaveOut,
    /// It is a folder like others.
    Keep,
}

/// How a folder is walked.
#[derive(Debug, Clone)]
pub(crate) struct Rules<'a> {
    /// The project's choice.
    pub(crate) patterns: Patterns<'a>,
    /// The real folder that links may not leave.
    pub(crate) boundary: &'a Path,
    /// Real folders that are never packaged: where the zips go.
    pub(crate) left_out: &'a [PathBuf],
    /// What is done with `node_modules`.
    pub(crate) node_modules: NodeModules,
}

/// What a walk finds.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// The files, by their names in the zip. The first of a name stays.
    pub(crate) entries: Entries,
    /// Real folders with a `package.json` that says which packages are needed, by their paths in the zip.
    pub(crate) node_projects: BTreeMap<String, PathBuf>,
}

/// Chooses the files of the real folder, which is at `prefix` in the zip (`""`, or a path without a slash at its end).
pub(crate) fn walk(folder: &Path, prefix: &str, rules: &Rules, found: &mut Found) -> Result<(), PackageError> {
    Walk { rules, found, path: Vec::new() }.folder(folder, prefix, &Default::Included)
}

struct Walk<'w, 'a> {
    rules: &'w Rules<'a>,
    found: &'w mut Found,
    /// The real folders from the first one to where the walk is.
    path: Vec<PathBuf>,
}

impl Walk<'_, '_> {
    fn folder(&mut self, folder: &Path, prefix: &str, default: &Default) -> Result<(), PackageError> {
        if self.path.iter().any(|above| above == folder) || self.rules.left_out.iter().any(|path| path == folder) {
            return Ok(());
        }
        self.path.push(folder.to_owned());
        let failed = |source| files::failed("read", folder, source);
        let mut paths = Vec::new();
        for entry in fs::read_dir(folder).map_err(failed)? {
            paths.push(entry.map_err(failed)?.path());
        }
        paths.sort();
        for path in paths {
            self.entry(&path, prefix, default)?;
        }
        self.path.pop();
        Ok(())
    }

    fn entry(&mut self, path: &Path, prefix: &str, default: &Default) -> Result<(), PackageError> {
        let name = joined(prefix, &path.file_name().unwrap_or_default().to_string_lossy());
        let kind = fs::symlink_metadata(path).map_err(|source| files::failed("read", path, source))?.file_type();
        if kind.is_symlink() {
            return self.link(path, &name, default);
        }
        if kind.is_dir() {
            return self.subfolder(path, &name, default);
        }
        // Sockets and pipes have no content to package.
        if kind.is_file() { self.file(path, &name, default) } else { Ok(()) }
    }

    fn link(&mut self, link: &Path, name: &str, default: &Default) -> Result<(), PackageError> {
        let own = stricter(default, defaults::file(name));
        let Ok(target) = fs::canonicalize(link) else {
            return match self.rules.patterns.decide(name, &own) {
                true => Err(PackageError::BrokenLink { link: link.to_owned() }),
                false => Ok(()),
            };
        };
        let is_wanted = match target.is_dir() {
            true => {
                self.rules.patterns.decide(&joined(name, "file"), &stricter(default, defaults::folder(&target, name)))
            }
            false => self.rules.patterns.decide(name, &own),
        };
        if !target.starts_with(self.rules.boundary) {
            let outside = PackageError::LinkOutside { link: link.to_owned(), target };
            return if is_wanted { Err(outside) } else { Ok(()) };
        }
        if target.is_dir() { self.subfolder(&target, name, default) } else { self.file(&target, name, default) }
    }

    fn subfolder(&mut self, folder: &Path, name: &str, default: &Default) -> Result<(), PackageError> {
        let mut own = stricter(default, defaults::folder(folder, name));
        if own == Default::Included && (name == "node_modules" || name.ends_with("/node_modules")) {
            own = self.node_modules(folder, name);
        }
        if own == Default::Included || self.rules.patterns.may_bring_back(&own) {
            self.folder(folder, name, &own)?;
        }
        Ok(())
    }

    fn node_modules(&mut self, folder: &Path, name: &str) -> Default {
        let left_out = Default::Folder(String::from("node_modules"));
        match (self.rules.node_modules, self.path.last().or(folder.parent().map(Path::to_owned).as_ref())) {
            (NodeModules::Keep, _) | (NodeModules::Resolve, None) => Default::Included,
            (NodeModules::LeaveOut, _) => left_out,
            (NodeModules::Resolve, Some(project)) => match project.join("package.json").is_file() {
                true => {
                    let place = name.strip_suffix("node_modules").unwrap_or_default().trim_end_matches('/');
                    self.found.node_projects.insert(place.to_owned(), project.clone());
                    Default::UnneededPackage
                }
                false => Default::Included,
            },
        }
    }

    fn file(&mut self, path: &Path, name: &str, default: &Default) -> Result<(), PackageError> {
        let default = stricter(default, defaults::file(name));
        if self.rules.patterns.decide(name, &default) && !self.found.entries.contains_key(name) {
            self.found.entries.insert(name.to_owned(), Entry::of(path)?);
        }
        Ok(())
    }
}

/// What lies in a folder that is left out is left out with it.
fn stricter(above: &Default, own: Default) -> Default {
    if *above == Default::Included { own } else { above.clone() }
}

/// A path in the zip.
pub(crate) fn joined(prefix: &str, name: &str) -> String {
    if prefix.is_empty() { name.to_owned() } else { format!("{prefix}/{name}") }
}
