//! A proxy that writes down which AWS calls pass, and can make every answer late: how many calls a command makes, which of
//! them write, and how many depend on each other.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// A call that passed.
#[derive(Debug, Clone)]
pub struct Call {
    /// `GetRole`, or method and path where the protocol names no operation.
    pub operation: String,
    begun: Instant,
    ended: Instant,
}

/// A proxy in front of an emulator. It lives as long as the test process.
pub struct Recorder {
    pub port: u16,
    calls: Arc<Mutex<Vec<Call>>>,
}

impl Recorder {
    /// Passes everything on to a port; each answer comes `delay` late.
    pub fn start(target: u16, delay: Duration) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let calls = Arc::new(Mutex::new(Vec::new()));
        let book = Arc::clone(&calls);
        std::thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let book = Arc::clone(&book);
                std::thread::spawn(move || pass(client, target, delay, &book));
            }
        });
        Self { port, calls }
    }

    /// The calls since the last time this was asked.
    pub fn take(&self) -> Calls {
        Calls(std::mem::take(&mut *self.calls.lock().expect("no writer panics")))
    }
}

/// Calls in the order in which they were answered.
#[derive(Debug)]
pub struct Calls(pub Vec<Call>);

impl Calls {
    /// The operations that are no reads, sorted.
    pub fn writes(&self) -> Vec<&str> {
        let read =
            |operation: &&str| ["Get", "List", "Describe", "GET "].iter().any(|start| operation.starts_with(start));
        let mut writes: Vec<&str> = self.0.iter().map(|call| call.operation.as_str()).filter(|it| !read(it)).collect();
        writes.sort_unstable();
        writes
    }

    /// The length of the longest row of calls of which each began after the one before was answered.
    pub fn rounds(&self) -> usize {
        let mut calls: Vec<&Call> = self.0.iter().collect();
        calls.sort_by_key(|call| call.ended);
        let (mut rounds, mut last) = (0, None);
        for call in calls {
            if last.is_none_or(|last| call.begun >= last) {
                (rounds, last) = (rounds + 1, Some(call.ended));
            }
        }
        rounds
    }
}

fn pass(mut client: TcpStream, target: u16, delay: Duration, book: &Mutex<Vec<Call>>) -> Option<()> {
    let begun = Instant::now();
    let (head, body) = request(&mut client)?;
    let operation = operation(&head, &body);
    let mut server = TcpStream::connect(("127.0.0.1", target)).ok()?;
    server.write_all(closing(&head).as_bytes()).ok()?;
    server.write_all(&body).ok()?;
    let mut answer = Vec::new();
    server.read_to_end(&mut answer).ok()?;
    late(delay);
    book.lock().expect("no writer panics").push(Call { operation, begun, ended: Instant::now() });
    client.write_all(&answer).ok()?;
    client.shutdown(Shutdown::Write).ok()
}

/// Lets a time pass, as a long way to AWS does.
fn late(delay: Duration) {
    let due = Instant::now() + delay;
    while let Some(left) = due.checked_duration_since(Instant::now()).filter(|left| !left.is_zero()) {
        std::thread::park_timeout(left);
    }
}

fn request(client: &mut TcpStream) -> Option<(String, Vec<u8>)> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break end + 4;
        }
        read_more(client, &mut bytes)?;
    };
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let length: usize = header(&head, "content-length").map_or(0, |length| length.parse().expect("a length"));
    while bytes.len() < end + length {
        read_more(client, &mut bytes)?;
    }
    Some((head, bytes.split_off(end)))
}

fn read_more(client: &mut TcpStream, bytes: &mut Vec<u8>) -> Option<()> {
    let mut buffer = [0; 65_536];
    let read = client.read(&mut buffer).ok().filter(|read| *read > 0)?;
    bytes.extend_from_slice(&buffer[..read]);
    Some(())
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    let mut lines = head.lines().filter_map(|line| line.split_once(':'));
    lines.find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
}

/// The same head, asking the server to close when it has answered, so that the end of the answer is plain.
fn closing(head: &str) -> String {
    let kept = head.trim_end().lines().filter(|line| !line.to_ascii_lowercase().starts_with("connection:"));
    format!("{}\r\nConnection: close\r\n\r\n", kept.collect::<Vec<_>>().join("\r\n"))
}

fn operation(head: &str, body: &[u8]) -> String {
    if let Some(target) = header(head, "x-amz-target") {
        return target.rsplit('.').next().unwrap_or(target).to_owned();
    }
    let body = String::from_utf8_lossy(body);
    if let Some(action) = body.split('&').find_map(|part| part.strip_prefix("Action=")) {
        return action.to_owned();
    }
    let mut words = head.split_whitespace();
    let (method, path) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    format!("{method} {}", path.split('?').next().unwrap_or_default())
}
