//! The smallest AWS there is: it answers who is calling, and for everything else that it is not there, or as scripted.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

const IDENTITY: &str = "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\
    <GetCallerIdentityResult><Arn>arn:aws:iam::000000000000:root</Arn><UserId>U</UserId><Account>000000000000</Account>\
    </GetCallerIdentityResult><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></GetCallerIdentityResponse>";

/// Answers of FilterLogEvents still to be given, each a status and a body; afterwards there is nothing new.
pub type Script = Arc<Mutex<VecDeque<(&'static str, String)>>>;

/// What a stub answers beside its own few answers.
#[derive(Default)]
struct Stub {
    /// Answers of FilterLogEvents, one after the other.
    logs: Option<Script>,
    /// Operations of Step Functions in lower case, each with what it answers every time.
    executions: Vec<(&'static str, String)>,
}

/// Serves on a free port of loopback until the test process ends; answers its URL.
pub fn serve() -> String {
    serve_stub(Stub::default())
}

/// Serves, and answers FilterLogEvents from a script.
pub fn serve_logs(answers: impl IntoIterator<Item = (&'static str, String)>) -> (String, Script) {
    serve_execution(Vec::new(), answers)
}

/// Serves, answers these operations of Step Functions (in lower case) and FilterLogEvents from a script.
pub fn serve_execution(
    executions: Vec<(&'static str, String)>,
    answers: impl IntoIterator<Item = (&'static str, String)>,
) -> (String, Script) {
    let script = Arc::new(Mutex::new(answers.into_iter().collect()));
    (serve_stub(Stub { logs: Some(Arc::clone(&script)), executions }), script)
}

fn serve_stub(stub: Stub) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a socket");
    let url = format!("http://{}", listener.local_addr().expect("a socket"));
    let stub = Arc::new(stub);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let stub = Arc::clone(&stub);
            std::thread::spawn(move || while answer(&stream, &stub).is_some() {});
        }
    });
    url
}

/// Answers one request; none when the client has gone.
fn answer(stream: &TcpStream, stub: &Stub) -> Option<()> {
    let (head, body) = read(stream)?;
    let head = head.to_ascii_lowercase();
    let (status, kind, text) = stub.scripted(&head).unwrap_or_else(|| {
        let (status, kind, text) = response(&head, &body);
        (status, kind, text.to_owned())
    });
    write(stream, status, kind, &text)
}

/// Reads one request: its head and its body; none when the client has gone.
pub fn read(stream: &TcpStream) -> Option<(String, String)> {
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    let mut head = String::new();
    let mut length = 0;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
        if line.trim().is_empty() {
            break;
        }
        head.push_str(&line);
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some((head, String::from_utf8_lossy(&body).into_owned()))
}

/// Answers a request.
pub fn write(mut stream: &TcpStream, status: &str, kind: &str, text: &str) -> Option<()> {
    write!(stream, "HTTP/1.1 {status}\r\ncontent-type: {kind}\r\ncontent-length: {}\r\n\r\n{text}", text.len()).ok()?;
    stream.flush().ok()
}

impl Stub {
    fn scripted(&self, head: &str) -> Option<(&'static str, &'static str, String)> {
        if let Some(script) = self.logs.as_ref().filter(|_| head.contains("filterlogevents")) {
            let next = script.lock().expect("no reader panics").pop_front();
            let (status, text) = next.unwrap_or(("200 OK", r#"{"events":[]}"#.to_owned()));
            return Some((status, "application/x-amz-json-1.1", text));
        }
        let asked = |operation: &str| head.contains(&format!("awsstepfunctions.{operation}\r"));
        let (_, text) = self.executions.iter().find(|(operation, _)| asked(operation))?;
        Some(("200 OK", "application/x-amz-json-1.0", text.clone()))
    }
}

/// What it answers to a request, by its head in lower case and its body: status, content type, text.
pub fn response(head: &str, body: &str) -> (&'static str, &'static str, &'static str) {
    let json = "application/x-amz-json-1.0";
    match head {
        _ if body.contains("Action=GetCallerIdentity") => ("200 OK", "text/xml", IDENTITY),
        head if head.starts_with("get /v2/apis") => ("200 OK", "application/json", r#"{"items":[]}"#),
        head if head.contains("describeexecution") => {
            ("400 Bad Request", json, r#"{"__type":"ExecutionDoesNotExist","message":"Execution Does Not Exist"}"#)
        }
        head if head.contains("awsstepfunctions.") => (
            "400 Bad Request",
            json,
            r#"{"__type":"StateMachineDoesNotExist","message":"State Machine Does Not Exist"}"#,
        ),
        _ => ("400 Bad Request", json, r#"{"__type":"ResourceNotFoundException","message":"It does not exist."}"#),
    }
}
