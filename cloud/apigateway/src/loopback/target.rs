//! The URLs of integrations and issuers.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// The host names of this machine: this one, and all below it (RFC 6761, 6.3).
const LOCALHOST: &str = "localhost";

/// Where a request to a server on this machine goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Target {
    /// As the `Host` header names it.
    pub(crate) authority: String,
    host: String,
    port: u16,
    /// What follows the authority: path and query, perhaps with variables in braces; begins with a slash.
    pub(crate) path: String,
}

/// Why a URL is not reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unreachable {
    /// It is none.
    #[error("it is no URL")]
    NoUrl,
    /// It needs a certificate that nobody here has.
    #[error("it is of https; the embedded cloud reaches http on this machine only")]
    Https,
    /// It is of another machine.
    #[error("it is on another machine; the embedded cloud reaches http on this machine only")]
    Elsewhere,
}

/// A URL in its parts.
struct Parts<'a> {
    is_https: bool,
    authority: &'a str,
    host: &'a str,
    port: Option<u16>,
    path: &'a str,
}

impl<'a> Parts<'a> {
    /// Reads a URL of http or https, without a user and without variables before its path.
    fn parse(url: &'a str) -> Option<Self> {
        let (scheme, rest) = url.split_once("://")?;
        let is_https = match scheme {
            "http" => false,
            "https" => true,
            _ => return None,
        };
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at(end);
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._:[]".contains(&byte);
        if !authority.bytes().all(is_plain) || path.bytes().any(|byte| byte <= b' ' || byte == 0x7f || byte == b'#') {
            return None;
        }
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) if !port.contains(']') => (host, Some(port.parse().ok()?)),
            _ => (authority, None),
        };
        (!host.is_empty() && port != Some(0)).then_some(Self { is_https, authority, host, port, path })
    }
}

/// Whether a text is a URL that an integration may name.
pub(crate) fn is_url(text: &str) -> bool {
    Parts::parse(text).is_some()
}

/// Whether a text is one that an authorizer may name as issuer: https, or http on this machine.
pub(crate) fn is_issuer(text: &str) -> bool {
    Parts::parse(text).is_some_and(|parts| parts.is_https) || Target::parse(text).is_ok()
}

impl Target {
    /// Where a URL leads.
    ///
    /// # Errors
    /// It leads nowhere that is reached.
    pub(crate) fn parse(url: &str) -> Result<Self, Unreachable> {
        let parts = Parts::parse(url).ok_or(Unreachable::NoUrl)?;
        let host = parts.host.to_ascii_lowercase();
        if addresses(&host).is_empty() {
            return Err(Unreachable::Elsewhere);
        }
        if parts.is_https {
            return Err(Unreachable::Https);
        }
        let path = if parts.path.starts_with('/') { parts.path.to_owned() } else { format!("/{}", parts.path) };
        Ok(Self { authority: parts.authority.to_owned(), host, port: parts.port.unwrap_or(80), path })
    }

    /// The addresses to try, in this order. Nobody is asked for them: no name server can lead off the machine.
    pub(crate) fn addresses(&self) -> Vec<SocketAddr> {
        addresses(&self.host).into_iter().map(|address| SocketAddr::new(address, self.port)).collect()
    }

    /// The port.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }
}

fn addresses(host: &str) -> Vec<IpAddr> {
    if host == LOCALHOST || host.strip_suffix(LOCALHOST).is_some_and(|labels| labels.ends_with('.')) {
        return vec![Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()];
    }
    let text = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    text.parse::<IpAddr>().ok().filter(IpAddr::is_loopback).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_has_many_names() {
        for (url, authority, port, path) in [
            ("http://127.0.0.1:8080/a/{proxy}?q=1", "127.0.0.1:8080", 8080, "/a/{proxy}?q=1"),
            ("http://localhost", "localhost", 80, "/"),
            ("http://LOCALHOST:1?q", "LOCALHOST:1", 1, "/?q"),
            ("http://api.localhost:9/x", "api.localhost:9", 9, "/x"),
            ("http://[::1]:7/", "[::1]:7", 7, "/"),
            ("http://127.9.9.9/", "127.9.9.9", 80, "/"),
        ] {
            let target = Target::parse(url).unwrap();
            assert_eq!(
                (target.authority.as_str(), target.port, target.path.as_str()),
                (authority, port, path),
                "{url}"
            );
            assert!(target.addresses().iter().all(|address| address.ip().is_loopback()), "{url}");
        }
    }

    #[test]
    fn nothing_leads_off_the_machine() {
        for url in [
            "http://example.com/",
            "http://10.0.0.1/",
            "http://169.254.169.254/latest/meta-data/",
            "http://0.0.0.0:80/",
            "http://localhost.example.com/",
            "http://notlocalhost/",
            "http://2130706433/",
            "http://127.1/",
            "http://[::ffff:127.0.0.1]/",
        ] {
            assert_eq!(Target::parse(url), Err(Unreachable::Elsewhere), "{url}");
        }
        assert_eq!(Target::parse("https://localhost/"), Err(Unreachable::Https));
    }

    #[test]
    fn what_is_no_url() {
        for url in [
            "",
            "localhost",
            "ftp://localhost/",
            "http://",
            "http://:80/",
            "http://me@localhost/",
            "http://{host}/",
            "http://localhost:x/",
            "http://localhost:70000/",
            "http://localhost:0/",
            "http://localhost/a b",
            "http://localhost/#f",
            "http://${stageVariables.host}/",
            "http://localhost\\@example.com/",
        ] {
            assert_eq!(Target::parse(url), Err(Unreachable::NoUrl), "{url}");
            assert!(!is_url(url), "{url}");
        }
        assert!(
            is_url("https://example.com/{proxy}")
                && is_issuer("https://example.com")
                && !is_issuer("http://example.com")
        );
        assert!(is_issuer("http://127.0.0.1:1/pool"));
    }
}
