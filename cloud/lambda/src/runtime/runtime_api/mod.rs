//! The Lambda Runtime API of one sandbox: `next`, `response`, `error`, `init/error` (Lambda developer guide, "Using the
//! Lambda runtime API").
//!
//! It answers processes of its own sandbox only: the system says whose a connection is, which works with every runtime. (A
//! secret in the address would not: some runtimes take `AWS_LAMBDA_RUNTIME_API` for a host and a port and nothing else.)

mod body;
mod peer;

use std::convert::Infallible;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use cloud_core::{Clock, TcpSockets};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::header::{HOST, HeaderValue};
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use serde_json::json;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, mpsc, watch};
use tokio::task::{JoinHandle, JoinSet};

use self::body::{MAX_ERROR_BYTES, Unread, collect, collect_response, drop_rest, shortened, streamed_type};
use self::peer::Owner;
use super::runner::{Delivery, RuntimeMessage};

/// The largest result a function may answer with: 6 MB and Lambda's allowance for its envelope.
pub(crate) const MAX_RESPONSE_BYTES: usize = 6_291_556;

/// How many deliveries wait for the runtime: a sandbox runs one invocation at a time.
const DELIVERIES: usize = 1;

/// How many messages of the runtime wait for the sandbox: each may be as large as a result, and the runtime that
/// sent one waits for the next event anyway.
const MESSAGES: usize = 1;

/// How many connections a sandbox has at once.
const MAX_CONNECTIONS: usize = 128;

/// How many connections of others are told that they are not let in, at once.
const MAX_STRANGERS: usize = 8;

/// How long one of them may take to hear it.
const STRANGER_LIMIT: Duration = Duration::from_secs(5);

/// A header of `error` and `init/error`.
const ERROR_TYPE_HEADER: &str = "lambda-runtime-function-error-type";

/// How much of a request's head is read, and how many headers it may have.
const MAX_HEAD_BYTES: usize = 64 << 10;
const MAX_HEADERS: usize = 64;

/// How long to wait when the system takes no connection, before the next try.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// The listener of one sandbox; it stops when this is dropped.
#[derive(Debug)]
pub(crate) struct RuntimeApi {
    address: SocketAddr,
    deliveries: mpsc::Sender<Delivery>,
    messages: mpsc::Receiver<RuntimeMessage>,
    /// Whose it is.
    supervisor: watch::Sender<Option<u32>>,
    listener: JoinHandle<()>,
}

/// What the connections of one sandbox share.
#[derive(Debug)]
struct Exchange {
    address: SocketAddr,
    deliveries: tokio::sync::Mutex<mpsc::Receiver<Delivery>>,
    messages: mpsc::Sender<RuntimeMessage>,
    state: Mutex<RuntimeState>,
}

/// What the runtime is doing.
#[derive(Debug, Clone, PartialEq, Eq)]
enum RuntimeState {
    Starting,
    Idle,
    Running { request_id: String },
}

type HttpResponse = Response<Full<Bytes>>;

impl RuntimeApi {
    /// Listens on a free port of 127.0.0.1. `sockets` says whose a connection is.
    ///
    /// # Errors
    /// What the system says when no port can be had.
    pub(crate) async fn listen(clock: Clock, sockets: TcpSockets) -> io::Result<Self> {
        let socket = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = socket.local_addr()?;
        let (delivery_sender, delivery_receiver) = mpsc::channel(DELIVERIES);
        let (message_sender, message_receiver) = mpsc::channel(MESSAGES);
        let (supervisor, owner) = Owner::new(sockets);
        let exchange = Arc::new(Exchange {
            address,
            deliveries: tokio::sync::Mutex::new(delivery_receiver),
            messages: message_sender,
            state: Mutex::new(RuntimeState::Starting),
        });
        let listener = tokio::spawn(serve(socket, exchange, owner, clock));
        Ok(Self { address, deliveries: delivery_sender, messages: message_receiver, supervisor, listener })
    }

    /// Says whose it is: of what descends from this process.
    pub(crate) fn belongs_to(&self, supervisor: u32) {
        self.supervisor.send_replace(Some(supervisor));
    }

    /// Where the runtime finds it.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Hands over an invocation; the runtime gets it with its next `next`.
    pub(crate) async fn deliver(&self, invocation: Delivery) {
        if self.deliveries.send(invocation).await.is_err() {
            // The invocation then ends with its timeout, or with the process.
            tracing::warn!("an invocation was not handed over: the sandbox's Runtime API has ended");
        }
    }

    /// The next thing the runtime says; waits for ever when it says nothing.
    pub(crate) async fn message(&mut self) -> RuntimeMessage {
        match self.messages.recv().await {
            Some(message) => message,
            None => std::future::pending().await,
        }
    }
}

impl Drop for RuntimeApi {
    fn drop(&mut self) {
        self.listener.abort();
    }
}

