//! What `workshop test` prints and writes: the results for people, programs and CI, and what the cases cover.

pub(super) mod coverage;
pub(super) mod json;
pub(super) mod junit;
pub(super) mod picture;
pub(super) mod text;

use crate::cli::error::CliError;

/// Writes a file, with its folder.
///
/// # Errors
/// It can't be written.
pub(super) fn write(file: &std::path::Path, text: &str) -> Result<(), CliError> {
    let failed = |error: &std::io::Error| CliError::io(&format!("{} can't be written", file.display()), error);
    if let Some(folder) = file.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).map_err(|error| failed(&error))?;
    }
    std::fs::write(file, text).map_err(|error| failed(&error))
}
