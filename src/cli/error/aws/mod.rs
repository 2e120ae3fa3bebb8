//! A failed call to AWS: each kind has its sentence and its advice.

mod denied;

use aws::{Aws, AwsError, AwsErrorKind, SignIn};

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
            AwsErrorKind::InvalidSetting
            | AwsErrorKind::MfaCodeNeeded
            | AwsErrorKind::ProxyUnreachable
            | AwsErrorKind::ProxyRefused => failure,
            _ => failure.because(cause),
        }
    }
}

impl CliError {
    /// The first call of a command failed, which is where wrong settings show: the sentence names the setting.
    pub(crate) fn first_call(error: AwsError, aws: &Aws) -> Self {
        let profile = aws.profile.as_deref();
        if let (AwsErrorKind::SignedOut(way) | AwsErrorKind::ExpiredSignIn(way), Some(profile)) = (error.kind, profile)
        {
            let hint = format!("Sign in: `{} --profile {profile}`; or {LOCAL_NEEDS_NONE}.", sign_in(way));
            return Self::from(error).try_this(hint);
        }
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
        | AwsErrorKind::SignedOut(_)
        | AwsErrorKind::ExpiredSignIn(_)
        | AwsErrorKind::ExpiredCredentials
        | AwsErrorKind::InvalidCredentials => credentials(error.kind),
        AwsErrorKind::MfaCodeNeeded | AwsErrorKind::MfaCodeRefused => mfa(error),
        AwsErrorKind::WrongClock { ahead_s } => wrong_clock(ahead_s),
        AwsErrorKind::InvalidSetting
        | AwsErrorKind::UnknownHost
        | AwsErrorKind::Unreachable
        | AwsErrorKind::ProxyUnreachable
        | AwsErrorKind::ProxyRefused
        | AwsErrorKind::TlsFailed
        | AwsErrorKind::UnexpectedResponse => place(error),
        AwsErrorKind::TimedOut => unreached(format!("{service} did not answer {operation} in time."))
            .try_this("Check the network and run the command again: what is done stays done. On a slow line, give each call more time, such as WORKSHOP_CALL_TIMEOUT_MS=600000 (ten minutes)."),
        AwsErrorKind::ConnectionLost => unreached(format!("The connection to {service} broke before {operation} was answered."))
            .try_this("Check the network and run the command again: what is done stays done."),
        AwsErrorKind::AccessDenied => denied::access_denied(error),
        AwsErrorKind::Throttled => refused(format!("{service} still asks to slow down: {operation} failed after several tries."))
            .try_this("Others may be calling AWS with the same account. Run the command again in a minute; what is done stays done."),
        AwsErrorKind::ServiceFault => refused(format!("{service} reports a fault of its own: {operation} failed after several tries."))
            .try_this("Run the command again in a minute; what is done stays done. https://health.aws.amazon.com shows AWS's own troubles."),
        AwsErrorKind::QuotaExceeded => refused(format!("The account has no room for more: {} of {service} is full.", quota(error)))
            .try_this("Delete what is no longer needed, or ask for more under Service Quotas in the console; then run the command again. What is done stays done."),
        AwsErrorKind::NotFound => {
            CliError::new(ErrorKind::NotFound, format!("{service} does not find what {operation} asked for."))
        }
        AwsErrorKind::NotImplemented => refused(format!("This endpoint does not offer {operation} of {service}.")),
        AwsErrorKind::Conflict | AwsErrorKind::Other if is_about_role(error) => refused(format!("{service} refused {operation}."))
            .try_this("The role is gone, or its trust policy does not let the service in; another command may have removed it meanwhile. `workshop deploy` makes the role of a stack anew; what is done stays done."),
        AwsErrorKind::Conflict | AwsErrorKind::Other => refused(format!("{service} refused {operation}.")),
    }
}

/// Whether the service may not have the role that it was given: Lambda's words, and those of Step Functions.
fn is_about_role(error: &AwsError) -> bool {
    ["cannot be assumed", "authorized to assume the provided role"].iter().any(|words| error.message.contains(words))
}

fn unreached(message: String) -> CliError {
    CliError::new(ErrorKind::Unreachable, message)
}

