//! One sandbox's log stream: the function's output and Lambda's own lines, in the order in which they happened.
//!
//! What is on the way from the pipe to the log service is bounded, in bytes and in bytes a second: the rest stays in the pipe,
//! and the function waits.

use std::os::fd::AsFd;
use std::sync::Arc;
use std::time::Duration;

use cloud_core::{Clock, Location, LogWriter, Random};
use jiff::Timestamp;
use tokio::io::Interest;
use tokio::net::unix::pipe;
use tokio::sync::{Mutex, Notify, oneshot};

use super::output::{LINE_OVERHEAD_BYTES, LineSplitter, LogTail, OutputRate};
use crate::model::FunctionVersion;

/// How much output is read at a time: it is in memory as lines, which may be as short as a byte.
const READ_BYTES: usize = 4 << 10;

/// How much waits here at most before it is handed to the log service, each line with what it takes there.
const BATCH_BYTES: usize = 64 << 10;

/// What is taken to be in a pipe where the system does not tell: as much as a function may have it hold.
const PIPE_BYTES: usize = 1 << 20;

/// How long the first line of an invocation may wait for others to be written with it: a quick function's lines are one write. So
/// long it is not to be seen.
const FIRST_LINE_WAITS: Duration = Duration::from_millis(5);

/// Where one sandbox logs.
#[derive(Debug, Clone)]
pub(super) struct LogStream {
    /// Where the function is.
    pub(super) location: Location,
    /// `/aws/lambda/<function name>`.
    pub(super) group: String,
    /// `YYYY/MM/DD/[<version>]<32 hex digits>`; in a group that is not the function's own, its name stands before the version.
    pub(super) stream: String,
}

impl LogStream {
    /// The group and a new stream for a sandbox that starts now.
    pub(super) fn new(version: &FunctionVersion, now: Timestamp, random: &Random) -> Self {
        let date = now.strftime("%Y/%m/%d");
        let id = random.uuid().simple();
        let name = if version.logging.group.is_some() { version.name.as_str() } else { "" };
        Self {
            location: version.location.clone(),
            group: version.log_group(),
            stream: format!("{date}/{name}[{}]{id}", version.version),
        }
    }
}

/// Writes one sandbox's log; ends with the sandbox.
///
/// Whoever runs an invocation writes Lambda's own lines itself: to hand them to a task and wait for it would take longer than
/// all that the lines need. A task beside it takes what the function prints.
pub(super) struct SandboxLog {
    log: Arc<Mutex<Log>>,
    /// Told when an invocation begins.
    begun: Arc<Notify>,
    /// Dropped with this: the task takes what is left, and ends.
    sandbox: oneshot::Sender<()>,
}

impl SandboxLog {
    /// Starts to write what comes out of `output`; there is none for a process that could not be started.
    pub(super) fn start(
        output: Option<pipe::Receiver>,
        stream: LogStream,
        logs: Arc<dyn LogWriter>,
        clock: Clock,
    ) -> Self {
        let output = output.map(Arc::new);
        let machine = clock.machine();
        let group = prepare_group(Arc::clone(&logs), stream.clone());
        let log = Arc::new(Mutex::new(Log {
            output: output.clone(),
            stream,
            logs,
            rate: OutputRate::new(machine.now()),
            clock,
            lines: LineSplitter::default(),
            tail: LogTail::default(),
            batch: Vec::new(),
            batch_bytes: 0,
        }));
        let begun = Arc::new(Notify::new());
        let (sender, sandbox) = oneshot::channel();
        let writing = write_on(Arc::clone(&log), output, Arc::clone(&begun), machine, sandbox);
        tokio::spawn(async move {
            group.await;
            writing.await;
        });
        Self { log, begun, sandbox: sender }
    }

    /// Goes on with the output of another runtime, after everything that the one before has written.
    pub(super) async fn go_on(&mut self, output: Option<pipe::Receiver>) {
        let output = output.map(Arc::new);
        let machine = {
            let mut log = self.log.lock().await;
            log.drain().await;
            log.flush_partial();
            log.output.clone_from(&output);
            log.clock.machine()
        };
        let (sender, sandbox) = oneshot::channel();
        // The task of the output before ends.
        drop(std::mem::replace(&mut self.sandbox, sender));
        tokio::spawn(write_on(Arc::clone(&self.log), output, Arc::clone(&self.begun), machine, sandbox));
    }

    /// Adds the line that begins an invocation. It is handed over with what comes next, or soon.
    pub(super) async fn first_line(&self, line: String) {
        self.line(line).await;
        self.begun.notify_one();
    }

