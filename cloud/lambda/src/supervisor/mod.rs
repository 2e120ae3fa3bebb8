//! The process between the cloud and one function: it fences the function in, starts it, and ends with it whatever is left.
//!
//! The cloud starts its own program again with [`ARGUMENT`], because nothing can be set up between `fork` and `exec` without
//! unsafe code. Its standard input is a socket to the cloud: [`Orders`] come in, [`Report`]s go out, and its end means that
//! the cloud has ended the sandbox, or is gone itself. Its output is the function's.
//!
//! With namespaces there are two of them: the first makes the namespaces, the second ([`INIT_ARGUMENT`]) is the first process
//! in them, so that the kernel ends every process of the sandbox when it ends. Without, the one supervisor adopts what the
//! function leaves (it is a subreaper) and ends it.
//!
//! Two starts of a large program take longer than all the rest. So a supervisor gets ready before it has orders, and the cloud
//! keeps one waiting. The mounts come with the orders: one that waits must not hold on to a file system that is unmounted.

mod cloud_socket;
mod keeper;
#[cfg(target_os = "linux")]
mod landlock;
mod limits;
#[cfg(target_os = "linux")]
mod mounts;
#[cfg(target_os = "linux")]
mod namespaces;
mod orders;
mod stage;

use std::ffi::OsStr;
use std::process::ExitCode;

use self::orders::INIT_ARGUMENT;
pub(crate) use orders::{ARGUMENT, Namespaces, Orders, Protection, Report, frame};

/// Runs a sandbox, if that is what the program was started for: its first argument says so. Gives its exit code.
///
/// The program's `main` asks this before anything else: the process must have one thread only.
#[must_use]
pub fn supervise(first_argument: Option<&OsStr>) -> Option<ExitCode> {
    match first_argument.and_then(OsStr::to_str) {
        Some(ARGUMENT) => Some(stage::first()),
        Some(INIT_ARGUMENT) => Some(stage::init()),
        _ => None,
    }
}

/// What Landlock of this system can do.
#[cfg(target_os = "linux")]
pub(crate) use self::landlock::is_available as has_landlock;

/// Only Linux has Landlock.
#[cfg(not(target_os = "linux"))]
pub(crate) fn has_landlock() -> bool {
    false
}
