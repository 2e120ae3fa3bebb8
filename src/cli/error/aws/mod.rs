//! A failed call to AWS: each kind has its sentence and its advice.

use aws::{Aws, AwsError, AwsErrorKind};

use super::{CliError, ErrorKind};
use crate::cli::time::moment::duration;

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
            AwsErrorKind::NoCredentials => failure.in_detail(cause),
            // Its message is the sentence already.
            AwsErrorKind::InvalidSetting => failure,
            _ => failure.because(cause),
        }
    }
}

impl CliError {
    /// The first call of a command failed, which is where wrong settings show: the sentence names the setting.
    pub(crate) fn first_call(error: AwsError, aws: &Aws, profile: Option<&str>) -> Self {
        let message = match (error.kind, profile, &aws.endpoint) {
            (AwsErrorKind::UnknownHost, _, None) => {
                format!("AWS has no address for the region {}: there is none, or this machine is offline.", aws.region)
            }
            (AwsErrorKind::Unreachable | AwsErrorKind::UnknownHost, _, Some(endpoint)) => {
                format!("Nothing answers at {endpoint}.")
            }
            (AwsErrorKind::NoCredentials, Some(profile), _) => {
                format!("No AWS credentials were found in the profile `{profile}`.")
            }
            _ => return error.into(),
        };
        Self { message, ..error.into() }
    }
}

fn sentence(error: &AwsError) -> CliError {
    let AwsError { service, operation, .. } = error;
    let refused = |message: String| CliError::new(ErrorKind::Refused, message);
    match error.kind {
        AwsErrorKind::NoCredentials
        | AwsErrorKind::CredentialsFailed
        | AwsErrorKind::SignedOut
        | AwsErrorKind::ExpiredCredentials
        | AwsErrorKind::InvalidCredentials => credentials(error.kind),
        AwsErrorKind::WrongClock { ahead_s } => wrong_clock(ahead_s),
        AwsErrorKind::InvalidSetting
        | AwsErrorKind::UnknownHost
        | AwsErrorKind::Unreachable
        | AwsErrorKind::TlsFailed
        | AwsErrorKind::UnexpectedResponse => place(error),
        AwsErrorKind::TimedOut => unreached(format!("{service} did not answer {operation} in time."))
            .try_this("Check the network and run the command again: what is done stays done. On a slow line, give each call more time, such as WORKSHOP_CALL_TIMEOUT_MS=600000 (ten minutes)."),
        AwsErrorKind::ConnectionLost => unreached(format!("The connection to {service} broke before {operation} was answered."))
            .try_this("Check the network and run the command again: what is done stays done."),
        AwsErrorKind::AccessDenied => refused(format!("AWS does not allow you to call {operation} of {service}."))
            .try_this(denied(operation)),
        AwsErrorKind::Throttled => refused(format!("{service} still asks to slow down: {operation} failed after several tries."))
            .try_this("Others may be calling AWS with the same account. Run the command again in a minute; what is done stays done."),
        AwsErrorKind::ServiceFault => refused(format!("{service} is not well: {operation} failed after several tries."))
            .try_this("Run the command again in a minute; what is done stays done. https://health.aws.amazon.com shows AWS's own troubles."),
        AwsErrorKind::QuotaExceeded => refused(format!("The account has no room for more: {} of {service} is full.", quota(error)))
            .try_this("Delete what nobody needs any more, or ask for more under Service Quotas in the console; then run the command again. What is done stays done."),
        AwsErrorKind::NotFound => {
            CliError::new(ErrorKind::NotFound, format!("{service} does not find what {operation} asked for."))
        }
        AwsErrorKind::NotImplemented => refused(format!("This endpoint does not offer {operation} of {service}.")),
        AwsErrorKind::Conflict | AwsErrorKind::Other => refused(format!("{service} refused {operation}.")),
    }
}

/// What to try when a call is denied. Organisations deny what is made without their tags, boundary or path, and AWS's message
/// does not say which of these it missed.
fn denied(operation: &str) -> String {
    let ask = "sk for the permission that the message names, or use another profile with `--profile`.";
    let (wanted, keys) = match operation {
        "CreateRole" => {
            ("a permissions boundary, tags or a path on every role", "`permissions_boundary`, `tags`, `role_path`")
        }
        "PutRolePolicy" | "PutRolePermissionsBoundary" | "DeleteRolePermissionsBoundary" => {
            ("a permissions boundary on every role", "`permissions_boundary`")
        }
        "CreateFunction" | "CreateStateMachine" | "CreateLogGroup" | "CreateApi" | "CreateStage" | "TagRole"
        | "TagResource" => ("certain tags on everything", "`tags`"),
        _ => return format!("A{ask}"),
    };
    format!(
        "Your organisation may want {wanted}: say so in `[stack]` of definitions/service.toml ({keys}), and deploy again. \
         Else a{ask}"
    )
}

