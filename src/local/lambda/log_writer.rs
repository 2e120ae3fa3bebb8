//! One sandbox's log stream: the function's output and Lambda's own lines, in the order in which they happened.

use std::sync::Arc;

use jiff::Timestamp;
use tokio::io::Interest;
use tokio::net::unix::pipe;
use tokio::sync::{mpsc, oneshot};

use crate::local::Cloud;
use crate::local::arn::Region;
use aws::clock;

use super::output::{Lines, Tail};

/// How much output is taken from the pipe without a pause; a pipe holds less, so that this is all that was written.
const MAX_DRAIN_BYTES: usize = 1 << 20;

/// Where one sandbox logs.
#[derive(Debug, Clone)]
pub(crate) struct LogStream {
    /// The function's region.
    pub(crate) region: Region,
    /// `/aws/lambda/<function name>`.
    pub(crate) group: String,
    /// `YYYY/MM/DD/[<version>]<32 hex digits>`.
    pub(crate) stream: String,
}

impl LogStream {
    /// The group and a new stream for a sandbox that starts now.
    pub(crate) fn new(region: Region, function_name: &str, version: &str, now: Timestamp) -> Self {
        let date = now.strftime("%Y/%m/%d");
        let id = uuid::Uuid::new_v4().simple();
        Self { region, group: format!("/aws/lambda/{function_name}"), stream: format!("{date}/[{version}]{id}") }
    }
}

/// Writes one sandbox's log; ends with the sandbox.
#[derive(Debug)]
pub(crate) struct LogWriter {
    commands: mpsc::UnboundedSender<Command>,
}

#[derive(Debug)]
enum Command {
    /// A line of Lambda's own, after everything the function has written so far.
    Line(String),
    /// The same, telling when it is done.
    First(String, oneshot::Sender<()>),
    /// The invocation is over: hand back the tail of its log.
    Tail(oneshot::Sender<Vec<u8>>),
}

impl LogWriter {
    /// Starts to write what comes out of `output`; there is none for a process that could not be started.
    pub(crate) fn start(output: Option<pipe::Receiver>, stream: LogStream, cloud: Arc<Cloud>) -> Self {
        let (sender, receiver) = mpsc::unbounded_channel();
        let task = Task { output, stream, cloud, lines: Lines::default(), tail: Tail::default(), batch: Vec::new() };
        tokio::spawn(task.run(receiver));
        Self { commands: sender }
    }

    /// Adds a line of Lambda's own, after everything the function has written so far.
    pub(crate) fn line(&self, line: String) {
        // The task ends only when `self` is dropped.
        let _ = self.commands.send(Command::Line(line));
    }

    /// Adds a line of Lambda's own before anything that the function writes from now on.
    pub(crate) async fn first_line(&self, line: String) {
        let (sender, receiver) = oneshot::channel();
        let _ = self.commands.send(Command::First(line, sender));
        let _ = receiver.await;
    }

    /// The last 4 KB logged since the last call, once they are handed over to the log service.
    pub(crate) async fn tail(&self) -> Vec<u8> {
        let (sender, receiver) = oneshot::channel();
        let _ = self.commands.send(Command::Tail(sender));
        receiver.await.unwrap_or_default()
    }
}

struct Task {
    /// `None` once the function has closed it.
    output: Option<pipe::Receiver>,
    stream: LogStream,
    cloud: Arc<Cloud>,
    lines: Lines,
    tail: Tail,
    batch: Vec<(Timestamp, String)>,
}

impl Task {
    async fn run(mut self, mut commands: mpsc::UnboundedReceiver<Command>) {
        loop {
            tokio::select! {
                biased;
                command = commands.recv() => match command {
                    Some(command) => self.obey(command),
                    None => break,
                },
                () = readable(self.output.as_ref()) => self.drain(),
            }
            if commands.is_empty() {
                self.write();
            }
        }
        self.drain();
        self.flush_partial();
        self.write();
    }

    fn obey(&mut self, command: Command) {
        match command {
            Command::Line(line) => self.add_own(line),
            Command::First(line, done) => {
                self.add_own(line);
                // Whoever asked may have gone away.
                let _ = done.send(());
            }
            Command::Tail(reply) => {
                self.write();
                // Whoever asked may have gone away.
                let _ = reply.send(self.tail.take());
            }
        }
    }

    fn add_own(&mut self, line: String) {
        self.drain();
        self.flush_partial();
        self.add(line);
    }

    /// Takes what the function has written so far, without waiting for more.
    fn drain(&mut self) {
        let mut buffer = [0; 16 * 1024];
        let mut taken = 0;
        while let Some(output) = &self.output {
            match output.try_read(&mut buffer) {
                Ok(0) => self.output = None,
                Ok(count) => {
                    taken += count;
                    let lines = self.lines.push(buffer.get(..count).unwrap_or_default());
                    lines.into_iter().for_each(|line| self.add(line));
                }
                Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => return,
                Err(_) => self.output = None,
            }
            if taken > MAX_DRAIN_BYTES {
                return;
            }
        }
    }

    fn flush_partial(&mut self) {
        if let Some(rest) = self.lines.flush() {
            self.add(rest);
        }
    }

    fn add(&mut self, message: String) {
        self.tail.push(&message);
        self.batch.push((clock::now(), message));
    }

    fn write(&mut self) {
        if !self.batch.is_empty() {
            let events = std::mem::take(&mut self.batch);
            let LogStream { region, group, stream } = &self.stream;
            // A line that cannot be stored must not fail the function that wrote it: AWS drops it too.
            let _ = self.cloud.logs.put(region, group, stream, events, clock::now());
        }
    }
}

/// Waits until there is output; for ever once it is closed.
async fn readable(output: Option<&pipe::Receiver>) {
    let ready = match output {
        Some(output) => output.ready(Interest::READABLE).await.is_ok(),
        None => false,
    };
    if !ready {
        std::future::pending::<()>().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::local::data_dir::DataDir;
    use crate::local::http::Stop;

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn what_is_written_after_start_comes_after_start() {
        let folder = tempfile::tempdir().unwrap();
        let cloud = Cloud::open(&DataDir::new(folder.path()), "127.0.0.1:1".parse().unwrap(), Stop::new()).unwrap();
        let (mut function, output) = pipe::pipe().unwrap();
        let stream = LogStream::new(Region::new("us-east-1"), "f", "1", clock::now());
        let log = LogWriter::start(Some(output), stream, cloud);
        for _ in 0..200 {
            log.first_line("START".to_owned()).await;
            tokio::io::AsyncWriteExt::write_all(&mut function, b"within\n").await.unwrap();
            let mut told = String::new();
            while !told.contains("within") {
                told.push_str(&String::from_utf8(log.tail().await).unwrap());
            }
            assert!(told.starts_with("START"), "{told}");
        }
    }
}
