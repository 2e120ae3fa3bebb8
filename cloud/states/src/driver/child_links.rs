//! Which execution waits for which.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::recovery::Work;
use crate::rows::execution::ExecutionKey;

/// The running children, by who waits for each.
#[derive(Debug, Default)]
pub(super) struct ChildLinks {
    running: Mutex<BTreeMap<(ExecutionKey, Work), ExecutionKey>>,
}

impl ChildLinks {
    /// Somebody waits for a child.
    pub(super) fn link(&self, parent: &ExecutionKey, work: Work, child: &ExecutionKey) {
        self.lock().insert((parent.clone(), work), child.clone());
    }

    /// Takes a running child from who waits for it.
    pub(super) fn unlink(&self, parent: &ExecutionKey, work: Work) -> Option<ExecutionKey> {
        let mut running = self.lock();
        // Nearly no task has a child.
        if running.is_empty() { None } else { running.remove(&(parent.clone(), work)) }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<(ExecutionKey, Work), ExecutionKey>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
