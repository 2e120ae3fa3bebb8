//! The writer thread: takes what waits, joins it into one transaction, and answers everyone who was in it.

use std::sync::mpsc;

use tokio::sync::oneshot;

use super::StoreError;
use super::batch::Batch;
use super::file::StoreFile;
use super::group::Group;

/// Where one transaction ends though more waits, so that a burst does not grow it without bound.
const GROUP_BYTES: usize = 4 << 20;

type Answer = oneshot::Sender<Result<(), StoreError>>;

/// What the writer is asked for, in order.
pub(super) enum Request {
    /// Write a batch and say when it is durable.
    Commit(Batch, Answer),
    /// Write a batch.
    Submit(Batch),
    /// Say when all before is durable, and whether a submitted batch failed.
    Flush(Answer),
}

/// Works until nobody can ask any more and everything asked for is done.
pub(super) fn run(file: &StoreFile, requests: &mpsc::Receiver<Request>) {
    let mut unreported_failure = None;
    while let Ok(first) = requests.recv() {
        let mut round = Round::default();
        round.take(first);
        while round.group.size_bytes < GROUP_BYTES
            && let Ok(next) = requests.try_recv()
        {
            round.take(next);
        }
        round.finish(file, &mut unreported_failure);
    }
}

/// One transaction and those who wait for it.
#[derive(Default)]
struct Round {
    group: Group,
    submits: bool,
    commits: Vec<Answer>,
    flushes: Vec<Answer>,
}

impl Round {
    fn take(&mut self, request: Request) {
        match request {
            Request::Commit(batch, answer) => {
                self.group.add(batch);
                self.commits.push(answer);
            }
            Request::Submit(batch) => {
                self.group.add(batch);
                self.submits = true;
            }
            Request::Flush(answer) => self.flushes.push(answer),
        }
    }

    fn finish(self, file: &StoreFile, unreported_failure: &mut Option<StoreError>) {
        let written = if self.group.tables.is_empty() { Ok(()) } else { file.write(&self.group) };
        if let (true, Err(failure)) = (self.submits, &written) {
            *unreported_failure = Some(failure.clone());
        }
        // Who no longer waits needs no answer.
        for answer in self.commits {
            answer.send(written.clone()).ok();
        }
        if self.flushes.is_empty() {
            return;
        }
        let told = unreported_failure.take().map_or(Ok(()), Err);
        for answer in self.flushes {
            answer.send(told.clone()).ok();
        }
    }
}
