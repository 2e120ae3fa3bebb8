//! The lesson that this binary carries: its files, and its functions' zips where the binary was built with them.

use crate::cli::error::{CliError, ErrorKind};
use model::source::Source;

include!(concat!(env!("OUT_DIR"), "/carried.rs"));

/// The file with its tests.
const TESTS: &str = "tests/wait-to-send.test.toml";

/// Its files by name.
const FILES: [(&str, &str); 3] = [
    ("service.toml", include_str!("../../../../definitions/service.toml")),
    ("wait-to-send.asl.json", include_str!("../../../../definitions/wait-to-send.asl.json")),
    (TESTS, include_str!("../../../../definitions/tests/wait-to-send.test.toml")),
];

/// The zip of a function, if this binary was built with it.
pub(crate) fn zip(function: &str) -> Option<&'static [u8]> {
    CARRIED.iter().find(|(name, _)| *name == function).map(|(_, zip)| *zip)
}

/// The tests of the lesson.
///
/// # Errors
/// A binary that was put together wrongly.
pub(crate) fn tests() -> Result<Source, CliError> {
    file(TESTS)
}

/// A file of the lesson.
///
/// # Errors
/// A binary that was put together wrongly.
pub(super) fn file(name: &str) -> Result<Source, CliError> {
    match FILES.into_iter().find(|(known, _)| *known == name) {
        Some((_, text)) => Ok(Source::new(format!("<carried>/{name}"), text)),
        None => Err(CliError::new(ErrorKind::Failed, format!("This binary does not carry `{name}`."))),
    }
}
