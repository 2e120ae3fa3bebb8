//! Waiting for the writer, so that a wait which is dropped loses nothing.

use std::path::PathBuf;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::sync::oneshot;

use crate::StoreError;
use crate::write::writer::UnreportedFailure;

/// Lets everybody else go on once. A commit without a thread is over when the call ends; its caller waits all the same, as
/// it would for the disk, so that a test can drop it there.
pub(crate) async fn pending_once() {
    let mut polled = false;
    std::future::poll_fn(|context| {
        if std::mem::replace(&mut polled, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

/// Waits for a flush. One that is dropped with a failure that it has not told gives it back.
pub(crate) struct Flush {
    answered: oneshot::Receiver<Result<(), StoreError>>,
    unreported: UnreportedFailure,
    path: PathBuf,
}

impl Flush {
    pub(crate) fn new(
        answered: oneshot::Receiver<Result<(), StoreError>>,
        unreported: UnreportedFailure,
        path: PathBuf,
    ) -> Self {
        Self { answered, unreported, path }
    }
}

impl Future for Flush {
    type Output = Result<(), StoreError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let answer = ready!(Pin::new(&mut self.answered).poll(context));
        Poll::Ready(answer.unwrap_or_else(|_| Err(StoreError::Closed { path: self.path.clone() })))
    }
}

impl Drop for Flush {
    fn drop(&mut self) {
        self.answered.close();
        if let Ok(Err(failure)) = self.answered.try_recv() {
            self.unreported.keep(failure);
        }
    }
}
