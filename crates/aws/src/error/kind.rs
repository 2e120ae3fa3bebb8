//! What a failed call means: whose fault it is, and whether waiting may help.

/// How somebody signs in for credentials.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignIn {
    /// `aws sso login`.
    Sso,
    /// `aws login`.
    Console,
}

/// What a failed call means to the one who made it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AwsErrorKind {
    /// No credentials were found.
    NoCredentials,
    /// A source of credentials is configured, and it failed.
    CredentialsFailed,
    /// The credentials come from a sign-in, and nobody is signed in.
    SignedOut(SignIn),
    /// The credentials come from a sign-in, which has ended.
    ExpiredSignIn(SignIn),
    /// The role is given only with a code of an MFA device, and there is nobody to ask for it.
    MfaCodeNeeded,
    /// AWS does not take the code of the MFA device.
    MfaCodeRefused,
    /// The credentials were once valid.
    ExpiredCredentials,
    /// The credentials are not known to AWS.
    InvalidCredentials,
    /// This machine's clock is too wrong for signatures.
    WrongClock {
        /// By how many seconds it is ahead of AWS's, if that is known; negative when it is behind.
        ahead_s: Option<i64>,
    },
    /// An option or variable has a value that makes no sense; the message says which.
    InvalidSetting,
    /// The endpoint's name has no address: no such region, or no network.
    UnknownHost,
    /// Nothing answers at the endpoint: no connection was made.
    Unreachable,
    /// The proxy on the way does not answer; the message names it.
    ProxyUnreachable,
    /// The proxy on the way lets nothing through; the message names it.
    ProxyRefused,
    /// The endpoint is not trusted, or speaks no TLS.
    TlsFailed,
    /// There was a connection and no answer in time: AWS may have done what was asked.
    TimedOut,
    /// The connection broke before the answer was there: AWS may have done what was asked.
    ConnectionLost,
    /// What answered is not the service: a proxy, or a network that wants a sign-in.
    UnexpectedResponse,
    /// The caller may not do this.
    AccessDenied,
    /// Too many requests: the same call may succeed a little later.
    Throttled,
    /// The account has as much of something as it may have: waiting does not help.
    QuotaExceeded,
    /// The service's own fault: the same call may succeed a little later.
    ServiceFault,
    /// The resource does not exist.
    NotFound,
    /// The resource exists already, or is being changed right now.
    Conflict,
    /// The endpoint does not offer the operation.
    NotImplemented,
    /// Anything else; the message says it.
    Other,
}

impl AwsErrorKind {
    /// Whether the connection is to blame: the same call may succeed once it is back. What was asked may be done already.
    pub fn is_connection(self) -> bool {
        matches!(self, Self::Unreachable | Self::ProxyUnreachable | Self::TimedOut | Self::ConnectionLost)
    }
}
