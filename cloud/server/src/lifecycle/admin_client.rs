//! One question to the cloud's private paths, over a connection of its own.

use std::io;
use std::net::Ipv4Addr;
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use cloud_core::Clock;

use crate::admin::GUARD_HEADER;
use crate::data_dir::DataDir;
use crate::guard::signing_headers;
use crate::keys::CloudKeys;

/// A cloud that is alive answers its private paths at once.
const ANSWER_LIMIT: Duration = Duration::from_secs(2);

/// Asks the cloud of this folder with GET.
pub(super) async fn get(data_dir: &DataDir, port: u16, path: &str) -> io::Result<Value> {
    ask(data_dir, port, "GET", path, "").await
}

/// Asks the cloud of this folder with POST.
pub(super) async fn post(data_dir: &DataDir, port: u16, path: &str) -> io::Result<Value> {
    ask(data_dir, port, "POST", path, "").await
}

/// Asks the cloud of this folder with POST, for as long as it takes. Gives the status too: a refusal has a message.
pub(super) async fn post_and_wait(data_dir: &DataDir, port: u16, path: &str, body: &str) -> io::Result<(u16, Value)> {
    let signature = signature(data_dir, port, "POST", path, body);
    let answer = exchange(port, "POST", path, &signature, body).await?;
    parse(&answer).ok_or_else(not_ours)
}

/// Asks the cloud of this folder with PUT.
pub(super) async fn put(data_dir: &DataDir, port: u16, path: &str, body: &str) -> io::Result<Value> {
    ask(data_dir, port, "PUT", path, body).await
}

async fn ask(data_dir: &DataDir, port: u16, method: &str, path: &str, body: &str) -> io::Result<Value> {
    let late = |_| Err(io::Error::from(io::ErrorKind::TimedOut));
    let signature = signature(data_dir, port, method, path, body);
    let asked = exchange(port, method, path, &signature, body);
    let answer = Clock::system().timeout(ANSWER_LIMIT, asked).await.unwrap_or_else(late)?;
    let (status, body) = parse(&answer).ok_or_else(not_ours)?;
    if (200..300).contains(&status) { Ok(body) } else { Err(not_ours()) }
}

fn not_ours() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "the answer is not that of an embedded cloud")
}

/// The header lines that sign a request with the cloud's own keys: where the system does not tell who connects, only they
/// are let in. None where the cloud has no keys yet: it has not been started then, and another program has its port.
fn signature(data_dir: &DataDir, port: u16, method: &str, path: &str, body: &str) -> String {
    let keys = match CloudKeys::read(data_dir) {
        Ok(Some(keys)) => keys,
        Ok(None) => return String::new(),
        Err(error) => {
            tracing::warn!(%error, "a request to the embedded cloud is not signed");
            return String::new();
        }
    };
    let url = format!("http://127.0.0.1:{port}{path}");
    let signed = signing_headers(&keys, method, &url, body.as_bytes(), Clock::system().now());
    signed.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect()
}

async fn exchange(port: u16, method: &str, path: &str, signature: &str, body: &str) -> io::Result<Vec<u8>> {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await?;
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n{GUARD_HEADER}: 1\r\n{signature}Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
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
