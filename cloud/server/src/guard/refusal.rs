//! What AWS answers to a request whose signature it does not take, in the codes and with the status of each protocol.
//!
//! The codes and texts are those that clients of AWS show; awsJson services answer 400 where the others answer 403.

use cloud_core::{Protocol, ServiceError};

/// Why a request is not let in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// It is not signed.
    Unsigned,
    /// Its `Authorization` header lacks something, which the text names.
    Incomplete(String),
    /// Its access key, or its session token, is not known here.
    UnknownKey,
    /// The same, and the client is another user of the machine, or one that the system does not name.
    Stranger,
    /// It is presigned with an access key that is not known here.
    UnknownPresigner,
    /// Its session has ended.
    Expired,
    /// Its signature is of another time, or of another scope; the text says which.
    WrongScope(String),
    /// Its signature is not the one that its key makes.
    WrongSignature,
}

impl Refusal {
    /// The error as a service of this protocol gives it.
    pub(crate) fn error(&self, protocol: Protocol) -> ServiceError {
        let is_query = matches!(protocol, Protocol::Query(_) | Protocol::Ec2 | Protocol::RestXml);
        let is_json = matches!(protocol, Protocol::Json10 | Protocol::Json11);
        let status = if is_json { 400 } else { 403 };
        let code = match self {
            Self::Unsigned if is_query => "MissingAuthenticationToken",
            Self::Unsigned => "MissingAuthenticationTokenException",
            Self::Incomplete(_) if is_query => return ServiceError::new(400, "IncompleteSignature", self.text()),
            Self::Incomplete(_) => "IncompleteSignatureException",
            Self::UnknownKey | Self::Stranger | Self::UnknownPresigner if is_query => "InvalidClientTokenId",
            Self::UnknownKey | Self::Stranger | Self::UnknownPresigner => "UnrecognizedClientException",
            Self::Expired if is_query => "ExpiredToken",
            Self::Expired => "ExpiredTokenException",
            Self::WrongScope(_) | Self::WrongSignature if is_query => "SignatureDoesNotMatch",
            Self::WrongScope(_) | Self::WrongSignature => "InvalidSignatureException",
        };
        ServiceError::new(status, code, self.text())
    }

    fn text(&self) -> String {
        match self {
            Self::Unsigned => "Request is missing Authentication Token. Any credentials will do: access key test, secret \
                               key test."
                .to_owned(),
            Self::Incomplete(text) | Self::WrongScope(text) => text.clone(),
            Self::UnknownKey => "The security token included in the request is invalid.".to_owned(),
            Self::Stranger => "The security token included in the request is invalid. This embedded cloud runs as another \
                               user: sign with its own keys, which that user sees with `workshop local env`."
                .to_owned(),
            Self::UnknownPresigner => "The security token included in the request is invalid. The embedded cloud takes a \
                                       presigned request only of keys that it knows: its own, which `workshop local env` \
                                       prints, and those of a session that STS gave out."
                .to_owned(),
            Self::Expired => "The security token included in the request is expired".to_owned(),
            Self::WrongSignature => "The request signature we calculated does not match the signature you provided. Check \
                                     your AWS Secret Access Key and signing method. Consult the service documentation for \
                                     details."
                .to_owned(),
        }
    }
}
