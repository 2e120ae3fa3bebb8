//! What is told of each failure.

use super::*;
use aws::Target;
use model::names::Region;

fn told(kind: AwsErrorKind, code: &str, message: &str) -> String {
    let code = Some(code.to_owned()).filter(|code| !code.is_empty());
    let service = "Lambda";
    let operation = "CreateFunction";
    let message = message.to_owned();
    let error = CliError::from(AwsError { kind, service, operation, code, message, request_id: None });
    let cause = error.cause.map(|cause| format!(" | {cause}")).unwrap_or_default();
    format!("{} {}{cause} | {}", error.kind as u8, error.message, error.hint.unwrap_or_default())
}

#[test]
fn a_full_quota_is_named() {
    let full = |code, message| {
        let told = told(AwsErrorKind::QuotaExceeded, code, message);
        told.split(" | ").next().unwrap_or_default().to_owned()
    };
    insta::assert_snapshot!(full("CodeStorageExceededException", "Code storage limit exceeded."), @"7 The account has no room for more: the storage for functions' code of Lambda is full.");
    insta::assert_snapshot!(full("LimitExceeded", "Cannot exceed quota for RolesPerAccount: 1000"), @"7 The account has no room for more: the quota RolesPerAccount of Lambda is full.");
    insta::assert_snapshot!(full("ServiceQuotaExceededException", "why"), @"7 The account has no room for more: a quota of Lambda is full.");
}

#[test]
fn a_role_that_a_service_may_not_have_is_explained() {
    for message in [
        "The role defined for the function cannot be assumed by Lambda.",
        "Neither the global service principal states.amazonaws.com, nor the regional one is authorized to assume the provided role.",
    ] {
        let told = told(AwsErrorKind::Other, "", message);
        assert!(
            told.starts_with("7 Lambda refused CreateFunction.") && told.contains("The role is gone, or"),
            "{told}"
        );
    }
    assert!(told(AwsErrorKind::Other, "", "why").ends_with("| why | "));
}

