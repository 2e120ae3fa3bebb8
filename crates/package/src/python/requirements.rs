//! Reads `requirements.txt` as far as packaging needs it: the text that decides what is installed, and what is pinned.

use crate::error::PackageError;
use crate::files;
use std::path::{Path, PathBuf};

/// How deep files may refer to each other.
const MAX_DEPTH: usize = 8;

/// The lines of a requirements file and of those that it refers to.
#[derive(Debug, Clone)]
pub(super) struct Requirements(Vec<String>);

impl Requirements {
    /// Reads the file, and the files named by `-r` and `-c` in it.
    pub(super) fn read(file: &Path) -> Result<Self, PackageError> {
        let mut lines = Vec::new();
        collect(file, &mut lines, 0)?;
        Ok(Self(lines))
    }

    /// Whether nothing is to be installed.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What decides about the installation.
    pub(super) fn text(&self) -> String {
        self.0.join("\n")
    }

    /// Whether the version of this package (a name in lower case) is pinned.
    pub(super) fn pins(&self, package: &str) -> bool {
        self.0.iter().any(|line| {
            let end = line.find(|letter: char| !letter.is_alphanumeric() && !"-_.".contains(letter));
            let (name, version) = line.split_at(end.unwrap_or(line.len()));
            // An extra, as in `boto3[crt]`.
            let version = version.split_once(']').map_or(version, |(_, version)| version).trim_start();
            name.eq_ignore_ascii_case(package) && ["==", "~=", "@"].iter().any(|sign| version.starts_with(sign))
        })
    }
}

fn collect(file: &Path, lines: &mut Vec<String>, depth: usize) -> Result<(), PackageError> {
    let text = String::from_utf8_lossy(&files::read(file)?).into_owned();
    for line in text.lines() {
        let line = line.split(" #").next().unwrap_or_default().trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if let Some(other) = referred(line, file)
            && depth < MAX_DEPTH
            && other.is_file()
        {
            collect(&other, lines, depth + 1)?;
        }
        lines.push(line.to_owned());
    }
    Ok(())
}

/// The file that a line refers to.
fn referred(line: &str, file: &Path) -> Option<PathBuf> {
    let names = ["-r", "--requirement", "-c", "--constraint"];
    let rest = names.iter().find_map(|name| line.strip_prefix(name))?;
    let rest = rest.trim_start_matches(['=', ' ']);
    Some(file.parent()?.join(rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pins_are_found_in_files_that_are_referred_to() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("requirements.txt");
        std::fs::write(folder.path().join("base.txt"), "Boto3[crt] == 1.35.0\n").unwrap();
        std::fs::write(&file, "# what we need\n-r base.txt\nrequests>=2 # the web\nsix\n\n").unwrap();
        let requirements = Requirements::read(&file).unwrap();
        assert!(requirements.pins("boto3"));
        assert!(!requirements.pins("requests"));
        assert!(!requirements.pins("six"));
        assert_eq!(requirements.text(), "Boto3[crt] == 1.35.0\n-r base.txt\nrequests>=2\nsix");
        std::fs::write(&file, "\n# nothing\n").unwrap();
        assert!(Requirements::read(&file).unwrap().is_empty());
    }
}
