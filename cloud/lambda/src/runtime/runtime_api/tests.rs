//! Tests of the Runtime API, with requests as a runtime sends them.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::*;
use crate::runtime::InvocationEvent;

/// A Runtime API whose sandbox is this test: what its own parent has started.
async fn listen() -> RuntimeApi {
    let api = RuntimeApi::listen(Clock::system(), TcpSockets::open()).await.unwrap();
    api.belongs_to(std::os::unix::process::parent_id());
    api
}

fn delivery(id: &str) -> Delivery {
    let event = InvocationEvent {
        request_id: id.to_owned(),
        function_arn: "arn".to_owned(),
        trace_id: "Root=1".to_owned(),
        payload: Bytes::from_static(b"{}"),
        client_context: None,
    };
    Delivery { event, deadline_ms: 5 }
}

/// Sends the head of a request whose body has this length; the connection closes after the answer.
async fn begin(api: &RuntimeApi, method: &str, path: &str, length: usize) -> TcpStream {
    begin_for(api, &api.address().to_string(), method, path, length).await
}

/// The same, for this host.
async fn begin_for(api: &RuntimeApi, host: &str, method: &str, path: &str, length: usize) -> TcpStream {
    let mut stream = TcpStream::connect(api.address()).await.unwrap();
    let head = format!(
        "{method} /2018-06-01/runtime/{path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n"
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

/// A streamed response in two pieces, with these trailers.
async fn stream_response(api: &RuntimeApi, headers: &str, trailers: &str) -> String {
    let host = api.address();
    let request = format!(
        "POST /2018-06-01/runtime/invocation/id-1/response HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\
         lambda-runtime-function-response-mode: streaming\r\ntransfer-encoding: chunked\r\n{headers}\
         trailer: Lambda-Runtime-Function-Error-Type, Lambda-Runtime-Function-Error-Body\r\n\r\n\
         3\r\none\r\n3\r\ntwo\r\n0\r\n{trailers}\r\n"
    );
    let stream = TcpStream::connect(host).await.unwrap();
    end(stream, &request).await
}

#[tokio::test]
async fn a_streamed_response_is_whole_or_an_error() {
    let body = base64::Engine::encode(&base64::prelude::BASE64_STANDARD, r#"{"errorType":"E","errorMessage":"broke"}"#);
    let with_body = format!("Lambda-Runtime-Function-Error-Type: E\r\nLambda-Runtime-Function-Error-Body: {body}\r\n");
    let whole = Bytes::from_static(b"onetwo");
    let error = RuntimeMessage::Error(Bytes::from_static(br#"{"errorType":"E","errorMessage":"broke"}"#));
    let typed = RuntimeMessage::Streamed { content_type: "text/csv".to_owned(), body: whole.clone() };
    let cases = [
        ("", "", RuntimeMessage::Response(whole)),
        ("content-type: text/csv\r\n", "", typed),
        ("content-type: text/csv\r\n", with_body.as_str(), error),
    ];
    for (headers, trailers, expected) in cases {
        let mut api = listen().await;
        api.deliver(delivery("id-1")).await;
        ask(&api, "GET", "invocation/next", "").await;
        assert_eq!(api.message().await, RuntimeMessage::Ready);
        assert!(stream_response(&api, headers, trailers).await.starts_with("HTTP/1.1 202"));
        assert_eq!(api.message().await, expected);
    }
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
async fn a_client_context_is_a_header_in_utf_8() {
    let mut api = listen().await;
    let mut delivery = delivery("id-1");
    delivery.event.client_context = Some(r#"{"custom":{"é":"ü"}}"#.to_owned());
    api.deliver(delivery).await;
    let event = ask(&api, "GET", "invocation/next", "").await;
    assert!(event.contains("lambda-runtime-client-context: {\"custom\":{\"é\":\"ü\"}}\r\n"), "{event}");
    assert_eq!(api.message().await, RuntimeMessage::Ready);
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
    assert_eq!(api.message().await, RuntimeMessage::Ready);
    ask(&api, "POST", "invocation/id-2/response", "3").await;
    assert_eq!(api.message().await, RuntimeMessage::Response(Bytes::from_static(b"3")));
}

#[tokio::test]
async fn another_name_or_another_process_gets_nothing() {
    let api = listen().await;
    api.deliver(delivery("id-1")).await;
    for host in ["evil.example:80", "127.0.0.1", "", "127.0.0.1:1"] {
        let stream = begin_for(&api, host, "GET", "invocation/next", 0).await;
        let refused = end(stream, "").await;
        assert!(refused.contains("403 Forbidden") && refused.contains("InvalidHost"), "{host}: {refused}");
    }
    // This process is not among those that descend from itself.
    api.belongs_to(std::process::id());
    let refused = ask(&api, "GET", "invocation/next", "").await;
    assert!(refused.contains("403 Forbidden") && refused.contains("AccessDenied"), "{refused}");
    api.belongs_to(std::os::unix::process::parent_id());
    assert!(ask(&api, "GET", "invocation/next", "").await.contains("id-1"), "the event is still there");
}

#[tokio::test]
async fn an_answer_that_is_too_large_is_told_on_a_connection_that_goes_on() {
    let mut api = listen().await;
    let mut stream = TcpStream::connect(api.address()).await.unwrap();
    let host = api.address();
    for id in ["id-1", "id-2"] {
        api.deliver(delivery(id)).await;
        let next = format!("GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nhost: {host}\r\n\r\n");
        stream.write_all(next.as_bytes()).await.unwrap();
        assert!(read_until(&mut stream, "{}").await.contains(id));
        assert_eq!(api.message().await, RuntimeMessage::Ready);
        let length = MAX_RESPONSE_BYTES + 4_000_000;
        let head = format!(
            "POST /2018-06-01/runtime/invocation/{id}/response HTTP/1.1\r\nhost: {host}\r\ncontent-length: {length}\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        stream.write_all(&vec![b'x'; length]).await.unwrap();
        let told = read_until(&mut stream, "ResponseSizeTooLarge\"}").await;
        assert!(told.contains("413 Payload Too Large"), "{told}");
        let RuntimeMessage::Error(document) = api.message().await else { panic!("no error") };
        assert!(String::from_utf8_lossy(&document).contains("6291556 bytes"));
    }
}

async fn read_until(stream: &mut TcpStream, mark: &str) -> String {
    let mut text = Vec::new();
    while !String::from_utf8_lossy(&text).ends_with(mark) {
        assert_ne!(stream.read_buf(&mut text).await.unwrap(), 0, "closed: {}", String::from_utf8_lossy(&text));
    }
    String::from_utf8(text).unwrap()
}

#[tokio::test]
async fn an_error_text_that_is_too_long_is_cut_and_keeps_its_type() {
    let mut api = listen().await;
    for (id, length) in [("id-1", MAX_ERROR_BYTES), ("id-2", MAX_RESPONSE_BYTES)] {
        api.deliver(delivery(id)).await;
        ask(&api, "GET", "invocation/next", "").await;
        assert_eq!(api.message().await, RuntimeMessage::Ready);
        let document = json!({"errorType": "Custom", "errorMessage": "x".repeat(length)}).to_string();
        let answered = ask(&api, "POST", &format!("invocation/{id}/error"), &document).await;
        assert!(answered.contains("202 Accepted"), "{answered}");
        let RuntimeMessage::Error(document) = api.message().await else { panic!("no error") };
        let cut: serde_json::Value = serde_json::from_slice(&document).unwrap();
        let kept = if length < MAX_RESPONSE_BYTES { "Custom" } else { "Unhandled" };
        assert_eq!(cut["errorType"], kept);
        assert!(document.len() < MAX_ERROR_BYTES);
    }
}
