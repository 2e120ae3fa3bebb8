//! Time as a value: a service asks the clock it was given for the time, and waits through it.

mod control;
mod machine;
mod moved_time;
mod work;

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

pub use control::ClockControl;
use machine::Precision;
pub use moved_time::Course;
use moved_time::MovedTime;
pub use work::Hold;
use work::Parked;

/// A clock: the machine's own, or one that can be moved. Clones show the same time.
#[derive(Debug, Clone)]
pub struct Clock {
    source: Source,
}

#[derive(Debug, Clone)]
enum Source {
    System,
    Moved(Arc<MovedTime>),
}

/// What was waited for took longer than it might.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the time limit has passed")]
pub struct Elapsed;

impl Clock {
    /// The machine's clock. Only the composition of a real cloud makes one.
    #[must_use]
    pub fn system() -> Self {
        Self { source: Source::System }
    }

    /// A clock that goes with the machine's until its control moves it, or has it stand still. What lives outside the cloud
    /// goes on living by the machine's clock: [`Clock::machine`].
    #[must_use]
    pub fn movable() -> (Self, ClockControl) {
        Self::moved(MovedTime::new(Course::Running { ahead: SignedDuration::ZERO }, false))
    }

    /// A clock that stands still until its control moves it, and is the only one: for tests and simulations.
    #[must_use]
    pub fn moved_by_hand(start: Timestamp) -> (Self, ClockControl) {
        Self::moved(MovedTime::new(Course::Standing { now: start }, true))
    }

    fn moved(time: MovedTime) -> (Self, ClockControl) {
        let time = Arc::new(time);
        (Self { source: Source::Moved(Arc::clone(&time)) }, ClockControl::new(time))
    }

    /// What moves this clock, if anything does.
    #[must_use]
    pub fn control(&self) -> Option<ClockControl> {
        match &self.source {
            Source::System => None,
            Source::Moved(time) => Some(ClockControl::new(Arc::clone(time))),
        }
    }

    /// The clock by which everything lives that is no part of the cloud: processes, connections, disks. It goes on whatever
    /// is done to the cloud's own clock.
    #[must_use]
    pub fn machine(&self) -> Self {
        match &self.source {
            Source::Moved(time) if time.is_machine => self.clone(),
            Source::Moved(_) | Source::System => Self::system(),
        }
    }

    /// The current time.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        match &self.source {
            Source::System => machine::now(),
            Source::Moved(time) => time.now(),
        }
    }

    /// Waits for a duration; ends at once when it is zero.
    pub async fn sleep(&self, duration: Duration) {
        match &self.source {
            Source::System => {
                // What waits for the machine does not wait for the cloud's clock: it holds it.
                machine::sleep(duration).await;
            }
            Source::Moved(time) => {
                let until = time.now().checked_add(duration).unwrap_or(Timestamp::MAX);
                MovedTime::sleep_until(Arc::clone(time), until, Precision::Ordinary).await;
            }
        }
    }

    /// Waits until the clock shows `moment` or later; never returns earlier.
    ///
    /// A timer of the machine runs on its monotonic clock and may end a little before the wall clock gets there (the two are
    /// adjusted separately), so the wall clock is asked again until it agrees.
    pub async fn sleep_until(&self, moment: Timestamp) {
        self.wait_until(moment, Precision::Ordinary).await;
    }

    /// The same, as exactly as the machine can: for the one who wakes all that is due.
    pub async fn sleep_exactly_until(&self, moment: Timestamp) {
        self.wait_until(moment, Precision::High).await;
    }

    async fn wait_until(&self, moment: Timestamp, precision: Precision) {
        if let Source::Moved(time) = &self.source {
            return MovedTime::sleep_until(Arc::clone(time), moment, precision).await;
        }
        loop {
            let left = moment.duration_since(self.now());
            match Duration::try_from(left) {
                Ok(left) if !left.is_zero() => machine::sleep_towards(left, precision).await,
                _ => return,
            }
        }
    }

    /// Does some work, unless it takes longer than `limit`.
    ///
    /// # Errors
    /// [`Elapsed`] when it does; the work is dropped.
    pub async fn timeout<F: Future>(&self, limit: Duration, work: F) -> Result<F::Output, Elapsed> {
        let mut work = pin!(work);
        let mut late = pin!(self.sleep(limit));
        tokio::select! {
            biased;
            output = &mut work => Ok(output),
            () = &mut late => Err(Elapsed),
        }
    }

    /// The time that has passed since a moment; zero where the clock was set back.
    #[must_use]
    pub fn since(&self, moment: Timestamp) -> Duration {
        Duration::try_from(self.now().duration_since(moment)).unwrap_or_default()
    }

    /// A future that a clock which is being moved waits for: it does not go on until the future has ended, or waits for the
    /// clock itself. It counts from this call on, before anybody polls it.
    pub fn work<F: Future>(&self, future: F) -> impl Future<Output = F::Output> + use<F> {
        work::work(self.count(), future)
    }

    /// A future that belongs to the work that is under way, in another task: whoever does that work waits for it. Where none
    /// is, it is work of its own.
    pub fn part_of_work<F: Future>(&self, future: F) -> impl Future<Output = F::Output> + use<F> {
        work::part(self.count(), future)
    }

    /// Holds a clock that is being moved until it is dropped: what one piece of work hands over to another.
    #[must_use]
    pub fn hold(&self) -> Hold {
        Hold::new(self.count())
    }

    /// Waits for something that others bring, in the midst of work: the clock may be moved meanwhile.
    pub async fn idle<F: Future>(&self, future: F) -> F::Output {
        let _parked = Parked::current();
        future.await
    }

    fn count(&self) -> Option<&Arc<work::WorkCount>> {
        match &self.source {
            Source::System => None,
            Source::Moved(time) => Some(&time.work),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_machines_clock_never_ends_a_wait_early() {
        let clock = Clock::system();
        let moment = clock.now() + jiff::SignedDuration::from_millis(3);
        clock.sleep_until(moment).await;
        assert!(clock.now() >= moment);
        assert_eq!(clock.timeout(Duration::from_secs(60), async { 1 }).await, Ok(1));
        let never = std::future::pending::<()>();
        assert_eq!(clock.timeout(Duration::from_millis(1), never).await, Err(Elapsed));
    }

    #[tokio::test]
    async fn a_clock_moved_by_hand_wakes_whoever_is_due() {
        let start: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
        let (clock, control) = Clock::moved_by_hand(start);
        let hour = Duration::from_secs(3600);
        let sleeper = tokio::spawn({
            let clock = clock.clone();
            async move {
                clock.sleep(hour).await;
                clock.now()
            }
        });
        while control.next_timer().is_none() {
            tokio::task::yield_now().await;
        }
        control.advance(hour / 2);
        assert!(!sleeper.is_finished());
        control.advance(hour / 2);
        assert_eq!(sleeper.await.unwrap(), start + jiff::SignedDuration::from_hours(1));
        assert_eq!(control.next_timer(), None);
        assert_eq!(clock.since(start), hour);
    }

    #[tokio::test]
    async fn a_timer_that_nobody_waits_for_any_more_is_gone() {
        let (clock, control) = Clock::moved_by_hand(Timestamp::UNIX_EPOCH);
        let late = clock.timeout(Duration::from_secs(5), async { "done" });
        assert_eq!(late.await, Ok("done"));
        assert_eq!(control.next_timer(), None);
    }
}
