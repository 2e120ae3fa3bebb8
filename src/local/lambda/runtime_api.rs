//! The Lambda Runtime API of one sandbox: `next`, `response`, `error`, `init/error` (Lambda developer guide, "Using the
//! Lambda runtime API").

use std::convert::Infallible;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper::header::HeaderValue;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use serde_json::json;
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::task::{JoinHandle, JoinSet};

/// The largest result a function may answer with: 6 MB and Lambda's allowance for its envelope.
pub(crate) const MAX_RESPONSE_BYTES: usize = 6_291_556;

/// One event on its way to the runtime.
#[derive(Debug, Clone)]
pub(crate) struct Event {
    /// The invocation's request id.
    pub(crate) request_id: String,
    /// When the function's timeout runs out, in ms since 1970.
    pub(crate) deadline_ms: i64,
    /// The ARN it was invoked by.
    pub(crate) function_arn: String,
    /// The X-Ray header.
    pub(crate) trace_id: String,
    /// What the function gets.
    pub(crate) payload: Bytes,
}

/// What the runtime says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Answer {
    /// It has started and asks for its first event.
    Ready,
    /// The function's result.
    Response(Bytes),
    /// The function's error, as the runtime describes it.
    Error(Bytes),
    /// The runtime could not start, as it describes it.
    InitError(Bytes),
}

/// The listener of one sandbox; it stops when this is dropped.
#[derive(Debug)]
pub(crate) struct RuntimeApi {
    address: SocketAddr,
    events: mpsc::UnboundedSender<Event>,
    answers: mpsc::UnboundedReceiver<Answer>,
    listener: JoinHandle<()>,
}

/// What the connections of one sandbox share.
#[derive(Debug)]
struct Exchange {
    events: tokio::sync::Mutex<mpsc::UnboundedReceiver<Event>>,
    answers: mpsc::UnboundedSender<Answer>,
    stage: Mutex<Stage>,
}

/// What the runtime is doing.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Stage {
    Starting,
    Idle,
    Running { request_id: String },
}

type Reply = Response<Full<Bytes>>;

impl RuntimeApi {
    /// Listens on a free port of 127.0.0.1.
    ///
    /// # Errors
    /// What the system says when no port can be had.
    pub(crate) async fn listen() -> io::Result<Self> {
        let socket = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = socket.local_addr()?;
        let (event_sender, event_receiver) = mpsc::unbounded_channel();
        let (answer_sender, answer_receiver) = mpsc::unbounded_channel();
        let exchange = Arc::new(Exchange {
            events: tokio::sync::Mutex::new(event_receiver),
            answers: answer_sender,
            stage: Mutex::new(Stage::Starting),
        });
        let listener = tokio::spawn(serve(socket, exchange));
        Ok(Self { address, events: event_sender, answers: answer_receiver, listener })
    }

    /// Where the runtime finds it.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Hands over an event; the runtime gets it with its next `next`.
    pub(crate) fn send(&self, event: Event) {
        // The receiver lives in the listener's task, which ends only when `self` is dropped.
        let _ = self.events.send(event);
    }

    /// The next thing the runtime says; waits for ever when it says nothing.
    pub(crate) async fn answer(&mut self) -> Answer {
        match self.answers.recv().await {
            Some(answer) => answer,
            None => std::future::pending().await,
        }
    }
}

impl Drop for RuntimeApi {
    fn drop(&mut self) {
        self.listener.abort();
    }
}

async fn serve(socket: TcpListener, exchange: Arc<Exchange>) {
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = socket.accept().await {
        while connections.try_join_next().is_some() {}
        let exchange = Arc::clone(&exchange);
        connections.spawn(async move {
            let service = service_fn(move |request| {
                let exchange = Arc::clone(&exchange);
                async move { Ok::<_, Infallible>(exchange.handle(request).await) }
            });
            let connection = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service);
            // A connection that breaks is the runtime's own business: it ends, or connects again.
            let _ = connection.await;
        });
    }
}

