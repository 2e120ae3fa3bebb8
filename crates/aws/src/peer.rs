//! For tests: peers on loopback that answer with given bytes, and clients that call them.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::client::connect::{Aws, Target};
use crate::client::timeouts::CallTimeout;
use model::names::Region;

/// Answers every request with the same bytes and closes.
pub(crate) async fn peer(says: String) -> String {
    serve(move |mut stream| {
        let says = says.clone();
        async move {
            let _ = stream.read(&mut [0; 65_536]).await;
            let _ = stream.write_all(says.as_bytes()).await;
            let _ = stream.shutdown().await;
        }
    })
    .await
}

pub(crate) async fn serve<F: Future<Output = ()> + Send + 'static>(
    with: impl Fn(TcpStream) -> F + Send + 'static,
) -> String {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(with(stream));
        }
    });
    address.to_string()
}

pub(crate) fn http(status: &str, headers: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\n{headers}Content-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len())
}

pub(crate) fn json(status: &str, code: &str, message: &str) -> String {
    let body = serde_json::json!({"__type": code, "message": message}).to_string();
    http(status, "Content-Type: application/x-amz-json-1.0\r\n", &body)
}

pub(crate) async fn clients(endpoint: String, limit: CallTimeout) -> Aws {
    let region = Region::parse("eu-west-1").unwrap();
    Aws::connect_within(Target::Local { endpoint, region, keys: None }, limit).await.unwrap()
}
