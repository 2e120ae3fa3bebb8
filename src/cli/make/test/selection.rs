//! Which cases are meant.

use std::path::Path;

use super::suite::{LoadedFile, Suite};
use crate::cli::error::{CliError, ErrorKind};
use simulate::Case;

/// A case of a suite, by its place in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::cli::make) struct Selected {
    pub(in crate::cli::make) file: usize,
    pub(in crate::cli::make) case: usize,
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