async fn serve(socket: TcpListener, exchange: Arc<Exchange>, owner: Owner, clock: Clock) {
    let mut connections = JoinSet::new();
    let strangers = Arc::new(Semaphore::new(MAX_STRANGERS));
    loop {
        let (stream, peer) = match socket.accept().await {
            Ok(accepted) => accepted,
            Err(error) => {
                tracing::warn!(error = %error, "a Runtime API took no connection; it tries again");
                clock.sleep(ACCEPT_PAUSE).await;
                continue;
            }
        };
        while connections.try_join_next().is_some() {}
        if connections.len() >= MAX_CONNECTIONS {
            tracing::warn!(%peer, "a Runtime API has too many connections");
            continue;
        }
        let exchange = Arc::clone(&exchange);
        let strangers = Arc::clone(&strangers);
        let mut owner = owner.clone();
        let clock = clock.clone();
        connections.spawn(async move {
            // Only latency is at stake; a socket that is already gone says so at its first read.
            let _ = stream.set_nodelay(true);
            if owner.owns(peer, exchange.address).await {
                let _ = exchange.talk(stream, true).await;
                return;
            }
            tracing::warn!(%peer, "another process than a function's own asked its Runtime API, and is not let in");
            // One too many hears nothing.
            if let Ok(_one) = strangers.try_acquire() {
                let _ = clock.timeout(STRANGER_LIMIT, exchange.talk(stream, false)).await;
            }
        });
    }
}

impl Exchange {
    /// Answers the requests of one connection.
    async fn talk(self: Arc<Self>, stream: TcpStream, is_own: bool) {
        let service = service_fn(move |request| {
            let exchange = Arc::clone(&self);
            async move {
                Ok::<_, Infallible>(match is_own {
                    true => exchange.handle(request).await,
                    false => refuse_stranger(),
                })
            }
        });
        let mut builder = hyper::server::conn::http1::Builder::new();
        // Without writev, as in the cloud's own listener: a broken request's answer stays behind a body that waits.
        builder.max_buf_size(MAX_HEAD_BYTES).max_headers(MAX_HEADERS).keep_alive(is_own).writev(false);
        if let Err(error) = builder.serve_connection(TokioIo::new(stream), service).await {
            // The runtime's own business: it ends, or connects again.
            tracing::debug!(error = %error, "a connection to a Runtime API broke");
        }
    }

    /// Whether a request is for this address: a page that rebinds a name sends that name.
    fn is_named_by(&self, request: &Request<Incoming>) -> bool {
        let mut hosts = request.headers().get_all(HOST).iter();
        let host = hosts.next().and_then(|host| host.to_str().ok());
        let named =
            |host: &str| host == self.address.to_string() || host == format!("localhost:{}", self.address.port());
        host.is_some_and(named) && hosts.next().is_none()
    }

    async fn handle(&self, request: Request<Incoming>) -> HttpResponse {
        if !self.is_named_by(&request) {
            let message = "The Host header names another machine; the Runtime API answers to its own address only.";
            return refuse(StatusCode::FORBIDDEN, "InvalidHost", message);
        }
        let path = request.uri().path().to_owned();
        let Some(rest) = path.strip_prefix("/2018-06-01/runtime/") else {
            return refuse(StatusCode::NOT_FOUND, "NotFound", "The Runtime API has no such path.");
        };
        let parts: Vec<&str> = rest.split('/').collect();
        match (request.method(), parts.as_slice()) {
            (&Method::GET, ["invocation", "next"]) => self.next().await,
            (&Method::POST, ["invocation", id, "response"]) => self.response(id, request).await,
            (&Method::POST, ["invocation", id, "error"]) => self.error(id, request).await,
            (&Method::POST, ["init", "error"]) => self.init_error(request).await,
            _ => refuse(StatusCode::NOT_FOUND, "NotFound", "The Runtime API has no such path."),
        }
    }

    async fn next(&self) -> HttpResponse {
        self.leave(&RuntimeState::Starting);
        self.say(RuntimeMessage::Ready).await;
        let Some(Delivery { event, deadline_ms }) = self.deliveries.lock().await.recv().await else {
            return refuse(StatusCode::GONE, "Gone", "This sandbox is ending.");
        };
        *self.state() = RuntimeState::Running { request_id: event.request_id.clone() };
        let mut response = Response::new(Full::new(event.payload));
        let deadline = deadline_ms.to_string();
        let headers = [
            ("content-type", "application/json"),
            ("lambda-runtime-aws-request-id", &event.request_id),
            ("lambda-runtime-deadline-ms", &deadline),
            ("lambda-runtime-invoked-function-arn", &event.function_arn),
            ("lambda-runtime-trace-id", &event.trace_id),
        ];
        let client_context = event.client_context.as_deref().map(|context| ("lambda-runtime-client-context", context));
        for (name, value) in headers.into_iter().chain(client_context) {
            // Always: ids and ARNs are plain text, the trace id came in a header itself, and the client context is one line.
            if let Ok(value) = HeaderValue::from_bytes(value.as_bytes()) {
                response.headers_mut().insert(name, value);
            }
        }
        response
    }

