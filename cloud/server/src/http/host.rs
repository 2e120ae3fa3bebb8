//! The Host header: which names are ours, and which ones are endpoints of HTTP APIs and functions.

use cloud_core::{Request, Response};
use serde_json::json;

/// Where the endpoints of HTTP APIs and functions are too, for those who can't resolve names under `.localhost`.
const API_PATH: &str = "/_api/";
const URL_PATH: &str = "/_url/";

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
    /// A function URL, `<id>.lambda-url.<region>.localhost` or the path `/_url/<id>`, with that id.
    FunctionUrl(String),
    /// A name that is not loopback: a page in a browser that rebound its own name to this machine sends such a one.
    Foreign,
}

impl Host {
    /// Whom a request is for.
    pub(crate) fn of(request: &Request) -> Self {
        match (Self::parse(request.header("host").unwrap_or_default()), EndpointPath::of(&request.path)) {
            (Self::Service, Some(EndpointPath { kind: Kind::Api, id, .. })) => Self::Api(id.to_ascii_lowercase()),
            (Self::Service, Some(EndpointPath { kind: Kind::FunctionUrl, id, .. })) => {
                Self::FunctionUrl(id.to_ascii_lowercase())
            }
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
        match (labels.strip_suffix(".execute-api"), labels.split('.').collect::<Vec<_>>().as_slice()) {
            (Some(id), _) => Self::Api(id.to_owned()),
            (None, [id, "lambda-url", _region]) => Self::FunctionUrl((*id).to_owned()),
            (None, _) => Self::Service,
        }
    }
}

/// An endpoint that a path names, such as `/_api/abc123/dev/start`: its id, and the path at it.
struct EndpointPath<'a> {
    kind: Kind,
    id: &'a str,
    path: &'a str,
}

/// What a path leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Api,
    FunctionUrl,
}

impl<'a> EndpointPath<'a> {
    fn of(path: &'a str) -> Option<Self> {
        let (kind, rest) = match (path.strip_prefix(API_PATH), path.strip_prefix(URL_PATH)) {
            (Some(rest), _) => (Kind::Api, rest),
            (None, rest) => (Kind::FunctionUrl, rest?),
        };
        let end = rest.find('/').unwrap_or(rest.len());
        let (id, path) = rest.split_at(end);
        let is_id = !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_alphanumeric());
        is_id.then_some(Self { kind, id, path })
    }
}

/// Whether a request is for an endpoint by its path, and so of one origin with the cloud itself.
pub(crate) fn is_endpoint_in_path(request: &Request) -> bool {
    let is_service = Host::parse(request.header("host").unwrap_or_default()) == Host::Service;
    is_service && EndpointPath::of(&request.path).is_some()
}

/// A request to an endpoint as it is under the endpoint's own name, whichever way it came: what the function gets is the same.
/// `region` is the function's, where it is a function URL.
pub(crate) fn at_own_name(mut request: Request, region: &str) -> Request {
    let host = request.header("host").unwrap_or_default();
    let Some(EndpointPath { kind, id, path }) = EndpointPath::of(&request.path) else { return request };
    if Host::parse(host) != Host::Service {
        return request;
    }
    let port = host.strip_prefix(without_port(host)).unwrap_or_default();
    let id = id.to_ascii_lowercase();
    let name = match kind {
        Kind::Api => format!("{id}.execute-api.localhost{port}"),
        Kind::FunctionUrl => format!("{id}.lambda-url.{region}.localhost{port}"),
    };
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
    fn a_function_url_has_its_own_name() {
        let url = |id: &str| Host::FunctionUrl(id.to_owned());
        assert_eq!(Host::parse("ab2.lambda-url.eu-west-1.localhost:4566"), url("ab2"));
        assert_eq!(Host::parse("AB2.Lambda-Url.eu-west-1.Localhost"), url("ab2"));
        assert_eq!(Host::parse("ab2.lambda-url.localhost"), Host::Service);
    }

    #[test]
    fn endpoints_have_paths_too() {
        for (path, found) in [
            ("/_api/abc/dev/start", Some((Kind::Api, "abc", "/dev/start"))),
            ("/_api/abc", Some((Kind::Api, "abc", ""))),
            ("/_url/abc/", Some((Kind::FunctionUrl, "abc", "/"))),
            ("/_api//dev", None),
            ("/_api/a%2fb/dev", None),
            ("/_apis/abc/dev", None),
        ] {
            let named = EndpointPath::of(path).map(|named| (named.kind, named.id, named.path));
            assert_eq!(named, found, "{path}");
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
