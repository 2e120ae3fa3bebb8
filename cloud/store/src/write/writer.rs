//! The writer: takes what waits, joins it into one commit, and answers everyone who was in it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};

use tokio::sync::oneshot;

use crate::StoreError;
use crate::engine::Engine;
use crate::write::batch::Batch;
use crate::write::queue::Reservation;

/// Where one commit ends though more waits, so that a burst does not grow it without bound.
const GROUP_BYTES: usize = 4 << 20;

/// Who waits for a batch or a flush.
pub(crate) type Answer = oneshot::Sender<Result<(), StoreError>>;

/// What the writer is asked for, in order. Each batch holds its room in the queue until it is written.
pub(crate) enum Request {
    /// Write a batch and say when it is durable.
    Commit(Batch, Reservation, Answer),
    /// Write a batch.
    Submit(Batch, Reservation),
    /// Say when all before is durable, and whether a submitted batch failed.
    Flush(Answer),
}

/// The failure of a submitted batch that no flush has told yet.
#[derive(Debug, Clone, Default)]
pub(crate) struct UnreportedFailure(Arc<Mutex<Option<StoreError>>>);

impl UnreportedFailure {
    /// Keeps a failure for the next flush.
    pub(crate) fn keep(&self, failure: StoreError) {
        self.lock().get_or_insert(failure);
    }

    fn take(&self) -> Result<(), StoreError> {
        self.lock().take().map_or(Ok(()), Err)
    }

    fn lock(&self) -> MutexGuard<'_, Option<StoreError>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Works until nobody can ask any more and everything asked for is done.
pub(crate) fn run(engine: &Engine, requests: &mpsc::Receiver<Request>, unreported: &UnreportedFailure) {
    while let Ok(first) = requests.recv() {
        let mut pending = Pending::default();
        pending.take(first);
        while pending.size_bytes < GROUP_BYTES
            && let Ok(next) = requests.try_recv()
        {
            pending.take(next);
        }
        pending.finish(engine, unreported);
    }
}

/// Does what is asked for as one group, in the thread of the caller.
pub(crate) fn write_group(engine: &Engine, requests: Vec<Request>, unreported: &UnreportedFailure) {
    let mut pending = Pending::default();
    requests.into_iter().for_each(|request| pending.take(request));
    pending.finish(engine, unreported);
}

/// One commit and those who wait for it.
#[derive(Default)]
struct Pending {
    batches: Vec<Batch>,
    size_bytes: usize,
    submits: bool,
    room: Vec<Reservation>,
    commits: Vec<Answer>,
    flushes: Vec<Answer>,
}

impl Pending {
    fn take(&mut self, request: Request) {
        match request {
            Request::Commit(batch, room, answer) => {
                self.add(batch);
                self.room.push(room);
                self.commits.push(answer);
            }
            Request::Submit(batch, room) => {
                self.add(batch);
                self.room.push(room);
                self.submits = true;
            }
            Request::Flush(answer) => self.flushes.push(answer),
        }
    }

    fn add(&mut self, batch: Batch) {
        self.size_bytes += batch.size_bytes();
        if !batch.is_empty() {
            self.batches.push(batch);
        }
    }

    fn finish(self, engine: &Engine, unreported: &UnreportedFailure) {
        let written = if self.batches.is_empty() { Ok(()) } else { engine.write(self.batches) };
        drop(self.room);
        if let Err(failure) = &written {
            tracing::error!(error = %failure, commits = self.commits.len(), submits = self.submits, "a commit group was not written");
            if self.submits {
                unreported.keep(failure.clone());
            }
        }
        for answer in self.commits {
            // Who no longer waits needs no answer; the failure is traced above.
            answer.send(written.clone()).ok();
        }
        answer_flushes(self.flushes, unreported);
    }
}

/// Tells the flushes of one group what failed. When none of them waits any more, the failure stays for the next.
fn answer_flushes(flushes: Vec<Answer>, unreported: &UnreportedFailure) {
    if flushes.is_empty() {
        return;
    }
    let told = unreported.take();
    let mut heard = false;
    for answer in flushes {
        heard |= answer.send(told.clone()).is_ok();
    }
    if let (false, Err(failure)) = (heard, told) {
        unreported.keep(failure);
    }
}