    async fn response(&self, id: &str, request: Request<Incoming>) -> HttpResponse {
        if let Some(refusal) = self.refuse_other(id) {
            return refusal;
        }
        let content_type = streamed_type(request.headers());
        let mut body = request.into_body();
        let reason = match collect_response(&mut body, MAX_RESPONSE_BYTES).await {
            Ok(Ok(body)) => {
                let result = match content_type {
                    Some(content_type) => RuntimeMessage::Streamed { content_type, body },
                    None => RuntimeMessage::Response(body),
                };
                return self.finish(id, result).await;
            }
            Ok(Err(document)) => return self.finish(id, RuntimeMessage::Error(document)).await,
            Err(reason) => reason,
        };
        let text = format!("Response payload size exceeded maximum allowed payload size ({MAX_RESPONSE_BYTES} bytes).");
        let (status, code, text) = match reason {
            Unread::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "Function.ResponseSizeTooLarge", text.as_str()),
            Unread::Broken => (StatusCode::BAD_REQUEST, "Runtime.TruncatedResponse", "The response was cut off."),
        };
        let error = json!({"errorMessage": text, "errorType": code}).to_string();
        let told = self.finish(id, RuntimeMessage::Error(error.into())).await;
        drop_rest(body).await;
        if told.status().is_success() { refuse(status, code, text) } else { told }
    }

    async fn error(&self, id: &str, request: Request<Incoming>) -> HttpResponse {
        if let Some(refusal) = self.refuse_other(id) {
            return refusal;
        }
        let document = self.document(request).await;
        self.finish(id, RuntimeMessage::Error(document)).await
    }

    async fn init_error(&self, request: Request<Incoming>) -> HttpResponse {
        let started = || refuse(StatusCode::FORBIDDEN, "InvalidStateTransition", "The runtime has started already.");
        if *self.state() != RuntimeState::Starting {
            return started();
        }
        let document = self.document(request).await;
        if !self.leave(&RuntimeState::Starting) {
            return started();
        }
        self.say(RuntimeMessage::InitError(document)).await;
        accepted()
    }

    /// An error document; one that is too long in its place, or that could not be read, is a document that says so.
    async fn document(&self, request: Request<Incoming>) -> Bytes {
        let error_type =
            request.headers().get(ERROR_TYPE_HEADER).and_then(|name| name.to_str().ok()).map(str::to_owned);
        let mut body = request.into_body();
        match collect(&mut body, MAX_RESPONSE_BYTES).await {
            Ok(document) if document.len() <= MAX_ERROR_BYTES => document,
            Ok(document) => shortened(&document, error_type.as_deref()),
            Err(reason) => {
                tracing::warn!(reason = ?reason, "a runtime's error document could not be read");
                drop_rest(body).await;
                shortened(&[], error_type.as_deref())
            }
        }
    }

    /// An answer to an invocation that is not the one running is refused, as AWS does.
    fn refuse_other(&self, id: &str) -> Option<HttpResponse> {
        match &*self.state() {
            RuntimeState::Running { request_id } if request_id == id => None,
            RuntimeState::Running { .. } => {
                Some(refuse(StatusCode::BAD_REQUEST, "InvalidRequestID", "Invalid request ID"))
            }
            RuntimeState::Starting | RuntimeState::Idle => {
                Some(refuse(StatusCode::FORBIDDEN, "InvalidStateTransition", "No invocation is running."))
            }
        }
    }

    /// Ends the running invocation with what the runtime says; of two answers to it, only the first one counts.
    async fn finish(&self, id: &str, message: RuntimeMessage) -> HttpResponse {
        if !self.leave(&RuntimeState::Running { request_id: id.to_owned() }) {
            return self.refuse_other(id).unwrap_or_else(accepted);
        }
        self.say(message).await;
        accepted()
    }

    /// Makes the runtime idle, if it is in this state.
    fn leave(&self, from: &RuntimeState) -> bool {
        let mut state = self.state();
        let is_in_it = *state == *from;
        if is_in_it {
            *state = RuntimeState::Idle;
        }
        is_in_it
    }

    async fn say(&self, message: RuntimeMessage) {
        if self.messages.send(message).await.is_err() {
            tracing::debug!("a runtime said something while its sandbox was being ended");
        }
    }

    fn state(&self) -> MutexGuard<'_, RuntimeState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn accepted() -> HttpResponse {
    json_response(StatusCode::ACCEPTED, &json!({"status": "OK"}))
}

/// The answer to another process.
fn refuse_stranger() -> HttpResponse {
    let message = "This Runtime API answers the processes of its own sandbox only.";
    refuse(StatusCode::FORBIDDEN, "AccessDenied", message)
}

fn refuse(status: StatusCode, error_type: &str, message: &str) -> HttpResponse {
    json_response(status, &json!({"errorMessage": message, "errorType": error_type}))
}

fn json_response(status: StatusCode, body: &serde_json::Value) -> HttpResponse {
    let mut response = Response::new(Full::new(Bytes::from(body.to_string())));
    *response.status_mut() = status;
    response.headers_mut().insert("content-type", HeaderValue::from_static("application/json"));
    response
}

#[cfg(test)]
mod tests;
