//! The asynchronous invocations that wait or run: how many there may be.

use std::sync::Arc;

use bytes::Bytes;
use cloud_core::{ServiceError, Stop};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::pool::throttled;

/// How many bytes of asynchronous invocations wait or run at once. They are held in memory, for up to three minutes where
/// the function fails: the bound is what an idle cloud may grow by. AWS's own queue holds far more and throttles too.
const MAX_QUEUED_BYTES: usize = 64 << 20;

/// What an asynchronous invocation costs beside its event: the task that runs it, and its version.
const QUEUED_OVERHEAD_BYTES: usize = 4096;

/// The asynchronous invocations that wait or run.
///
/// It is in memory: events still in it when the cloud ends are lost.
#[derive(Debug)]
pub(crate) struct AsyncQueue {
    free_bytes: Arc<Semaphore>,
    /// Given when the cloud ends: nothing waits any longer.
    pub(crate) stop: Stop,
}

impl AsyncQueue {
    /// An empty queue, which ends when the signal is given.
    pub(crate) fn new(stop: Stop) -> Self {
        Self { free_bytes: Arc::new(Semaphore::new(MAX_QUEUED_BYTES)), stop }
    }

    /// Room for an event.
    ///
    /// # Errors
    /// `TooManyRequestsException` when there is none.
    pub(crate) fn reserve(&self, payload: &Bytes) -> Result<OwnedSemaphorePermit, ServiceError> {
        let size_bytes = u32::try_from(payload.len() + QUEUED_OVERHEAD_BYTES).unwrap_or(u32::MAX);
        Arc::clone(&self.free_bytes).try_acquire_many_owned(size_bytes).map_err(|_| throttled())
    }
}
