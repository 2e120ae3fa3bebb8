//! The Step Functions client, configured from the environment that Lambda gives a function.
//!
//! `aws-config` would do this too, and more (profiles, SSO, instance metadata); none of that exists in a function, and
//! leaving it out keeps the zip and the cold start small.

use aws_sdk_sfn::config::timeout::TimeoutConfig;
use aws_sdk_sfn::config::{BehaviorVersion, Config, Credentials, Region, SharedHttpClient};
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};
use aws_smithy_runtime_api::client::dns::{DnsFuture, ResolveDns, ResolveDnsError};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Duration;

/// Shorter than the function's own timeout, so that a silent API ends in our 502 and not in the API's opaque 500.
const CALL_TIMEOUT: Duration = Duration::from_secs(4);
const CONNECT_TIMEOUT: Duration = Duration::from_millis(1500);

/// What the function's environment says about AWS.
#[derive(Debug, PartialEq)]
pub(crate) struct Settings {
    region: String,
    access_key_id: String,
    secret_access_key: String,
    session_token: Option<String>,
    endpoint_url: Option<String>,
}

impl Settings {
    /// Reads the variables that Lambda sets, and the SDK's own for another endpoint. The error is the variable that is
    /// missing.
    pub(crate) fn read(variable: impl Fn(&str) -> Option<String>) -> Result<Self, &'static str> {
        let variable = |key: &str| variable(key).filter(|value| !value.is_empty());
        let required = |key: &'static str| variable(key).ok_or(key);
        Ok(Self {
            region: required("AWS_REGION")?,
            access_key_id: required("AWS_ACCESS_KEY_ID")?,
            secret_access_key: required("AWS_SECRET_ACCESS_KEY")?,
            session_token: variable("AWS_SESSION_TOKEN"),
            endpoint_url: variable("AWS_ENDPOINT_URL_SFN").or_else(|| variable("AWS_ENDPOINT_URL")),
        })
    }

    /// A client for these settings.
    pub(crate) fn client(self) -> aws_sdk_sfn::Client {
        let http_client = http_client(self.endpoint_url.as_deref());
        let timeouts =
            TimeoutConfig::builder().connect_timeout(CONNECT_TIMEOUT).operation_timeout(CALL_TIMEOUT).build();
        let credentials =
            Credentials::new(self.access_key_id, self.secret_access_key, self.session_token, None, "environment");
        let mut config = Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new(self.region))
            .credentials_provider(credentials)
            .timeout_config(timeouts)
            .http_client(http_client);
        config.set_endpoint_url(self.endpoint_url);
        aws_sdk_sfn::Client::from_conf(config.build())
    }
}

/// Reading the machine's certificates takes milliseconds of the cold start; a plain `http://` endpoint needs none.
fn http_client(endpoint_url: Option<&str>) -> SharedHttpClient {
    let plain = endpoint_url.is_some_and(|url| url.starts_with("http://"));
    let trust = TrustStore::empty().with_native_roots(!plain);
    let mut builder = aws_smithy_http_client::Builder::new().tls_provider(Provider::Rustls(CryptoMode::Ring));
    if let Ok(context) = TlsContext::builder().with_trust_store(trust).build() {
        builder = builder.tls_context(context);
    }
    builder.build_with_resolver(Resolver)
}

/// The system's resolver, except that names under `.localhost` are loopback (RFC 6761), even where the C library asks
/// the network for them.
#[derive(Debug, Clone)]
struct Resolver;

impl ResolveDns for Resolver {
    fn resolve_dns<'a>(&'a self, name: &'a str) -> DnsFuture<'a> {
        if is_loopback(name) {
            return DnsFuture::ready(Ok(vec![IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)]));
        }
        DnsFuture::new(async move {
            let addresses = tokio::net::lookup_host((name, 0)).await;
            let addresses = addresses.map_err(ResolveDnsError::new)?;
            Ok(addresses.map(|address| address.ip()).collect())
        })
    }
}

fn is_loopback(name: &str) -> bool {
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    name == "localhost" || name.ends_with(".localhost")
}

#[cfg(test)]
mod tests {
    use super::*;

    const LAMBDA: [(&str, &str); 4] = [
        ("AWS_REGION", "eu-west-1"),
        ("AWS_ACCESS_KEY_ID", "key"),
        ("AWS_SECRET_ACCESS_KEY", "secret"),
        ("AWS_SESSION_TOKEN", "token"),
    ];

    fn read(more: &[(&str, &str)]) -> Result<Settings, &'static str> {
        Settings::read(|key| {
            let pair = more.iter().chain(&LAMBDA).find(|(name, _)| *name == key)?;
            Some(String::from(pair.1))
        })
    }

    #[test]
    fn lambdas_variables_are_enough() {
        let settings = read(&[]).unwrap();
        assert_eq!(settings.region, "eu-west-1");
        assert_eq!(settings.session_token.as_deref(), Some("token"));
        assert_eq!(settings.endpoint_url, None);
    }

    #[test]
    fn the_services_own_endpoint_wins() {
        let all = ("AWS_ENDPOINT_URL", "http://127.0.0.1:4566");
        let own = ("AWS_ENDPOINT_URL_SFN", "http://127.0.0.1:4567");
        assert_eq!(read(&[all]).unwrap().endpoint_url.as_deref(), Some(all.1));
        assert_eq!(read(&[all, own]).unwrap().endpoint_url.as_deref(), Some(own.1));
        assert_eq!(read(&[("AWS_ENDPOINT_URL", "")]).unwrap().endpoint_url, None);
    }

    #[test]
    fn a_missing_variable_is_named() {
        assert_eq!(read(&[("AWS_REGION", "")]), Err("AWS_REGION"));
    }

    #[test]
    fn names_under_localhost_are_loopback() {
        for name in ["localhost", "states.localhost", "a.execute-api.LOCALHOST", "localhost."] {
            assert!(is_loopback(name), "{name}");
        }
        for name in ["localhost.example.com", "notlocalhost", "states.us-east-1.amazonaws.com"] {
            assert!(!is_loopback(name), "{name}");
        }
    }

    #[tokio::test]
    async fn the_resolver_answers_for_localhost_itself() {
        let addresses = Resolver.resolve_dns("states.localhost").await.unwrap();
        assert_eq!(addresses.first(), Some(&IpAddr::V4(Ipv4Addr::LOCALHOST)));
    }
}
