//! Which cases are meant.

use std::path::{Path, PathBuf};

use super::suite::{LoadedFile, Suite};
use crate::cli::error::{CliError, ErrorKind};
use simulate::Case;

/// A case of a suite, by its place in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::cli::make) struct Selected {
    pub(in crate::cli::make) file: usize,
    pub(in crate::cli::make) case: usize,
}

/// Files that have changed.
pub(in crate::cli::make) struct Touched(pub(in crate::cli::make) Vec<PathBuf>);

impl Touched {
    /// Whether a case may come to something else: its test file has changed, or its machine's definition. What else has changed
    /// (the service file, a file with data) may be of use to any.
    pub(in crate::cli::make) fn has(&self, suite: &Suite, selected: Selected) -> bool {
        let Some((file, case)) = suite.case(selected) else { return true };
        let definitions = suite.machines.known.values().filter_map(|machine| machine.path.as_ref());
        let tests = suite.files.iter().filter_map(|file| file.path.as_ref());
        let known: Vec<&PathBuf> = definitions.chain(tests).collect();
        let own = [file.path.as_ref(), suite.machine(file, case).and_then(|machine| machine.path.as_ref())];
        let same = |one: &PathBuf, other: &PathBuf| one.canonicalize().ok() == other.canonicalize().ok();
        self.0.iter().any(|changed| {
            let is_own = own.into_iter().flatten().any(|own| same(own, changed));
            is_own || !known.iter().any(|known| same(known, changed))
        })
    }
}

impl Suite {
    /// The cases that words mean: all without any, else those with one of them in their file, machine or name.
    ///
    /// # Errors
    /// No case is meant.
    pub(in crate::cli::make) fn selected(&self, which: &[String]) -> Result<Vec<Selected>, CliError> {
        let words: Vec<String> =
            which.iter().filter(|word| !Path::new(word).is_file()).map(|word| word.to_lowercase()).collect();
        let mut selected = Vec::new();
        for (file_index, file) in self.files.iter().enumerate() {
            for (case_index, case) in file.file.cases.iter().enumerate() {
                if words.is_empty() || self.is_meant(file, case, &words) {
                    selected.push(Selected { file: file_index, case: case_index });
                }
            }
        }
        if selected.is_empty() {
            let message = format!("No case has {} in its file, machine or name.", words.join(" or "));
            return Err(CliError::new(ErrorKind::NotFound, message).try_this("`workshop test` runs and lists all."));
        }
        Ok(selected)
    }

    fn is_meant(&self, file: &LoadedFile, case: &Case, words: &[String]) -> bool {
        let machine = self.machine(file, case).map_or("", |machine| machine.name.as_str());
        let whole = format!("{}\n{machine}\n{}", file.file.source.file, case.name).to_lowercase();
        words.iter().any(|word| whole.contains(word.as_str()))
    }

    /// The file and the case.
    pub(in crate::cli::make) fn case(&self, selected: Selected) -> Option<(&LoadedFile, &Case)> {
        let file = self.files.get(selected.file)?;
        Some((file, file.file.cases.get(selected.case)?))
    }
}
