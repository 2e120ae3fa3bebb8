//! The one error that a user sees: what happened, why, what to try; and the exit code that says its kind.
//!
//! Every failure of the crates below becomes a [`CliError`] here, in the file named after where it comes from.

mod aws;
mod deploy;
mod embedded;
mod files;
mod model;
mod package;

/// What kind of failure it is. Scripts rely on the exit codes; they do not change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ErrorKind {
    /// Something on this machine failed.
    Failed = 1,
    /// The command line can't be understood (clap's own code).
    Usage = 2,
    /// A project file is wrong, or the functions don't build.
    Project = 3,
    /// No, expired or unknown credentials.
    Credentials = 4,
    /// Nothing answers at the endpoint.
    Unreachable = 5,
    /// What was asked for is not there.
    NotFound = 6,
    /// AWS refused.
    Refused = 7,
    /// The workflow itself failed: an execution or a function ended in an error.
    Workflow = 8,
    /// Ctrl-C.
    Interrupted = 130,
}

impl ErrorKind {
    /// The name in `--json` errors.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Failed => "failed",
            Self::Usage => "usage",
            Self::Project => "project",
            Self::Credentials => "credentials",
            Self::Unreachable => "unreachable",
            Self::NotFound => "not_found",
            Self::Refused => "refused",
            Self::Workflow => "workflow",
            Self::Interrupted => "interrupted",
        }
    }
}

/// A failure as the user sees it.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{message}")]
pub(crate) struct CliError {
    /// Its kind, which is its exit code.
    pub(crate) kind: ErrorKind,
    /// What happened, in a full sentence.
    pub(crate) message: String,
    /// Why: the underlying error's own words.
    pub(crate) cause: Option<String>,
    /// What to try.
    pub(crate) hint: Option<String>,
    /// What few failures have.
    pub(crate) more: Box<More>,
    /// There is nobody to tell or nothing to add: the reader of our output has gone away, or it was Ctrl-C.
    pub(crate) quiet: bool,
}

/// What few failures have beside their sentence.
#[derive(Debug, Clone, Default)]
pub(crate) struct More {
    /// The line that it is about, with a caret under the place.
    pub(crate) excerpt: Option<String>,
    /// More of the why, for `--verbose` only.
    pub(crate) detail: Option<String>,
    /// What else is wrong, of the same kind, where several things are found at once.
    pub(crate) others: Vec<CliError>,
}

impl CliError {
    /// A failure with its sentence.
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), cause: None, hint: None, more: Box::default(), quiet: false }
    }

    /// The same failure with its cause.
    pub(crate) fn because(mut self, cause: impl ToString) -> Self {
        self.cause = Some(cause.to_string());
        self
    }

    /// The same failure with advice.
    pub(crate) fn try_this(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// The same failure with a cause that only `--verbose` shows.
    pub(crate) fn in_detail(mut self, detail: impl ToString) -> Self {
        self.more.detail = Some(detail.to_string());
        self
    }

    /// Ctrl-C; where there is no advice there is nothing to explain either, and nothing is said.
    pub(crate) fn interrupted(advice: Option<&str>) -> Self {
        Self { hint: advice.map(str::to_owned), ..Self::new(ErrorKind::Interrupted, "Interrupted.") }
    }

    /// An exit code that is the answer: nothing is said beside it.
    pub(crate) fn silent(kind: ErrorKind) -> Self {
        Self::new(kind, "")
    }

    /// A failed read or write on this machine; a full disk gets its own advice.
    pub(crate) fn io(what: &str, error: &std::io::Error) -> Self {
        let failure = Self::new(ErrorKind::Failed, format!("{what}.")).because(error);
        match error.kind() {
            std::io::ErrorKind::StorageFull => failure.try_this("The disk is full. Free some space and run it again."),
            std::io::ErrorKind::PermissionDenied => failure.try_this("Check who owns the file or folder."),
            _ => failure,
        }
    }
}
