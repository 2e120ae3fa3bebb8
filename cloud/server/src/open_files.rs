//! The limit of open files of this process: raised to what the system allows, and how it is shared out.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Files for everything but connections where the limit is low: the store, the log, sandboxes that start.
const LEAST_CONNECTIONS: usize = 32;

/// More connections than this serve nobody on one machine; each may hold some memory.
const MOST_CONNECTIONS: usize = 8_192;

/// Where a system names no limit, or one that it does not mean: macOS takes no more than this.
const UNLIMITED: u64 = 10_240;

/// The soft limits of open files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct OpenFiles {
    /// What this process was started with; its children are to have it. None where there is no limit.
    pub(crate) before: Option<u64>,
    /// What it has now.
    pub(crate) now: u64,
}

impl OpenFiles {
    /// Raises the soft limit to the hard one. A limit that can't be raised stays, which the log tells.
    pub(crate) fn raise() -> Self {
        let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
        let before = current;
        let wanted = maximum.unwrap_or_else(|| current.unwrap_or(UNLIMITED).max(UNLIMITED));
        if current.is_none_or(|current| current >= wanted) {
            return Self { before, now: current.unwrap_or(UNLIMITED) };
        }
        match setrlimit(Resource::Nofile, Rlimit { current: Some(wanted), maximum }) {
            Ok(()) => Self { before, now: wanted },
            Err(error) => {
                tracing::warn!(target: "cloud::lifecycle", %error, "the limit of open files could not be raised");
                Self { before, now: current.unwrap_or(UNLIMITED) }
            }
        }
    }

    /// How many connections may be open at once: half of the files, so that functions and the store find some.
    pub(crate) fn connections(self) -> usize {
        let half = usize::try_from(self.now / 2).unwrap_or(MOST_CONNECTIONS);
        half.clamp(LEAST_CONNECTIONS, MOST_CONNECTIONS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_is_raised_and_half_of_it_is_for_connections() {
        let first = OpenFiles::raise();
        assert!(first.now >= first.before.unwrap_or_default());
        assert_eq!(OpenFiles::raise().before, Some(first.now));
        let connections = |now| OpenFiles { before: None, now }.connections();
        assert_eq!((connections(10), connections(256), connections(1 << 40)), (32, 128, 8_192));
    }
}
