//! A definition in a file of its own, or on standard input.

use std::io::Read;
use std::path::Path;

use crate::cli::error::CliError;
use crate::cli::session::project;
use model::source::Source;

/// The text of a definition: `-` is standard input, which may have JSON or YAML.
///
/// # Errors
/// The file or standard input can't be read.
pub(super) fn read(file: &Path) -> Result<Source, CliError> {
    let shown = file.display().to_string();
    if shown != "-" {
        return project::read(file, &shown);
    }
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text).map_err(|error| CliError::io("stdin can't be read", &error))?;
    let name = if text.trim_start().starts_with('{') { "stdin.asl.json" } else { "stdin.asl.yml" };
    Ok(Source::new(name, text))
}
