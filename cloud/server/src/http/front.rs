//! One connection: reads requests, has them looked at before their bodies are read, and writes the answers.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;

use bytes::Bytes;
use hyper::body::{Body as _, Incoming};
use hyper::header::{EXPECT, HeaderName, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::watch;

use cloud_core::{BodyStream, Clock, DEFAULT_BODY_LIMIT_BYTES, Random, Request, Response, Signed, Stop};

use super::answer_body::AnswerBody;
use super::body::{self, Bodies, REST_BYTES, ReadError, Share};
use super::connections::Connection;
use super::watched::Watched;
use crate::guard::Peer;

/// The most bytes of a request's headers. Session tokens and client contexts take some thousand.
const HEADERS_LIMIT_BYTES: usize = 64 << 10;

/// What is served: decides on a request by its headers, and answers it.
pub(crate) trait Site: Send + Sync + 'static {
    /// What is left to be looked at when the body is there.
    type Pending: Send + 'static;

    /// Looks at a request whose body is not read yet.
    ///
    /// # Errors
    /// The answer to one that is not let in.
    fn admit(&self, head: &Request, peer: Peer) -> Result<Admitted<Self::Pending>, Response>;

    /// How large the body of a request may be that was let in; [`DEFAULT_BODY_LIMIT_BYTES`] at least.
    fn body_limit_bytes(&self, head: &Request) -> usize;

    /// The answer to a body that is larger.
    fn too_large(&self, head: &Request) -> Response;

    /// The answer while bodies of others take all the room.
    fn busy(&self, head: &Request) -> Response;

    /// Looks at the whole request; tells what its signature is worth where that is left to whoever answers.
    ///
    /// # Errors
    /// The answer to one that is not let in.
    fn verify(&self, request: &Request, pending: Self::Pending) -> Result<Signed, Response>;

    /// Answers.
    fn answer(&self, request: Request) -> impl Future<Output = Response> + Send;
}

/// A request that is let in by its headers.
pub(crate) struct Admitted<P> {
    /// Whose bodies share a bound with its body.
    pub(crate) share: Share,
    /// What is left to be looked at.
    pub(crate) pending: P,
}

/// What every connection needs; clones share it.
#[derive(Debug)]
pub(crate) struct Front<S> {
    pub(super) inner: Arc<Inner<S>>,
}

#[derive(Debug)]
pub(super) struct Inner<S> {
    site: Arc<S>,
    pub(super) stop: Stop,
    /// Stamps requests.
    clock: Clock,
    /// The machine's: what clients take is measured by it, whatever time the cloud shows.
    pub(super) machine: Clock,
    random: Random,
    bodies: Bodies,
}

impl<S> Clone for Front<S> {
    fn clone(&self) -> Self {
        Self { inner: Arc::clone(&self.inner) }
    }
}

impl<S: Site> Front<S> {
    /// Serves a site until it is to stop. `random` gives requests their ids.
    pub(crate) fn new(site: Arc<S>, stop: Stop, clock: Clock, machine: Clock, random: Random) -> Self {
        let bodies = Bodies::new(machine.clone());
        Self { inner: Arc::new(Inner { site, stop, clock, machine, random, bodies }) }
    }

    /// Answers the requests of one connection, from whatever carries its bytes, until either side ends it.
    pub(crate) async fn serve_connection<IO>(&self, stream: IO, source: SocketAddr, peer: Peer)
    where
        IO: AsyncRead + AsyncWrite + Unpin,
    {
        let connection = Connection::new(peer, self.inner.machine.clone());
        self.serve(stream, source, peer, &connection).await;
    }

    pub(super) async fn serve<IO>(&self, stream: IO, source: SocketAddr, peer: Peer, connection: &Arc<Connection>)
    where
        IO: AsyncRead + AsyncWrite + Unpin,
    {
        let service = service_fn(|request| {
            let exchange = Exchange { front: self.clone(), source, peer, connection: Arc::clone(connection) };
            async move { Ok::<_, Infallible>(exchange.answer(request).await) }
        });
        let mut builder = http1::Builder::new();
        // How long headers may take is the connection's affair; see `connections`.
        builder.header_read_timeout(None).max_buf_size(HEADERS_LIMIT_BYTES);
        // Head and body of an answer are one piece: hyper 1.12 writes what it says of a broken request before a body that waits.
        builder.writev(false);
        let stream = TokioIo::new(Watched::new(stream, Arc::clone(connection)));
        let mut served = pin!(builder.serve_connection(stream, service));
        tokio::select! {
            // A client that goes away is no fault of ours, and there is nobody left to tell.
            _ = served.as_mut() => return,
            () = connection.ended() => return,
            () = self.inner.stop.given() => served.as_mut().graceful_shutdown(),
        }
        let _ = served.await;
    }
}

/// One request on its way.
struct Exchange<S> {
    front: Front<S>,
    source: SocketAddr,
    peer: Peer,
    connection: Arc<Connection>,
}

