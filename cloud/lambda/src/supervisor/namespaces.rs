//! The sandbox's own view of the machine: namespaces of mounts, processes and IPC, in a user namespace unless root makes them.

use std::fs;
use std::io;
use std::process::{Child, Command, Stdio};

use rustix::mount::{MountFlags, MountPropagationFlags, mount, mount_change, mount_remount};
use rustix::process::Signal;
use rustix::thread::{
    CapabilitySet, CapabilitySets, UnshareFlags, capabilities, configure_capability_in_ambient_set, set_capabilities,
};

use super::limits;
use super::orders::{INIT_ARGUMENT, Namespaces};

/// The highest process id in a sandbox; the kernel takes no less than 301, and gives ids below 300 once only.
const MAX_PROCESS_ID: u64 = 300 + limits::PROCESSES;

/// Makes the namespaces but that of mounts; the next process that this one starts is the first in the process namespace.
pub(super) fn enter(namespaces: Namespaces) -> io::Result<()> {
    let user = rustix::process::getuid().as_raw();
    let group = rustix::process::getgid().as_raw();
    let mut flags = UnshareFlags::NEWPID | UnshareFlags::NEWIPC;
    if namespaces == Namespaces::InUserNamespace {
        flags |= UnshareFlags::NEWUSER;
    }
    unshare(flags)?;
    if namespaces == Namespaces::InUserNamespace {
        fs::write("/proc/self/setgroups", "deny")?;
        fs::write("/proc/self/uid_map", format!("{user} {user} 1"))?;
        fs::write("/proc/self/gid_map", format!("{group} {group} 1"))?;
        keep_mount_privilege()?;
    }
    Ok(())
}

/// Has the next program of this process keep the privilege to mount, which is one in its user namespace only: whoever is not
/// root loses every privilege with a new program otherwise.
fn keep_mount_privilege() -> io::Result<()> {
    let held = capabilities(None)?;
    let inheritable = held.inheritable | CapabilitySet::SYS_ADMIN;
    set_capabilities(None, CapabilitySets { inheritable, ..held })?;
    Ok(configure_capability_in_ambient_set(CapabilitySet::SYS_ADMIN, true)?)
}

/// Makes the namespace of mounts: what is mounted from now on stays in here.
pub(super) fn enter_mounts() -> io::Result<()> {
    unshare(UnshareFlags::NEWNS)?;
    Ok(mount_change("/", MountPropagationFlags::PRIVATE | MountPropagationFlags::REC)?)
}

#[allow(
    deprecated,
    reason = "its successor is unsafe for a flag that is not used here: the table of open files stays shared"
)]
fn unshare(flags: UnshareFlags) -> io::Result<()> {
    Ok(rustix::thread::unshare(flags)?)
}

/// Starts this program as the first process of the new process namespace.
#[allow(clippy::disallowed_methods, reason = "the supervisor's own second half")]
pub(super) fn start_init() -> io::Result<Child> {
    Command::new("/proc/self/exe").arg(INIT_ARGUMENT).env_clear().stdin(Stdio::inherit()).spawn()
}

/// Ends this process when the one that started it ends: when the half outside is killed this one must not stay.
pub(super) fn end_with_parent() -> io::Result<()> {
    Ok(rustix::process::set_parent_process_death_signal(Some(Signal::KILL))?)
}

/// Done by the first process of the process namespace: its own `/proc`, and its bound of processes.
pub(super) fn complete() -> io::Result<()> {
    let flags = MountFlags::NOSUID | MountFlags::NODEV | MountFlags::NOEXEC;
    match mount("proc", "/proc", "proc", flags, None) {
        Ok(()) => {
            // Kernels before 6.14 have one bound for the whole machine, which is not ours to set.
            let _ = fs::write("/proc/sys/kernel/pid_max", MAX_PROCESS_ID.to_string());
            mount_remount("/proc", MountFlags::BIND | MountFlags::RDONLY | flags, "")?;
        }
        // A container that hides parts of its /proc has no second one: this one shows other processes, and is read-only.
        Err(rustix::io::Errno::PERM) => {}
        Err(error) => return Err(error.into()),
    }
    // In a user namespace of its own the count is the sandbox's; root is not counted at all.
    limits::at_most(rustix::process::Resource::Nproc, limits::PROCESSES)
}
