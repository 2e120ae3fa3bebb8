//! Functions that can't be packaged.

use super::{CliError, ErrorKind};

impl From<workshop_package::PackageError> for CliError {
    fn from(error: workshop_package::PackageError) -> Self {
        let text = error.to_string();
        let mut letters = text.chars();
        let sentence: String = letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect();
        let stop = if sentence.ends_with(['.', '\n', '`']) { "" } else { "." };
        let mut failure = Self::new(ErrorKind::Project, format!("{sentence}{stop}"));
        failure.hint = error.hint();
        failure
    }
}
