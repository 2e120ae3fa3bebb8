//! Calls that are not the SDK's: to a deployed endpoint, by the same way to the network.

use std::time::Duration;

use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorSettings};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use http::Uri;

use crate::client::network::Network;
use crate::client::network::proxies::is_near;

/// Whether a URL leads to this machine, or to a service that only this machine sees, by its host alone.
#[must_use]
pub fn is_loopback(url: &str) -> bool {
    url.parse::<Uri>().is_ok_and(|url| url.host().is_some_and(is_near))
}

/// An answer to [`post_json`].
#[derive(Debug)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The body as text; bytes that are no UTF-8 are replaced.
    pub body: String,
}

/// Posts JSON to a deployed endpoint, as the lesson's curl does; with an `Authorization` header where there is one.
///
/// # Errors
/// The endpoint can't be reached, or does not answer within 30 seconds, AWS's own limit for an HTTP API.
pub async fn post_json(url: &str, body: String, authorization: Option<&str>) -> Result<Answer, ConnectorError> {
    let headers: Vec<_> = authorization.map(|value| ("authorization", value.to_owned())).into_iter().collect();
    call("POST", url, &headers, body, Duration::from_secs(30)).await
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
    let network = Network::from_settings(None).map_err(|error| ConnectorError::user(error.into()))?;
    let connector = network.connector(settings);
    let mut request = HttpRequest::new(SdkBody::from(body));
    request.set_method(method).map_err(|error| ConnectorError::user(error.into()))?;
    request.set_uri(url).map_err(|error| ConnectorError::user(error.into()))?;
    request.headers_mut().insert("content-type", "application/json");
    for (name, value) in headers {
        let inserted = request.headers_mut().try_insert(*name, value.clone());
        inserted.map_err(|error| ConnectorError::user(error.into()))?;
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
    fn urls_of_this_machine_are_told_by_their_host() {
        assert!(is_loopback("http://x1.execute-api.localhost:4566/dev") && is_loopback("http://127.0.0.1:1"));
        assert!(is_loopback("http://[::1]:4566/dev"));
        assert!(!is_loopback("https://x1.execute-api.eu-west-1.amazonaws.com/localhost"));
    }
}
