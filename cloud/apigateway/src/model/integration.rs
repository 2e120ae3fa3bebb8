//! An integration: what a route leads to.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What a route leads to: a Lambda function, an operation of a service, or an HTTP server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Integration {
    #[serde(default)]
    pub(crate) integration_id: String,
    pub(crate) integration_type: String,
    /// The function, or the server's URL; empty where a service is called.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) integration_uri: String,
    /// None where a service is called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) integration_method: Option<String>,
    #[serde(default = "internet")]
    pub(crate) connection_type: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) payload_format_version: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) integration_subtype: Option<String>,
    /// What the operation of the subtype is given, each a [`Mapping`](super::Mapping); else the changes to the request
    /// before it is passed on, each a [`RequestChange`](super::RequestChange).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) request_parameters: BTreeMap<String, String>,
    /// The changes to the answer, by its status; each a [`ResponseChange`](super::ResponseChange).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) response_parameters: BTreeMap<String, BTreeMap<String, String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) credentials_arn: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) description: Option<String>,
    #[serde(default = "thirty_seconds")]
    pub(crate) timeout_in_millis: u64,
    /// Whether quick create made it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) api_gateway_managed: bool,
}

/// The form in which a function gets a request and answers it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PayloadFormat {
    /// `1.0`, that of REST APIs.
    V1,
    /// `2.0`.
    V2,
}

impl Integration {
    /// Whether it leads to an HTTP server.
    pub(crate) fn is_http(&self) -> bool {
        self.integration_type == "HTTP_PROXY"
    }

    /// Its payload format; it is checked when an integration is made or changed.
    pub(crate) fn payload_format(&self) -> PayloadFormat {
        match self.payload_format_version.as_deref() {
            Some("1.0") => PayloadFormat::V1,
            _ => PayloadFormat::V2,
        }
    }
}

fn internet() -> String {
    "INTERNET".to_owned()
}

fn thirty_seconds() -> u64 {
    30_000
}

/// The function's ARN in an integration's URI, which is that ARN or an invocation path that holds it.
pub(crate) fn function_arn(uri: &str) -> Option<&str> {
    let arn = match uri.split_once(":lambda:path/2015-03-31/functions/") {
        Some((_, rest)) => rest.strip_suffix("/invocations")?,
        None => uri,
    };
    let parts: Vec<&str> = arn.split(':').collect();
    match parts.as_slice() {
        ["arn", _, "lambda", _, _, "function", name, ..] if !name.is_empty() => Some(arn),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uri_names_a_function() {
        let arn = "arn:aws:lambda:us-east-1:000000000000:function:f";
        assert_eq!(function_arn(arn), Some(arn));
        let path = format!("arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{arn}/invocations");
        assert_eq!(function_arn(&path), Some(arn));
        let alias = format!("{arn}:live");
        assert_eq!(function_arn(&alias), Some(alias.as_str()));
        assert_eq!(function_arn(&path.replace("f/invocations", "f:live/invocations")), Some(alias.as_str()));
        assert_eq!(function_arn("https://example.com"), None);
        assert_eq!(function_arn("arn:aws:lambda:us-east-1:000000000000:function:"), None);
    }
}
