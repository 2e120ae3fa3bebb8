//! One request, parsed as far as every service needs it.

use std::net::SocketAddr;

use bytes::Bytes;
use hyper::http::request::Parts;
use hyper::http::{HeaderName, HeaderValue};
use hyper::{HeaderMap, Method};
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::sync::watch;

use crate::error::ServiceError;
use crate::location::{Account, Location};
use crate::wire::{Protocol, json_member};

/// Who signed a request and for which service: the credential of its signature, in the header or in the query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    /// Access key id. Whose it is, and whether the signature is right, is decided where connections are.
    pub access_key: String,
    /// The region the client signed for, of the account that the access key belongs to.
    pub location: Location,
    /// Signing name of the service, such as `states`.
    pub service: String,
}

impl Scope {
    /// Reads the `Authorization` header, or the query of a presigned request that has none.
    #[must_use]
    pub fn of(headers: &HeaderMap, raw_query: &str) -> Option<Self> {
        match headers.get("authorization") {
            Some(authorization) => authorization.to_str().ok().and_then(Self::of_header),
            None => Self::of_query(raw_query),
        }
    }

    /// `AWS4-HMAC-SHA256 Credential=KEY/20240101/us-east-1/states/aws4_request, ...`.
    fn of_header(authorization: &str) -> Option<Self> {
        let (_, rest) = authorization.split_once("Credential=")?;
        Self::parse(rest.split([',', ' ']).next()?)
    }

    /// `X-Amz-Credential=KEY%2F20240101%2Fus-east-1%2Fstates%2Faws4_request&...`.
    fn of_query(raw_query: &str) -> Option<Self> {
        let mut pairs = form_urlencoded::parse(raw_query.as_bytes());
        pairs.find(|(name, _)| name == "X-Amz-Credential").and_then(|(_, credential)| Self::parse(&credential))
    }

    fn parse(credential: &str) -> Option<Self> {
        let mut parts = credential.rsplit('/');
        let _terminator = parts.next()?;
        let service = parts.next()?;
        let region = parts.next()?;
        let _date = parts.next()?;
        let access_key = parts.next()?;
        let location = Location::new(Account::of_access_key(access_key), region);
        Some(Self { access_key: access_key.to_owned(), location, service: service.to_owned() })
    }
}

/// The session of a role in which a service makes a request, although nothing is signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActingRole {
    /// The role's ARN.
    pub arn: String,
    /// The session's name.
    pub session: String,
}

/// What was found of a request's signature, where whoever answers it decides whether it needs one: at the endpoints of HTTP APIs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Signed {
    /// Nobody looked, or there is none.
    #[default]
    Not,
    /// It is that of the access key in the request's [`Scope`], who may act.
    Rightly,
    /// Why it is not taken, in AWS's words.
    Wrongly(String),
}

/// One HTTP request.
#[derive(Debug, Clone)]
pub struct Request {
    /// Answered as `x-amzn-RequestId`.
    pub id: String,
    /// The HTTP method.
    pub method: Method,
    /// Path as sent, still percent-encoded, without the query.
    pub path: String,
    /// Query as sent, without its question mark.
    pub raw_query: String,
    /// The headers.
    pub headers: HeaderMap,
    /// The whole body.
    pub body: Bytes,
    /// Absent when the request is not signed.
    pub scope: Option<Scope>,
    /// What the signature is worth, where that is left to whoever answers.
    pub signed: Signed,
    /// As which role a service makes it; none when whoever signs it acts.
    pub acting: Option<ActingRole>,
    /// The client's address.
    pub source: SocketAddr,
    /// When it arrived.
    pub received_at: Timestamp,
    /// Closed when the client has gone away; none for a request that has no client.
    pub client: Option<watch::Receiver<()>>,
    /// The values of the path's labels, once the router has found the operation.
    pub labels: Vec<(&'static str, String)>,
    /// How the service talks that it is for, once the router has found it.
    pub protocol: Option<Protocol>,
}

impl Request {
    /// Puts a request together from what arrived.
    #[must_use]
    pub fn new(id: String, mut parts: Parts, body: Bytes, source: SocketAddr, received_at: Timestamp) -> Self {
        let raw_query = parts.uri.query().unwrap_or_default().to_owned();
        // A request through a proxy names its host in the first line, which is the one that counts (RFC 9112, 3.2.2).
        if let Some(host) = parts.uri.authority().and_then(|named| HeaderValue::from_str(named.as_str()).ok()) {
            parts.headers.insert("host", host);
        }
        Self {
            id,
            scope: Scope::of(&parts.headers, &raw_query),
            signed: Signed::Not,
            acting: None,
            path: parts.uri.path().to_owned(),
            raw_query,
            method: parts.method,
            headers: parts.headers,
            body,
            source,
            received_at,
            client: None,
            labels: Vec::new(),
            protocol: None,
        }
    }

