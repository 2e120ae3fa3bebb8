//! The HTTP front of a cloud in memory: one connection, whatever is sent on it.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use arbitrary::Unstructured;
use bytes::Bytes;
use cloud_core::testing::make_request;
use cloud_core::{Clock, Random, Request, Stop};
use cloud_lambda::{SimulatedRun, SimulatedRunner};
use cloud_server::{Cloud, Composition};
use cloud_store::Store;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// The most requests that are made up for one connection.
const MAX_REQUESTS: usize = 8;
/// As the listener's.
const BODY_LIMIT_BYTES: usize = 70_167_211;
/// How long a connection may stay without an answer, in time that passes when nothing else can.
const SILENCE: Duration = Duration::from_secs(600);

/// Sends the bytes, or requests that are made up from them, and panics when one is answered with a failure.
pub fn take(data: &[u8]) {
    let Some((kind, rest)) = data.split_first() else { return };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build();
    let runtime = runtime.expect("a runtime");
    runtime.block_on(async {
        let functions = tempfile::tempdir().expect("a folder");
        let cloud = open(functions.path());
        let wire = if kind % 2 == 0 { rest.to_vec() } else { made_up(&cloud, rest) };
        let (mut client, server) = tokio::io::duplex(64 << 10);
        let served = tokio::spawn(serve(Arc::clone(&cloud), server));
        let (mut reading, mut writing) = tokio::io::split(&mut client);
        let mut answers = Vec::new();
        let exchange = async {
            let send = async {
                // The server may close at any time.
                let _ = writing.write_all(&wire).await;
            };
            let receive = async {
                let _ = tokio::time::timeout(SILENCE, reading.read_to_end(&mut answers)).await;
            };
            tokio::join!(send, receive)
        };
        exchange.await;
        drop(client);
        served.await.expect("a connection does not panic");
        cloud.stop().await.expect("the store takes everything");
    });
}

fn open(functions: &std::path::Path) -> Arc<Cloud> {
    let start = "2026-01-01T00:00:00Z".parse().expect("a moment");
    let (clock, _control) = Clock::moved_by_hand(start);
    let runner = SimulatedRunner::new(clock.clone(), |_, _| SimulatedRun::answers(&serde_json::json!({"sent": true})));
    let cloud = Cloud::open(Composition {
        store: Store::in_memory().expect("memory"),
        functions_dir: functions.to_owned(),
        address: SocketAddr::from(([127, 0, 0, 1], 4566)),
        clock,
        random: Random::from_seed(1),
        runner: Arc::new(runner),
        stop: Stop::new(),
    });
    let cloud = cloud.expect("an empty store opens");
    cloud.resume();
    cloud
}

/// The requests that the bytes stand for.
fn made_up(cloud: &Arc<Cloud>, bytes: &[u8]) -> Vec<u8> {
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
        wire.extend(make_request(service, operation, &mut choices).to_wire());
    }
    wire
}

async fn serve(cloud: Arc<Cloud>, stream: tokio::io::DuplexStream) {
    let service = service_fn(move |request| answer(Arc::clone(&cloud), request));
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(None);
    // A client that sends what is no HTTP is told so, or not.
    let _ = builder.serve_connection(TokioIo::new(stream), service).await;
}

async fn answer(cloud: Arc<Cloud>, request: hyper::Request<Incoming>) -> Result<hyper::Response<Full<Bytes>>, Infallible> {
    let (parts, body) = request.into_parts();
    let Ok(body) = Limited::new(body, BODY_LIMIT_BYTES).collect().await else {
        return Ok(hyper::Response::builder().status(400).body(Full::default()).expect("a response"));
    };
    let body = body.to_bytes();
    let shown = format!("{} {} {:?} {body:?}", parts.method, parts.uri, parts.headers);
    let source = SocketAddr::from(([127, 0, 0, 1], 9));
    let now = "2026-01-01T00:00:00Z".parse().expect("a moment");
    let request = Request::new("id".to_owned(), parts, body, source, now);
    let response = cloud.answer(request).await;
    // 501: not there yet.
    assert!(response.status < 500 || response.status == 501, "{} to {shown}: {response:?}", response.status);
    let answer = hyper::Response::builder().status(response.status).body(Full::new(response.body));
    Ok(answer.expect("a status"))
}
