//! One question to the cloud's private paths, over a connection of its own.

use std::io;
use std::net::Ipv4Addr;
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use cloud_core::Clock;

use crate::admin::GUARD_HEADER;

/// A cloud that is alive answers its private paths at once.
const ANSWER_LIMIT: Duration = Duration::from_secs(2);

/// Asks with GET.
pub(super) async fn get(port: u16, path: &str) -> io::Result<Value> {
    ask(port, "GET", path, "").await
}

/// Asks with POST.
pub(super) async fn post(port: u16, path: &str) -> io::Result<Value> {
    ask(port, "POST", path, "").await
}

/// Asks with POST, for as long as it takes. Gives the status too: a refusal has a message.
pub(super) async fn post_and_wait(port: u16, path: &str, body: &str) -> io::Result<(u16, Value)> {
    let answer = exchange(port, "POST", path, body).await?;
    parse(&answer).ok_or_else(not_ours)
}

/// Asks with PUT.
pub(super) async fn put(port: u16, path: &str, body: &str) -> io::Result<Value> {
    ask(port, "PUT", path, body).await
}

async fn ask(port: u16, method: &str, path: &str, body: &str) -> io::Result<Value> {
    let late = |_| Err(io::Error::from(io::ErrorKind::TimedOut));
    let answer =
        Clock::system().timeout(ANSWER_LIMIT, exchange(port, method, path, body)).await.unwrap_or_else(late)?;
    let (status, body) = parse(&answer).ok_or_else(not_ours)?;
    if (200..300).contains(&status) { Ok(body) } else { Err(not_ours()) }
}

fn not_ours() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "the answer is not that of an embedded cloud")
}

async fn exchange(port: u16, method: &str, path: &str, body: &str) -> io::Result<Vec<u8>> {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await?;
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n{GUARD_HEADER}: 1\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    // Another program may have taken the port since: no more is read than any of our answers has.
    stream.take(64 * 1024).read_to_end(&mut answer).await?;
    Ok(answer)
}

/// An answer's status, and its body as JSON.
fn parse(answer: &[u8]) -> Option<(u16, Value)> {
    let text = std::str::from_utf8(answer).ok()?;
    let (head, body) = text.split_once("\r\n\r\n")?;
    let status = head.strip_prefix("HTTP/1.1 ")?;
    let status = status.split(' ').next()?.parse().ok()?;
    Some((status, serde_json::from_str(body).ok()?))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn reads_an_answer() {
        assert_eq!(parse(b"HTTP/1.1 200 OK\r\nx: y\r\n\r\n{\"pid\":1}"), Some((200, json!({ "pid": 1 }))));
        assert_eq!(parse(b"HTTP/1.1 403 Forbidden\r\n\r\n{}"), Some((403, json!({}))));
        assert_eq!(parse(b"SSH-2.0-OpenSSH"), None);
    }
}
