//! Watches the memory of one sandbox's processes, and ends the sandbox when it is more than the function may have.

use std::io;
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use cloud_core::Clock;
use tokio::sync::Notify;
use tokio::task::JoinHandle;

use crate::process_tree;

/// The pause between two looks while memory grows, or a function has just got work.
const SHORTEST_PAUSE: Duration = Duration::from_millis(4);

/// The pause once memory has not grown for a while.
const LONGEST_PAUSE: Duration = Duration::from_millis(250);

/// What counts as growing.
const GROWTH_KIB: u64 = 256;

/// Watches one sandbox until it is dropped.
#[derive(Debug)]
pub(super) struct MemoryWatch {
    seen: Arc<Seen>,
    task: JoinHandle<()>,
}

/// What the watch has seen.
#[derive(Debug)]
struct Seen {
    supervisor: u32,
    has_init: bool,
    limit_kib: u64,
    peak_kib: AtomicU64,
    /// The function's first process, once it is known; 0 before.
    function: AtomicU64,
    is_exceeded: AtomicBool,
    work: Notify,
}

impl MemoryWatch {
    /// Watches what descends from a supervisor, but not its own second half; `end` ends the sandbox.
    pub(super) fn start(supervisor: u32, has_init: bool, limit_mb: u32, end: Arc<UnixStream>, clock: Clock) -> Self {
        let seen = Arc::new(Seen {
            supervisor,
            has_init,
            limit_kib: u64::from(limit_mb) * 1024,
            peak_kib: AtomicU64::new(0),
            function: AtomicU64::new(0),
            is_exceeded: AtomicBool::new(false),
            work: Notify::new(),
        });
        let task = tokio::spawn(watch(Arc::clone(&seen), end, clock));
        Self { seen, task }
    }

    /// Looks more often from now on.
    pub(super) fn wake(&self) {
        self.seen.work.notify_one();
    }

    /// Whether the sandbox was ended because of its memory.
    pub(super) fn is_exceeded(&self) -> bool {
        self.seen.is_exceeded.load(Ordering::Acquire)
    }

    /// The most memory seen, in MB rounded up; none where the system does not tell. The limit where it was exceeded: what was
    /// over it when it was seen is chance.
    pub(super) fn peak_mb(&self) -> Option<u64> {
        let own = self.seen.function().and_then(process_tree::peak_kib).unwrap_or_default();
        let peak = self.seen.peak_kib.load(Ordering::Acquire).max(own).min(self.seen.limit_kib);
        (peak > 0).then(|| peak.div_ceil(1024))
    }
}

impl Drop for MemoryWatch {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Seen {
    /// The function's first process, if it has started.
    fn function(&self) -> Option<u32> {
        let known = self.function.load(Ordering::Acquire);
        if known != 0 {
            return u32::try_from(known).ok();
        }
        let found = function_process(self.supervisor, self.has_init)?;
        self.function.store(u64::from(found), Ordering::Release);
        Some(found)
    }

    /// What the function's processes have resident now. Near the limit what they share counts once.
    fn resident_kib(&self) -> u64 {
        let mut processes = process_tree::descendants(self.supervisor);
        if self.has_init && !processes.is_empty() {
            processes.remove(0);
        }
        let resident: u64 = processes.iter().filter_map(|id| process_tree::resident_kib(*id)).sum();
        if resident <= self.limit_kib || processes.len() == 1 {
            return resident;
        }
        let share = |id: &u32| process_tree::proportional_kib(*id).or_else(|| process_tree::resident_kib(*id));
        processes.iter().filter_map(share).sum()
    }
}

async fn watch(seen: Arc<Seen>, end: Arc<UnixStream>, clock: Clock) {
    let mut pause = SHORTEST_PAUSE;
    let mut before = 0;
    loop {
        if clock.timeout(pause, seen.work.notified()).await.is_ok() {
            // A function that always has work is looked at all the same.
            clock.sleep(SHORTEST_PAUSE).await;
            pause = SHORTEST_PAUSE;
        }
        let resident = seen.resident_kib();
        seen.peak_kib.fetch_max(resident, Ordering::AcqRel);
        if resident > seen.limit_kib {
            seen.is_exceeded.store(true, Ordering::Release);
            hang_up(&end);
            return;
        }
        pause = if resident > before + GROWTH_KIB { SHORTEST_PAUSE } else { (pause * 2).min(LONGEST_PAUSE) };
        before = resident;
    }
}

/// Ends a sandbox: its supervisor sees the end of the socket.
pub(super) fn hang_up(socket: &UnixStream) {
    match socket.shutdown(Shutdown::Both) {
        Ok(()) => {}
        // The supervisor has ended, which is what is wanted.
        Err(error) if error.kind() == io::ErrorKind::NotConnected => {}
        Err(error) => tracing::warn!(error = %error, "a function's process was not ended"),
    }
}

/// The function's first process: the child of the last supervisor. None before it has started.
fn function_process(supervisor: u32, has_init: bool) -> Option<u32> {
    let keeper = if has_init { *process_tree::children(supervisor).first()? } else { supervisor };
    process_tree::children(keeper).first().copied()
}
