//! The HTTP/1.1 server: keep-alive connections on loopback, and a graceful end.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::pin;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::Incoming;
use hyper::header::{HeaderName, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

use cloud_core::{Clock, Random, Request, Response, Stop};

/// The largest request body taken: Lambda's limit for a request that carries a zip, the largest of all services here.
const BODY_LIMIT_BYTES: usize = 70_167_211;

/// How long a request that is being answered may still take once the server ends.
const DRAIN_LIMIT: Duration = Duration::from_secs(3);

/// What every connection of a listener needs.
#[derive(Debug, Clone)]
pub(crate) struct ServeContext {
    /// Ends the listener.
    pub(crate) stop: Stop,
    /// Stamps requests.
    pub(crate) clock: Clock,
    /// Gives requests their ids.
    pub(crate) random: Random,
}

/// Answers every request on `listener` with `handler` until it is to stop, then lets the open ones end.
///
/// A request is handled to its end even when its client goes away: half an operation would be worse than one that
/// nobody waited for.
pub(crate) async fn serve<H, F>(listener: TcpListener, context: ServeContext, handler: H)
where
    H: Fn(Request) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = Response> + Send + 'static,
{
    let mut connections = JoinSet::new();
    let mut stopped = pin!(context.stop.given());
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, source)) => {
                    connections.spawn(connection(stream, source, context.clone(), handler.clone()));
                }
                // Out of file descriptors, most likely: an open connection has to end first.
                Err(error) => {
                    tracing::warn!(target: "cloud::listener", %error, "no connection could be taken");
                    context.clock.machine().sleep(Duration::from_millis(20)).await;
                }
            },
            Some(_) = connections.join_next() => {}
            () = &mut stopped => break,
        }
    }
    drop(listener);
    let drained = async { while connections.join_next().await.is_some() {} };
    if context.clock.machine().timeout(DRAIN_LIMIT, drained).await.is_err() {
        tracing::warn!(target: "cloud::listener", "requests were still being answered when the cloud ended");
    }
}

async fn connection<H, F>(stream: TcpStream, source: SocketAddr, context: ServeContext, handler: H)
where
    H: Fn(Request) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = Response> + Send + 'static,
{
    // Only latency is at stake; a socket that is already gone says so at its first read.
    let _ = stream.set_nodelay(true);
    let stop = context.stop.clone();
    let service = service_fn(move |request| answer(request, source, context.clone(), handler.clone()));
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(None);
    let mut served = pin!(builder.serve_connection(TokioIo::new(stream), service));
    tokio::select! {
        // A client that goes away is no fault of ours, and there is nobody left to tell.
        _ = served.as_mut() => return,
        () = stop.given() => served.as_mut().graceful_shutdown(),
    }
    let _ = served.await;
}

async fn answer<H, F>(
    request: hyper::Request<Incoming>,
    source: SocketAddr,
    context: ServeContext,
    handler: H,
) -> Result<hyper::Response<Full<Bytes>>, Infallible>
where
    H: Fn(Request) -> F,
    F: Future<Output = Response> + Send + 'static,
{
    let received_at = context.clock.now();
    let (parts, body) = request.into_parts();
    let body = match Limited::new(body, BODY_LIMIT_BYTES).collect().await {
        Ok(body) => body.to_bytes(),
        Err(error) if error.is::<LengthLimitError>() => return Ok(to_hyper(too_large())),
        Err(error) => return Ok(to_hyper(unreadable(&error.to_string()))),
    };
    let mut request = Request::new(context.random.uuid().to_string(), parts, body, source, received_at);
    // Dropped with this answer: when the client goes away before it.
    let (_connected, client) = watch::channel(());
    request.client = Some(client);
    let id = request.id.clone();
    let response = match tokio::spawn(handler(request)).await {
        Ok(response) => response,
        Err(error) => {
            tracing::error!(target: "cloud::request", request_id = %id, %error, "the request could not be answered");
            refuse(
                500,
                "InternalFailure",
                "The embedded cloud failed while it answered this request; its log has more.",
            )
        }
    };
    // An API's endpoint has its own header for it.
    if response.has_header("x-amzn-requestid") || response.has_header("apigw-requestid") {
        return Ok(to_hyper(response));
    }
    Ok(to_hyper(response.with_header("x-amzn-RequestId", id)))
}

fn too_large() -> Response {
    let message = format!("The request body is larger than {BODY_LIMIT_BYTES} bytes.");
    refuse(413, "RequestEntityTooLargeException", &message)
}

fn unreadable(why: &str) -> Response {
    refuse(400, "RequestAborted", &format!("The request body could not be read: {why}."))
}

fn refuse(status: u16, code: &str, message: &str) -> Response {
    Response::json(status, &serde_json::json!({ "__type": code, "message": message }))
        .with_header("x-amzn-ErrorType", code)
}

/// A function chooses its own headers, so what is no valid header is left out rather than trusted.
fn to_hyper(response: Response) -> hyper::Response<Full<Bytes>> {
    let mut answer = hyper::Response::new(Full::new(response.body));
    *answer.status_mut() =
        hyper::StatusCode::from_u16(response.status).unwrap_or(hyper::StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in response.headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            answer.headers_mut().append(name, value);
        }
    }
    answer
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    use super::*;

    async fn handler(request: Request) -> Response {
        assert!(request.path != "/fails", "asked to fail");
        Response::new(200, "text/plain", format!("{} {}", request.path, request.body.len()))
    }

    /// Sends one request and reads until its body has arrived.
    async fn ask(stream: &mut TcpStream, path: &str, until: &str) -> String {
        let request = format!("POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\nhi");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        while !String::from_utf8_lossy(&answer).contains(until) {
            assert!(stream.read_buf(&mut answer).await.unwrap() > 0, "closed early");
        }
        String::from_utf8(answer).unwrap()
    }

    #[tokio::test]
    async fn keeps_a_connection_survives_a_failure_and_ends_when_told() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let stop = Stop::new();
        let context = ServeContext { stop: stop.clone(), clock: Clock::system(), random: Random::from_seed(1) };
        let served = tokio::spawn(serve(listener, context, handler));
        let mut stream = TcpStream::connect(address).await.unwrap();
        assert!(ask(&mut stream, "/a", "/a 2").await.contains("x-amzn-requestid: "));
        assert!(ask(&mut stream, "/fails", "its log has more").await.starts_with("HTTP/1.1 500"));
        assert!(ask(&mut stream, "/b", "/b 2").await.starts_with("HTTP/1.1 200"));
        stop.give();
        assert_eq!(stream.read(&mut [0; 1]).await.unwrap(), 0);
        served.await.unwrap();
        assert!(TcpStream::connect(address).await.is_err());
    }
}
