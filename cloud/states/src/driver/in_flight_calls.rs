//! Calls under way: what is abandoned when nobody waits for the answer any more.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::task::AbortHandle;

use crate::recovery::Work;
use crate::rows::execution::ExecutionKey;

/// The calls of all executions.
#[derive(Debug, Default)]
pub(super) struct InFlightCalls {
    under_way: Mutex<BTreeMap<(ExecutionKey, Work), AbortHandle>>,
}

impl InFlightCalls {
    /// Makes a call in the background.
    pub(super) fn begin(&self, key: &ExecutionKey, work: Work, call: impl Future<Output = ()> + Send + 'static) {
        // Under the lock: a call that ends at once is forgotten after it was noted.
        let mut under_way = self.lock();
        under_way.insert((key.clone(), work), tokio::spawn(call).abort_handle());
    }

    /// Forgets a call, and ends the wait for its answer. A function that runs runs on, as on AWS.
    pub(super) fn abandon(&self, key: &ExecutionKey, work: Work) {
        let call = self.lock().remove(&(key.clone(), work));
        if let Some(call) = call {
            call.abort();
        }
    }

    /// Whether a task's call has no answer yet. Express children of Map Runs are no calls.
    pub(super) fn is_any_running(&self) -> bool {
        let under_way = self.lock();
        under_way.iter().any(|((_, work), call)| matches!(work, Work::Task(_)) && !call.is_finished())
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<(ExecutionKey, Work), AbortHandle>> {
        self.under_way.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