impl Exchange {
    async fn handle(&self, request: Request<Incoming>) -> Reply {
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

    async fn next(&self) -> Reply {
        if self.stage() == Stage::Starting {
            self.set_stage(Stage::Idle);
            self.say(Answer::Ready);
        }
        let Some(event) = self.events.lock().await.recv().await else {
            return refuse(StatusCode::GONE, "Gone", "This sandbox is ending.");
        };
        self.set_stage(Stage::Running { request_id: event.request_id.clone() });
        let mut reply = Response::new(Full::new(event.payload));
        let deadline = event.deadline_ms.to_string();
        let headers = [
            ("content-type", "application/json"),
            ("lambda-runtime-aws-request-id", &event.request_id),
            ("lambda-runtime-deadline-ms", &deadline),
            ("lambda-runtime-invoked-function-arn", &event.function_arn),
            ("lambda-runtime-trace-id", &event.trace_id),
        ];
        for (name, value) in headers {
            if let Ok(value) = HeaderValue::from_str(value) {
                reply.headers_mut().insert(name, value);
            }
        }
        reply
    }

    async fn response(&self, id: &str, request: Request<Incoming>) -> Reply {
        if let Some(refusal) = self.refuse_other(id) {
            return refusal;
        }
        match collect(request).await {
            Ok(body) => self.finish(Answer::Response(body)),
            Err(reason) => {
                let text = format!(
                    "Response payload size exceeded maximum allowed payload size ({MAX_RESPONSE_BYTES} bytes)."
                );
                let (status, code, text) = match reason {
                    Unread::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "Function.ResponseSizeTooLarge", text.as_str()),
                    Unread::Broken => {
                        (StatusCode::BAD_REQUEST, "Runtime.TruncatedResponse", "The response was cut off.")
                    }
                };
                let error = json!({"errorMessage": text, "errorType": code}).to_string();
                self.finish(Answer::Error(error.into()));
                refuse(status, code, text)
            }
        }
    }

    async fn error(&self, id: &str, request: Request<Incoming>) -> Reply {
        if let Some(refusal) = self.refuse_other(id) {
            return refusal;
        }
        self.finish(Answer::Error(collect(request).await.unwrap_or_default()))
    }

    async fn init_error(&self, request: Request<Incoming>) -> Reply {
        if self.stage() != Stage::Starting {
            return refuse(StatusCode::FORBIDDEN, "InvalidStateTransition", "The runtime has started already.");
        }
        self.finish(Answer::InitError(collect(request).await.unwrap_or_default()))
    }

    /// An answer to an invocation that is not the one running is refused, as AWS does.
    fn refuse_other(&self, id: &str) -> Option<Reply> {
        match self.stage() {
            Stage::Running { request_id } if request_id == id => None,
            Stage::Running { .. } => Some(refuse(StatusCode::BAD_REQUEST, "InvalidRequestID", "Invalid request ID")),
            Stage::Starting | Stage::Idle => {
                Some(refuse(StatusCode::FORBIDDEN, "InvalidStateTransition", "No invocation is running."))
            }
        }
    }

    fn finish(&self, answer: Answer) -> Reply {
        self.set_stage(Stage::Idle);
        self.say(answer);
        json_reply(StatusCode::ACCEPTED, &json!({"status": "OK"}))
    }

    fn say(&self, answer: Answer) {
        // Nobody listens any more when the sandbox is being ended.
        let _ = self.answers.send(answer);
    }

    fn stage(&self) -> Stage {
        self.stage.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set_stage(&self, stage: Stage) {
        *self.stage.lock().unwrap_or_else(PoisonError::into_inner) = stage;
    }
}

/// Why a body could not be read.
enum Unread {
    TooLarge,
    Broken,
}

async fn collect(request: Request<Incoming>) -> Result<Bytes, Unread> {
    match Limited::new(request.into_body(), MAX_RESPONSE_BYTES).collect().await {
        Ok(body) => Ok(body.to_bytes()),
        Err(error) if error.is::<http_body_util::LengthLimitError>() => Err(Unread::TooLarge),
        Err(_) => Err(Unread::Broken),
    }
}

fn refuse(status: StatusCode, error_type: &str, message: &str) -> Reply {
    json_reply(status, &json!({"errorMessage": message, "errorType": error_type}))
}

fn json_reply(status: StatusCode, body: &serde_json::Value) -> Reply {
    let mut reply = Response::new(Full::new(Bytes::from(body.to_string())));
    *reply.status_mut() = status;
    reply.headers_mut().insert("content-type", HeaderValue::from_static("application/json"));
    reply
}
