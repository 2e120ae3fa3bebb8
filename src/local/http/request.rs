//! One request, parsed as far as every service needs it.

use std::net::SocketAddr;

use bytes::Bytes;
use hyper::http::request::Parts;
use hyper::{HeaderMap, Method};
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use tokio::sync::watch;

use crate::local::arn::{Account, Region};
use crate::local::error::ServiceError;
use aws::clock;

/// Who signed a request and for which service: the `Credential` of its Authorization header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Scope {
    /// Access key id; any is accepted.
    pub(crate) access_key: String,
    /// Region the client signed for, of the account that the access key belongs to.
    pub(crate) region: Region,
    /// Signing name of the service, such as `states`.
    pub(crate) service: String,
}

impl Scope {
    /// Reads `AWS4-HMAC-SHA256 Credential=KEY/20240101/us-east-1/states/aws4_request, ...`.
    pub(crate) fn parse(authorization: &str) -> Option<Self> {
        let (_, rest) = authorization.split_once("Credential=")?;
        let credential = rest.split([',', ' ']).next()?;
        let mut parts = credential.rsplit('/');
        let (_terminator, service, region, _date) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        let access_key = parts.next()?;
        let region = Region::of(Account::of_access_key(access_key), region);
        Some(Self { access_key: access_key.to_owned(), region, service: service.to_owned() })
    }
}

/// One HTTP request.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    /// Answered as `x-amzn-RequestId`.
    pub(crate) id: String,
    pub(crate) method: Method,
    /// Path as sent, still percent-encoded, without the query.
    pub(crate) path: String,
    /// Query as sent, without its question mark.
    pub(crate) raw_query: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    /// Absent when the request is not signed.
    pub(crate) scope: Option<Scope>,
    /// The client's address.
    pub(crate) source: SocketAddr,
    pub(crate) received_at: Timestamp,
    /// Closed when the client has gone away; none for a request that has no client.
    pub(crate) client: Option<watch::Receiver<()>>,
}

impl Request {
    /// Puts a request together from what arrived.
    pub(crate) fn new(parts: Parts, body: Bytes, source: SocketAddr, received_at: Timestamp) -> Self {
        let authorization = parts.headers.get("authorization").and_then(|value| value.to_str().ok());
        Self {
            id: uuid::Uuid::new_v4().to_string(),
            scope: authorization.and_then(Scope::parse),
            path: parts.uri.path().to_owned(),
            raw_query: parts.uri.query().unwrap_or_default().to_owned(),
            method: parts.method,
            headers: parts.headers,
            body,
            source,
            received_at,
            client: None,
        }
    }

    /// Waits until the client has gone away.
    pub(crate) async fn gone(&self) {
        match self.client.clone() {
            Some(mut client) => while client.changed().await.is_ok() {},
            None => std::future::pending().await,
        }
    }

    /// A request that the embedded cloud makes of itself, as a client with any credentials in this region would.
    pub(crate) fn inside(region: &Region, service: &str, method: Method, path: &str, body: Bytes) -> Self {
        let access_key = region.account().as_str().to_owned();
        Self {
            id: uuid::Uuid::new_v4().to_string(),
            scope: Some(Scope { access_key, region: region.clone(), service: service.to_owned() }),
            path: path.to_owned(),
            raw_query: String::new(),
            method,
            headers: HeaderMap::new(),
            body,
            source: SocketAddr::from(([127, 0, 0, 1], 0)),
            received_at: clock::now(),
            client: None,
        }
    }

    /// A header's value; absent when it is not text.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The region the client signed for, else the default one.
    pub(crate) fn region(&self) -> Region {
        self.scope.as_ref().map_or_else(|| Region::new(""), |scope| scope.region.clone())
    }

    /// The query's pairs, decoded, in order.
    pub(crate) fn query(&self) -> Vec<(String, String)> {
        form_urlencoded::parse(self.raw_query.as_bytes()).into_owned().collect()
    }

    /// The first value of one query parameter.
    pub(crate) fn query_value(&self, name: &str) -> Option<String> {
        let mut pairs = form_urlencoded::parse(self.raw_query.as_bytes());
        pairs.find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
    }

    /// The path's segments, percent-decoded, without empty ones at either end: `/v2/apis/x` is `["v2", "apis", "x"]`.
    pub(crate) fn segments(&self) -> Vec<String> {
        let decode = |segment: &str| percent_encoding::percent_decode_str(segment).decode_utf8_lossy().into_owned();
        self.path.trim_matches('/').split('/').map(decode).collect()
    }

    /// The JSON body as the operation's input; an empty body is an empty object.
    ///
    /// # Errors
    /// `SerializationException`, as AWS answers a body that does not fit the operation's input.
    pub(crate) fn json<T: DeserializeOwned>(&self) -> Result<T, ServiceError> {
        let body: &[u8] = if self.body.is_empty() { b"{}" } else { &self.body };
        serde_json::from_slice(body)
            .map_err(|error| ServiceError::bad_request("SerializationException", error.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_credential_scope() {
        let header =
            "AWS4-HMAC-SHA256 Credential=test/20260101/eu-west-1/states/aws4_request, SignedHeaders=host, Signature=ab";
        let scope = Scope::parse(header).unwrap();
        assert_eq!(scope.access_key, "test");
        assert_eq!(scope.region, Region::new("eu-west-1"));
        assert_eq!(scope.service, "states");
    }

    #[test]
    fn other_authorization_is_no_scope() {
        assert_eq!(Scope::parse("Bearer abc"), None);
        assert_eq!(Scope::parse("AWS4-HMAC-SHA256 Credential=test"), None);
    }
}
