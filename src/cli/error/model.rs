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

impl CliError {
    /// A command that is about a project, where there is none. `why` says what the lesson does not do for it.
    pub(crate) fn no_project(why: &str) -> Self {
        Self::new(ErrorKind::Project, format!("There is no project here, {why}."))
            .try_this("Run the command in the project's folder, or name its service file with `--config FILE`.")
    }
}

impl From<Vec<ModelError>> for CliError {
    fn from(errors: Vec<ModelError>) -> Self {
        let mut failures = errors.into_iter().map(Self::from);
        let first = failures.next().unwrap_or_else(|| Self::new(ErrorKind::Project, "The service file is wrong."));
        Self { others: failures.collect(), ..first }
    }
}
