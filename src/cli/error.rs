//! The one error that a user sees: what happened, why, what to try; and the exit code that says its kind.

use crate::aws::{AwsError, AwsErrorKind};
use crate::model::source::ModelError;

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

/// A failure as told to the user.
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
    /// The reader of our output has gone away: nothing more is said.
    pub(crate) quiet: bool,
}

impl CliError {
    /// A failure with its sentence.
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), cause: None, hint: None, quiet: false }
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

impl From<ModelError> for CliError {
    fn from(error: ModelError) -> Self {
        let mut failure = Self::new(ErrorKind::Project, error.to_string());
        failure.hint = error.hint;
        failure
    }
}

const LOCAL_NEEDS_NONE: &str = "add `--local` to use the embedded cloud, which needs no account";

impl From<AwsError> for CliError {
    fn from(error: AwsError) -> Self {
        let (kind, message, hint) = match error.kind {
            AwsErrorKind::NoCredentials => (
                ErrorKind::Credentials,
                "No AWS credentials were found.".to_owned(),
                Some(format!(
                    "Run `aws configure`, set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or name a profile with \
                     `--profile`; or {LOCAL_NEEDS_NONE}."
                )),
            ),
            AwsErrorKind::ExpiredCredentials => (
                ErrorKind::Credentials,
                "The AWS credentials have expired.".to_owned(),
                Some(format!("Sign in again (`aws sso login`, or renew the keys); or {LOCAL_NEEDS_NONE}.")),
            ),
            AwsErrorKind::InvalidCredentials => (
                ErrorKind::Credentials,
                "AWS does not know these credentials.".to_owned(),
                Some(format!(
                    "Check the access key and the profile (`aws sts get-caller-identity`); or {LOCAL_NEEDS_NONE}."
                )),
            ),
            AwsErrorKind::Region => (
                ErrorKind::Usage,
                error.message.clone(),
                Some("Name one with `--region`, such as `--region eu-central-1`.".to_owned()),
            ),
            AwsErrorKind::Unreachable => (
                ErrorKind::Unreachable,
                format!("{} can't be reached.", error.service),
                Some(
                    "Check the network and that the region's name is right (`--region`); \
                     if AWS_ENDPOINT_URL is set, check that something listens there."
                        .to_owned(),
                ),
            ),
            AwsErrorKind::AccessDenied => (
                ErrorKind::Refused,
                format!("AWS does not allow you to call {} of {}.", error.operation, error.service),
                Some(
                    "Ask for the permission that the message names, or use another profile with `--profile`."
                        .to_owned(),
                ),
            ),
            AwsErrorKind::Throttled | AwsErrorKind::ServiceFault => (
                ErrorKind::Refused,
                format!("{} is too busy or not well: {} failed after several tries.", error.service, error.operation),
                Some("Run the command again in a minute; what is done stays done.".to_owned()),
            ),
            AwsErrorKind::NotFound => (
                ErrorKind::NotFound,
                format!("{} does not find what {} asked for.", error.service, error.operation),
                None,
            ),
            AwsErrorKind::NotImplemented => (
                ErrorKind::Refused,
                format!("This endpoint does not offer {} of {}.", error.operation, error.service),
                None,
            ),
            AwsErrorKind::Conflict | AwsErrorKind::Other => {
                (ErrorKind::Refused, format!("{} refused {}.", error.service, error.operation), None)
            }
        };
        let mut failure = Self::new(kind, message);
        failure.cause = Some(match (&error.code, &error.request_id) {
            (Some(code), Some(id)) => format!("{code}: {} (request {id})", error.message),
            (Some(code), None) => format!("{code}: {}", error.message),
            (None, _) => error.message,
        });
        failure.hint = hint;
        failure
    }
}