#[test]
fn every_failure_has_its_sentence_and_advice() {
    let kinds = [
        AwsErrorKind::NoCredentials,
        AwsErrorKind::CredentialsFailed,
        AwsErrorKind::SignedOut(SignIn::Sso),
        AwsErrorKind::ExpiredSignIn(SignIn::Console),
        AwsErrorKind::MfaCodeNeeded,
        AwsErrorKind::MfaCodeRefused,
        AwsErrorKind::ExpiredCredentials,
        AwsErrorKind::InvalidCredentials,
        AwsErrorKind::WrongClock { ahead_s: Some(7_500) },
        AwsErrorKind::WrongClock { ahead_s: Some(-400) },
        AwsErrorKind::WrongClock { ahead_s: None },
        AwsErrorKind::UnknownHost,
        AwsErrorKind::Unreachable,
        AwsErrorKind::ProxyUnreachable,
        AwsErrorKind::ProxyRefused,
        AwsErrorKind::TlsFailed,
        AwsErrorKind::TimedOut,
        AwsErrorKind::ConnectionLost,
        AwsErrorKind::UnexpectedResponse,
        AwsErrorKind::AccessDenied,
        AwsErrorKind::Throttled,
        AwsErrorKind::QuotaExceeded,
        AwsErrorKind::ServiceFault,
    ];
    let all: Vec<String> = kinds.into_iter().map(|kind| told(kind, "", "why")).collect();
    insta::assert_snapshot!(all.join("\n"), @r"
    4 No AWS credentials were found. | Run `aws configure`, set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or name a profile with `--profile`; or add `--local` to use the embedded cloud, which needs no account.
    4 The AWS credentials could not be loaded. | why | Correct what the cause names, in ~/.aws/config or where the profile has its credentials from; or add `--local` to use the embedded cloud, which needs no account.
    4 Nobody is signed in for the AWS credentials that the profile names. | why | Sign in: `aws sso login`, with the same `--profile`; or add `--local` to use the embedded cloud, which needs no account.
    4 The sign-in that gives the AWS credentials has ended. | why | Sign in: `aws login`, with the same `--profile`; or add `--local` to use the embedded cloud, which needs no account.
    4 why | Run any command with this profile once on a terminal, such as `workshop info`, or let the aws CLI ask for the code (`aws sts get-caller-identity`, with the same `--profile`): the session is kept in ~/.aws/cli/cache, and what runs without a terminal uses it until it ends. Where nobody is, set the keys of `aws sts get-session-token`.
    4 AWS does not take the code of the MFA device. | why | Each code works once: wait for the next one and run the command again. Check `mfa_serial` in the profile.
    4 The AWS credentials have expired. | why | Renew the keys, or sign in again (`aws login`, `aws sso login`); or add `--local` to use the embedded cloud, which needs no account.
    4 AWS does not know these credentials. | why | Check the access key and the profile (`aws sts get-caller-identity`), and that the account has enabled the region; or add `--local` to use the embedded cloud, which needs no account.
    1 This machine's clock is 2 h 5 m fast, and AWS takes only calls whose time is right. | why | Set the clock, best from the network (`sudo timedatectl set-ntp true`), and run the command again.
    1 This machine's clock is 6 m 40 s slow, and AWS takes only calls whose time is right. | why | Set the clock, best from the network (`sudo timedatectl set-ntp true`), and run the command again.
    1 This machine's clock is wrong, and AWS takes only calls whose time is right. | why | Set the clock, best from the network (`sudo timedatectl set-ntp true`), and run the command again.
    5 Lambda has no address: there is no such region, or this machine is offline. | why | Name a region with `--region`, such as `--region eu-central-1`, and check the network.
    5 Lambda can't be reached. | why | Check the network and that the region's name is right (`--region`); if AWS_ENDPOINT_URL is set, check that something listens there.
    5 why | Check the variable and that the proxy runs. NO_PROXY lists the hosts that are called without it.
    5 why | User and password belong into the variable, such as http://USER:PASSWORD@HOST:PORT (%40 for an @). A host that the proxy holds back has to be let through by whoever runs it; NO_PROXY lists the hosts that are called without it.
    5 What answers for Lambda can't be trusted: TLS failed. | why | Check this machine's clock. Behind a proxy that opens TLS, name its certificate: AWS_CA_BUNDLE=/path/to/ca.pem. An AWS_ENDPOINT_URL of an emulator begins with http://.
    5 Lambda did not answer CreateFunction in time. | why | Check the network and run the command again: what is done stays done. On a slow line, give each call more time, such as WORKSHOP_CALL_TIMEOUT_MS=600000 (ten minutes).
    5 The connection to Lambda broke before CreateFunction was answered. | why | Check the network and run the command again: what is done stays done.
    5 What answers for Lambda does not speak its language. | why | A proxy or a network that wants a sign-in may be in between: open any web page. If AWS_ENDPOINT_URL is set, check what listens there.
    7 Lambda does not allow CreateFunction. | why | Correct what the message names, or use another profile with `--profile`.
    7 Lambda still asks to slow down: CreateFunction failed after several tries. | why | Others may be calling AWS with the same account. Run the command again in a minute; what is done stays done.
    7 The account has no room for more: a quota of Lambda is full. | why | Delete what is no longer needed, or ask for more under Service Quotas in the console; then run the command again. What is done stays done.
    7 Lambda reports a fault of its own: CreateFunction failed after several tries. | why | Run the command again in a minute; what is done stays done. https://health.aws.amazon.com shows AWS's own troubles.
    ");
}

#[test]
fn a_setting_is_told_in_its_own_words() {
    insta::assert_snapshot!(told(AwsErrorKind::InvalidSetting, "", "WORKSHOP_CALL_TIMEOUT_MS is `x`."), @"2 WORKSHOP_CALL_TIMEOUT_MS is `x`. | Set it to a number, such as WORKSHOP_CALL_TIMEOUT_MS=60000 for a minute, or not at all.");
}

#[tokio::test]
async fn wrong_settings_are_named() {
    let region = Region::parse("xx-nowhere-1").unwrap();
    let target = Target::Local { endpoint: "http://127.0.0.1:9".to_owned(), region, keys: None };
    let here = Aws::connect(target).await.unwrap();
    let mut there = here.clone();
    there.endpoint = None;
    there.profile = Some("anna".to_owned());
    let told = |aws: &Aws, kind| {
        let service = "STS";
        let operation = "GetCallerIdentity";
        let message = "why".to_owned();
        let error = AwsError { kind, service, operation, code: None, message, request_id: None };
        CliError::first_call(error, aws)
    };
    let unknown = told(&there, AwsErrorKind::UnknownHost);
    insta::assert_snapshot!(unknown.message, @"AWS has no address for the region xx-nowhere-1: there is none, or this machine is offline.");
    assert_eq!((unknown.kind, unknown.cause.as_deref()), (ErrorKind::Unreachable, Some("why")));
    insta::assert_snapshot!(told(&here, AwsErrorKind::Unreachable).message, @"Nothing answers at http://127.0.0.1:9.");
    let none = told(&there, AwsErrorKind::NoCredentials);
    insta::assert_snapshot!(none.message, @"No AWS credentials were found in the profile `anna`.");
    assert_eq!((none.cause, none.more.detail.as_deref()), (None, Some("why")), "the long list is for --verbose");
    let login = told(&there, AwsErrorKind::ExpiredSignIn(SignIn::Console));
    insta::assert_snapshot!(login.hint.unwrap_or_default(), @"Sign in: `aws login --profile anna`; or add `--local` to use the embedded cloud, which needs no account.");
}

#[test]
fn a_refused_action_is_named() {
    let user = "User: arn:aws:iam::123456789012:user/anna is not authorized to perform:";
    let told = |rest: &str| {
        let told = told(AwsErrorKind::AccessDenied, "AccessDeniedException", &format!("{user} {rest}"));
        let parts: Vec<&str> = told.split(" | ").collect();
        format!("{} | {}", parts[0], parts[2])
    };
    let role = "arn:aws:iam::123456789012:role/r";
    insta::assert_snapshot!(told(&format!("iam:PassRole on resource: {role} because no identity-based policy allows the iam:PassRole action")), @"7 You may not do iam:PassRole on arn:aws:iam::123456789012:role/r, which CreateFunction of Lambda needs. | Ask for iam:PassRole, or use another profile with `--profile`; `workshop print --policies --for deployer` prints the policy that all commands need.");
    insta::assert_snapshot!(told(&format!("iam:PassRole on resource: {role} with an explicit deny in a service control policy")), @"7 You may not do iam:PassRole on arn:aws:iam::123456789012:role/r, which CreateFunction of Lambda needs. | A policy of the account or of its organisation denies it: ask who keeps that policy, or use another profile with `--profile`.");
}
