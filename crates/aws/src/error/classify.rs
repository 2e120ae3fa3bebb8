//! Classifies failed calls: by the service's error code and message, the HTTP status, or the words of the connection.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use crate::error::kind::{AwsErrorKind, SignIn};

/// A clock that is wrong by more than this is why a signature is refused; AWS allows five minutes.
const TOLERANCE_S: i64 = 240;

/// The error that a service answered with.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ServiceError<'a> {
    /// The HTTP status.
    pub(crate) status: u16,
    /// The error code; empty when there is none.
    pub(crate) code: &'a str,
    /// The sentence; empty when there is none.
    pub(crate) message: &'a str,
    /// By how many seconds this machine's clock is ahead of the answer's date, if that has one.
    pub(crate) ahead_s: Option<i64>,
}

impl ServiceError<'_> {
    /// Its kind: by the code, or else by the status.
    pub(crate) fn kind(self) -> AwsErrorKind {
        if let Some(kind) = self.wrong_clock() {
            return kind;
        }
        match (error_code(self.code), self.status) {
            (AwsErrorKind::Other, 429) => AwsErrorKind::Throttled,
            (AwsErrorKind::Other, 500..) => AwsErrorKind::ServiceFault,
            // Every service says at least one of the two.
            (AwsErrorKind::Other, _) if self.code.is_empty() && self.message.is_empty() => {
                AwsErrorKind::UnexpectedResponse
            }
            (kind, _) => kind,
        }
    }

    /// A signature that comes too late or too early was made by a wrong clock.
    fn wrong_clock(self) -> Option<AwsErrorKind> {
        let measured = self.ahead_s.filter(|ahead_s| ahead_s.abs() > TOLERANCE_S);
        match self.code {
            "RequestTimeTooSkewed" | "RequestInTheFuture" => Some(AwsErrorKind::WrongClock { ahead_s: measured }),
            // With a clock that is right, it is what some services call a session that has ended.
            "RequestExpired" => measured.map(|ahead_s| AwsErrorKind::WrongClock { ahead_s: Some(ahead_s) }),
            "InvalidSignatureException" | "SignatureDoesNotMatch"
                if ["Signature expired", "Signature not yet current"].iter().any(|it| self.message.contains(it)) =>
            {
                Some(AwsErrorKind::WrongClock { ahead_s: ahead_by(self.message).or(measured) })
            }
            _ => None,
        }
    }
}

/// The difference that a sentence shows: `Signature expired: 20260101T100000Z is now earlier than 20260101T101500Z
/// (20260101T102000Z - 5 min.)` names this machine's time first and AWS's last.
fn ahead_by(sentence: &str) -> Option<i64> {
    let words = sentence.split(|c: char| !c.is_ascii_alphanumeric());
    let moments: Vec<Timestamp> = words.filter_map(signature_time).collect();
    let ours = moments.first()?;
    let theirs = moments.last()?;
    Some(ours.as_second() - theirs.as_second())
}

/// A time as signatures have it.
fn signature_time(text: &str) -> Option<Timestamp> {
    let time = DateTime::strptime("%Y%m%dT%H%M%SZ", text).ok()?;
    time.to_zoned(TimeZone::UTC).ok().map(|time| time.timestamp())
}

/// Error codes are exact; they are those of the services' API models and of AWS's common errors.
fn error_code(code: &str) -> AwsErrorKind {
    match code {
        "ExpiredToken" | "ExpiredTokenException" | "RequestExpired" | "TokenRefreshRequired" => {
            AwsErrorKind::ExpiredCredentials
        }
        "InvalidClientTokenId"
        | "InvalidAccessKeyId"
        | "UnrecognizedClientException"
        | "SignatureDoesNotMatch"
        | "InvalidSignatureException"
        | "IncompleteSignature"
        | "IncompleteSignatureException"
        | "MissingAuthenticationToken"
        | "MissingAuthenticationTokenException"
        | "OptInRequired"
        | "AuthFailure" => AwsErrorKind::InvalidCredentials,
        "AccessDenied"
        | "AccessDeniedException"
        | "UnauthorizedOperation"
        | "UnauthorizedException"
        | "ForbiddenException"
        | "NotAuthorized" => AwsErrorKind::AccessDenied,
        "NotImplemented"
        | "NotImplementedException"
        | "UnknownOperation"
        | "UnknownOperationException"
        | "InvalidAction" => AwsErrorKind::NotImplemented,
        "RequestTimeout" | "RequestTimeoutException" => AwsErrorKind::TimedOut,
        _ => resource_code(code),
    }
}

