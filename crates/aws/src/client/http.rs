//! The one HTTP client: for the SDK and for calls to a deployed endpoint alike.

use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};
use aws_smithy_http_client::{Builder, Connector};
use aws_smithy_runtime_api::client::dns::{DnsFuture, ResolveDns, ResolveDnsError};
use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorSettings, SharedHttpClient};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;

use crate::error::error_chain;
use crate::trace::TARGET;

/// Resolves names under `.localhost` to loopback, as RFC 6761 asks, even where the C library does not; every other name
/// as the system does.
#[derive(Debug, Clone)]
struct Resolver;

impl ResolveDns for Resolver {
    fn resolve_dns<'a>(&'a self, name: &'a str) -> DnsFuture<'a> {
        if is_localhost(name) {
            return DnsFuture::ready(Ok(vec![IpAddr::V4(Ipv4Addr::LOCALHOST)]));
        }
        let name = name.to_owned();
        DnsFuture::new(async move {
            let found = tokio::net::lookup_host((name, 0)).await.map_err(ResolveDnsError::new)?;
            Ok(found.map(|address| address.ip()).collect())
        })
    }
}

/// Whether a host name is loopback by its very name.
fn is_localhost(name: &str) -> bool {
    let name = name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase();
    name == "localhost" || name.ends_with(".localhost")
}

/// Whether a URL leads to this machine by the very name of its host.
#[must_use]
pub fn is_loopback(url: &str) -> bool {
    let host = url.split_once("://").map_or(url, |(_, rest)| rest);
    let host = host.split(['/', ':']).next().unwrap_or_default();
    is_localhost(host) || host == "127.0.0.1"
}

/// The certificates to trust. Reading the system's takes several milliseconds, which a plain-HTTP endpoint need not pay.
fn tls_context(endpoint: Option<&str>) -> TlsContext {
    let plain = endpoint.is_some_and(|url| url.starts_with("http://"));
    let trust = if plain { TrustStore::empty() } else { TrustStore::default() };
    TlsContext::builder().with_trust_store(trust).build().unwrap_or_else(|error| {
        tracing::warn!(target: TARGET, error = error_chain(&error), "the TLS settings are refused; using the defaults");
        TlsContext::default()
    })
}

/// The HTTP client for the SDK, for the given endpoint or for AWS itself.
pub fn client(endpoint: Option<&str>) -> SharedHttpClient {
    Builder::new()
        .tls_provider(Provider::Rustls(CryptoMode::Ring))
        .tls_context(tls_context(endpoint))
        .build_with_resolver(Resolver)
}

/// An answer to [`post_json`].
#[derive(Debug)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The body as text; bytes that are no UTF-8 are replaced.
    pub body: String,
}

/// Posts JSON to a deployed endpoint, as the lesson's curl does.
///
/// # Errors
/// The endpoint can't be reached, or does not answer within 30 seconds, AWS's own limit for an HTTP API.
pub async fn post_json(url: &str, body: String) -> Result<Answer, ConnectorError> {
    call("POST", url, &[], body, Duration::from_secs(30)).await
}

/// Reads a URL.
///
/// # Errors
/// Nothing answers there within two seconds.
pub async fn get(url: &str) -> Result<Answer, ConnectorError> {
    call("GET", url, &[], String::new(), Duration::from_secs(2)).await
}

/// Asks as a browser does before a page of another origin may use a method (a CORS preflight).
///
/// # Errors
/// Nothing answers there within five seconds.
pub async fn preflight(url: &str, origin: &str, method: &str) -> Result<Answer, ConnectorError> {
    let headers = [("origin", origin), ("access-control-request-method", method)];
    let headers = headers.map(|(name, value)| (name, value.to_owned()));
    call("OPTIONS", url, &headers, String::new(), Duration::from_secs(5)).await
}

async fn call(
    method: &str,
    url: &str,
    headers: &[(&'static str, String)],
    body: String,
    limit: Duration,
) -> Result<Answer, ConnectorError> {
    let settings = HttpConnectorSettings::builder().connect_timeout(limit).read_timeout(limit).build();
    let connector = Connector::builder()
        .connector_settings(settings)
        .tls_provider(Provider::Rustls(CryptoMode::Ring))
        .tls_context(tls_context(Some(url)))
        .build_with_resolver(Resolver);
    let mut request = HttpRequest::new(SdkBody::from(body));
    request.set_method(method).map_err(|error| ConnectorError::user(error.into()))?;
    request.set_uri(url).map_err(|error| ConnectorError::user(error.into()))?;
    request.headers_mut().insert("content-type", "application/json");
    for (name, value) in headers {
        request.headers_mut().insert(*name, value.clone());
    }
    let response = connector.call(request).await?;
    let status = response.status().as_u16();
    let collected = http_body_util::BodyExt::collect(response.into_body()).await;
    let bytes = collected.map_err(ConnectorError::io)?.to_bytes();
    Ok(Answer { status, body: String::from_utf8_lossy(&bytes).into_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_under_localhost_are_loopback() {
        for name in ["localhost", "x1.execute-api.localhost", "A.LOCALHOST."] {
            assert!(is_localhost(name), "{name}");
        }
        for name in ["localhost.example.com", "notlocalhost", ""] {
            assert!(!is_localhost(name), "{name}");
        }
        assert!(is_loopback("http://x1.execute-api.localhost:4566/dev") && is_loopback("http://127.0.0.1:1"));
        assert!(!is_loopback("https://x1.execute-api.eu-west-1.amazonaws.com/localhost"));
    }
}
