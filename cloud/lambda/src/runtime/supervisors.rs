//! The supervisors of sandboxes: started, known so that none outlives the cloud, and one of them ahead of its use.

use std::collections::BTreeMap;
use std::io::{self, PipeReader};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use rustix::net::RecvFlags;
use tokio::process::{Child, Command};

use super::memory::hang_up;
use crate::supervisor::{self, Namespaces};

/// How long the supervisors may take to end everything when the cloud ends. They go on when it is over.
const END_LIMIT_MS: i32 = 2000;

/// Every supervisor that runs.
#[derive(Debug, Clone)]
pub(super) struct Supervisors {
    /// The program that is a supervisor with the right first argument: this one.
    program: PathBuf,
    running: Arc<Mutex<Running>>,
}

#[derive(Debug, Default)]
struct Running {
    /// The sockets to the supervisors, by their process ids.
    sockets: BTreeMap<u32, Arc<UnixStream>>,
    /// The one that waits for orders: the next sandbox need not wait for its start.
    spare: Option<Supervisor>,
    /// Set when the cloud ends: none is started any more.
    is_stopped: bool,
}

/// A supervisor that waits for its orders. Dropping it ends it, and everything the function has started.
#[derive(Debug)]
pub(crate) struct Supervisor {
    child: Child,
    pub(super) id: u32,
    /// Which namespaces it makes.
    namespaces: Namespaces,
    pub(super) socket: Arc<UnixStream>,
    /// What the function will write to stdout and stderr.
    pub(super) output: Option<PipeReader>,
    running: Weak<Mutex<Running>>,
}

impl Supervisors {
    /// None runs yet.
    pub(super) fn new(program: PathBuf) -> Self {
        Self { program, running: Arc::default() }
    }

    /// A supervisor that makes these namespaces: the one that waits, or a new one, which gets ready from now on.
    ///
    /// # Errors
    /// What the system says when there can be none.
    pub(super) fn take(&self, namespaces: Namespaces) -> io::Result<Supervisor> {
        let spare = self.lock().spare.take();
        if let Some(mut spare) = spare
            && spare.namespaces == namespaces
            && spare.is_waiting()
        {
            return Ok(spare);
        }
        self.start(namespaces)
    }

    /// Starts one that waits, unless there is one.
    ///
    /// # Errors
    /// What the system says when there can be none.
    pub(super) fn prepare(&self, namespaces: Namespaces) -> io::Result<()> {
        if self.lock().spare.is_some() {
            return Ok(());
        }
        let started = self.start(namespaces)?;
        // One that was there meanwhile ends, after the lock is free.
        let replaced = self.lock().spare.replace(started);
        drop(replaced);
        Ok(())
    }

    #[allow(clippy::disallowed_methods, reason = "this file owns the supervisors' processes")]
    fn start(&self, namespaces: Namespaces) -> io::Result<Supervisor> {
        let (output, input) = io::pipe()?;
        let (own, theirs) = UnixStream::pair()?;
        io::Write::write_all(&mut (&own), &supervisor::frame(&namespaces)?)?;
        let child = Command::new(&self.program)
            .arg(supervisor::ARGUMENT)
            .env_clear()
            .stdin(Stdio::from(OwnedFd::from(theirs)))
            .stdout(input.try_clone()?)
            .stderr(input)
            .spawn()?;
        let id = child.id().ok_or_else(|| io::Error::other("the process ended before it had an id"))?;
        let socket = Arc::new(own);
        let mut running = self.lock();
        if running.is_stopped {
            // The end of the socket ends it.
            return Err(io::Error::other("the embedded cloud is ending"));
        }
        running.sockets.insert(id, Arc::clone(&socket));
        Ok(Supervisor { child, id, namespaces, socket, output: Some(output), running: Arc::downgrade(&self.running) })
    }

    /// Ends every supervisor and waits until they have ended; none is started afterwards.
    pub(super) fn end_all(&self) {
        let (sockets, spare) = {
            let mut running = self.lock();
            running.is_stopped = true;
            (std::mem::take(&mut running.sockets), running.spare.take())
        };
        drop(spare);
        sockets.values().for_each(|socket| hang_up(socket));
        sockets.keys().for_each(|id| wait_for_end(*id));
    }

