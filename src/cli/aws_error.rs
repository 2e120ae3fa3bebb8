//! What a failed call to AWS is told as: each kind has its sentence and its advice.

use super::error::{CliError, ErrorKind};
use crate::aws::{AwsError, AwsErrorKind};

const LOCAL_NEEDS_NONE: &str = "add `--local` to use the embedded cloud, which needs no account";

impl From<AwsError> for CliError {
    fn from(error: AwsError) -> Self {
        let failure = sentence(&error);
        let cause = match (&error.code, &error.request_id) {
            (Some(code), Some(id)) => format!("{code}: {} (request {id})", error.message),
            (Some(code), None) => format!("{code}: {}", error.message),
            (None, _) => error.message,
        };
        match error.kind {
            // The SDK's list of every place where it looked helps nobody who has no credentials at all.
            AwsErrorKind::NoCredentials | AwsErrorKind::Region => failure.in_detail(cause),
            _ => failure.because(cause),
        }
    }
}

fn sentence(error: &AwsError) -> CliError {
    let AwsError { service, operation, .. } = error;
    let refused = |message: String| CliError::new(ErrorKind::Refused, message);
    match error.kind {
        AwsErrorKind::NoCredentials | AwsErrorKind::ExpiredCredentials | AwsErrorKind::InvalidCredentials => {
            credentials(error.kind)
        }
        AwsErrorKind::Region | AwsErrorKind::UnknownHost | AwsErrorKind::Unreachable => place(error),
        AwsErrorKind::AccessDenied => refused(format!("AWS does not allow you to call {operation} of {service}."))
            .try_this("Ask for the permission that the message names, or use another profile with `--profile`."),
        AwsErrorKind::Throttled | AwsErrorKind::ServiceFault => {
            refused(format!("{service} is too busy or not well: {operation} failed after several tries."))
                .try_this("Run the command again in a minute; what is done stays done.")
        }
        AwsErrorKind::NotFound => {
            CliError::new(ErrorKind::NotFound, format!("{service} does not find what {operation} asked for."))
        }
        AwsErrorKind::NotImplemented => refused(format!("This endpoint does not offer {operation} of {service}.")),
        AwsErrorKind::Conflict | AwsErrorKind::Other => refused(format!("{service} refused {operation}.")),
    }
}

/// Who the caller is, is not settled.
fn credentials(kind: AwsErrorKind) -> CliError {
    let (message, advice) = match kind {
        AwsErrorKind::ExpiredCredentials => {
            ("The AWS credentials have expired.", "Sign in again (`aws sso login`, or renew the keys)")
        }
        AwsErrorKind::InvalidCredentials => (
            "AWS does not know these credentials.",
            "Check the access key and the profile (`aws sts get-caller-identity`)",
        ),
        _ => (
            "No AWS credentials were found.",
            "Run `aws configure`, set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or name a profile with `--profile`",
        ),
    };
    CliError::new(ErrorKind::Credentials, message).try_this(format!("{advice}; or {LOCAL_NEEDS_NONE}."))
}

/// Where to call is not settled, or nobody is there.
fn place(error: &AwsError) -> CliError {
    match error.kind {
        AwsErrorKind::Region => CliError::new(ErrorKind::Usage, error.message.clone())
            .try_this("Name one with `--region`, such as `--region eu-central-1`."),
        AwsErrorKind::UnknownHost => CliError::new(
            ErrorKind::Unreachable,
            format!("{} has no address: there is no such region, or this machine is offline.", error.service),
        )
        .try_this("Name a region with `--region`, such as `--region eu-central-1`, and check the network."),
        _ => CliError::new(ErrorKind::Unreachable, format!("{} can't be reached.", error.service)).try_this(
            "Check the network and that the region's name is right (`--region`); \
             if AWS_ENDPOINT_URL is set, check that something listens there.",
        ),
    }
}
