//! A clock that can be moved, and the timers that wait for it.

use std::collections::{BTreeMap, BTreeSet};
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::Notify;

use super::machine::{self, Precision};
use super::work::{Parked, WorkCount};

/// The longest that a timer of the machine is trusted: while a machine is suspended its timers stand still and its clock
/// goes on, so the clock is looked at again after so long.
const LOOK_AGAIN: Duration = Duration::from_secs(10);

/// How a clock goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Course {
    /// It stands still until it is moved.
    Standing {
        /// What it shows.
        now: Timestamp,
    },
    /// It goes with the machine's clock, so far ahead of it (or behind it, where it is negative).
    Running {
        /// How far ahead.
        ahead: SignedDuration,
    },
}

/// The time, and who waits for which moment.
#[derive(Debug)]
pub(super) struct MovedTime {
    /// Locked after `timers` where both are.
    course: RwLock<Course>,
    timers: Mutex<Timers>,
    /// What the clock has caused and has not come to an end.
    pub(super) work: Arc<WorkCount>,
    /// Told when a timer that was woken has been taken, or the last work has come to an end.
    pub(super) settled: Arc<Notify>,
    /// Whether what lives outside the cloud lives by this clock too, as in tests.
    pub(super) is_machine: bool,
}

#[derive(Debug, Default)]
struct Timers {
    /// By moment, then in the order in which they began to wait: so the same run wakes in the same order.
    waiting: BTreeMap<(Timestamp, u64), Waker>,
    /// Their moment has come; the tasks that wait for them have not taken that in yet.
    woken: BTreeSet<u64>,
    last: u64,
    /// Counts changes between standing and running: whoever waits then begins to wait anew.
    changes: u64,
}

impl MovedTime {
    pub(super) fn new(course: Course, is_machine: bool) -> Self {
        let settled = Arc::new(Notify::new());
        let work = Arc::new(WorkCount::new(Arc::clone(&settled)));
        Self { course: RwLock::new(course), timers: Mutex::default(), work, settled, is_machine }
    }

    pub(super) fn course(&self) -> Course {
        *self.course.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn now(&self) -> Timestamp {
        match self.course() {
            Course::Standing { now } => now,
            Course::Running { ahead } => later(machine::now(), ahead),
        }
    }

    /// Waits until the clock shows a moment.
    pub(super) async fn sleep_until(time: Arc<Self>, moment: Timestamp, precision: Precision) {
        while time.now() < moment {
            // Dropped last: what is woken counts as work from the moment at which it is taken.
            let mut turn = pin!(Sleep::new(Arc::clone(&time), moment));
            let _parked = Parked::current();
            match time.course() {
                Course::Standing { .. } => turn.as_mut().await,
                Course::Running { .. } => {
                    let left = Duration::try_from(moment.duration_since(time.now())).unwrap_or_default();
                    tokio::select! {
                        biased;
                        () = turn.as_mut() => {}
                        () = machine::sleep_towards(left.min(LOOK_AGAIN), precision) => {}
                    }
                }
            }
        }
    }

    /// The earliest moment that somebody waits for.
    pub(super) fn next_timer(&self) -> Option<Timestamp> {
        self.lock().waiting.keys().next().map(|(moment, _)| *moment)
    }

    /// Whether everybody who was woken has taken it in, and nothing is under way.
    pub(super) fn is_settled(&self) -> bool {
        self.lock().woken.is_empty() && self.work.is_idle()
    }

    /// Sets how the clock goes; wakes everybody whose moment has come, earliest first, and all others where it stood and now
    /// runs, or the other way round.
    pub(super) fn set(&self, course: impl FnOnce(Course, Timestamp) -> Course) {
        let mut timers = self.lock();
        let before = self.course();
        let next = course(before, self.now());
        *self.course.write().unwrap_or_else(PoisonError::into_inner) = next;
        let now = self.now();
        let changed = std::mem::discriminant(&before) != std::mem::discriminant(&next);
        let was_running = matches!(before, Course::Running { .. });
        let due = if changed || was_running {
            timers.changes += 1;
            std::mem::take(&mut timers.waiting)
        } else {
            let later = timers.waiting.split_off(&(now, u64::MAX));
            std::mem::replace(&mut timers.waiting, later)
        };
        timers.woken.extend(due.keys().map(|(_, timer)| *timer));
        drop(timers);
        for waker in due.into_values() {
            waker.wake();
        }
    }

    fn lock(&self) -> MutexGuard<'_, Timers> {
        self.timers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A moment moved; the end of the calendar where it would lie beyond.
fn later(moment: Timestamp, by: SignedDuration) -> Timestamp {
    moment.checked_add(by).unwrap_or(if by.is_negative() { Timestamp::MIN } else { Timestamp::MAX })
}

/// Ends when the clock shows its moment, or goes in another way than when it began to wait.
#[derive(Debug)]
struct Sleep {
    time: Arc<MovedTime>,
    moment: Timestamp,
    /// Set while it waits: its number, and how often the clock's course had changed.
    timer: Option<(u64, u64)>,
}

impl Sleep {
    fn new(time: Arc<MovedTime>, moment: Timestamp) -> Self {
        Self { time, moment, timer: None }
    }
}

impl Future for Sleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let time = Arc::clone(&self.time);
        let mut timers = time.lock();
        let (timer, changes) = self.timer.unwrap_or_else(|| {
            timers.last += 1;
            (timers.last, timers.changes)
        });
        self.timer = Some((timer, changes));
        if time.now() >= self.moment || changes != timers.changes {
            timers.waiting.remove(&(self.moment, timer));
            return Poll::Ready(());
        }
        timers.waiting.insert((self.moment, timer), context.waker().clone());
        Poll::Pending
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        if let Some((timer, _)) = self.timer {
            let was_woken = {
                let mut timers = self.time.lock();
                timers.waiting.remove(&(self.moment, timer));
                timers.woken.remove(&timer)
            };
            if was_woken {
                self.time.settled.notify_waiters();
            }
        }
    }
}
