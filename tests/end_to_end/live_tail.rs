//! `workshop logs -t --live` against a CloudWatch Logs that sends event streams.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::support::sandbox::Sandbox;
use crate::support::{aws_stub, eventually, interrupt};
use aws_smithy_eventstream::frame::write_message_to;
use aws_smithy_types::event_stream::{Header, HeaderValue, Message};
use serde_json::{Value, json};

fn message(kind: &str, name: &str, payload: &Value) -> Message {
    let header = |name: &'static str, value: &str| Header::new(name, HeaderValue::String(value.to_owned().into()));
    let typed = if kind == "exception" { ":exception-type" } else { ":event-type" };
    Message::new(payload.to_string().into_bytes())
        .add_header(header(":message-type", kind))
        .add_header(header(typed, name))
        .add_header(header(":content-type", "application/json"))
}

fn update(lines: &[&str], sampled: bool) -> Message {
    let line = |text: &&str| json!({"logStreamName": "s", "message": text, "timestamp": 1_795_345_200_000_i64});
    let results: Vec<Value> = lines.iter().map(line).collect();
    message("event", "sessionUpdate", &json!({"sessionMetadata": {"sampled": sampled}, "sessionResults": results}))
}

/// The sessions of StartLiveTail, one after the other; the last stays open. What else is asked for is passed to the stub.
fn serve(sessions: Vec<Vec<Message>>) -> (String, Arc<AtomicUsize>) {
    let others = aws_stub::serve();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let begun = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&begun);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let others = others.clone();
            let sessions = sessions.clone();
            let counted = Arc::clone(&counted);
            std::thread::spawn(move || answer(stream, &others, &sessions, &counted));
        }
    });
    (url, begun)
}

fn answer(mut stream: TcpStream, others: &str, sessions: &[Vec<Message>], begun: &AtomicUsize) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut head = String::new();
    let mut length = 0;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).unwrap_or(0) == 0 {
            return;
        }
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
        let is_end = line.trim().is_empty();
        if !line.to_ascii_lowercase().starts_with("connection:") {
            head.push_str(if is_end { "Connection: close\r\n\r\n" } else { &line });
        }
        if is_end {
            break;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    if !head.contains("StartLiveTail") {
        let mut other = TcpStream::connect(others.trim_start_matches("http://")).unwrap();
        other.write_all(head.as_bytes()).unwrap();
        other.write_all(&body).unwrap();
        other.shutdown(std::net::Shutdown::Write).unwrap();
        let _ = std::io::copy(&mut other, &mut stream);
        return;
    }
    assert!(String::from_utf8_lossy(&body).contains("log-group:/aws/lambda/step-functions-example-dev-sendEmail"));
    let session = begun.fetch_add(1, Ordering::Relaxed).min(sessions.len() - 1);
    let mut answer =
        b"HTTP/1.1 200 OK\r\nContent-Type: application/vnd.amazon.eventstream\r\nConnection: close\r\n\r\n".to_vec();
    for message in &sessions[session] {
        write_message_to(message, &mut answer).unwrap();
    }
    stream.write_all(&answer).unwrap();
    if session + 1 == sessions.len() {
        // The session goes on until the tail ends.
        let _ = stream.read(&mut [0; 1]);
    }
}

#[test]
fn a_live_tail_shows_lines_as_they_come_and_begins_again() {
    let start = message("event", "sessionStart", &json!({"sessionId": "1"}));
    let over = message("exception", "SessionTimeoutException", &json!({"message": "three hours"}));
    let (endpoint, begun) = serve(vec![
        vec![
            start.clone(),
            update(&["one"], false),
            update(&[], false),
            update(&["two"], true),
            update(&["three"], true),
            over,
        ],
        // The connection breaks.
        vec![start.clone(), update(&["four"], false)],
        vec![start, update(&["five"], false)],
    ]);
    let sandbox = Sandbox::new();
    let mut tail = sandbox.spawn(&endpoint, "logs -f sendEmail -t --live --json");
    let shown = BufReader::new(tail.stdout.take().unwrap()).lines();
    let mut messages = Vec::new();
    for line in shown {
        let line: Value = serde_json::from_str(&line.unwrap()).unwrap();
        messages.push(line["message"].as_str().unwrap().to_owned());
        if messages.last().is_some_and(|message| message == "five") {
            assert!(interrupt(&tail));
        }
    }
    let ended = tail.wait_with_output().unwrap();
    let said = String::from_utf8(ended.stderr).unwrap();
    assert_eq!(messages, ["one", "two", "three", "four", "five"], "{said}");
    assert_eq!(ended.status.code(), Some(0), "{said}");
    assert_eq!(begun.load(Ordering::Relaxed), 3);
    assert!(said.contains("0.01 US dollars a minute"), "{said}");
    assert_eq!(said.matches("More than 500 lines a second").count(), 1, "{said}");
    assert!(
        said.contains("after three hours; it begins again")
            && said.contains("The connection to CloudWatch Logs is lost"),
        "{said}"
    );
}

#[test]
fn a_live_tail_is_asked_for_only_where_it_can_be() {
    let sandbox = Sandbox::new();
    for wrong in
        ["logs -f sendEmail --live", "logs --execution x -t --live", "logs -f sendEmail -t --live --startTime 1h"]
    {
        let refused = sandbox.workshop(wrong).output().unwrap();
        assert_eq!(refused.status.code(), Some(2), "{wrong}: {refused:?}");
    }
    // Local logs are as fast without it.
    let home = crate::support::Home::new();
    let tail = home.spawn(&["logs", "--local", "-f", "sendEmail", "-t", "--live"]);
    eventually("it to say so", || {
        let said = tail.output();
        if said.contains("needs no live tail: it is asked every 30 ms") { Ok(()) } else { Err(said) }
    });
}
