//! Sends one request over many connections, and counts and times the answers.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::LocalSet;

/// What to send, and how often.
pub(crate) struct Load {
    pub(crate) port: u16,
    pub(crate) connections: usize,
    pub(crate) until: Until,
    /// The whole request, as it goes over the wire.
    pub(crate) request: Vec<u8>,
}

/// When no more is sent.
#[derive(Clone, Copy)]
pub(crate) enum Until {
    Elapsed(Duration),
    Sent(usize),
}

/// What came of it.
pub(crate) struct Answers {
    elapsed: Duration,
    /// How long each answer of status 200 took, shortest first.
    latencies: Vec<Duration>,
    /// How many answers had another status.
    refused: usize,
    /// One of them.
    refusal: String,
}

/// What the connections share: they are tasks of one thread.
struct Shared {
    load: Load,
    begun: Instant,
    sent: Cell<usize>,
    answers: RefCell<Answers>,
}

impl Load {
    /// Runs in this thread alone, so that it takes as little of the machine as it can.
    pub(crate) fn run(self) -> std::io::Result<Answers> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let answers = Answers { elapsed: Duration::ZERO, latencies: Vec::new(), refused: 0, refusal: String::new() };
        LocalSet::new().block_on(&runtime, async move {
            let mut streams = Vec::new();
            for _ in 0..self.connections {
                let stream = TcpStream::connect(("127.0.0.1", self.port)).await?;
                stream.set_nodelay(true)?;
                streams.push(stream);
            }
            let shared = Shared { load: self, begun: now(), sent: Cell::new(0), answers: RefCell::new(answers) };
            let shared = Rc::new(shared);
            let tasks: Vec<_> =
                streams.into_iter().map(|stream| tokio::task::spawn_local(Rc::clone(&shared).ask(stream))).collect();
            for task in tasks {
                task.await??;
            }
            let mut answers = shared.answers.replace(Answers {
                elapsed: Duration::ZERO,
                latencies: Vec::new(),
                refused: 0,
                refusal: String::new(),
            });
            answers.elapsed = shared.begun.elapsed();
            answers.latencies.sort();
            Ok(answers)
        })
    }
}

impl Shared {
    /// One connection's requests, one after the other.
    async fn ask(self: Rc<Self>, mut stream: TcpStream) -> std::io::Result<()> {
        let mut buffer = Vec::with_capacity(4096);
        while self.goes_on() {
            self.sent.set(self.sent.get() + 1);
            let begun = now();
            stream.write_all(&self.load.request).await?;
            buffer.clear();
            let mut whole = None;
            while whole.is_none_or(|length| buffer.len() < length) {
                if stream.read_buf(&mut buffer).await? == 0 {
                    return Err(std::io::Error::other("the server closed a connection"));
                }
                whole = whole.or_else(|| length_of(&buffer));
            }
            let mut answers = self.answers.borrow_mut();
            if buffer.get(9..12) == Some(b"200") {
                answers.latencies.push(begun.elapsed());
            } else {
                answers.refused += 1;
                answers.refusal = String::from_utf8_lossy(&buffer).into_owned();
            }
        }
        Ok(())
    }

    fn goes_on(&self) -> bool {
        match self.load.until {
            Until::Elapsed(limit) => self.begun.elapsed() < limit,
            Until::Sent(count) => self.sent.get() < count,
        }
    }
}

/// How long an answer is with its body, once its headers are there.
fn length_of(buffer: &[u8]) -> Option<usize> {
    let headers = buffer.windows(4).position(|four| four == b"\r\n\r\n")?;
    let text = std::str::from_utf8(&buffer[..headers]).ok()?;
    let is_length = |line: &&str| line.get(..15).is_some_and(|name| name.eq_ignore_ascii_case("content-length:"));
    let body: usize = text.split("\r\n").find(is_length).and_then(|line| line[15..].trim().parse().ok()).unwrap_or(0);
    Some(headers + 4 + body)
}

impl Answers {
    pub(crate) fn to_json(&self) -> Value {
        let at = |percent: usize| {
            let place = (self.latencies.len().saturating_sub(1)) * percent / 100;
            self.latencies.get(place).map_or(0.0, |latency| latency.as_secs_f64() * 1e3)
        };
        json!({
            "answered": self.latencies.len(),
            "refused": self.refused,
            "refusal": self.refusal,
            "seconds": self.elapsed.as_secs_f64(),
            "medianMs": at(50),
            "p99Ms": at(99),
        })
    }
}

#[expect(clippy::disallowed_methods, reason = "a benchmark measures time")]
fn now() -> Instant {
    Instant::now()
}