fn unreached(message: String) -> CliError {
    CliError::new(ErrorKind::Unreachable, message)
}

/// Who the caller is, is not settled.
fn credentials(kind: AwsErrorKind) -> CliError {
    let (message, advice) = match kind {
        AwsErrorKind::ExpiredCredentials => {
            ("The AWS credentials have expired.", "Sign in again (`aws sso login`, or renew the keys)")
        }
        AwsErrorKind::SignedOut => (
            "Nobody is signed in for the AWS credentials that the profile names.",
            "Sign in: `aws sso login`, with the same `--profile`",
        ),
        AwsErrorKind::CredentialsFailed => (
            "The AWS credentials could not be loaded.",
            "Mend what the cause names, in ~/.aws/config or where the profile has its credentials from",
        ),
        AwsErrorKind::InvalidCredentials => (
            "AWS does not know these credentials.",
            "Check the access key and the profile (`aws sts get-caller-identity`), and that the account has enabled the region",
        ),
        _ => (
            "No AWS credentials were found.",
            "Run `aws configure`, set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or name a profile with `--profile`",
        ),
    };
    CliError::new(ErrorKind::Credentials, message).try_this(format!("{advice}; or {LOCAL_NEEDS_NONE}."))
}

/// Signatures carry the time, and AWS takes none that is more than five minutes off.
fn wrong_clock(ahead_s: Option<i64>) -> CliError {
    let how = match ahead_s {
        Some(ahead_s) if ahead_s < 0 => format!("{} slow", duration(ahead_s.saturating_mul(1000))),
        Some(ahead_s) => format!("{} fast", duration(ahead_s.saturating_mul(1000))),
        None => "wrong".to_owned(),
    };
    CliError::new(
        ErrorKind::Failed,
        format!("This machine's clock is {how}, and AWS takes only calls whose time is right."),
    )
    .try_this("Set the clock, best from the network (`sudo timedatectl set-ntp true`), and run the command again.")
}

/// Which quota is full. Some services name it in their message, others by their code alone.
fn quota(error: &AwsError) -> String {
    let named = error.message.split_once("quota for ").and_then(|(_, rest)| rest.split([':', ' ']).next());
    if let Some(name) = named.filter(|name| !name.is_empty()) {
        return format!("the quota {name}");
    }
    match error.code.as_deref().unwrap_or_default() {
        "CodeStorageExceededException" => "the storage for functions' code",
        "PolicyLengthExceededException" => "the resource policy of the function",
        "StateMachineLimitExceeded" => "the number of state machines",
        "ActivityLimitExceeded" => "the number of activities",
        "ExecutionLimitExceeded" => "the number of running executions",
        "TooManyTags" | "TooManyTagsException" => "the number of tags",
        _ if error.service == "CloudWatch Logs" => "the number of log groups",
        _ => "a quota",
    }
    .to_owned()
}

/// Where to call is not settled, or nobody is there.
fn place(error: &AwsError) -> CliError {
    let service = error.service;
    match error.kind {
        AwsErrorKind::InvalidSetting if error.operation == "region" => CliError::new(ErrorKind::Usage, error.message.clone())
            .try_this("Name one with `--region`, such as `--region eu-central-1`."),
        AwsErrorKind::InvalidSetting => CliError::new(ErrorKind::Usage, error.message.clone())
            .try_this("Set it to a number, such as WORKSHOP_CALL_TIMEOUT_MS=60000 for a minute, or not at all."),
        AwsErrorKind::UnknownHost => {
            unreached(format!("{service} has no address: there is no such region, or this machine is offline."))
                .try_this("Name a region with `--region`, such as `--region eu-central-1`, and check the network.")
        }
        AwsErrorKind::TlsFailed => unreached(format!("What answers for {service} can't be trusted: TLS failed.")).try_this(
            "Check this machine's clock. Behind a proxy that opens TLS, name its certificate: SSL_CERT_FILE=/path/to/ca.pem. \
             An AWS_ENDPOINT_URL of an emulator begins with http://.",
        ),
        AwsErrorKind::UnexpectedResponse => unreached(format!("What answers for {service} does not speak its language.")).try_this(
            "A proxy or a network that wants a sign-in may be in between: open any web page. If AWS_ENDPOINT_URL is set, check \
             what listens there.",
        ),
        _ => unreached(format!("{service} can't be reached.")).try_this(
            "Check the network and that the region's name is right (`--region`); \
             if AWS_ENDPOINT_URL is set, check that something listens there.",
        ),
    }
}

#[cfg(test)]
mod tests;
