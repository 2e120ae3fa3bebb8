//! One request to a server on this machine, and its answer.

use std::net::SocketAddr;
use std::pin::pin;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use hyper::client::conn::http1;
use hyper::{HeaderMap, Request, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::sync::Semaphore;

/// How many bytes of answers are read at once, in KiB: whoever needs more waits, within its own time limit.
static ROOM_KIB: Semaphore = Semaphore::const_new(64 << 10);

/// The most bytes of an answer's headers.
const HEADERS_LIMIT_BYTES: usize = 64 << 10;

/// The headers that are about one connection (RFC 9110, 7.6.1), beside those that `Connection` names.
const OF_CONNECTION: [&str; 9] = [
    "connection",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// A server's answer, in whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Answer {
    /// Its status.
    pub(crate) status: StatusCode,
    /// Its headers, as they came.
    pub(crate) headers: HeaderMap,
    /// Its body.
    pub(crate) body: Bytes,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ExchangeError {
    /// Nobody listens there.
    #[error("no connection: {0}")]
    Connect(#[source] std::io::Error),
    /// What came is no answer, or ended within it.
    #[error("no answer: {0}")]
    Http(#[source] hyper::Error),
    /// The answer is larger than it may be.
    #[error("the answer has more than {0} bytes")]
    TooLarge(usize),
    /// The body could not be read.
    #[error("the answer's body could not be read: {0}")]
    Body(String),
}

/// Whether a header of a message is about its connection, and goes no further.
pub(crate) fn is_of_connection(name: &str, headers: &HeaderMap) -> bool {
    let named = headers.get_all("connection").iter().filter_map(|value| value.to_str().ok());
    OF_CONNECTION.contains(&name)
        || named.flat_map(|value| value.split(',')).any(|own| own.trim().eq_ignore_ascii_case(name))
}

/// Sends a request to the first of these addresses that takes a connection, and reads an answer of so many bytes at most.
/// Dropping it ends the connection.
///
/// # Errors
/// Why there is no answer.
pub(crate) async fn exchange(
    addresses: &[SocketAddr],
    request: Request<Full<Bytes>>,
    most_bytes: usize,
) -> Result<Answer, ExchangeError> {
    let stream = TcpStream::connect(addresses).await.map_err(ExchangeError::Connect)?;
    let mut builder = http1::Builder::new();
    builder.max_buf_size(HEADERS_LIMIT_BYTES);
    let (mut sender, connection) = builder.handshake(TokioIo::new(stream)).await.map_err(ExchangeError::Http)?;
    let mut connection = pin!(connection);
    let mut answered = pin!(async move {
        let response = sender.send_request(request).await.map_err(ExchangeError::Http)?;
        read(response, most_bytes).await
    });
    // The connection carries what the exchange asks for; what it has when it ends is read to the end.
    tokio::select! {
        biased;
        answer = &mut answered => return answer,
        _ = &mut connection => {}
    }
    answered.await
}

async fn read(response: hyper::Response<hyper::body::Incoming>, most_bytes: usize) -> Result<Answer, ExchangeError> {
    let (parts, body) = response.into_parts();
    let length = parts.headers.get("content-length").and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if length.is_some_and(|length| length > most_bytes) {
        return Err(ExchangeError::TooLarge(most_bytes));
    }
    let room_kib = u32::try_from(length.unwrap_or(most_bytes).div_ceil(1 << 10)).unwrap_or(u32::MAX);
    // It is never closed.
    let _room = ROOM_KIB.acquire_many(room_kib).await.ok();
    let body = Limited::new(body, most_bytes).collect().await.map_err(|error| {
        match error.downcast_ref::<LengthLimitError>() {
            Some(_) => ExchangeError::TooLarge(most_bytes),
            None => ExchangeError::Body(error.to_string()),
        }
    })?;
    Ok(Answer { status: parts.status, headers: parts.headers, body: body.to_bytes() })
}
