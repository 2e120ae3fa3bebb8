//! Which proxy a URL goes through: HTTPS_PROXY, HTTP_PROXY and NO_PROXY, read as the aws CLI reads them.

use std::net::IpAddr;
use std::sync::Arc;

use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_runtime_api::client::result::ConnectorError;
use http::Uri;
use hyper_util::client::proxy::matcher::Matcher;

use crate::client::resolver::is_localhost;
use crate::error::kind::AwsErrorKind;
use crate::error::{AwsError, error_chain};

/// The proxies of the environment.
#[derive(Debug, Clone)]
pub(crate) struct Proxies {
    http: Option<Proxy>,
    https: Option<Proxy>,
    /// Knows what NO_PROXY excepts.
    matcher: Arc<Matcher>,
}

/// A proxy, and the variable that names it.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Proxy {
    /// With user and password.
    url: String,
    variable: &'static str,
}

impl std::fmt::Debug for Proxy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Proxy").field(&self.shown()).field(&self.variable).finish()
    }
}

impl Proxies {
    /// What the environment says.
    ///
    /// # Errors
    /// A variable is set to something else than the URL of an HTTP proxy.
    pub(crate) fn from_env() -> Result<Self, AwsError> {
        Self::of(|name| std::env::var(name).ok())
    }

    /// No proxy for anything.
    pub(crate) fn none() -> Self {
        Self { http: None, https: None, matcher: Arc::new(Matcher::builder().build()) }
    }

    fn of(variable: impl Fn(&str) -> Option<String>) -> Result<Self, AwsError> {
        // The lower-case name comes first, and an empty one switches the other off.
        let first = |lower: &'static str, upper: &'static str| {
            let found = [lower, upper].into_iter().find_map(|name| Some((name, variable(name)?)));
            found.filter(|(_, value)| !value.trim().is_empty())
        };
        let proxy = |found: Option<(&'static str, String)>| {
            found.map(|(variable, url)| Proxy::parse(url.trim(), variable)).transpose()
        };
        let https = proxy(first("https_proxy", "HTTPS_PROXY"))?;
        // In a CGI script HTTP_PROXY is what a client sent as the header `Proxy`.
        let is_cgi = variable("REQUEST_METHOD").is_some();
        let http = proxy(first("http_proxy", if is_cgi { "http_proxy" } else { "HTTP_PROXY" }))?;
        let no_proxy = first("no_proxy", "NO_PROXY").map(|(_, hosts)| hosts).unwrap_or_default();
        let url = |proxy: &Option<Proxy>| proxy.as_ref().map(|proxy| proxy.url.clone()).unwrap_or_default();
        let matcher = Matcher::builder().http(url(&http)).https(url(&https)).no(no_proxy).build();
        Ok(Self { http, https, matcher: Arc::new(matcher) })
    }

    /// The proxy that a URL goes through, if any. This machine and its metadata services are always called directly.
    pub(crate) fn of_url(&self, uri: &Uri) -> Option<&Proxy> {
        if uri.host().is_none_or(is_near) {
            return None;
        }
        self.matcher.intercept(uri)?;
        if uri.scheme() == Some(&http::uri::Scheme::HTTPS) { self.https.as_ref() } else { self.http.as_ref() }
    }
}

/// Whether a host is this machine, or a service that only this machine sees: 169.254.169.254 and the like.
pub(crate) fn is_near(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']').parse();
    match address {
        Ok(IpAddr::V4(address)) => address.is_loopback() || address.is_link_local() || address.is_unspecified(),
        // fd00:ec2::/32 are the metadata services of EC2 and of EKS.
        Ok(IpAddr::V6(address)) => {
            address.is_loopback() || address.is_unicast_link_local() || address.segments()[..2] == [0xfd00, 0xec2]
        }
        Err(_) => is_localhost(host),
    }
}

impl Proxy {
    fn parse(written: &str, variable: &'static str) -> Result<Self, AwsError> {
        let url = if written.contains("://") { written.to_owned() } else { format!("http://{written}") };
        let proxy = Self { url, variable };
        let uri: Option<Uri> = proxy.url.parse().ok();
        let is_proxy = |uri: &Uri| matches!(uri.scheme_str(), Some("http" | "https")) && uri.host().is_some();
        if uri.as_ref().is_some_and(is_proxy) {
            return Ok(proxy);
        }
        let shown = proxy.shown();
        let message = format!("{variable} is `{shown}`; it must be the URL of an HTTP proxy.");
        Err(AwsError::on_this_side(AwsErrorKind::InvalidSetting, "proxy", message))
    }

    /// Whether the proxy itself speaks TLS.
    pub(crate) fn is_tls(&self) -> bool {
        self.url.starts_with("https://")
    }

    /// The URL without user and password.
    fn shown(&self) -> String {
        let (scheme, rest) = self.url.split_once("://").unwrap_or(("http", &self.url));
        let authority = rest.split(['/', '?']).next().unwrap_or(rest);
        let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
        format!("{scheme}://{host}")
    }

    /// For the HTTP client.
    ///
    /// # Errors
    /// The HTTP client does not take it.
    pub(crate) fn config(&self) -> Result<ProxyConfig, AwsError> {
        ProxyConfig::all(self.url.as_str()).map_err(|_| {
            // The error shows the URL with its password.
            let message = format!("{} is `{}`, which the HTTP client does not take.", self.variable, self.shown());
            AwsError::on_this_side(AwsErrorKind::InvalidSetting, "proxy", message)
        })
    }

