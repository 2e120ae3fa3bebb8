//! As much of HTTP as passing a call on takes.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

/// A request. Its last byte was looked at and not taken: a connection that is closed over unread bytes is reset, and one
/// that is closed otherwise ends as if all were well.
pub(crate) struct Request {
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Request {
    /// Reads all but the last byte.
    pub(crate) fn read(client: &mut TcpStream) -> Option<Self> {
        let mut bytes = Vec::new();
        let mut window = vec![0; 65_536];
        loop {
            let seen = client.peek(&mut window).ok().filter(|seen| *seen > 0)?;
            let start = bytes.len();
            bytes.extend_from_slice(&window[..seen]);
            let Some(size) = size(&bytes) else {
                client.read_exact(&mut window[..seen]).ok()?;
                continue;
            };
            let whole = bytes.len() >= size.total();
            let take = if whole { size.total() - start - 1 } else { seen };
            client.read_exact(&mut window[..take]).ok()?;
            if whole {
                bytes.truncate(size.total());
                let body = bytes.split_off(size.head);
                return Some(Self { head: String::from_utf8_lossy(&bytes).into_owned(), body });
            }
        }
    }

    /// Takes the last byte: the connection may now end well.
    pub(crate) fn taken(&self, client: &mut TcpStream) {
        let _ = client.read_exact(&mut [0]);
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        header(&self.head, name)
    }

    pub(crate) fn method(&self) -> &str {
        self.head.split(' ').next().unwrap_or_default()
    }

    /// Without the query.
    pub(crate) fn path(&self) -> &str {
        self.target().split('?').next().unwrap_or_default()
    }

    pub(crate) fn query(&self) -> &str {
        self.target().split_once('?').map_or("", |(_, query)| query)
    }

    fn target(&self) -> &str {
        self.head.split(' ').nth(1).unwrap_or_default()
    }

    pub(crate) fn text(&self) -> std::borrow::Cow<'_, str> {
        String::from_utf8_lossy(&self.body)
    }
}

struct Size {
    head: usize,
    body: usize,
}

impl Size {
    fn total(&self) -> usize {
        self.head + self.body
    }
}

/// The size of the request that these bytes begin with, once its head is there.
fn size(bytes: &[u8]) -> Option<Size> {
    let head = bytes.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
    let text = String::from_utf8_lossy(&bytes[..head]);
    let body = header(&text, "content-length").and_then(|length| length.parse().ok()).unwrap_or_default();
    Some(Size { head, body })
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    let mut lines = head.lines().filter_map(|line| line.split_once(':'));
    lines.find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
}

/// Sends a request to a port of this machine and gives the whole answer.
pub(crate) fn exchange(port: u16, request: &Request) -> Option<Vec<u8>> {
    let mut server = TcpStream::connect(("127.0.0.1", port)).ok()?;
    let mut bytes = closing(&request.head).into_bytes();
    bytes.extend_from_slice(&request.body);
    server.write_all(&bytes).ok()?;
    let mut answer = Vec::new();
    server.read_to_end(&mut answer).ok()?;
    (!answer.is_empty()).then_some(answer)
}

/// The same head, asking the server to close when it has answered, so that the end of the answer is plain.
fn closing(head: &str) -> String {
    let kept = head.trim_end().lines().filter(|line| !line.to_ascii_lowercase().starts_with("connection:"));
    format!("{}\r\nConnection: close\r\n\r\n", kept.collect::<Vec<_>>().join("\r\n"))
}

/// The HTTP status of an answer.
pub(crate) fn status(answer: &[u8]) -> Option<u16> {
    std::str::from_utf8(answer.get(9..12)?).ok()?.parse().ok()
}

/// Lets a time pass, as a long way to AWS does.
pub(crate) fn late(delay: Duration) {
    let due = Instant::now() + delay;
    while let Some(left) = due.checked_duration_since(Instant::now()).filter(|left| !left.is_zero()) {
        std::thread::park_timeout(left);
    }
}

/// Waits until the other side has gone.
pub(crate) fn wait_for_end(client: &mut TcpStream) {
    while client.read(&mut [0; 64]).is_ok_and(|read| read > 0) {}
}

/// A whole answer, after which the connection is closed; `more` are further header lines.
pub(crate) fn response(status: &str, more: &str, body: &[u8]) -> Vec<u8> {
    let head = format!("HTTP/1.1 {status}\r\n{more}content-length: {}\r\nconnection: close\r\n\r\n", body.len());
    [head.as_bytes(), body].concat()
}

/// The body of an answer.
pub(crate) fn body(answer: &[u8]) -> Option<&[u8]> {
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n")?;
    answer.get(end + 4..)
}
