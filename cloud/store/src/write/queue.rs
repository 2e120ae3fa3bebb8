//! How much may wait for the writer: a bound in bytes that presses back on those who write.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Semaphore;

/// How many bytes of batches may wait or be written at a time.
///
/// Two commit groups of 4 MiB: one that the writer has in hand and the next that fills meanwhile. More would make the
/// memory grow without making the disk faster; with less the writer would stand idle between two groups.
pub const QUEUE_BYTES: usize = 8 << 20;

/// What a batch costs in the queue beside its changes, so that many small batches are bounded too.
const BATCH_OVERHEAD_BYTES: usize = 256;

/// The room in the queue.
#[derive(Debug)]
pub(crate) struct Queue {
    /// One permit is one byte; waits are served in order.
    free: Semaphore,
    /// Bytes that are taken though no room was left for them: batches handed over by those who could not wait.
    overdrawn: Mutex<usize>,
}

impl Queue {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self { free: Semaphore::new(QUEUE_BYTES), overdrawn: Mutex::new(0) })
    }

    /// Waits for room. Dropping the future takes nothing; those who wait are served in order.
    pub(crate) async fn reserve(self: Arc<Self>, size_bytes: usize) -> Reservation {
        let bytes = cost(size_bytes);
        // The semaphore is never closed: an error can't come, and would only mean that nobody counts.
        if let Ok(permit) = self.free.acquire_many(u32::try_from(bytes).unwrap_or(u32::MAX)).await {
            permit.forget();
        }
        Reservation { queue: self, bytes }
    }

    /// Takes room if there is any, without waiting.
    pub(crate) fn try_reserve(self: Arc<Self>, size_bytes: usize) -> Option<Reservation> {
        let bytes = cost(size_bytes);
        self.free.try_acquire_many(u32::try_from(bytes).unwrap_or(u32::MAX)).ok()?.forget();
        Some(Reservation { queue: self, bytes })
    }

    /// Takes room whether there is any or not; what is missing is paid back before anyone who waits is served.
    pub(crate) fn overdraw(self: Arc<Self>, size_bytes: usize) -> Reservation {
        let bytes = cost(size_bytes);
        self.take(bytes);
        Reservation { queue: self, bytes }
    }

    fn take(&self, bytes: usize) {
        let mut overdrawn = self.overdrawn();
        *overdrawn += bytes - self.free.forget_permits(bytes);
    }

    fn release(&self, bytes: usize) {
        let mut overdrawn = self.overdrawn();
        let paid_back = bytes.min(*overdrawn);
        *overdrawn -= paid_back;
        self.free.add_permits(bytes - paid_back);
    }

    fn overdrawn(&self) -> MutexGuard<'_, usize> {
        self.overdrawn.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a batch of this size takes of the queue: one that is larger than the queue takes all of it.
fn cost(size_bytes: usize) -> usize {
    size_bytes.saturating_add(BATCH_OVERHEAD_BYTES).min(QUEUE_BYTES)
}

/// Room for one batch in the queue to the writer; dropped, the room is free again.
#[derive(Debug)]
pub struct Reservation {
    queue: Arc<Queue>,
    bytes: usize,
}

impl Reservation {
    /// Makes the room fit a batch of this size.
    pub(crate) fn resize(&mut self, size_bytes: usize) {
        let bytes = cost(size_bytes);
        if bytes > self.bytes {
            self.queue.take(bytes - self.bytes);
        } else {
            self.queue.release(self.bytes - bytes);
        }
        self.bytes = bytes;
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        self.queue.release(self.bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn free(queue: &Queue) -> usize {
        queue.free.available_permits()
    }

    #[tokio::test]
    async fn room_comes_back_and_an_overdraft_is_paid_first() {
        let queue = Queue::new();
        let whole = Arc::clone(&queue).reserve(QUEUE_BYTES * 2).await;
        assert_eq!(free(&queue), 0);
        assert!(Arc::clone(&queue).try_reserve(0).is_none());
        let over = Arc::clone(&queue).overdraw(1000);
        drop(whole);
        assert_eq!(free(&queue), QUEUE_BYTES - 1000 - BATCH_OVERHEAD_BYTES);
        drop(over);
        assert_eq!(free(&queue), QUEUE_BYTES);
        assert_eq!(*queue.overdrawn(), 0);
    }

    #[tokio::test]
    async fn a_reservation_is_resized_without_losing_room() {
        let queue = Queue::new();
        let mut room = Arc::clone(&queue).reserve(1000).await;
        room.resize(10);
        assert_eq!(free(&queue), QUEUE_BYTES - 10 - BATCH_OVERHEAD_BYTES);
        room.resize(QUEUE_BYTES);
        assert_eq!(free(&queue), 0);
        drop(room);
        assert_eq!(free(&queue), QUEUE_BYTES);
    }

    #[tokio::test]
    async fn who_stops_waiting_takes_nothing() {
        let queue = Queue::new();
        let whole = Arc::clone(&queue).reserve(QUEUE_BYTES).await;
        let mut waiting = Box::pin(Arc::clone(&queue).reserve(5));
        assert!(
            std::future::poll_fn(|context| std::task::Poll::Ready(waiting.as_mut().poll(context).is_pending())).await
        );
        drop(waiting);
        drop(whole);
        assert_eq!(free(&queue), QUEUE_BYTES);
    }
}