    /// Adds a line of Lambda's own, after everything the function has written so far and before anything that it writes from
    /// now on. It is handed over with what comes next.
    pub(super) async fn line(&self, line: String) {
        self.log.lock().await.add_own(line).await;
    }

    /// The last 4 KB logged since the last call, once they are handed over to the log service.
    pub(super) async fn tail(&self) -> Vec<u8> {
        let mut log = self.log.lock().await;
        log.write().await;
        log.tail.take()
    }
}

/// Makes the log group where it is missing, while the function starts: its first invocation would wait for the disk otherwise.
async fn prepare_group(logs: Arc<dyn LogWriter>, stream: LogStream) {
    let LogStream { location, group, stream } = &stream;
    if let Err(error) = logs.write(location, group, stream, Vec::new()).await {
        // The first line tries again.
        tracing::debug!(error = %error, group, "a function's log group was not made");
    }
}

/// Takes what a function prints until its sandbox ends, and whatever is there then; hands over what waits for too long.
async fn write_on(
    log: Arc<Mutex<Log>>,
    output: Option<Arc<pipe::Receiver>>,
    begun: Arc<Notify>,
    machine: Clock,
    mut sandbox: oneshot::Receiver<()>,
) {
    loop {
        let (pause, is_open) = {
            let mut log = log.lock().await;
            (log.rate.pause(machine.now()), log.output.is_some())
        };
        tokio::select! {
            biased;
            _ = &mut sandbox => break,
            () = readable(output.as_deref().filter(|_| is_open), &machine, pause) => drop(log.lock().await.read()),
            () = first_line_waits(&begun, &machine) => {}
        }
        log.lock().await.write().await;
    }
    let mut log = log.lock().await;
    log.drain().await;
    log.flush_partial();
    log.write().await;
}

/// Waits until an invocation has begun, and its first line has waited for too long. Output in between takes the line with it.
async fn first_line_waits(begun: &Notify, machine: &Clock) {
    begun.notified().await;
    machine.sleep(FIRST_LINE_WAITS).await;
}

/// The log itself.
struct Log {
    /// None once the function has closed it.
    output: Option<Arc<pipe::Receiver>>,
    stream: LogStream,
    logs: Arc<dyn LogWriter>,
    clock: Clock,
    lines: LineSplitter,
    tail: LogTail,
    batch: Vec<(Timestamp, String)>,
    batch_bytes: usize,
    rate: OutputRate,
}

impl Log {
    async fn add_own(&mut self, line: String) {
        self.drain().await;
        self.flush_partial();
        self.add(line);
    }

    /// Reads what the function has written so far, without waiting for more. It is read at once whatever its rate is: the next
    /// output waits the longer.
    async fn drain(&mut self) {
        let mut left = self.written_bytes();
        while left > 0
            && let Some(read) = self.read()
        {
            left = left.saturating_sub(read);
            if self.batch_bytes >= BATCH_BYTES {
                self.write().await;
            }
        }
    }

    /// How much is in the pipe.
    fn written_bytes(&self) -> usize {
        let Some(output) = &self.output else { return 0 };
        match rustix::io::ioctl_fionread(output.as_fd()) {
            // A pipe that has nothing may be closed: that is to be seen.
            Ok(bytes) => usize::try_from(bytes).unwrap_or(PIPE_BYTES).max(1),
            Err(_) => PIPE_BYTES,
        }
    }

    /// Reads some of what the function has written; none where there is nothing.
    fn read(&mut self) -> Option<usize> {
        let mut buffer = [0; READ_BYTES];
        let output = self.output.as_ref()?;
        let read = match output.try_read(&mut buffer) {
            // It may have been written so lately that nobody has been told of it yet.
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {
                rustix::io::read(output.as_fd(), buffer.as_mut_slice()).map_err(std::io::Error::from)
            }
            read => read,
        };
        match read {
            Ok(0) => self.output = None,
            Ok(count) => {
                let lines = self.lines.push(buffer.get(..count).unwrap_or_default());
                self.rate.take(count + lines.len() * LINE_OVERHEAD_BYTES, self.clock.machine().now());
                lines.into_iter().for_each(|line| self.add(line));
                return Some(count);
            }
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
            Err(error) => {
                tracing::warn!(error = %error, group = %self.stream.group, "a function's output was not read on");
                self.output = None;
            }
        }
        None
    }

    fn flush_partial(&mut self) {
        if let Some(rest) = self.lines.flush() {
            self.add(rest);
        }
    }

