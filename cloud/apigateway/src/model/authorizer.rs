//! An authorizer: who may call the routes that name it.

use serde::{Deserialize, Serialize};

use super::{Mapping, Part, PayloadFormat, Source};

/// Who may call the routes that name it: bearers of tokens that an issuer signed, or whom a function lets in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Authorizer {
    #[serde(default)]
    pub(crate) authorizer_id: String,
    pub(crate) authorizer_type: AuthorizerType,
    pub(crate) name: String,
    /// Where a request has what identifies its caller, each a [`Mapping`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) identity_source: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) jwt_configuration: Option<JwtConfiguration>,
    /// The function, as the invocation path that holds its ARN.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) authorizer_uri: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) authorizer_payload_format_version: Option<String>,
    /// How long an answer of the function holds, in seconds; nothing is kept where it is zero or absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) authorizer_result_ttl_in_seconds: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) enable_simple_responses: Option<bool>,
    /// The role as which the function is invoked; none where the function's own policy lets API Gateway in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) authorizer_credentials_arn: Option<String>,
}

/// The kinds of authorizers of HTTP APIs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum AuthorizerType {
    /// A function decides.
    #[serde(rename = "REQUEST")]
    Request,
    /// A token is verified.
    #[serde(rename = "JWT")]
    Jwt,
}

/// Whose tokens are taken.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct JwtConfiguration {
    /// The audiences of which a token has to be for one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) audience: Vec<String>,
    /// The issuer's URL, below which it publishes its keys.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) issuer: Option<String>,
}

impl Authorizer {
    /// The form of what the function gets and answers; it is checked when an authorizer is made or changed.
    pub(crate) fn payload_format(&self) -> PayloadFormat {
        match self.authorizer_payload_format_version.as_deref() {
            Some("1.0") => PayloadFormat::V1,
            _ => PayloadFormat::V2,
        }
    }

    /// Whether the function answers yes or no, not with a policy.
    pub(crate) fn has_simple_answers(&self) -> bool {
        self.enable_simple_responses == Some(true)
    }
}

/// One entry of an identity source: exactly one place in a request, its context or the stage. None where it is no such place.
pub(crate) fn identity_source(text: &str) -> Option<Mapping> {
    let mapping = Mapping::parse(text)?;
    match mapping.0.as_slice() {
        [Part::From(Source::Header(_) | Source::Query(_) | Source::Context(_) | Source::StageVariable(_))] => {
            Some(mapping)
        }
        _ => None,
    }
}

/// Whether an entry of an identity source can hold a token: a header or a parameter of the query.
pub(crate) fn holds_token(text: &str) -> bool {
    let source = Mapping::parse(text).map(|mapping| mapping.0);
    matches!(source.as_deref(), Some([Part::From(Source::Header(_) | Source::Query(_))]))
}
