//! The executions that are woken for another reason than the end of a Wait or of the backoff before a retry.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;

use crate::rows::execution::ExecutionKey;

/// Those executions, each with the end of its first Wait if it has one. Executions that only wait, of which there may be a
/// million, are not in it: their timer says it all.
#[derive(Debug, Default)]
pub(super) struct OtherWakes {
    by_key: Mutex<BTreeMap<ExecutionKey, Option<Timestamp>>>,
}

impl OtherWakes {
    /// Takes in when an execution is woken next, and when it goes on by itself.
    pub(super) fn set(&self, key: &ExecutionKey, wake: Option<Timestamp>, wait: Option<Timestamp>) {
        let mut by_key = self.lock();
        if wake.is_some() && wake != wait {
            by_key.insert(key.clone(), wait);
        } else if !by_key.is_empty() {
            by_key.remove(key);
        }
    }

    /// Whether an execution is woken for another reason.
    pub(super) fn has(&self, key: &ExecutionKey) -> bool {
        self.lock().contains_key(key)
    }

    /// Whether an execution is woken for another reason and waits for nothing beside that.
    pub(super) fn has_no_wait(&self, key: &ExecutionKey) -> bool {
        self.lock().get(key).is_some_and(Option::is_none)
    }

    /// The first end of a Wait of those executions.
    pub(super) fn first_wait(&self) -> Option<Timestamp> {
        self.lock().values().flatten().min().copied()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<ExecutionKey, Option<Timestamp>>> {
        self.by_key.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