/// Codes that say how the service or the resource is.
fn resource_code(code: &str) -> AwsErrorKind {
    match code {
        "Throttling"
        | "ThrottlingException"
        | "ThrottledException"
        | "EC2ThrottledException"
        | "RequestThrottled"
        | "RequestThrottledException"
        | "TooManyRequestsException"
        | "RequestLimitExceeded"
        | "BandwidthLimitExceeded"
        | "ProvisionedThroughputExceededException"
        | "TransactionInProgressException"
        | "PriorRequestNotComplete"
        | "SlowDown" => AwsErrorKind::Throttled,
        // The SDK takes the first for throttling and repeats the call; in these services it is a quota that is full.
        "LimitExceededException"
        | "LimitExceeded"
        | "CodeStorageExceededException"
        | "PolicyLengthExceededException"
        | "StateMachineLimitExceeded"
        | "ActivityLimitExceeded"
        | "ExecutionLimitExceeded"
        | "ServiceQuotaExceededException"
        | "TooManyTags"
        | "TooManyTagsException" => AwsErrorKind::QuotaExceeded,
        "InternalError"
        | "InternalFailure"
        | "InternalServerError"
        | "InternalServerException"
        | "ServiceException"
        | "ServiceUnavailable"
        | "ServiceUnavailableException"
        | "ServiceFailure"
        | "ServiceFailureException" => AwsErrorKind::ServiceFault,
        "NotFoundException"
        | "NoSuchEntity"
        | "NoSuchEntityException"
        | "ResourceNotFound"
        | "ResourceNotFoundException"
        | "StateMachineDoesNotExist"
        | "ExecutionDoesNotExist"
        | "ActivityDoesNotExist" => AwsErrorKind::NotFound,
        "ConflictException"
        | "EntityAlreadyExists"
        | "EntityTemporarilyUnmodifiable"
        | "ResourceConflictException"
        | "ResourceAlreadyExistsException"
        | "ResourceInUseException"
        | "ExecutionAlreadyExists"
        | "StateMachineAlreadyExists"
        | "StateMachineDeleting"
        | "OperationAbortedException"
        | "ConcurrentModification"
        | "PreconditionFailedException"
        | "DeleteConflict" => AwsErrorKind::Conflict,
        _ => AwsErrorKind::Other,
    }
}

/// A call without an answer: the SDK's text distinguishes a missing credential from a refused connection.
pub(crate) fn no_response(text: &str) -> AwsErrorKind {
    let says = |words: &[&str]| words.iter().any(|word| text.contains(word));
    match text {
        _ if says(&["no credentials found in chain", "could not find profile"]) => AwsErrorKind::NoCredentials,
        _ if says(&["lookup address", "dns error"]) => AwsErrorKind::UnknownHost,
        _ if says(&["credential"]) => credentials_failure(text),
        _ if says(&["peer certificate", "fatal alert", "InvalidContentType", "PeerIncompatible", "PeerMisbehaved"]) => {
            AwsErrorKind::TlsFailed
        }
        // Without a connection the call was not executed.
        _ if says(&["Connect)", "connect timeout"]) => AwsErrorKind::Unreachable,
        _ if says(&["timeout", "timed out"]) => AwsErrorKind::TimedOut,
        _ if says(&["connection closed", "reset by peer", "roken pipe", "end of file", "operation was canceled"]) => {
            AwsErrorKind::ConnectionLost
        }
        _ => AwsErrorKind::Unreachable,
    }
}

/// Why credentials that are configured could not be loaded.
fn credentials_failure(text: &str) -> AwsErrorKind {
    let says = |words: &[&str]| words.iter().any(|word| text.contains(word));
    match text {
        _ if says(&["/login/cache/", "\\login\\cache\\"]) => AwsErrorKind::SignedOut(SignIn::Console),
        _ if says(&["cached Login token"]) && !says(&["(Connect)", "timeout"]) => {
            AwsErrorKind::ExpiredSignIn(SignIn::Console)
        }
        // The second is what the portal says of a token that was taken back.
        _ if says(&["SSO token has expired", "UnauthorizedException"]) => AwsErrorKind::ExpiredSignIn(SignIn::Sso),
        _ if says(&["cached SSO token", "/sso/cache/", "\\sso\\cache\\"]) => AwsErrorKind::SignedOut(SignIn::Sso),
        _ if says(&["expired"]) => AwsErrorKind::ExpiredCredentials,
        // Nothing is configured; the machine was asked last whether it has a role.
        _ if says(&["IMDS"]) => AwsErrorKind::NoCredentials,
        _ => AwsErrorKind::CredentialsFailed,
    }
}

