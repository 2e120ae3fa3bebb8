//! A file that goes into a zip, and how it is known to be the same as before.

use crate::error::PackageError;
use crate::files;
use std::fs::{self, Metadata};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

/// A file that goes into a zip.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    /// Where it lies.
    pub(crate) path: PathBuf,
    /// Whether it may be executed on Lambda: mode 0755 instead of 0644.
    pub(crate) is_executable: bool,
    /// How it is known to be the same as before.
    pub(crate) stamp: Stamp,
}

/// What the file system says of a file's content without reading it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stamp {
    /// Its size.
    pub(crate) size_bytes: u64,
    /// When its content was written, in nanoseconds since 1970; anybody can set it.
    pub(crate) modified_ns: u64,
    /// When anything of it was changed; nobody can set it. Windows has no such time.
    pub(crate) changed_ns: u64,
}

impl Entry {
    /// The file as it is now.
    pub(crate) fn of(path: &Path) -> Result<Self, PackageError> {
        let metadata = fs::metadata(path).map_err(|source| files::failed("read", path, source))?;
        Ok(Self {
            path: path.to_owned(),
            is_executable: is_executable(&metadata),
            stamp: Stamp {
                size_bytes: metadata.len(),
                modified_ns: metadata.modified().map(since_1970_ns).unwrap_or_default(),
                changed_ns: changed_ns(&metadata),
            },
        })
    }
}

impl Stamp {
    /// Whether the file was left alone since before this time. Otherwise another change within the clock's resolution
    /// could leave the same stamp.
    pub(crate) fn is_older_than(&self, time: SystemTime) -> bool {
        self.modified_ns.max(self.changed_ns) < since_1970_ns(time)
    }
}

fn since_1970_ns(time: SystemTime) -> u64 {
    let duration = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(unix)]
fn changed_ns(metadata: &Metadata) -> u64 {
    use std::os::unix::fs::MetadataExt;
    let seconds = u64::try_from(metadata.ctime()).unwrap_or_default();
    let nanoseconds = u64::try_from(metadata.ctime_nsec()).unwrap_or_default();
    seconds.saturating_mul(1_000_000_000).saturating_add(nanoseconds)
}

#[cfg(not(unix))]
fn changed_ns(_: &Metadata) -> u64 {
    0
}

#[cfg(unix)]
fn is_executable(metadata: &Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;
    metadata.permissions().mode() & 0o111 != 0
}

#[cfg(not(unix))]
fn is_executable(_: &Metadata) -> bool {
    false
}
