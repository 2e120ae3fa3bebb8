//! The Host header: which names are ours, and which one is an HTTP API's endpoint.

use cloud_core::{Request, Response};
use serde_json::json;

/// Where the endpoints of HTTP APIs are too, for those who can't resolve names under `.localhost`.
const API_PATH: &str = "/_api/";

/// What SDKs put before the name of the endpoint for some operations: StartSyncExecution, TestState, StartLiveTail (the
/// trait `endpoint` of their models). No name with one of these and a loopback name behind it is anybody else's.
const SDK_PREFIXES: [&str; 2] = ["sync-", "streaming-"];

/// Whom a request is for, by its Host header and path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Host {
    /// An AWS service endpoint: `127.0.0.1`, `localhost` or another loopback name.
    Service,
    /// The endpoint of an HTTP API, `<id>.execute-api.localhost` or the path `/_api/<id>`, with that id.
    Api(String),
    /// A name that is not loopback: a page in a browser that rebound its own name to this machine sends such a one.
    Foreign,
}

impl Host {
    /// Whom a request is for.
    pub(crate) fn of(request: &Request) -> Self {
        match (Self::parse(request.header("host").unwrap_or_default()), api_in_path(&request.path)) {
            (Self::Service, Some((id, _))) => Self::Api(id.to_ascii_lowercase()),
            (host, _) => host,
        }
    }

    /// Reads a Host header's value; a request without one is for a service.
    pub(crate) fn parse(header: &str) -> Self {
        let name = without_port(header).to_ascii_lowercase();
        let name = SDK_PREFIXES.iter().find_map(|prefix| name.strip_prefix(prefix)).unwrap_or(&name);
        let Some(labels) = name.strip_suffix(".localhost") else {
            return match name {
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

/// The id of an API and the path at its endpoint, of a path such as `/_api/abc123/dev/start`.
fn api_in_path(path: &str) -> Option<(&str, &str)> {
    let rest = path.strip_prefix(API_PATH)?;
    let end = rest.find('/').unwrap_or(rest.len());
    let (id, path) = rest.split_at(end);
    (!id.is_empty() && id.bytes().all(|byte| byte.is_ascii_alphanumeric())).then_some((id, path))
}

/// Whether a request is for the endpoint of an API by its path, and so of one origin with the cloud itself.
pub(crate) fn is_api_in_path(request: &Request) -> bool {
    api_in_path(&request.path).is_some() && matches!(Host::of(request), Host::Api(_))
}

/// A request to the endpoint of an API as it is under the endpoint's own name, whichever way it came: what the function gets
/// is the same.
pub(crate) fn at_own_name(mut request: Request) -> Request {
    let host = request.header("host").unwrap_or_default();
    let Some((id, path)) = api_in_path(&request.path) else { return request };
    if Host::parse(host) != Host::Service {
        return request;
    }
    let port = host.strip_prefix(without_port(host)).unwrap_or_default();
    let name = format!("{}.execute-api.localhost{port}", id.to_ascii_lowercase());
    let path = if path.is_empty() { "/".to_owned() } else { path.to_owned() };
    request.path = path;
    request.with_header("host", &name)
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
        for header in ["sync-127.0.0.1:4566", "sync-localhost", "streaming-127.0.0.1:1", "sync-states.localhost"] {
            assert_eq!(Host::parse(header), Host::Service, "{header}: an SDK's prefix");
        }
    }

    #[test]
    fn an_api_has_its_own_name() {
        assert_eq!(Host::parse("abc123.execute-api.localhost:4566"), Host::Api("abc123".to_owned()));
        assert_eq!(Host::parse("ABC.Execute-Api.Localhost"), Host::Api("abc".to_owned()));
    }

    #[test]
    fn an_api_has_a_path_too() {
        for (path, found) in [
            ("/_api/abc/dev/start", Some(("abc", "/dev/start"))),
            ("/_api/abc", Some(("abc", ""))),
            ("/_api//dev", None),
            ("/_api/a%2fb/dev", None),
            ("/_apis/abc/dev", None),
        ] {
            assert_eq!(api_in_path(path), found, "{path}");
        }
    }

    #[test]
    fn other_names_are_foreign() {
        for header in [
            "sync-example.com",
            "example.com",
            "localhost.example.com:4566",
            "192.168.1.2",
            "notlocalhost",
            "127.0.0.1.evil.test",
        ] {
            assert_eq!(Host::parse(header), Host::Foreign, "{header}");
        }
    }
}