    fn lock(&self) -> MutexGuard<'_, Running> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Supervisor {
    /// Whether it waits for orders: one that failed has said so, and one that was killed has ended. (Its second half may still
    /// hold the socket then.)
    fn is_waiting(&mut self) -> bool {
        if !matches!(self.child.try_wait(), Ok(None)) {
            return false;
        }
        let said = rustix::net::recv(&*self.socket, &mut [0; 1], RecvFlags::PEEK | RecvFlags::DONTWAIT);
        matches!(said, Err(rustix::io::Errno::AGAIN))
    }

    /// Ends it and everything it started.
    pub(super) fn end(&self) {
        hang_up(&self.socket);
        if let Some(running) = self.running.upgrade() {
            running.lock().unwrap_or_else(PoisonError::into_inner).sockets.remove(&self.id);
        }
    }
}

impl Drop for Supervisor {
    fn drop(&mut self) {
        self.end();
        // It ends by itself; whoever waits for children here takes its status.
        drop(self.child.try_wait());
    }
}

/// Waits until a process has ended, but not for ever.
#[cfg(target_os = "linux")]
fn wait_for_end(id: u32) {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    use rustix::process::{Pid, PidfdFlags, pidfd_open};

    let Some(pid) = i32::try_from(id).ok().and_then(Pid::from_raw) else { return };
    // One that is not there has ended.
    let Ok(process) = pidfd_open(pid, PidfdFlags::empty()) else { return };
    let limit = Timespec { tv_sec: i64::from(END_LIMIT_MS) / 1000, tv_nsec: 0 };
    // The end of any other child interrupts the call.
    let ended = rustix::io::retry_on_intr(|| poll(&mut [PollFd::new(&process, PollFlags::IN)], Some(&limit)));
    if !matches!(ended, Ok(1..)) {
        tracing::warn!(process = id, "a function's supervisor takes long to end");
    }
}

#[cfg(not(target_os = "linux"))]
fn wait_for_end(_: u32) {}

#[cfg(target_os = "linux")]
#[cfg(test)]
mod tests {
    use rustix::process::{Pid, Signal, kill_process};

    use super::*;

    /// Supervisors that wait for the end of their sockets, whatever they are told.
    fn waiting() -> Supervisors {
        Supervisors::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/waits.sh").into())
    }

    #[tokio::test]
    async fn the_one_that_waits_is_taken_once() {
        let supervisors = waiting();
        supervisors.prepare(Namespaces::None).unwrap();
        let spare = supervisors.lock().spare.as_ref().unwrap().id;
        supervisors.prepare(Namespaces::None).unwrap();
        let first = supervisors.take(Namespaces::None).unwrap();
        assert_eq!(first.id, spare, "one is enough");
        assert_ne!(supervisors.take(Namespaces::None).unwrap().id, spare);
    }

    #[tokio::test]
    async fn one_that_makes_other_namespaces_or_was_killed_is_not_taken() {
        let supervisors = waiting();
        supervisors.prepare(Namespaces::Privileged).unwrap();
        let other = supervisors.lock().spare.as_ref().unwrap().id;
        assert_ne!(supervisors.take(Namespaces::None).unwrap().id, other);
        assert_eq!(supervisors.lock().sockets.len(), 0, "both have ended");
        supervisors.prepare(Namespaces::None).unwrap();
        let killed = supervisors.lock().spare.as_ref().unwrap().id;
        kill_process(Pid::from_raw(killed.cast_signed()).unwrap(), Signal::KILL).unwrap();
        wait_for_end(killed);
        assert_ne!(supervisors.take(Namespaces::None).unwrap().id, killed);
    }

    #[tokio::test]
    async fn the_end_of_the_cloud_ends_those_that_wait_and_those_that_work() {
        let supervisors = waiting();
        let working = supervisors.take(Namespaces::None).unwrap();
        supervisors.prepare(Namespaces::None).unwrap();
        let spare = supervisors.lock().spare.as_ref().unwrap().id;
        supervisors.end_all();
        for id in [working.id, spare] {
            let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
            assert!(stat.is_empty() || stat.contains(") Z "), "{stat}");
        }
        assert!(supervisors.take(Namespaces::None).is_err());
        assert!(supervisors.prepare(Namespaces::None).is_err());
    }
}