    /// The proxy answered 407.
    pub(crate) fn wants_credentials(&self) -> AwsError {
        let with = if self.url.contains('@') { "other credentials than its URL has" } else { "a user and a password" };
        self.refuses(&format!("wants {with} (407)"))
    }

    fn refuses(&self, how: &str) -> AwsError {
        let message = format!("The proxy {} ({}) {how}.", self.shown(), self.variable);
        AwsError::on_this_side(AwsErrorKind::ProxyRefused, "proxy", message)
    }

    /// A failed call through this proxy, with the proxy in its words where the proxy is to blame.
    pub(crate) fn explained(&self, error: ConnectorError, uri: &Uri) -> ConnectorError {
        let why = error_chain(&error);
        let host = uri.host().unwrap_or_default();
        if why.contains("proxy authorization required") {
            return ConnectorError::user(self.wants_credentials().into());
        }
        let is_tunnel = why.contains("tunnel error");
        if is_tunnel && !why.contains("failed to create underlying connection") {
            return ConnectorError::user(self.refuses(&format!("opens no connection to {host}")).into());
        }
        let is_https = uri.scheme() == Some(&http::uri::Scheme::HTTPS);
        let how = if why.contains("connect timeout") {
            format!("has opened no connection to {host} in time")
        } else if is_tunnel || (!is_https && why.contains("(Connect)")) {
            format!("can't be reached: {}", why.rsplit(": ").next().unwrap_or(&why))
        } else {
            return error;
        };
        let message = format!("The proxy {} ({}) {how}.", self.shown(), self.variable);
        ConnectorError::io(AwsError::on_this_side(AwsErrorKind::ProxyUnreachable, "proxy", message).into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proxies(variables: &[(&str, &str)]) -> Result<Proxies, AwsError> {
        Proxies::of(|name| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned()))
    }

    fn way(variables: &[(&str, &str)], url: &str) -> String {
        let proxies = proxies(variables).unwrap();
        let proxy = proxies.of_url(&url.parse().unwrap());
        proxy.map_or("direct".to_owned(), |proxy| format!("{} {}", proxy.variable, proxy.url))
    }

    #[test]
    fn each_scheme_has_its_variable() {
        let both = [("HTTPS_PROXY", "http://a:1"), ("http_proxy", "b:2"), ("ALL_PROXY", "http://c:3")];
        assert_eq!(way(&both, "https://sts.amazonaws.com/"), "HTTPS_PROXY http://a:1");
        assert_eq!(way(&both, "http://sts.amazonaws.com/"), "http_proxy http://b:2");
        assert_eq!(way(&[("ALL_PROXY", "http://c:3")], "https://sts.amazonaws.com/"), "direct", "as in the aws CLI");
        let lower = [("https_proxy", "http://low:1"), ("HTTPS_PROXY", "http://up:1")];
        assert_eq!(way(&lower, "https://x.com/"), "https_proxy http://low:1");
        assert_eq!(way(&[("https_proxy", ""), ("HTTPS_PROXY", "http://up:1")], "https://x.com/"), "direct");
        assert_eq!(way(&[("HTTP_PROXY", "http://up:1"), ("REQUEST_METHOD", "GET")], "http://x.com/"), "direct");
    }

    #[test]
    fn some_hosts_are_called_directly() {
        let all =
            [("HTTPS_PROXY", "http://p:1"), ("HTTP_PROXY", "http://p:1"), ("NO_PROXY", ".corp.example, 10.0.0.0/8")];
        for near in [
            "http://127.0.0.1:4566/",
            "http://localhost:4566/",
            "http://x.execute-api.localhost:4566/",
            "http://[::1]:80/",
            "http://169.254.169.254/latest",
            "http://169.254.170.2/v2",
            "http://[fd00:ec2::254]/latest",
            "https://git.corp.example/",
            "https://corp.example/",
            "https://10.2.3.4/",
        ] {
            assert_eq!(way(&all, near), "direct", "{near}");
        }
        for far in ["https://sts.eu-west-1.amazonaws.com/", "https://notcorp.example/", "http://11.0.0.1/"] {
            assert_ne!(way(&all, far), "direct", "{far}");
        }
        assert_eq!(way(&[("HTTPS_PROXY", "http://p:1"), ("no_proxy", "*")], "https://x.com/"), "direct");
    }

    #[test]
    fn what_is_no_proxy_is_refused_and_passwords_are_hidden() {
        let wrong = proxies(&[("HTTPS_PROXY", "socks5://anna:secret@p:1080/x")]).unwrap_err();
        insta::assert_snapshot!(wrong.message, @"HTTPS_PROXY is `socks5://p:1080`; it must be the URL of an HTTP proxy.");
        let right = proxies(&[("HTTPS_PROXY", "http://anna:p%40ss@p:3128")]).unwrap();
        assert!(!format!("{right:?}").contains("p%40ss"), "{right:?}");
        let uri = "https://x.com/".parse().unwrap();
        insta::assert_snapshot!(right.of_url(&uri).unwrap().wants_credentials().message, @"The proxy http://p:3128 (HTTPS_PROXY) wants other credentials than its URL has (407).");
    }
}
