//! Where things lie in this repository.

use std::path::{Path, PathBuf};

/// The repository's root.
pub(crate) fn root() -> &'static Path {
    let xtask = Path::new(env!("CARGO_MANIFEST_DIR"));
    xtask.parent().unwrap_or(xtask)
}

/// Where the functions' zips go.
pub(crate) fn functions_dir() -> PathBuf {
    workshop_package::functions_dir(root())
}

/// Cargo's target folder.
pub(crate) fn target_dir() -> PathBuf {
    let functions = functions_dir();
    functions.parent().unwrap_or(&functions).to_path_buf()
}
