//! Which snapshots live, so that the values that they see are kept.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The commits that snapshots see, with how many see each.
#[derive(Debug, Clone, Default)]
pub(crate) struct LiveSnapshots(Arc<Mutex<BTreeMap<u64, usize>>>);

impl LiveSnapshots {
    /// Counts a snapshot until the value is dropped.
    pub(crate) fn begin(&self, commit: u64) -> LiveSnapshot {
        *self.lock().entry(commit).or_default() += 1;
        LiveSnapshot { all: self.clone(), commit }
    }

    /// The newest commit that a snapshot sees.
    pub(crate) fn newest(&self) -> Option<u64> {
        self.lock().last_key_value().map(|(commit, _)| *commit)
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<u64, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One snapshot that lives.
#[derive(Debug)]
pub(crate) struct LiveSnapshot {
    all: LiveSnapshots,
    commit: u64,
}

impl LiveSnapshot {
    /// The commit that it sees.
    pub(crate) fn commit(&self) -> u64 {
        self.commit
    }
}

impl Drop for LiveSnapshot {
    fn drop(&mut self) {
        let mut all = self.all.lock();
        if let Some(count) = all.get_mut(&self.commit) {
            *count -= 1;
            if *count == 0 {
                all.remove(&self.commit);
            }
        }
    }
}
