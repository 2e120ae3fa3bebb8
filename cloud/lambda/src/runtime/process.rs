//! The processes of functions: each has a supervisor, which this file gives orders, listens to and ends.

use std::io;
use std::os::unix::process::ExitStatusExt as _;
use std::path::PathBuf;
use std::process::ExitStatus;
use std::sync::Arc;

use cloud_core::Clock;
use tokio::net::UnixStream;
use tokio::net::unix::pipe;

use super::memory::MemoryWatch;
use super::supervisors::{Supervisor, Supervisors};
use crate::supervisor::{self, Namespaces, Orders, Report};

/// SIGKILL (signal(7)), as a status tells it.
const KILLED: i32 = 9;

/// Every function process that runs, so that none outlives the cloud.
#[derive(Debug, Clone)]
pub(crate) struct Processes {
    supervisors: Supervisors,
    /// The time that processes live in, whatever time the cloud has been moved to.
    machine_clock: Clock,
}

/// One function process and its supervisor. Dropping it ends them, and everything the function has started.
#[derive(Debug)]
pub(crate) struct Process {
    supervisor: Supervisor,
    /// The socket to the supervisor.
    socket: UnixStream,
    /// What the supervisor has said of which the line is not complete.
    heard: Vec<u8>,
    /// How it ended.
    ended: Option<Ended>,
    memory: MemoryWatch,
}

/// What happens to a function's process.
#[derive(Debug)]
pub(crate) enum ProcessEvent {
    /// The system did not run the program.
    NotStarted(io::Error),
    /// It could not be fenced in; holds what failed.
    NotFenced(String),
    /// It has ended.
    Exited(ExitStatus),
    /// It was ended because it had more memory than it may.
    OutOfMemory,
}

/// How a process ended; told as often as it is asked.
#[derive(Debug, Clone)]
enum Ended {
    NotStarted { errno: Option<i32>, reason: String },
    NotFenced { reason: String },
    Exited(ExitStatus),
}

impl Processes {
    /// Nothing runs yet. Supervisors are this program, started again.
    pub(crate) fn new(program: PathBuf, machine_clock: Clock) -> Self {
        Self { supervisors: Supervisors::new(program), machine_clock }
    }

    /// A supervisor for the next process. It gets ready by itself, unless one was kept ready.
    ///
    /// # Errors
    /// What the system says when there can be none.
    pub(crate) fn supervisor(&self, namespaces: Namespaces) -> io::Result<Supervisor> {
        self.supervisors.take(namespaces)
    }

    /// Has a supervisor ready for the next process.
    pub(crate) async fn prepare(&self, namespaces: Namespaces) {
        let supervisors = self.supervisors.clone();
        // The start of a process takes about a millisecond in which this thread can do nothing else.
        let prepared = tokio::task::spawn_blocking(move || supervisors.prepare(namespaces)).await;
        if let Err(error) = prepared.unwrap_or_else(|error| Err(io::Error::other(error))) {
            tracing::debug!(error = %error, "no supervisor is ready for the next function");
        }
    }

    /// Gives a supervisor its orders; gives the process and what the function writes to stdout and stderr, in the order in
    /// which it writes it. It may have at most so much memory.
    ///
    /// # Errors
    /// What the system says when the supervisor can't be told.
    pub(crate) fn start(
        &self,
        mut supervisor: Supervisor,
        orders: &Orders,
        memory_mb: u32,
    ) -> io::Result<(Process, pipe::Receiver)> {
        let output =
            supervisor.output.take().ok_or_else(|| io::Error::other("the supervisor has its orders already"))?;
        let output = pipe::Receiver::from_owned_fd(output.into())?;
        // They fit into the socket.
        io::Write::write_all(&mut (&*supervisor.socket), &supervisor::frame(orders)?)?;
        supervisor.socket.set_nonblocking(true)?;
        let socket = UnixStream::from_std(supervisor.socket.try_clone()?)?;
        let has_init = orders.protection.has_namespaces();
        let end = Arc::clone(&supervisor.socket);
        let memory = MemoryWatch::start(supervisor.id, has_init, memory_mb, end, self.machine_clock.clone());
        let process = Process { supervisor, socket, heard: Vec::new(), ended: None, memory };
        Ok((process, output))
    }

    /// Ends every function process and waits until they have ended; none is started afterwards.
    pub(crate) fn kill_all(&self) {
        self.supervisors.end_all();
    }
}

impl Process {
    /// The process that all of the function's processes descend from.
    pub(crate) fn supervisor_id(&self) -> u32 {
        self.supervisor.id
    }

    /// Waits for the end of the process; tells it again when it has ended already. Dropping the future loses nothing.
    pub(crate) async fn end(&mut self) -> ProcessEvent {
        loop {
            if let Some(event) = self.listen() {
                return event;
            }
            if let Err(error) = self.socket.readable().await {
                // Only while the async runtime ends.
                tracing::debug!(error = %error, "a supervisor is not listened to any more");
                return ProcessEvent::Exited(ExitStatus::from_raw(KILLED));
            }
        }
    }

    /// Whether it still runs.
    pub(crate) fn is_running(&mut self) -> bool {
        self.listen().is_none() && !self.memory.is_exceeded()
    }

    /// Reads what the supervisor has said; gives how the process ended, if it has.
    fn listen(&mut self) -> Option<ProcessEvent> {
        let mut buffer = [0; 1024];
        while self.ended.is_none() {
            match self.socket.try_read(&mut buffer) {
                // Without a word: the supervisor was killed, or this cloud ended it.
                Ok(0) => self.ended = Some(Ended::Exited(ExitStatus::from_raw(KILLED))),
                Ok(count) => self.hear(buffer.get(..count).unwrap_or_default()),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return None,
                Err(error) => {
                    tracing::debug!(error = %error, "a supervisor is not heard any more");
                    self.ended = Some(Ended::Exited(ExitStatus::from_raw(KILLED)));
                }
            }
        }
        let ended = self.ended.clone()?;
        Some(match ended {
            _ if self.memory.is_exceeded() => ProcessEvent::OutOfMemory,
            Ended::NotStarted { errno, reason } => {
                ProcessEvent::NotStarted(errno.map_or_else(|| io::Error::other(reason), io::Error::from_raw_os_error))
            }
            Ended::NotFenced { reason } => ProcessEvent::NotFenced(reason),
            Ended::Exited(status) => ProcessEvent::Exited(status),
        })
    }

    fn hear(&mut self, bytes: &[u8]) {
        self.heard.extend_from_slice(bytes);
        while let Some(length) = self.heard.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = self.heard.drain(..=length).collect();
            let ended = match serde_json::from_slice(&line) {
                Ok(Report::Started) => None,
                Ok(Report::NotStarted { errno, reason }) => Some(Ended::NotStarted { errno, reason }),
                Ok(Report::NotFenced { reason }) => Some(Ended::NotFenced { reason }),
                Ok(Report::Exited { status }) => Some(Ended::Exited(ExitStatus::from_raw(status))),
                Err(error) => Some(Ended::NotFenced { reason: format!("The supervisor can't be understood: {error}") }),
            };
            self.ended = self.ended.take().or(ended);
        }
    }

    /// Ends it and everything it started.
    pub(crate) fn kill(&mut self) {
        self.supervisor.end();
    }

    /// Told when the function gets work: its memory is looked at more often.
    pub(crate) fn has_work(&self) {
        self.memory.wake();
    }

    /// The most memory that the function's processes have had resident, in MB rounded up; `None` where the system does not
    /// tell.
    pub(crate) fn peak_memory_mb(&self) -> Option<u64> {
        self.memory.peak_mb()
    }
}