impl<S: Site> Exchange<S> {
    async fn answer(&self, request: hyper::Request<Incoming>) -> hyper::Response<AnswerBody> {
        let Inner { clock, random, .. } = &*self.front.inner;
        let received_at = clock.now();
        let (parts, body) = request.into_parts();
        let head = Request::new(random.uuid().to_string(), parts, Bytes::new(), self.source, received_at);
        let id = head.id.clone();
        let mut response = self.take(head, body).await;
        // An API's endpoint has its own header for it.
        if !response.has_header("x-amzn-requestid") && !response.has_header("apigw-requestid") {
            response = response.with_header("x-amzn-RequestId", id);
        }
        let body = std::mem::take(&mut response.body);
        let body = match response.stream.as_ref().and_then(BodyStream::take) {
            None => {
                self.connection.answered();
                AnswerBody::whole(body)
            }
            Some(pieces) => {
                AnswerBody::streamed(body, pieces, self.front.inner.stop.clone(), Arc::clone(&self.connection))
            }
        };
        to_hyper(response, body)
    }

    /// Looks at the headers, reads the body, looks at the whole, and has it answered.
    async fn take(&self, head: Request, mut body: Incoming) -> Response {
        let Inner { site, bodies, .. } = &*self.front.inner;
        // Its headers are there: for what it waits now, its client is not to blame.
        self.connection.answers();
        let Admitted { share, pending } = match site.admit(&head, self.peer) {
            Ok(admitted) => admitted,
            Err(refused) => return self.refuse(&head, body, refused),
        };
        let size = body.size_hint().exact().map(|bytes| usize::try_from(bytes).unwrap_or(usize::MAX));
        // No limit is lower than this one, so that most requests need not be looked at for theirs.
        let most = match size {
            Some(size) if size <= DEFAULT_BODY_LIMIT_BYTES => DEFAULT_BODY_LIMIT_BYTES,
            _ => site.body_limit_bytes(&head),
        };
        if size.is_some_and(|size| size > most) {
            let refused = site.too_large(&head);
            return self.refuse(&head, body, refused);
        }
        let bytes = size.unwrap_or(most);
        let Some(_room) = bodies.room(bytes, share).await else {
            let refused = site.busy(&head);
            return self.refuse(&head, body, refused);
        };
        if bytes > 0 {
            self.connection.reads_body(bytes);
        }
        let whole = match body::read(&mut body, most).await {
            Ok(whole) => whole,
            Err(ReadError::TooLarge) => {
                let refused = site.too_large(&head);
                return self.refuse(&head, body, refused);
            }
            Err(ReadError::Broken(why)) => return unreadable(&why),
        };
        self.connection.answers();
        let request = Request { body: whole, ..head };
        match self.verify(&request, pending).await {
            Ok(signed) => self.run(Request { signed, ..request }).await,
            Err(refused) => refused,
        }
    }

    /// Looks at the whole. The hash of a large body takes some time, in which others want to be answered.
    async fn verify(&self, request: &Request, pending: S::Pending) -> Result<Signed, Response> {
        let site = &self.front.inner.site;
        if request.body.len() <= DEFAULT_BODY_LIMIT_BYTES {
            return site.verify(request, pending);
        }
        let site = Arc::clone(site);
        let request = request.clone();
        let verified = tokio::task::spawn_blocking(move || site.verify(&request, pending)).await;
        verified.unwrap_or_else(|error| Err(unreadable(&error.to_string())))
    }

    /// Has a request answered, to its end even when its client goes away: half an operation would be worse than one that
    /// nobody waited for.
    async fn run(&self, mut request: Request) -> Response {
        // Dropped with this answer: when the client goes away before it.
        let (_connected, client) = watch::channel(());
        request.client = Some(client);
        let id = request.id.clone();
        let site = Arc::clone(&self.front.inner.site);
        match tokio::spawn(async move { site.answer(request).await }).await {
            Ok(response) => response,
            Err(error) => {
                tracing::error!(target: "cloud::request", request_id = %id, %error, "the request could not be answered");
                refuse(
                    500,
                    "InternalFailure",
                    "The embedded cloud failed while it answered this request; its log has more.",
                )
            }
        }
    }

    /// Answers without the body. A client that asked whether to send it does not; of any other the rest is read, so that it
    /// gets to read the answer.
    fn refuse(&self, head: &Request, body: Incoming, response: Response) -> Response {
        if body.is_end_stream() {
            return response;
        }
        if head.headers.get(EXPECT).is_some_and(|expect| expect.as_bytes().eq_ignore_ascii_case(b"100-continue")) {
            return response.with_header("connection", "close");
        }
        let bytes = body.size_hint().exact().and_then(|bytes| usize::try_from(bytes).ok());
        let connection = Arc::clone(&self.connection);
        connection.reads_rest(bytes.map_or(REST_BYTES, |bytes| bytes.min(REST_BYTES)));
        tokio::spawn(async move {
            body::drain(body).await;
            connection.read_rest();
        });
        response
    }
}

fn unreadable(why: &str) -> Response {
    refuse(400, "RequestAborted", &format!("The request body could not be read: {why}."))
}

fn refuse(status: u16, code: &str, message: &str) -> Response {
    Response::json(status, &serde_json::json!({ "__type": code, "message": message }))
        .with_header("x-amzn-ErrorType", code)
}

/// A function chooses its own headers, so what is no valid header is left out rather than trusted.
fn to_hyper(response: Response, body: AnswerBody) -> hyper::Response<AnswerBody> {
    let mut answer = hyper::Response::new(body);
    *answer.status_mut() =
        hyper::StatusCode::from_u16(response.status).unwrap_or(hyper::StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in response.headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            answer.headers_mut().append(name, value);
        }
    }
    answer
}
