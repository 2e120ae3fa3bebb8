//! Limits of a sandbox that the system keeps for each process.

use std::io;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use super::orders::Orders;

/// How many files a function may have open (Lambda quotas: 1,024).
const OPEN_FILES: u64 = 1024;

/// How many processes and threads a function may have (Lambda quotas: 1,024).
pub(super) const PROCESSES: u64 = 1024;

/// Sets what this process, and whatever it starts, may use.
pub(super) fn set(orders: &Orders) -> io::Result<()> {
    #[cfg(target_os = "linux")]
    rustix::thread::set_no_new_privs(true)?;
    at_most(Resource::Nofile, OPEN_FILES)?;
    at_most(Resource::Core, 0)?;
    at_most(Resource::Fsize, orders.tmp_bytes)
}

/// Lowers a limit; one that is lower already stays.
pub(super) fn at_most(resource: Resource, limit: u64) -> io::Result<()> {
    let maximum = getrlimit(resource).maximum.map_or(limit, |maximum| maximum.min(limit));
    Ok(setrlimit(resource, Rlimit { current: Some(maximum), maximum: Some(maximum) })?)
}

/// Gives up every privilege of root, for this thread and whatever it starts.
#[cfg(target_os = "linux")]
pub(super) fn drop_privileges() -> io::Result<()> {
    use rustix::thread::{CapabilitySet, CapabilitySets, capabilities, set_capabilities};

    let held = capabilities(None)?;
    if held.effective.contains(CapabilitySet::SETPCAP) {
        // Newer kernels have privileges without a name here.
        for bit in 0..u64::BITS {
            let capability = CapabilitySet::from_bits_retain(1 << bit);
            if rustix::thread::remove_capability_from_bounding_set(capability).is_err() {
                break;
            }
        }
    }
    let none = CapabilitySet::empty();
    Ok(set_capabilities(None, CapabilitySets { effective: none, permitted: none, inheritable: none })?)
}
