//! Where the shipped program's memory comes from: jemalloc, which serves some 15 % more starts a second than glibc's
//! allocator and gives back what a load leaves behind. `.cargo/config.toml` says how it is set up.

#[cfg(all(feature = "jemalloc", target_os = "linux", target_env = "gnu"))]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// Has free memory go back to the system while nothing is asked for, too: a thread of the allocator does it. Only the embedded cloud,
/// which runs for days, asks for it: a process that is about to take a namespace may have one thread.
#[cfg(all(feature = "jemalloc", target_os = "linux", target_env = "gnu"))]
pub(crate) fn give_back() {
    if let Err(error) = tikv_jemalloc_ctl::background_thread::write(true) {
        tracing::warn!(%error, "free memory is given back only while the cloud works");
    }
}

/// Other allocators have no such setting.
#[cfg(not(all(feature = "jemalloc", target_os = "linux", target_env = "gnu")))]
pub(crate) fn give_back() {}
