//! Connections over real sockets, to a site that echoes.

use std::net::Ipv4Addr;
use std::sync::Arc;

use cloud_core::{Clock, Random, Request, Response, Signed, Stop, TcpSockets};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::*;
use crate::http::{Admitted, Share};

/// Takes everything but what has an `x-refused` header, and bodies up to two megabytes.
struct Echo;

impl Site for Echo {
    type Pending = ();

    fn admit(&self, head: &Request, _: Peer) -> Result<Admitted<()>, Response> {
        match head.header("x-refused") {
            Some(_) => Err(Response::new(403, "text/plain", "refused")),
            None => Ok(Admitted { share: Share::Service, pending: () }),
        }
    }

    fn body_limit_bytes(&self, _: &Request) -> usize {
        2 << 20
    }

    fn too_large(&self, _: &Request) -> Response {
        Response::new(413, "text/plain", "too large")
    }

    fn busy(&self, _: &Request) -> Response {
        Response::new(503, "text/plain", "busy")
    }

    fn verify(&self, _: &Request, (): ()) -> Result<Signed, Response> {
        Ok(Signed::Not)
    }

    async fn answer(&self, request: Request) -> Response {
        assert!(request.path != "/fails", "asked to fail");
        Response::new(200, "text/plain", format!("{} {}", request.path, request.body.len()))
    }
}

struct Served {
    address: SocketAddr,
    stop: Stop,
    task: tokio::task::JoinHandle<()>,
}

async fn served(connections: usize) -> Served {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    let stop = Stop::new();
    let front = Front::new(Arc::new(Echo), stop.clone(), Clock::system(), Clock::system(), Random::from_seed(1));
    Served { address, stop, task: tokio::spawn(serve(listener, front, connections, Peers::new(TcpSockets::open()))) }
}

/// Sends one request and reads until its body has arrived.
async fn ask(stream: &mut TcpStream, path: &str, until: &str) -> String {
    let request = format!("POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\nhi");
    stream.write_all(request.as_bytes()).await.unwrap();
    read_until(stream, until).await
}

async fn read_until(stream: &mut TcpStream, until: &str) -> String {
    let mut answer = Vec::new();
    while !String::from_utf8_lossy(&answer).contains(until) {
        assert!(stream.read_buf(&mut answer).await.unwrap() > 0, "closed early");
    }
    String::from_utf8(answer).unwrap()
}

#[tokio::test]
async fn keeps_a_connection_survives_a_failure_and_ends_when_told() {
    let Served { address, stop, task } = served(8).await;
    let mut stream = TcpStream::connect(address).await.unwrap();
    assert!(ask(&mut stream, "/a", "/a 2").await.contains("x-amzn-requestid: "));
    assert!(ask(&mut stream, "/fails", "its log has more").await.starts_with("HTTP/1.1 500"));
    assert!(ask(&mut stream, "/b", "/b 2").await.starts_with("HTTP/1.1 200"));
    stop.give();
    assert_eq!(stream.read(&mut [0; 1]).await.unwrap(), 0);
    task.await.unwrap();
    assert!(TcpStream::connect(address).await.is_err());
}

#[tokio::test]
async fn idle_connections_do_not_make_it_deaf() {
    let Served { address, .. } = served(8).await;
    let mut idle = Vec::new();
    for _ in 0..50 {
        let mut stream = TcpStream::connect(address).await.unwrap();
        assert!(ask(&mut stream, "/a", "/a 2").await.starts_with("HTTP/1.1 200"));
        idle.push(stream);
    }
    assert_eq!(idle[0].read(&mut [0; 1]).await.unwrap(), 0, "the oldest was closed");
    assert!(ask(&mut idle[49], "/b", "/b 2").await.starts_with("HTTP/1.1 200"));
}

#[tokio::test]
async fn what_is_refused_by_its_headers_is_answered_before_its_body_comes() {
    let Served { address, .. } = served(8).await;
    for (header, expected) in [("X-Refused: 1\r\n", "refused"), ("", "too large")] {
        // The client waits to be told to go on, which it is not.
        let mut stream = TcpStream::connect(address).await.unwrap();
        let head = format!(
            "POST / HTTP/1.1\r\nHost: localhost\r\n{header}Expect: 100-continue\r\nContent-Length: 70000000\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 4") && answer.ends_with(expected), "{answer}");
        // This one sends all before it reads, and gets to read its answer on a connection that goes on.
        let mut stream = TcpStream::connect(address).await.unwrap();
        let size = 20_000_000;
        let head = format!("POST / HTTP/1.1\r\nHost: localhost\r\n{header}Content-Length: {size}\r\n\r\n");
        stream.write_all(head.as_bytes()).await.unwrap();
        stream.write_all(&vec![b'x'; size]).await.unwrap();
        assert!(read_until(&mut stream, expected).await.starts_with("HTTP/1.1 4"));
        assert!(ask(&mut stream, "/after", "/after 2").await.starts_with("HTTP/1.1 200"));
    }
}

#[tokio::test]
async fn a_body_of_unknown_length_has_the_same_limit() {
    let Served { address, .. } = served(8).await;
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n").await.unwrap();
    let chunk = [format!("{:x}\r\n", 1 << 20).into_bytes(), vec![b'x'; 1 << 20], b"\r\n".to_vec()].concat();
    for _ in 0..3 {
        stream.write_all(&chunk).await.unwrap();
    }
    stream.write_all(b"0\r\n\r\n").await.unwrap();
    assert!(read_until(&mut stream, "too large").await.starts_with("HTTP/1.1 413"));
}

#[tokio::test]
async fn headers_have_a_bound() {
    let Served { address, .. } = served(8).await;
    let mut stream = TcpStream::connect(address).await.unwrap();
    let head = format!("GET / HTTP/1.1\r\nHost: localhost\r\nX-Long: {}\r\n\r\n", "x".repeat(200_000));
    // It may be closed while this is still being sent, and before the answer is read.
    let _ = stream.write_all(head.as_bytes()).await;
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    let answer = String::from_utf8_lossy(&answer);
    assert!(answer.starts_with("HTTP/1.1 431") || answer.is_empty(), "{answer}");
    let mut next = TcpStream::connect(address).await.unwrap();
    assert!(ask(&mut next, "/a", "/a 2").await.starts_with("HTTP/1.1 200"));
}
