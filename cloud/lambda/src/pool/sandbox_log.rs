//! One sandbox's log stream: the function's output and Lambda's own lines, in the order in which they happened.

use std::sync::Arc;

use cloud_core::{Clock, Location, LogWriter, Random};
use jiff::Timestamp;
use tokio::io::Interest;
use tokio::net::unix::pipe;
use tokio::sync::{mpsc, oneshot};

use super::output::{LineSplitter, LogTail};
use crate::model::FunctionVersion;

/// How much output is taken from the pipe without a pause; a pipe holds less, so that this is all that was written. It
/// bounds what waits here for the log service: while that takes its time the pipe stays full, and the function waits.
const MAX_DRAIN_BYTES: usize = 1 << 20;

/// How many commands wait for the task: the few lines that end an invocation. Whoever adds more waits.
const COMMANDS: usize = 8;

/// Where one sandbox logs.
#[derive(Debug, Clone)]
pub(super) struct LogStream {
    /// Where the function is.
    pub(super) location: Location,
    /// `/aws/lambda/<function name>`.
    pub(super) group: String,
    /// `YYYY/MM/DD/[<version>]<32 hex digits>`.
    pub(super) stream: String,
}

impl LogStream {
    /// The group and a new stream for a sandbox that starts now.
    pub(super) fn new(version: &FunctionVersion, now: Timestamp, random: &Random) -> Self {
        let date = now.strftime("%Y/%m/%d");
        let id = random.uuid().simple();
        Self {
            location: version.location.clone(),
            group: version.log_group(),
            stream: format!("{date}/[{}]{id}", version.version),
        }
    }
}

/// Writes one sandbox's log; ends with the sandbox.
#[derive(Debug)]
pub(super) struct SandboxLog {
    commands: mpsc::Sender<LogCommand>,
}

#[derive(Debug)]
enum LogCommand {
    /// A line of Lambda's own, after everything the function has written so far.
    Line(String),
    /// The same, telling when it is done.
    FirstLine(String, oneshot::Sender<()>),
    /// The invocation is over: hand back the tail of its log.
    Tail(oneshot::Sender<Vec<u8>>),
}

impl SandboxLog {
    /// Starts to write what comes out of `output`; there is none for a process that could not be started.
    pub(super) fn start(
        output: Option<pipe::Receiver>,
        stream: LogStream,
        logs: Arc<dyn LogWriter>,
        clock: Clock,
    ) -> Self {
        let (sender, receiver) = mpsc::channel(COMMANDS);
        let task = LogTask {
            output,
            stream,
            logs,
            clock,
            lines: LineSplitter::default(),
            tail: LogTail::default(),
            batch: Vec::new(),
        };
        tokio::spawn(task.run(receiver));
        Self { commands: sender }
    }

    /// Adds a line of Lambda's own, after everything the function has written so far.
    pub(super) async fn line(&self, line: String) {
        self.send(LogCommand::Line(line)).await;
    }

    /// Adds a line of Lambda's own before anything that the function writes from now on.
    pub(super) async fn first_line(&self, line: String) {
        let (sender, receiver) = oneshot::channel();
        self.send(LogCommand::FirstLine(line, sender)).await;
        // When the task has ended, `send` has told so.
        let _ = receiver.await;
    }

    /// The last 4 KB logged since the last call, once they are handed over to the log service.
    pub(super) async fn tail(&self) -> Vec<u8> {
        let (sender, receiver) = oneshot::channel();
        self.send(LogCommand::Tail(sender)).await;
        receiver.await.unwrap_or_default()
    }

    async fn send(&self, command: LogCommand) {
        if self.commands.send(command).await.is_err() {
            tracing::error!("a line was not logged: the sandbox's log has ended before the sandbox");
        }
    }
}

struct LogTask {
    /// None once the function has closed it.
    output: Option<pipe::Receiver>,
    stream: LogStream,
    logs: Arc<dyn LogWriter>,
    clock: Clock,
    lines: LineSplitter,
    tail: LogTail,
    batch: Vec<(Timestamp, String)>,
}

impl LogTask {
    async fn run(mut self, mut commands: mpsc::Receiver<LogCommand>) {
        loop {
            tokio::select! {
                biased;
                command = commands.recv() => match command {
                    Some(command) => self.obey(command).await,
                    None => break,
                },
                () = readable(self.output.as_ref()) => self.drain(),
            }
            if commands.is_empty() {
                self.write().await;
            }
        }
        self.drain();
        self.flush_partial();
        self.write().await;
    }

    async fn obey(&mut self, command: LogCommand) {
        match command {
            LogCommand::Line(line) => self.add_own(line),
            LogCommand::FirstLine(line, done) => {
                self.add_own(line);
                // Whoever asked may have gone away.
                let _ = done.send(());
            }
            LogCommand::Tail(reply) => {
                self.write().await;
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

    /// Reads what the function has written so far, without waiting for more.
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
                Err(error) => {
                    tracing::warn!(error = %error, group = %self.stream.group, "a function's output was not read on");
                    self.output = None;
                }
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
        self.batch.push((self.clock.now(), message));
    }

    async fn write(&mut self) {
        if self.batch.is_empty() {
            return;
        }
        let lines = std::mem::take(&mut self.batch);
        let count = lines.len();
        let LogStream { location, group, stream } = &self.stream;
        if let Err(error) = self.logs.write(location, group, stream, lines).await {
            // A line that cannot be stored must not fail the function that wrote it: AWS drops it too.
            tracing::warn!(error = %error, group, stream, count, "lines of a function were not logged");
        }
    }
}

/// Waits until there is output; for ever once it is closed.
async fn readable(output: Option<&pipe::Receiver>) {
    if let Some(output) = output {
        match output.ready(Interest::READABLE).await {
            Ok(_) => return,
            // Only while the async runtime ends.
            Err(error) => tracing::debug!(error = %error, "a function's output is not waited for any more"),
        }
    }
    std::future::pending::<()>().await;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::example;
    use crate::tests::KeptLogs;

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn what_is_written_after_start_comes_after_start() {
        let (mut function, output) = pipe::pipe().unwrap();
        let clock = Clock::system();
        let stream = LogStream::new(&example(), clock.now(), &Random::from_seed(1));
        let log = SandboxLog::start(Some(output), stream, Arc::new(KeptLogs::default()), clock);
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

    #[tokio::test]
    async fn a_function_that_floods_a_slow_log_is_held_back() {
        let (function, output) = pipe::pipe().unwrap();
        let logs = Arc::new(KeptLogs::stuck());
        let clock = Clock::system();
        let stream = LogStream::new(&example(), clock.now(), &Random::from_seed(1));
        let _log = SandboxLog::start(Some(output), stream, logs.clone(), clock);
        let line = [&[b'x'; 1023][..], b"\n"].concat();
        let mut written = 0;
        let mut refused = 0;
        // Refused again and again, with everybody else's turn in between: then nothing moves any more.
        while refused < 1000 {
            match function.try_write(&line) {
                Ok(count) => {
                    written += count;
                    refused = 0;
                }
                Err(_) => {
                    refused += 1;
                    tokio::task::yield_now().await;
                }
            }
            assert!(written < 16 << 20, "nothing holds the function back");
        }
        assert!(logs.most_waiting_bytes() < 2 << 20);
    }
}
