//! Requests as connections carry them: with every way to say where a body ends, one after the other.

use arbitrary::Unstructured;
use cloud_core::testing::{MadeUpRequest, make_request};
use cloud_server::Cloud;

/// The most requests that are made up for one connection.
const MAX_REQUESTS: usize = 8;

/// Headers that change what becomes of a request or its connection.
const MORE_HEADERS: &[&str] = &[
    "Connection: close", "Connection: keep-alive, Upgrade\r\nUpgrade: websocket", "Expect: 100-continue",
    "Expect: something", "Origin: https://example.com", "Sec-Fetch-Site: cross-site", "X-Amz-Date: 20260101T000000Z",
    "X-Amz-Security-Token: x", "X-Amz-Content-Sha256: UNSIGNED-PAYLOAD", "X-Amz-Invocation-Type: Event",
    "Content-Type: application/x-www-form-urlencoded", "Content-Encoding: gzip", "X-Workshop: 1", "TE: trailers",
    "Access-Control-Request-Method: POST",
];

/// Where a request is sent to, beside where it is.
const HOSTS: &[&str] = &["localhost", "example.com", "abc.execute-api.localhost:4566", "[::1]:4566", "", "127.0.0.1:x"];

/// The requests that the bytes stand for.
pub(crate) fn made_up(cloud: &Cloud, bytes: &[u8]) -> Vec<u8> {
    let operations: Vec<_> = cloud
        .services()
        .flat_map(|service| service.operations().into_iter().map(move |operation| (service.info(), operation)))
        .collect();
    let mut bytes = Unstructured::new(bytes);
    let mut wire = Vec::new();
    for _ in 0..MAX_REQUESTS {
        if bytes.is_empty() {
            break;
        }
        let mut choices = |below: usize| bytes.int_in_range(0..=below - 1).unwrap_or_default();
        let (service, operation) = operations[choices(operations.len())];
        let request = make_request(service, operation, &mut choices);
        wire.extend(framed(request, &mut choices));
    }
    wire
}

/// The bytes of a request.
fn framed(request: MadeUpRequest, choices: &mut dyn FnMut(usize) -> usize) -> Vec<u8> {
    let MadeUpRequest { method, target, mut headers, body } = request;
    match choices(8) {
        0 => headers[0].1 = HOSTS[choices(HOSTS.len())].to_owned(),
        1 => headers[1].1 = headers[1].1.replace("=test/", &format!("={}/", crate::front::OWN_KEY)),
        _ => {}
    }
    let target = if choices(8) == 0 { format!("http://127.0.0.1:4566{target}") } else { target };
    let version = if choices(16) == 0 { "1.0" } else { "1.1" };
    let mut head = format!("{method} {target} HTTP/{version}\r\n");
    for (name, value) in &headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    if choices(3) == 0 {
        head.push_str(MORE_HEADERS[choices(MORE_HEADERS.len())]);
        head.push_str("\r\n");
    }
    let length = body.len();
    let (framing, body) = match choices(8) {
        0 | 1 => ("Transfer-Encoding: chunked".to_owned(), chunked(&body, choices)),
        // Wrong in a way that must not shift what follows, or that ends the connection.
        2 => match choices(4) {
            0 => (format!("Content-Length: {}", length + choices(200)), body),
            1 => (format!("Content-Length: {}", length.saturating_sub(choices(20))), body),
            2 => (format!("Content-Length: {length}\r\nTransfer-Encoding: chunked"), chunked(&body, choices)),
            _ => ("Content-Length: 70167211".to_owned(), body),
        },
        _ => (format!("Content-Length: {length}"), body),
    };
    let mut wire = format!("{head}{framing}\r\n\r\n").into_bytes();
    wire.extend(body);
    wire
}

/// A body in some chunks, now and then with trailers.
fn chunked(body: &[u8], choices: &mut dyn FnMut(usize) -> usize) -> Vec<u8> {
    let mut wire = Vec::new();
    for piece in body.chunks(1 + choices(300)) {
        wire.extend(format!("{:x}\r\n", piece.len()).into_bytes());
        wire.extend(piece);
        wire.extend(b"\r\n");
    }
    wire.extend(b"0\r\n");
    if choices(4) == 0 {
        wire.extend(b"X-Trailer: x\r\n");
    }
    wire.extend(b"\r\n");
    wire
}