    /// A request that the embedded cloud makes of itself, as a client with any credentials in this location would.
    #[must_use]
    pub fn internal(id: String, now: Timestamp, location: &Location, service: &str) -> Self {
        let access_key = location.account().as_str().to_owned();
        Self {
            id,
            scope: Some(Scope { access_key, location: location.clone(), service: service.to_owned() }),
            signed: Signed::Not,
            acting: None,
            path: "/".to_owned(),
            raw_query: String::new(),
            method: Method::POST,
            headers: HeaderMap::new(),
            body: Bytes::new(),
            source: SocketAddr::from(([127, 0, 0, 1], 0)),
            received_at: now,
            client: None,
            labels: Vec::new(),
            protocol: None,
        }
    }

    /// Made by a service in a session of a role.
    #[must_use]
    pub fn acting_as(self, role: ActingRole) -> Self {
        Self { acting: Some(role), ..self }
    }

    /// With an operation of an awsJson service: `StartExecution` of `AWSStepFunctions`.
    #[must_use]
    pub fn with_target(self, prefix: &str, operation: &str, body: impl Into<Bytes>) -> Self {
        let target = format!("{prefix}.{operation}");
        Self { body: body.into(), ..self.with_header("x-amz-target", &target) }
    }

    /// With the method, path and query of a restJson operation.
    #[must_use]
    pub fn with_path(self, method: Method, path: &str, raw_query: &str, body: impl Into<Bytes>) -> Self {
        Self { method, path: path.to_owned(), raw_query: raw_query.to_owned(), body: body.into(), ..self }
    }

    /// With a header; one that no header can be is left out.
    #[must_use]
    pub fn with_header(mut self, name: &str, value: &str) -> Self {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::from_str(value)) {
            self.headers.insert(name, value);
        }
        self
    }

    /// Waits until the client has gone away.
    pub async fn gone(&self) {
        match self.client.clone() {
            Some(mut client) => while client.changed().await.is_ok() {},
            None => std::future::pending().await,
        }
    }

    /// A header's value; absent when it is not text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The operation that the `X-Amz-Target` header names, without the service's prefix.
    #[must_use]
    pub fn target_operation(&self) -> Option<&str> {
        self.header("x-amz-target")?.split_once('.').map(|(_, operation)| operation)
    }

    /// The account and region that the client signed for, else the default ones.
    #[must_use]
    pub fn location(&self) -> Location {
        self.scope.as_ref().map(|scope| scope.location.clone()).unwrap_or_default()
    }

    /// The query's pairs, decoded, in order.
    #[must_use]
    pub fn query(&self) -> Vec<(String, String)> {
        form_urlencoded::parse(self.raw_query.as_bytes()).into_owned().collect()
    }

    /// The first value of one query parameter.
    #[must_use]
    pub fn query_value(&self, name: &str) -> Option<String> {
        let mut pairs = form_urlencoded::parse(self.raw_query.as_bytes());
        pairs.find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
    }

    /// The path's segments, percent-decoded, without empty ones at either end: `/v2/apis/x` is `["v2", "apis", "x"]`.
    #[must_use]
    pub fn segments(&self) -> Vec<String> {
        let decode = |segment: &str| percent_encoding::percent_decode_str(segment).decode_utf8_lossy().into_owned();
        self.path.trim_matches('/').split('/').map(decode).collect()
    }

    /// The value of one of the path's labels; empty where the operation's path has no such label.
    #[must_use]
    pub fn label(&self, name: &str) -> &str {
        self.labels.iter().find(|(label, _)| *label == name).map(|(_, value)| value.as_str()).unwrap_or_default()
    }

    /// A text that the input has under this name: a label of the path, a member of the JSON body, or a parameter of the form
    /// or query. It is the one that the operation reads: permissions are decided by it.
    #[must_use]
    pub fn member(&self, name: &str) -> Option<String> {
        if let Some((_, value)) = self.labels.iter().find(|(label, _)| *label == name) {
            return Some(value.clone());
        }
        if !self.is_form() {
            return json_member::text(&self.body, name);
        }
        // Of several, the last one counts, as in `Form`.
        let in_form = form_urlencoded::parse(&self.body).filter(|(key, _)| key == name).last();
        in_form.map(|(_, value)| value.into_owned()).or_else(|| {
            let in_query = form_urlencoded::parse(self.raw_query.as_bytes()).filter(|(key, _)| key == name).last();
            in_query.map(|(_, value)| value.into_owned())
        })
    }

