//! Starts the function's program, waits for it, and ends whatever it leaves.

use std::io::{self, Read as _};
use std::os::unix::process::CommandExt as _;
use std::process::{Command, ExitCode, Stdio};
use std::thread;
use std::time::Duration;

use rustix::process::{Pid, Signal, WaitOptions, getpid, kill_process, wait};

use super::cloud_socket::Cloud;
use super::orders::{Orders, Report};
use crate::process_tree;

/// How often a start is tried again while another process still holds the fresh program file open for writing.
const BUSY_RETRIES: u32 = 20;

/// The pause before each of these tries, and between two looks at what is left.
const PAUSE: Duration = Duration::from_millis(5);

/// How often what is left is looked at again, to stop it all before any of it is killed.
const STOP_ROUNDS: u32 = 20;

/// Makes this process the parent of whatever the function leaves.
pub(super) fn adopt_orphans() -> io::Result<()> {
    #[cfg(target_os = "linux")]
    rustix::process::set_child_subreaper(Some(getpid()))?;
    Ok(())
}

/// Runs the function until its program ends, or the cloud ends it or is gone; nothing of it is left then.
pub(super) fn keep(cloud: &Cloud, orders: Orders) -> ExitCode {
    let is_first = orders.protection.has_namespaces();
    let function = match start(orders) {
        Ok(function) => function,
        Err(Refused::Fence(error)) => {
            cloud.report(&Report::NotFenced { reason: format!("Its rights could not be reduced: {error}") });
            return ExitCode::FAILURE;
        }
        Err(Refused::Program(error)) => {
            cloud.report(&Report::NotStarted { errno: error.raw_os_error(), reason: error.to_string() });
            return ExitCode::FAILURE;
        }
    };
    cloud.report(&Report::Started);
    match cloud.try_clone() {
        Ok(mut socket) => drop(thread::spawn(move || {
            // Nothing comes any more: the end of it is what is waited for.
            while socket.read(&mut [0; 64]).is_ok_and(|count| count > 0) {}
            end(is_first);
        })),
        // The function would outlive the cloud.
        Err(_) => end(is_first),
    }
    loop {
        match wait(WaitOptions::empty()) {
            Ok(Some((ended, status))) if ended == function => {
                cloud.report(&Report::Exited { status: status.as_raw() });
                end(is_first);
            }
            // Somebody whom the function left.
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(_) => end(is_first),
        }
    }
}

/// Why there is no function.
enum Refused {
    /// Its rights could not be reduced.
    Fence(io::Error),
    /// Its program could not be started.
    Program(io::Error),
}

/// Starts the program from a thread of its own, which has no more rights than the program is to have.
fn start(orders: Orders) -> Result<Pid, Refused> {
    let thread = thread::spawn(move || {
        fence(&orders).map_err(Refused::Fence)?;
        spawn(&orders).map_err(Refused::Program)
    });
    thread.join().unwrap_or_else(|_| Err(Refused::Fence(io::Error::other("the thread ended"))))
}

#[cfg(target_os = "linux")]
fn fence(orders: &Orders) -> io::Result<()> {
    if orders.protection.landlock {
        super::landlock::restrict(orders)?;
    }
    super::limits::drop_privileges()
}

#[cfg(not(target_os = "linux"))]
fn fence(_: &Orders) -> io::Result<()> {
    Ok(())
}

#[allow(clippy::disallowed_methods, reason = "the supervisor owns the function's process and knows no clock")]
fn spawn(orders: &Orders) -> io::Result<Pid> {
    let mut command = Command::new(&orders.program);
    command.args(&orders.arguments).current_dir(&orders.folder).env_clear().envs(&orders.variables);
    command.stdin(Stdio::null()).process_group(0);
    let mut spawned = command.spawn();
    for _ in 0..BUSY_RETRIES {
        if !matches!(&spawned, Err(error) if error.kind() == io::ErrorKind::ExecutableFileBusy) {
            break;
        }
        thread::sleep(PAUSE);
        spawned = command.spawn();
    }
    let id = i32::try_from(spawned?.id()).ok().and_then(Pid::from_raw);
    id.ok_or_else(|| io::Error::other("the process has no id"))
}

/// Ends this process and whatever the function has left.
#[allow(clippy::disallowed_methods, reason = "other threads wait for ever, and nothing is left to be dropped")]
fn end(is_first: bool) -> ! {
    if !is_first {
        end_descendants();
    }
    // The kernel ends all of a process namespace with its first process.
    std::process::exit(0)
}

/// Stops all descendants, then kills them, until there are none. A process that ends leaves its children to this one.
#[allow(clippy::disallowed_methods, reason = "the supervisor knows no clock")]
fn end_descendants() {
    let own = getpid().as_raw_nonzero().get().unsigned_abs();
    loop {
        let mut left = process_tree::descendants(own);
        for _ in 0..STOP_ROUNDS {
            signal(&left, Signal::STOP);
            let again = process_tree::descendants(own);
            if again == left {
                break;
            }
            left = again;
        }
        if left.is_empty() {
            return;
        }
        signal(&left, Signal::KILL);
        while matches!(wait(WaitOptions::NOHANG), Ok(Some(_))) {}
        thread::sleep(PAUSE);
    }
}

fn signal(processes: &[u32], signal: Signal) {
    for id in processes.iter().filter_map(|id| i32::try_from(*id).ok()).filter_map(Pid::from_raw) {
        // It may have ended meanwhile.
        let _ = kill_process(id, signal);
    }
}
