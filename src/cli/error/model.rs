//! A project file that is wrong.

use model::source::ModelError;

use super::{CliError, ErrorKind};

impl From<ModelError> for CliError {
    fn from(error: ModelError) -> Self {
        let mut failure = Self::new(ErrorKind::Project, error.to_string());
        failure.hint = error.hint;
        failure
    }
}
