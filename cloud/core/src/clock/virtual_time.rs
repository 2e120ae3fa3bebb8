//! A clock that stands still until it is moved, and the timers that wait for it.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use jiff::Timestamp;

/// The time, and who waits for which moment.
#[derive(Debug)]
pub(super) struct VirtualTime {
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    now: Timestamp,
    /// By moment, then in the order in which they began to wait: so the same run wakes in the same order.
    timers: BTreeMap<(Timestamp, u64), Waker>,
    last_timer: u64,
}

impl VirtualTime {
    pub(super) fn new(start: Timestamp) -> Self {
        Self { state: Mutex::new(State { now: start, timers: BTreeMap::new(), last_timer: 0 }) }
    }

    pub(super) fn now(&self) -> Timestamp {
        self.lock().now
    }

    pub(super) fn sleep_until(time: Arc<Self>, moment: Timestamp) -> Sleep {
        Sleep { time, moment, timer: None }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Ends when the clock shows its moment.
#[derive(Debug)]
pub(super) struct Sleep {
    time: Arc<VirtualTime>,
    moment: Timestamp,
    /// Set while it waits.
    timer: Option<u64>,
}

impl Future for Sleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let time = Arc::clone(&self.time);
        let mut state = time.lock();
        if state.now >= self.moment {
            return Poll::Ready(());
        }
        let timer = self.timer.unwrap_or_else(|| {
            state.last_timer += 1;
            state.last_timer
        });
        self.timer = Some(timer);
        state.timers.insert((self.moment, timer), context.waker().clone());
        Poll::Pending
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        if let Some(timer) = self.timer {
            self.time.lock().timers.remove(&(self.moment, timer));
        }
    }
}

/// Moves a clock. Its owner decides when: nothing moves by itself.
#[derive(Debug, Clone)]
pub struct ClockControl {
    time: Arc<VirtualTime>,
}

impl ClockControl {
    pub(super) fn new(time: Arc<VirtualTime>) -> Self {
        Self { time }
    }

    /// What the clock shows.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.time.now()
    }

    /// The earliest moment that somebody waits for.
    #[must_use]
    pub fn next_timer(&self) -> Option<Timestamp> {
        self.time.lock().timers.keys().next().map(|(moment, _)| *moment)
    }

    /// Moves the clock by a duration and wakes everybody whose moment has come, earliest first.
    pub fn advance(&self, duration: Duration) {
        let target = self.now().checked_add(duration).unwrap_or(Timestamp::MAX);
        self.advance_to(target);
    }

    /// Moves the clock to a moment; one that has passed changes nothing.
    pub fn advance_to(&self, moment: Timestamp) {
        let due = {
            let mut state = self.time.lock();
            let now = state.now.max(moment);
            state.now = now;
            let later = state.timers.split_off(&(now, u64::MAX));
            std::mem::replace(&mut state.timers, later)
        };
        for waker in due.into_values() {
            waker.wake();
        }
    }
}
