//! Work on a mailbox that whoever waits for its answer does itself.

use std::pin::Pin;
use std::task::{Context, Poll};

/// Work on a mailbox until it is empty. When whoever polls it goes away before, it goes on in a task of its own: what a
/// mailbox holds is never left.
pub(crate) struct MailboxWork {
    work: Option<Pin<Box<dyn Future<Output = ()> + Send>>>,
}

impl MailboxWork {
    pub(crate) fn new(work: impl Future<Output = ()> + Send + 'static) -> Self {
        Self { work: Some(Box::pin(work)) }
    }
}

impl Future for MailboxWork {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        // Out of its place meanwhile: what panics is not polled again.
        let Some(mut work) = self.work.take() else { return Poll::Ready(()) };
        let polled = work.as_mut().poll(context);
        if polled.is_pending() {
            self.work = Some(work);
        }
        polled
    }
}

impl Drop for MailboxWork {
    fn drop(&mut self) {
        let Some(work) = self.work.take() else { return };
        // Without a runtime the cloud is gone: what is durable goes on after the next start.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(work);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use tokio::sync::Notify;

    use super::*;

    #[tokio::test]
    async fn work_that_is_dropped_goes_on() {
        let go_on = Arc::new(Notify::new());
        let done = Arc::new(Notify::new());
        let mut work = MailboxWork::new({
            let go_on = Arc::clone(&go_on);
            let done = Arc::clone(&done);
            async move {
                go_on.notified().await;
                done.notify_one();
            }
        });
        std::future::poll_fn(|context| Poll::Ready(Pin::new(&mut work).poll(context).is_pending())).await;
        drop(work);
        go_on.notify_one();
        done.notified().await;
    }
}
