//! The Host header: which names are ours, and which one is an HTTP API's endpoint.

use cloud_core::{Request, Response};
use serde_json::json;

/// Whom a request is for, by its Host header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Host {
    /// An AWS service endpoint: `127.0.0.1`, `localhost` or another loopback name.
    Service,
    /// The endpoint of an HTTP API, `<id>.execute-api.localhost`, with that id.
    Api(String),
    /// A name that is not loopback: a page in a browser that rebound its own name to this machine sends such a one.
    Foreign,
}

impl Host {
    /// Whom a request is for.
    pub(crate) fn of(request: &Request) -> Self {
        Self::parse(request.header("host").unwrap_or_default())
    }

    /// Reads a Host header's value; a request without one is for a service.
    pub(crate) fn parse(header: &str) -> Self {
        let name = without_port(header).to_ascii_lowercase();
        let Some(labels) = name.strip_suffix(".localhost") else {
            return match name.as_str() {
                "" | "localhost" | "127.0.0.1" | "[::1]" => Self::Service,
                _ => Self::Foreign,
            };
        };
        match labels.strip_suffix(".execute-api") {
            Some(id) => Self::Api(id.to_owned()),
            None => Self::Service,
        }
    }
}

/// The answer to a name of another machine: a page in a browser that rebound its own name to this machine sends such a one.
pub(crate) fn foreign_host() -> Response {
    let message = "The Host header names another machine. The embedded cloud answers only to 127.0.0.1, localhost and names under .localhost.";
    Response::json(403, &json!({ "message": message }))
}

fn without_port(header: &str) -> &str {
    match header.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => header,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_names_are_services() {
        for header in ["127.0.0.1:4566", "localhost", "LOCALHOST:80", "[::1]:4566", "[::1]", "states.localhost:1", ""] {
            assert_eq!(Host::parse(header), Host::Service, "{header}");
        }
    }

    #[test]
    fn an_api_has_its_own_name() {
        assert_eq!(Host::parse("abc123.execute-api.localhost:4566"), Host::Api("abc123".to_owned()));
        assert_eq!(Host::parse("ABC.Execute-Api.Localhost"), Host::Api("abc".to_owned()));
    }

    #[test]
    fn other_names_are_foreign() {
        for header in
            ["example.com", "localhost.example.com:4566", "192.168.1.2", "notlocalhost", "127.0.0.1.evil.test"]
        {
            assert_eq!(Host::parse(header), Host::Foreign, "{header}");
        }
    }
}
