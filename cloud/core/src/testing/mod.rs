//! Aids for the tests of the services.

mod broken;
mod requests;

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use super::clock::ClockControl;

pub use broken::{BrokenRequest, broken_requests};
pub use requests::{Choices, MadeUpRequest, make_request};

/// Waits until every task of this runtime waits for something that only the test can bring.
///
/// It must run on a current-thread runtime whose time is paused (`#[tokio::test(start_paused = true)]`): there, a timer ends
/// only when nothing else is left to do.
#[allow(clippy::disallowed_methods, reason = "the runtime's paused time moves when every task is idle")]
pub async fn come_to_rest() {
    tokio::time::sleep(Duration::from_millis(1)).await;
}

/// Moves a clock step by step to where it has advanced by a duration: at each moment that somebody waits for, everything that
/// follows from it happens before the clock goes on.
pub async fn run_for(control: &ClockControl, duration: Duration) {
    let target = control.now().checked_add(duration).unwrap_or(jiff::Timestamp::MAX);
    come_to_rest().await;
    while let Some(next) = control.next_timer().filter(|next| *next <= target) {
        control.advance_to(next);
        come_to_rest().await;
    }
    control.advance_to(target);
    come_to_rest().await;
}

/// Polls a future so many times, letting everybody else go on in between, then drops it. Gives its output if it ended.
pub async fn poll_times<F: Future>(future: F, polls: usize) -> Option<F::Output> {
    let mut future = pin!(future);
    for _ in 0..polls {
        let polled = poll_fn(|context| Poll::Ready(future.as_mut().poll(context))).await;
        match polled {
            Poll::Ready(output) => return Some(output),
            Poll::Pending => tokio::task::yield_now().await,
        }
    }
    None
}

/// Polls a future so many times, each time when it was woken, then drops it. Gives its output if it ended. What it waits for
/// may take its time (a file being written on a thread of its own) and still is one await.
async fn poll_when_woken<F: Future>(future: F, polls: usize) -> Option<F::Output> {
    let mut future = pin!(future);
    let mut left = polls;
    poll_fn(|context| {
        left = left.saturating_sub(1);
        match future.as_mut().poll(context) {
            Poll::Ready(output) => Poll::Ready(Some(output)),
            Poll::Pending if left == 0 => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        }
    })
    .await
}

/// Runs an operation again and again, each time on something new, and drops it at its first await, its second, and so on until
/// it ends; after each run everything comes to rest and `check` looks at what is left. Gives how many runs there were.
///
/// It must run where [`come_to_rest`] may.
pub async fn drop_at_every_await<S: Clone, O>(
    begin: impl AsyncFn() -> S,
    operation: impl AsyncFn(S) -> O,
    check: impl AsyncFn(S),
) -> usize {
    let mut polls = 0;
    loop {
        polls += 1;
        let subject = begin().await;
        let ended = poll_when_woken(operation(subject.clone()), polls).await.is_some();
        come_to_rest().await;
        check(subject).await;
        if ended {
            return polls;
        }
    }
}
