//! `SHA256SUMS`, as `sha256sum --check` reads it.

use crate::failure::Failure;
use sha2::{Digest, Sha256};
use std::fs;
use std::path::{Path, PathBuf};

/// Writes the sums of these files.
pub(super) fn write(folder: &Path, files: &[PathBuf]) -> Result<PathBuf, Failure> {
    let mut lines = String::new();
    for file in files {
        let bytes = fs::read(file).map_err(|error| Failure::file(file, &error))?;
        let sum: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        lines.push_str(&format!("{sum}  {name}\n"));
    }
    let sums = folder.join("SHA256SUMS");
    fs::write(&sums, lines).map_err(|error| Failure::file(&sums, &error))?;
    Ok(sums)
}
