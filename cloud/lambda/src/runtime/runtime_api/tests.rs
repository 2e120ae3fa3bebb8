//! Tests of the Runtime API, with requests as a runtime sends them.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::*;
use crate::runtime::InvocationEvent;

async fn listen() -> RuntimeApi {
    RuntimeApi::listen(Clock::system()).await.unwrap()
}

fn delivery(id: &str) -> Delivery {
    let event = InvocationEvent {
        request_id: id.to_owned(),
        function_arn: "arn".to_owned(),
        trace_id: "Root=1".to_owned(),
        payload: Bytes::from_static(b"{}"),
    };
    Delivery { event, deadline_ms: 5 }
}

/// Sends the head of a request whose body has this length; the connection closes after the answer.
async fn begin(api: &RuntimeApi, method: &str, path: &str, length: usize) -> TcpStream {
    let mut stream = TcpStream::connect(api.address()).await.unwrap();
    let head = format!(
        "{method} /2018-06-01/runtime/{path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    stream
}

/// Sends the body and reads the whole answer.
async fn end(mut stream: TcpStream, body: &str) -> String {
    stream.write_all(body.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

async fn ask(api: &RuntimeApi, method: &str, path: &str, body: &str) -> String {
    let stream = begin(api, method, path, body.len()).await;
    end(stream, body).await
}

#[tokio::test]
async fn an_invocation_goes_to_the_runtime_and_comes_back() {
    let mut api = listen().await;
    api.deliver(delivery("id-1")).await;
    let event = ask(&api, "GET", "invocation/next", "").await;
    assert!(event.contains("lambda-runtime-aws-request-id: id-1") && event.ends_with("{}"), "{event}");
    assert_eq!(api.message().await, RuntimeMessage::Ready);
    let other = ask(&api, "POST", "invocation/id-2/response", "1").await;
    assert!(other.contains("400 Bad Request") && other.contains("Invalid request ID"), "{other}");
    let answered = ask(&api, "POST", "invocation/id-1/response", "1").await;
    assert!(answered.contains("202 Accepted"), "{answered}");
    assert_eq!(api.message().await, RuntimeMessage::Response(Bytes::from_static(b"1")));
    let again = ask(&api, "POST", "invocation/id-1/response", "2").await;
    assert!(again.contains("403 Forbidden") && again.contains("No invocation is running."), "{again}");
    let late = ask(&api, "POST", "init/error", "{}").await;
    assert!(late.contains("The runtime has started already."), "{late}");
}

#[tokio::test]
async fn of_two_answers_under_way_only_the_first_counts() {
    let mut api = listen().await;
    api.deliver(delivery("id-1")).await;
    ask(&api, "GET", "invocation/next", "").await;
    assert_eq!(api.message().await, RuntimeMessage::Ready);
    let first = begin(&api, "POST", "invocation/id-1/response", 1).await;
    let second = begin(&api, "POST", "invocation/id-1/response", 1).await;
    // Both heads are read before either body is there.
    ask(&api, "GET", "unknown", "").await;
    assert!(end(first, "1").await.contains("202 Accepted"));
    assert_eq!(api.message().await, RuntimeMessage::Response(Bytes::from_static(b"1")));
    let refused = end(second, "2").await;
    assert!(refused.contains("403 Forbidden"), "{refused}");
    api.deliver(delivery("id-2")).await;
    ask(&api, "GET", "invocation/next", "").await;
    ask(&api, "POST", "invocation/id-2/response", "3").await;
    assert_eq!(api.message().await, RuntimeMessage::Response(Bytes::from_static(b"3")));
}
