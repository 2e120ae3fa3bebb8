//! Moving a clock.

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::machine;
use super::moved_time::{Course, MovedTime};

/// Moves a clock. Its owner decides when: nothing moves it otherwise.
#[derive(Debug, Clone)]
pub struct ClockControl {
    time: Arc<MovedTime>,
}

impl ClockControl {
    pub(super) fn new(time: Arc<MovedTime>) -> Self {
        Self { time }
    }

    /// What the clock shows.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.time.now()
    }

    /// How the clock goes.
    #[must_use]
    pub fn course(&self) -> Course {
        self.time.course()
    }

    /// The earliest moment that somebody waits for.
    #[must_use]
    pub fn next_timer(&self) -> Option<Timestamp> {
        self.time.next_timer()
    }

    /// Moves the clock by a duration and wakes everybody whose moment has come, earliest first.
    pub fn advance(&self, duration: Duration) {
        let by = SignedDuration::try_from(duration).unwrap_or(SignedDuration::MAX);
        self.time.set(|course, now| moved_to(course, now, now.checked_add(by).unwrap_or(Timestamp::MAX)));
    }

    /// Moves the clock to a moment; one that has passed changes nothing.
    pub fn advance_to(&self, moment: Timestamp) {
        self.time.set(|course, now| moved_to(course, now, moment));
    }

    /// Sets how the clock goes from now on. Who calls it sees to it that time does not go back.
    pub fn set_course(&self, course: Course) {
        self.time.set(|_, _| course);
    }

    /// Has the clock stand still where it is.
    pub fn stand_still(&self) {
        self.time.set(|_, now| Course::Standing { now });
    }

    /// Has a clock that stands still go on from where it is, with the machine's.
    pub fn run_on(&self) {
        self.time.set(|_, now| Course::Running { ahead: now.duration_since(machine::now()) });
    }

    /// Waits until everything has come to rest that the clock has caused: whoever was woken has gone on, and what it began
    /// ([`super::Clock::work`]) has ended or waits for the clock again.
    pub async fn settle(&self) {
        loop {
            let mut told = std::pin::pin!(self.time.settled.notified());
            told.as_mut().enable();
            if self.time.is_settled() {
                return;
            }
            told.await;
        }
    }

    /// Whether everything has come to rest: see [`ClockControl::settle`].
    #[must_use]
    pub fn is_settled(&self) -> bool {
        self.time.is_settled()
    }
}

fn moved_to(course: Course, now: Timestamp, moment: Timestamp) -> Course {
    let target = now.max(moment);
    match course {
        Course::Standing { .. } => Course::Standing { now: target },
        Course::Running { ahead } => Course::Running { ahead: ahead + target.duration_since(now) },
    }
}