    /// Whether its input is a form. The service that it is for says so; before that is known, the body's first sign does.
    pub(crate) fn is_form(&self) -> bool {
        match self.protocol {
            Some(protocol) => matches!(protocol, Protocol::Query(_) | Protocol::Ec2),
            None => self.body.trim_ascii_start().first() != Some(&b'{'),
        }
    }

    /// What the JSON body has under a name.
    #[must_use]
    pub fn json_member(&self, name: &str) -> Option<Value> {
        json_member::value(&self.body, name)
    }

    /// The JSON body as the operation's input; an empty body is an empty object.
    ///
    /// # Errors
    /// `SerializationException`, as AWS answers a body that does not fit the operation's input.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, ServiceError> {
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
        let scope = Scope::of_header(header).unwrap();
        assert_eq!(scope.access_key, "test");
        assert_eq!(scope.location, Location::new(Account::default(), "eu-west-1"));
        assert_eq!(scope.service, "states");
        let query = "Action=x&X-Amz-Credential=test%2F20260101%2Feu-west-1%2Fstates%2Faws4_request";
        assert_eq!(Scope::of(&HeaderMap::new(), query), Some(scope));
        let headers = HeaderMap::from_iter([(hyper::header::AUTHORIZATION, HeaderValue::from_static("Bearer abc"))]);
        assert_eq!(Scope::of(&headers, query), None, "the header comes first");
    }

    #[test]
    fn other_authorization_is_no_scope() {
        assert_eq!(Scope::of_header("Bearer abc"), None);
        assert_eq!(Scope::of_header("AWS4-HMAC-SHA256 Credential=test"), None);
    }

    #[test]
    fn members_are_found_wherever_the_protocol_has_them() {
        let request = || Request::internal("id".to_owned(), Timestamp::UNIX_EPOCH, &Location::default(), "x");
        let json = request().with_target("AWSStepFunctions", "StartExecution", "{\"name\":\"n\",\"count\":1}");
        assert_eq!((json.member("name"), json.member("count"), json.member("x")), (Some("n".to_owned()), None, None));
        assert_eq!(json.target_operation(), Some("StartExecution"));
        let form = request().with_path(Method::POST, "/", "", "Action=GetRole&RoleName=r");
        assert_eq!(form.member("RoleName"), Some("r".to_owned()));
        let mut rest = request().with_path(Method::GET, "/functions/f", "Qualifier=1", "");
        rest.labels = vec![("FunctionName", "f".to_owned())];
        assert_eq!((rest.member("FunctionName"), rest.label("FunctionName")), (Some("f".to_owned()), "f"));
        assert_eq!((rest.member("Qualifier"), rest.label("Other")), (Some("1".to_owned()), ""));
    }

    /// What a policy is asked about must be what the operation then acts on.
    #[test]
    fn members_are_those_that_the_operation_reads() {
        let request = || Request::internal("id".to_owned(), Timestamp::UNIX_EPOCH, &Location::default(), "x");
        let of = |protocol, body: &str, query: &str| {
            let request = request().with_path(Method::POST, "/", query, body.to_owned());
            Request { protocol: Some(protocol), ..request }.member("RoleName")
        };
        let named = |name: &str| Some(name.to_owned());
        let form = Protocol::Query("");
        assert_eq!(of(form, "Action=x&RoleName=a&RoleName=b", "RoleName=c"), named("b"));
        assert_eq!(of(form, "Action=x", "RoleName=a&RoleName=b"), named("b"));
        assert_eq!(of(form, "{\"RoleName\":\"a&RoleName=b&x=\"}", ""), named("b"));
        assert_eq!(of(Protocol::Json10, " \n{\"RoleName\":\"a\"}", ""), named("a"));
        for protocol in [Protocol::Json10, Protocol::Json11, Protocol::Rest, Protocol::LambdaRest] {
            assert_eq!(of(protocol, "{}", "RoleName=c"), None, "{protocol:?}");
            assert_eq!(of(protocol, "RoleName=c", ""), None, "{protocol:?}");
        }
    }
}
