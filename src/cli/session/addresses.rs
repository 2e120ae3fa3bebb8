//! URLs of the embedded cloud's HTTP APIs as programs of this machine can call them: not every C library, and not Node.js
//! everywhere, resolves names under `.localhost`.

use std::net::{Ipv4Addr, ToSocketAddrs};

use crate::cli::global::Global;

/// How the name of an API's endpoint ends on the embedded cloud.
const API_NAME: &str = ".execute-api.localhost";

/// A URL that resolves on this machine: as it is, or with the API's id in the path, which other clouds on this machine do not
/// know.
pub(crate) async fn callable(url: &str, global: &Global) -> String {
    let Some(name) = Name::of(url).filter(|_| global.local) else { return url.to_owned() };
    let host = format!("{}{API_NAME}", name.api_id);
    let resolves = tokio::task::spawn_blocking(move || resolves(&host)).await.unwrap_or(false);
    if resolves { url.to_owned() } else { name.in_path() }
}

/// Whether the C library, which most programs ask, resolves a host to where the cloud listens.
fn resolves(host: &str) -> bool {
    let found = (host, 0_u16).to_socket_addrs();
    found.is_ok_and(|mut addresses| addresses.any(|address| address.ip() == Ipv4Addr::LOCALHOST))
}

/// A URL below an API's own name.
struct Name<'a> {
    api_id: &'a str,
    /// With its colon.
    port: &'a str,
    path: &'a str,
}

impl<'a> Name<'a> {
    fn of(url: &'a str) -> Option<Self> {
        let (api_id, rest) = url.strip_prefix("http://")?.split_once(API_NAME)?;
        let (port, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let is_name = !api_id.is_empty() && api_id.bytes().all(|byte| byte.is_ascii_alphanumeric());
        (is_name && (port.is_empty() || port.starts_with(':'))).then_some(Self { api_id, port, path })
    }

    /// The same by an address, which needs no resolving.
    fn in_path(&self) -> String {
        format!("http://127.0.0.1{}/_api/{}{}", self.port, self.api_id, self.path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_api_is_reached_by_its_path_where_its_name_is_nowhere() {
        let in_path = |url| Name::of(url).map(|name| name.in_path());
        insta::assert_snapshot!(in_path("http://a1.execute-api.localhost:4566/dev/start").unwrap(), @"http://127.0.0.1:4566/_api/a1/dev/start");
        insta::assert_snapshot!(in_path("http://a1.execute-api.localhost/dev").unwrap(), @"http://127.0.0.1/_api/a1/dev");
        assert_eq!(in_path("https://a1.execute-api.eu-west-1.amazonaws.com/dev/start"), None);
        assert_eq!(in_path("http://a1.execute-api.localhost.example.com/dev"), None);
        assert!(!resolves("a1.execute-api.invalid"));
        assert!(resolves("127.0.0.1"));
    }
}