/// Who the caller is, is not settled.
fn credentials(kind: AwsErrorKind) -> CliError {
    let (message, advice) = match kind {
        AwsErrorKind::ExpiredCredentials => {
            ("The AWS credentials have expired.", "Renew the keys, or sign in again (`aws login`, `aws sso login`)".to_owned())
        }
        AwsErrorKind::SignedOut(way) => (
            "Nobody is signed in for the AWS credentials that the profile names.",
            format!("Sign in: `{}`, with the same `--profile`", sign_in(way)),
        ),
        AwsErrorKind::ExpiredSignIn(way) => (
            "The sign-in that gives the AWS credentials has ended.",
            format!("Sign in: `{}`, with the same `--profile`", sign_in(way)),
        ),
        AwsErrorKind::CredentialsFailed => (
            "The AWS credentials could not be loaded.",
            "Correct what the cause names, in ~/.aws/config or where the profile has its credentials from".to_owned(),
        ),
        AwsErrorKind::InvalidCredentials => (
            "AWS does not know these credentials.",
            "Check the access key and the profile (`aws sts get-caller-identity`), and that the account has enabled the region".to_owned(),
        ),
        _ => (
            "No AWS credentials were found.",
            "Run `aws configure`, set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or name a profile with `--profile`".to_owned(),
        ),
    };
    CliError::new(ErrorKind::Credentials, message).try_this(format!("{advice}; or {LOCAL_NEEDS_NONE}."))
}

/// The command that signs in.
fn sign_in(way: SignIn) -> &'static str {
    match way {
        SignIn::Sso => "aws sso login",
        SignIn::Console => "aws login",
    }
}

/// The role is given only with a code.
fn mfa(error: &AwsError) -> CliError {
    if error.kind == AwsErrorKind::MfaCodeRefused {
        return CliError::new(ErrorKind::Credentials, "AWS does not take the code of the MFA device.").try_this(
            "Each code works once: wait for the next one and run the command again. Check `mfa_serial` in the profile.",
        );
    }
    CliError::new(ErrorKind::Credentials, error.message.clone()).try_this(
        "Run any command with this profile once on a terminal, such as `workshop info`, or let the aws CLI ask for the code \
         (`aws sts get-caller-identity`, with the same `--profile`): the session is kept in ~/.aws/cli/cache, and what runs \
         without a terminal uses it until it ends. Where nobody is, set the keys of `aws sts get-session-token`.",
    )
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
        _ if error.operation == "StartLiveTail" => "the number of live tails at a time",
        _ if error.service == "CloudWatch Logs" => "the number of log groups",
        _ => "a quota",
    }
    .to_owned()
}

/// Where to call is not settled, or nobody is there.
fn place(error: &AwsError) -> CliError {
    let service = error.service;
    match error.kind {
        AwsErrorKind::InvalidSetting => setting(error),
        AwsErrorKind::ProxyUnreachable => unreached(error.message.clone())
            .try_this("Check the variable and that the proxy runs. NO_PROXY lists the hosts that are called without it."),
        AwsErrorKind::ProxyRefused => unreached(error.message.clone()).try_this(
            "User and password belong into the variable, such as http://USER:PASSWORD@HOST:PORT (%40 for an @). A host that \
             the proxy holds back has to be let through by whoever runs it; NO_PROXY lists the hosts that are called without it.",
        ),
        AwsErrorKind::UnknownHost => {
            unreached(format!("{service} has no address: there is no such region, or this machine is offline."))
                .try_this("Name a region with `--region`, such as `--region eu-central-1`, and check the network.")
        }
        AwsErrorKind::TlsFailed => unreached(format!("What answers for {service} can't be trusted: TLS failed.")).try_this(
            "Check this machine's clock. Behind a proxy that opens TLS, name its certificate: AWS_CA_BUNDLE=/path/to/ca.pem. \
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

/// A setting that makes no sense, and where it is mended.
fn setting(error: &AwsError) -> CliError {
    let advice = match error.operation {
        "region" => "Name one with `--region`, such as `--region eu-central-1`.",
        "profile" => "`aws configure list-profiles` lists the profiles; `aws configure --profile NAME` makes one.",
        "configuration files" => "Correct the file: no profile of it can be read until then.",
        "role" => "Correct it in ~/.aws/config, or name another profile with `--profile`.",
        "proxy" => "Set the variable to a URL such as http://proxy.example.com:3128, or not at all.",
        "certificates" => "Name a file of certificates in PEM, or none: then those of the system are trusted.",
        "keys" => "Set both or neither; `--profile` names a profile that comes before both.",
        _ => "Set it to a number, such as WORKSHOP_CALL_TIMEOUT_MS=60000 for a minute, or not at all.",
    };
    CliError::new(ErrorKind::Usage, error.message.clone()).try_this(advice)
}

#[cfg(test)]
mod tests;