    fn add(&mut self, message: String) {
        self.tail.push(&message);
        self.batch_bytes += message.len() + LINE_OVERHEAD_BYTES;
        self.batch.push((self.clock.now(), message));
    }

    async fn write(&mut self) {
        if self.batch.is_empty() {
            return;
        }
        let lines = std::mem::take(&mut self.batch);
        self.batch_bytes = 0;
        let count = lines.len();
        let LogStream { location, group, stream } = &self.stream;
        if let Err(error) = self.logs.write(location, group, stream, lines).await {
            // A line that cannot be stored must not fail the function that wrote it: AWS drops it too.
            tracing::warn!(error = %error, group, stream, count, "lines of a function were not logged");
        }
    }
}

/// Waits until there is output, after a pause; for ever once it is closed.
async fn readable(output: Option<&pipe::Receiver>, machine: &Clock, pause: Duration) {
    if let Some(output) = output {
        machine.sleep(pause).await;
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

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn the_output_of_another_runtime_comes_after_that_of_the_first() {
        let (mut first, output) = pipe::pipe().unwrap();
        let logs = Arc::new(KeptLogs::default());
        let mut log = log_of(output, &logs, Clock::system());
        tokio::io::AsyncWriteExt::write_all(&mut first, b"first\nno newline").await.unwrap();
        let (mut second, output) = pipe::pipe().unwrap();
        log.go_on(Some(output)).await;
        tokio::io::AsyncWriteExt::write_all(&mut second, b"second\n").await.unwrap();
        let mut told = String::new();
        while !told.contains("second") {
            told.push_str(&String::from_utf8(log.tail().await).unwrap());
        }
        assert_eq!(told, "first\nno newline\nsecond\n");
    }

    /// Writes lines until nothing moves any more; gives how many bytes were taken.
    async fn flood(function: &pipe::Sender, line: &[u8]) -> usize {
        let mut written = 0;
        let mut refused = 0;
        // Refused again and again, with everybody else's turn in between: then nothing moves any more.
        while refused < 1000 {
            match function.try_write(line) {
                Ok(count) => {
                    written += count;
                    refused = 0;
                }
                Err(_) => {
                    refused += 1;
                    tokio::task::yield_now().await;
                }
            }
            assert!(written < 64 << 20, "nothing holds the function back");
        }
        written
    }

    fn log_of(output: pipe::Receiver, logs: &Arc<KeptLogs>, clock: Clock) -> SandboxLog {
        let stream = LogStream::new(&example(), clock.now(), &Random::from_seed(1));
        SandboxLog::start(Some(output), stream, Arc::clone(logs) as Arc<dyn LogWriter>, clock)
    }

    #[tokio::test]
    async fn a_function_that_floods_a_slow_log_is_held_back() {
        for line in [&[&[b'x'; 1023][..], b"\n"].concat()[..], b"y\n"] {
            let (function, output) = pipe::pipe().unwrap();
            let logs = Arc::new(KeptLogs::stuck());
            let _log = log_of(output, &logs, Clock::system());
            let taken = flood(&function, line).await;
            // A pipe, what was read of it, and no more.
            assert!(taken <= (64 << 10) + 2 * READ_BYTES, "{taken}");
            assert!(logs.most_waiting_bytes() <= READ_BYTES, "{}", logs.most_waiting_bytes());
        }
    }

    /// A clock that stands still brings no more output once the burst is used up.
    #[tokio::test]
    async fn a_function_that_floods_a_fast_log_is_held_to_its_rate() {
        let (function, output) = pipe::pipe().unwrap();
        let logs = Arc::new(KeptLogs::default());
        let (clock, control) = Clock::moved_by_hand("2026-01-01T00:00:00Z".parse().unwrap());
        let log = log_of(output, &logs, clock);
        let line = [&[b'x'; 1023][..], b"\n"].concat();
        let counted = 1024 + LINE_OVERHEAD_BYTES;
        let burst = flood(&function, &line).await / 1024 * counted;
        assert!((8 << 20..9 << 20).contains(&burst), "{burst}");
        control.advance(Duration::from_secs(1));
        let of_a_second = flood(&function, &line).await / 1024 * counted;
        assert!(of_a_second.abs_diff(2 << 20) < 16 << 10, "{of_a_second}");
        // Lambda's own lines do not wait for it, and come after all that was written before.
        log.line("END".to_owned()).await;
        assert!(String::from_utf8(log.tail().await).unwrap().ends_with("x\nEND\n"));
    }
}
