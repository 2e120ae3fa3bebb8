//! The way to the network: directly or through a proxy, and which certificates are trusted there.

pub(crate) mod proxies;
pub(crate) mod trust;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};
use aws_smithy_http_client::{Connector, ConnectorBuilder};
use aws_smithy_runtime_api::client::connector_metadata::ConnectorMetadata;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use http::Uri;

use self::proxies::{Proxies, Proxy};
use self::trust::Trust;
use crate::client::resolver::Resolver;
use crate::error::AwsError;

/// The user's settings of proxies and certificates.
#[derive(Debug, Clone)]
pub(crate) struct Network {
    proxies: Proxies,
    trust: Trust,
}

impl Network {
    /// What the environment says, and the profile's `ca_bundle`.
    ///
    /// # Errors
    /// A proxy that is none.
    pub(crate) fn from_settings(profile_ca_bundle: Option<&str>) -> Result<Self, AwsError> {
        Ok(Self { proxies: Proxies::from_env()?, trust: Trust::from_settings(profile_ca_bundle) })
    }

    /// For the embedded cloud, which is on this machine and speaks no TLS.
    pub(crate) fn loopback() -> Self {
        Self { proxies: Proxies::none(), trust: Trust::System }
    }

    /// The HTTP client of the SDK.
    pub(crate) fn client(self) -> NetworkClient {
        NetworkClient { network: Arc::new(self), connectors: Mutex::default() }
    }

    /// One connector, for calls that are not the SDK's.
    pub(crate) fn connector(self, settings: HttpConnectorSettings) -> SharedHttpConnector {
        SharedHttpConnector::new(NetworkConnector {
            network: Arc::new(self),
            settings,
            connectors: Arc::new(Mutex::default()),
        })
    }
}

/// The connect and the read timeout.
type Limits = (Option<Duration>, Option<Duration>);

/// The SDK's HTTP client: one connector for each pair of time limits.
#[derive(Debug)]
pub(crate) struct NetworkClient {
    network: Arc<Network>,
    connectors: Mutex<BTreeMap<Limits, SharedHttpConnector>>,
}

impl HttpClient for NetworkClient {
    fn http_connector(&self, settings: &HttpConnectorSettings, _components: &RuntimeComponents) -> SharedHttpConnector {
        let limits = (settings.connect_timeout(), settings.read_timeout());
        let mut connectors = self.connectors.lock().unwrap_or_else(PoisonError::into_inner);
        let connector = || {
            let network = Arc::clone(&self.network);
            let connectors = Arc::new(Mutex::default());
            SharedHttpConnector::new(NetworkConnector { network, settings: settings.clone(), connectors })
        };
        connectors.entry(limits).or_insert_with(connector).clone()
    }

    fn connector_metadata(&self) -> Option<ConnectorMetadata> {
        Some(ConnectorMetadata::new("hyper", Some("1.x".into())))
    }
}

/// What a connection needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Route {
    /// To the endpoint, or to the proxy.
    tls: bool,
    /// Whether a proxy is between.
    proxied: bool,
    /// The scheme of the endpoint, which decides on the proxy.
    https: bool,
}

/// Sends each request on its route. What a route needs is made when the first request takes it: reading the system's
/// certificates takes several milliseconds, which a plain endpoint need not pay.
#[derive(Debug)]
struct NetworkConnector {
    network: Arc<Network>,
    settings: HttpConnectorSettings,
    connectors: Arc<Mutex<BTreeMap<Route, SharedHttpConnector>>>,
}

impl HttpConnector for NetworkConnector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let uri: Uri = match request.uri().parse() {
            Ok(uri) => uri,
            Err(error) => return HttpConnectorFuture::ready(Err(ConnectorError::user(Box::new(error)))),
        };
        let proxy = self.network.proxies.of_url(&uri).cloned();
        let connector = match self.connector(&uri, proxy.as_ref()) {
            Ok(connector) => connector,
            Err(error) => return HttpConnectorFuture::ready(Err(ConnectorError::user(error.into()))),
        };
        let answer = connector.call(request);
        let Some(proxy) = proxy else { return answer };
        HttpConnectorFuture::new(async move {
            match answer.await {
                // What is behind a tunnel does not ask for the proxy's credentials.
                Ok(answer) if answer.status().as_u16() == 407 => {
                    Err(ConnectorError::user(proxy.wants_credentials().into()))
                }
                Ok(answer) => Ok(answer),
                Err(error) => Err(proxy.explained(error, &uri)),
            }
        })
    }
}

impl NetworkConnector {
    fn connector(&self, uri: &Uri, proxy: Option<&Proxy>) -> Result<SharedHttpConnector, AwsError> {
        let https = uri.scheme() == Some(&http::uri::Scheme::HTTPS);
        let tls = https || proxy.is_some_and(Proxy::is_tls);
        let route = Route { tls, proxied: proxy.is_some(), https };
        let mut connectors = self.connectors.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(connector) = connectors.get(&route) {
            return Ok(connector.clone());
        }
        let context = if tls { self.network.trust.tls_context()? } else { no_certificates()? };
        let mut builder = ConnectorBuilder::default().connector_settings(self.settings.clone());
        if let Some(proxy) = proxy {
            builder = builder.proxy_config(proxy.config()?);
        } else {
            builder = builder.proxy_config(ProxyConfig::disabled());
        }
        let connector: Connector =
            builder.tls_provider(Provider::Rustls(CryptoMode::Ring)).tls_context(context).build_with_resolver(Resolver);
        let connector = SharedHttpConnector::new(connector);
        connectors.insert(route, connector.clone());
        Ok(connector)
    }
}

/// A connection without TLS trusts nobody.
fn no_certificates() -> Result<TlsContext, AwsError> {
    trust::context(TrustStore::empty())
}