/// An answer that could not be read: its status, and what was wrong with it.
pub(crate) fn unreadable_response(status: u16, text: &str) -> AwsErrorKind {
    let is_cut = text.contains("error reading a body") || no_response(text) == AwsErrorKind::ConnectionLost;
    match status {
        429 => AwsErrorKind::Throttled,
        500.. => AwsErrorKind::ServiceFault,
        _ if is_cut => AwsErrorKind::ConnectionLost,
        _ => AwsErrorKind::UnexpectedResponse,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_without_an_answer_is_told_apart() {
        let loading = "dispatch failure: other: an error occurred while loading credentials: ";
        let in_loading = |why: &str| no_response(&format!("{loading}{why}"));
        let token = "an error occurred while loading an access token: ";
        assert_eq!(
            in_loading("Error retrieving credentials: external process exited"),
            AwsErrorKind::CredentialsFailed
        );
        assert_eq!(
            in_loading(&format!("{token}failed to load the cached SSO token")),
            AwsErrorKind::SignedOut(SignIn::Sso)
        );
        assert_eq!(
            in_loading("failed to read `/h/.aws/sso/cache/a5.json`: No such file"),
            AwsErrorKind::SignedOut(SignIn::Sso)
        );
        assert_eq!(in_loading(&format!("{token}the SSO token has expired")), AwsErrorKind::ExpiredSignIn(SignIn::Sso));
        assert_eq!(in_loading("failed to load IMDS session token"), AwsErrorKind::NoCredentials);
        assert_eq!(in_loading("dns error: failed to lookup address information"), AwsErrorKind::UnknownHost);
        let nowhere =
            "the credential provider was not enabled: no credentials found in chain. Attempted: IMDS timed out";
        assert_eq!(no_response(nowhere), AwsErrorKind::NoCredentials);
        let tls = "dispatch failure: io error: client error (Connect): invalid peer certificate: UnknownIssuer";
        assert_eq!(no_response(tls), AwsErrorKind::TlsFailed);
        assert_eq!(
            no_response("timeout: client error (Connect): HTTP connect timeout occurred after 3s"),
            AwsErrorKind::Unreachable
        );
        assert_eq!(
            no_response("io error: client error (SendRequest): connection error: Broken pipe (os error 32)"),
            AwsErrorKind::ConnectionLost
        );
    }

    #[test]
    fn signatures_of_a_wrong_clock_are_no_wrong_keys() {
        let kind =
            |message, ahead_s| ServiceError { status: 403, code: "InvalidSignatureException", message, ahead_s }.kind();
        let slow =
            "Signature expired: 20260101T100000Z is now earlier than 20260101T101500Z (20260101T102000Z - 5 min.)";
        assert_eq!(kind(slow, None), AwsErrorKind::WrongClock { ahead_s: Some(-1200) });
        let fast = "Signature not yet current: 20260101T120000Z is still later than 20260101T110500Z (20260101T110000Z + 5 min.)";
        assert_eq!(kind(fast, None), AwsErrorKind::WrongClock { ahead_s: Some(3600) });
        assert_eq!(
            kind("Signature expired: some time ago", Some(-900)),
            AwsErrorKind::WrongClock { ahead_s: Some(-900) }
        );
        let keys = "The request signature we calculated does not match the signature you provided.";
        assert_eq!(kind(keys, Some(3)), AwsErrorKind::InvalidCredentials);
        let skewed = ServiceError { status: 403, code: "RequestTimeTooSkewed", message: "", ahead_s: Some(1) };
        assert_eq!(skewed.kind(), AwsErrorKind::WrongClock { ahead_s: None });
    }

    #[test]
    fn codes_have_their_meaning() {
        for (kind, codes) in [
            (AwsErrorKind::ExpiredCredentials, "ExpiredToken ExpiredTokenException"),
            (AwsErrorKind::InvalidCredentials, "InvalidClientTokenId UnrecognizedClientException OptInRequired"),
            (AwsErrorKind::AccessDenied, "AccessDenied AccessDeniedException ForbiddenException"),
            (
                AwsErrorKind::Throttled,
                "Throttling ThrottlingException ThrottledException SlowDown PriorRequestNotComplete ProvisionedThroughputExceededException TransactionInProgressException",
            ),
            (
                AwsErrorKind::QuotaExceeded,
                "LimitExceeded LimitExceededException CodeStorageExceededException StateMachineLimitExceeded ServiceQuotaExceededException",
            ),
            (AwsErrorKind::ServiceFault, "ServiceException InternalServerError ServiceUnavailable"),
            (AwsErrorKind::TimedOut, "RequestTimeout"),
            (AwsErrorKind::NotFound, "NoSuchEntity ExecutionDoesNotExist"),
            (AwsErrorKind::Conflict, "DeleteConflict ConcurrentModification EntityTemporarilyUnmodifiable"),
            (AwsErrorKind::NotImplemented, "UnknownOperationException InvalidAction"),
            (AwsErrorKind::Other, "ValidationException SomethingNew"),
        ] {
            for code in codes.split(' ') {
                let answer = ServiceError { status: 400, code, message: "why", ahead_s: None };
                assert_eq!(answer.kind(), kind, "{code}");
            }
        }
    }
}
