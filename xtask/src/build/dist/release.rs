//! What every package is made from, and how its files come to their places.

use super::target::Target;
use crate::failure::Failure;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// The version of the program, which all members of the workspace share.
pub(super) const VERSION: &str = env!("CARGO_PKG_VERSION");

/// What every package is made from.
pub(super) struct Release {
    pub(super) target: Target,
    pub(super) program: PathBuf,
    /// Completions and manual pages as the program writes them, below `share`.
    pub(super) share: PathBuf,
    /// Seconds since 1970 of the commit, which every file in a package has as its time.
    pub(super) epoch_s: u64,
}

/// Copies a file to a place whose folders are made; it can be run where the mode says so.
pub(super) fn placed(from: &Path, to: &Path, mode: u32) -> Result<(), Failure> {
    let folder = to.parent().unwrap_or(to);
    fs::create_dir_all(folder)
        .and_then(|()| fs::copy(from, to))
        .and_then(|_| fs::set_permissions(to, fs::Permissions::from_mode(mode)))
        .map_err(|error| Failure::file(to, &error))
}

/// Copies a folder with all that is in it.
pub(super) fn placed_folder(from: &Path, to: &Path) -> Result<(), Failure> {
    for entry in fs::read_dir(from).map_err(|error| Failure::file(from, &error))? {
        let path = entry.map_err(|error| Failure::file(from, &error))?.path();
        let target = to.join(path.file_name().unwrap_or_default());
        if path.is_dir() { placed_folder(&path, &target)? } else { placed(&path, &target, 0o644)? }
    }
    Ok(())
}
