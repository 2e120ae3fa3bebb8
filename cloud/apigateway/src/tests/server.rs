//! An HTTP server on this machine that answers what a test wants, and remembers what it was asked.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

/// A server that lives as long as its test's runtime.
pub(super) struct Server {
    /// `127.0.0.1:<port>`.
    pub(super) authority: String,
    /// The requests, as they came.
    pub(super) asked: Arc<Mutex<Vec<String>>>,
}

impl Server {
    /// A server that gives each request to a function, by its first line, and writes what that gives, as it is; nothing, ever,
    /// where it gives none.
    pub(super) async fn start(answer: impl Fn(&str) -> Option<String> + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let authority = listener.local_addr().unwrap().to_string();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&asked);
        tokio::spawn(async move {
            let answer = Arc::new(answer);
            while let Ok((mut stream, _)) = listener.accept().await {
                let seen = Arc::clone(&seen);
                let answer = Arc::clone(&answer);
                tokio::spawn(async move {
                    let mut bytes = Vec::new();
                    while !is_whole(&bytes) {
                        let mut some = [0; 4096];
                        match stream.read(&mut some).await {
                            Ok(read) if read > 0 => bytes.extend_from_slice(&some[..read]),
                            _ => break,
                        }
                    }
                    let request = String::from_utf8_lossy(&bytes).into_owned();
                    let first = request.lines().next().unwrap_or_default().to_owned();
                    seen.lock().unwrap().push(request);
                    match answer(&first) {
                        Some(answer) => stream.write_all(answer.as_bytes()).await.unwrap_or_default(),
                        None => std::future::pending().await,
                    }
                });
            }
        });
        Self { authority, asked }
    }

    /// The last request.
    pub(super) fn last(&self) -> String {
        self.asked.lock().unwrap().last().cloned().unwrap()
    }
}

/// An answer with a body.
pub(super) fn ok(body: &str) -> String {
    format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len())
}

fn is_whole(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().unwrap())
    });
    body.len() >= length.unwrap_or(0)
}
