//! Names to addresses: `.localhost` is this machine, whatever the C library thinks.

use std::net::{IpAddr, Ipv4Addr};

use aws_smithy_runtime_api::client::dns::{DnsFuture, ResolveDns, ResolveDnsError};

/// What the SDK puts before the host for StartSyncExecution and StartLiveTail.
const SDK_PREFIXES: [&str; 2] = ["sync-", "streaming-"];

/// Resolves names under `.localhost` to loopback, as RFC 6761 asks, even where the C library does not; every other name
/// as the system does.
#[derive(Debug, Clone)]
pub(crate) struct Resolver;

impl ResolveDns for Resolver {
    fn resolve_dns<'a>(&'a self, name: &'a str) -> DnsFuture<'a> {
        if is_localhost(name) {
            return DnsFuture::ready(Ok(vec![IpAddr::V4(Ipv4Addr::LOCALHOST)]));
        }
        if let Some(address) = prefixed_address(name) {
            return DnsFuture::ready(Ok(vec![IpAddr::V4(address)]));
        }
        let name = name.to_owned();
        DnsFuture::new(async move {
            let found = tokio::net::lookup_host((name, 0)).await.map_err(ResolveDnsError::new)?;
            Ok(found.map(|address| address.ip()).collect())
        })
    }
}

/// The address in a name that the SDK made of it: it puts a prefix before the host for some operations, also before an
/// address that somebody gave as the endpoint.
fn prefixed_address(name: &str) -> Option<Ipv4Addr> {
    SDK_PREFIXES.iter().find_map(|prefix| name.strip_prefix(prefix)?.parse().ok())
}

/// Whether a host name is loopback by its very name, or by that of the address in it.
pub(crate) fn is_localhost(name: &str) -> bool {
    if let Some(address) = prefixed_address(name) {
        return address.is_loopback();
    }
    let name = SDK_PREFIXES.iter().find_map(|prefix| name.strip_prefix(prefix)).unwrap_or(name);
    let name = name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase();
    name == "localhost" || name.ends_with(".localhost")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_under_localhost_are_loopback() {
        for name in ["localhost", "x1.execute-api.localhost", "A.LOCALHOST.", "sync-localhost", "sync-127.0.0.1"] {
            assert!(is_localhost(name), "{name}");
        }
        for name in ["localhost.example.com", "notlocalhost", "", "sync-10.0.0.1", "sync-example.com"] {
            assert!(!is_localhost(name), "{name}");
        }
    }

    #[test]
    fn an_address_is_found_behind_the_sdks_prefix() {
        assert_eq!(prefixed_address("sync-10.0.0.1"), Some(Ipv4Addr::new(10, 0, 0, 1)));
        assert_eq!(prefixed_address("10.0.0.1"), None);
        assert_eq!(prefixed_address("sync-states.us-east-1.amazonaws.com"), None);
    }
}
