//! Moving the clock: from one due moment to the next, each with all that follows from it, as so much time would have gone.

use cloud_core::{ClockControl, Course};
use cloud_store::StoreError;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{CloudTime, course};

/// How far ahead of the machine a clock may be, in days: a hundred years.
const FARTHEST_DAYS: i64 = 36_525;

/// How far "until nothing waits" goes at most, in days: no standard execution lives longer than a year.
const LONGEST_UNTIL_IDLE_DAYS: i64 = 366;

/// How many moments "until nothing waits" stops at, at most.
const MOST_MOMENTS_UNTIL_IDLE: u64 = 100_000;

/// Where to move the clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Aim {
    /// So many milliseconds on.
    AdvanceMs(u64),
    /// To a moment.
    To(Timestamp),
    /// Until no execution waits for the time.
    UntilIdle,
    /// Until no execution is under way: also what somebody else could end is waited for, until its time limit.
    UntilEnded,
}

/// Why a move ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Ending {
    /// The clock is where it was to go.
    Arrived,
    /// No execution waits for the time any more.
    Idle,
    /// Executions go on and on waiting: so far, and no further.
    Limit,
    /// Whoever moved it went away.
    Interrupted,
}

/// What a move was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Moved {
    /// What the clock showed before.
    pub from: Timestamp,
    /// What it showed when the move was over.
    pub to: Timestamp,
    /// At how many moments an execution was due.
    pub moments: u64,
    /// Why it ended.
    pub ending: Ending,
}

/// Why the clock was not moved.
#[derive(Debug, thiserror::Error)]
pub(crate) enum MoveError {
    /// It would go back.
    #[error("The embedded cloud's time is {now:.0}: it can be moved ahead only, never back.")]
    Back {
        /// What it shows.
        now: Timestamp,
    },
    /// Beyond what makes sense.
    #[error(
        "{to:.0} is too far ahead: the embedded cloud's time can be at most 100 years ahead of this machine's clock."
    )]
    TooFar {
        /// Where it was to go.
        to: Timestamp,
    },
    /// Somebody moves it already.
    #[error("Another command is just moving the embedded cloud's time.")]
    Moving,
    /// It can't be moved.
    #[error("This cloud's clock can't be moved.")]
    Fixed,
    /// The store takes nothing, so neither the clock nor what it causes can be written.
    #[error("The embedded cloud's time was moved to {now:.0} and no further. {source}")]
    Store {
        /// What it shows.
        now: Timestamp,
        /// Why nothing is written.
        source: StoreError,
    },
}

impl CloudTime {
    /// Moves the clock, until it is there or `given_up` ends.
    ///
    /// # Errors
    /// Where it would go back, or too far, or somebody else moves it, and where the store takes nothing.
    pub(crate) async fn move_clock(&self, aim: Aim, given_up: impl Future<Output = ()>) -> Result<Moved, MoveError> {
        let _turn = self.moving.try_lock().map_err(|_| MoveError::Moving)?;
        let control = self.clock.control().ok_or(MoveError::Fixed)?;
        let before = control.course();
        let from = control.now();
        let target = self.target(aim, from)?;
        control.stand_still();
        let mut moments = 0;
        let moving = Move { time: self, control: &control, target, aim, goes_on: before };
        let ended = tokio::select! {
            biased;
            () = given_up => Ok(Ending::Interrupted),
            ended = moving.run(&mut moments) => ended,
        };
        let to = control.now();
        let mut written = Ok(());
        if let Course::Running { .. } = before {
            control.run_on();
            written = course::write(&self.store, control.course()).await;
        }
        let stopped = |source| MoveError::Store { now: to, source };
        let ending = ended.and_then(|ending| written.map(|()| ending)).map_err(stopped)?;
        tracing::info!(target: "cloud::time", from = %from, to = %to, moments, ?ending, "the clock was moved");
        Ok(Moved { from, to, moments, ending })
    }

    fn target(&self, aim: Aim, now: Timestamp) -> Result<Timestamp, MoveError> {
        let days_after = |moment: Timestamp, days| {
            moment.checked_add(SignedDuration::from_hours(24 * days)).unwrap_or(Timestamp::MAX)
        };
        let target = match aim {
            Aim::AdvanceMs(ms) => {
                let by = SignedDuration::from_millis(i64::try_from(ms).unwrap_or(i64::MAX));
                now.checked_add(by).unwrap_or(Timestamp::MAX)
            }
            Aim::To(moment) => moment,
            Aim::UntilIdle | Aim::UntilEnded => days_after(now, LONGEST_UNTIL_IDLE_DAYS),
        };
        let farthest = days_after(self.clock.machine().now(), FARTHEST_DAYS);
        match target {
            _ if target < now => Err(MoveError::Back { now }),
            _ if target > farthest => Err(MoveError::TooFar { to: target }),
            _ => Ok(target),
        }
    }
}

/// A move under way.
struct Move<'a> {
    time: &'a CloudTime,
    control: &'a ClockControl,
    target: Timestamp,
    aim: Aim,
    /// How the clock went before, and goes afterwards.
    goes_on: Course,
}

impl Move<'_> {
    /// # Errors
    /// When the store takes nothing: what it did not take is tried again and again, so that time would stand still for ever.
    async fn run(&self, moments: &mut u64) -> Result<Ending, StoreError> {
        tokio::select! {
            biased;
            ending = self.go(moments) => ending,
            failure = self.time.store.write_failure() => Err(failure),
        }
    }

    async fn go(&self, moments: &mut u64) -> Result<Ending, StoreError> {
        loop {
            self.settle().await;
            if matches!(self.aim, Aim::UntilIdle | Aim::UntilEnded) {
                let next = match self.aim {
                    Aim::UntilEnded => self.time.states.next_timer(),
                    _ => self.time.states.next_wait(),
                };
                if next.is_none() {
                    return Ok(Ending::Idle);
                }
                if *moments >= MOST_MOMENTS_UNTIL_IDLE {
                    return Ok(Ending::Limit);
                }
            }
            let Some(next) = self.next_moment().filter(|next| *next <= self.target) else {
                break;
            };
            let is_due = self.next_due().is_some_and(|due| due <= next);
            self.show(next).await?;
            *moments += u64::from(is_due);
        }
        if matches!(self.aim, Aim::UntilIdle | Aim::UntilEnded) {
            return Ok(Ending::Limit);
        }
        self.show(self.target).await?;
        self.settle().await;
        Ok(Ending::Arrived)
    }

    /// The first moment at which something is due: an execution, or anything else that waits for the clock.
    fn next_moment(&self) -> Option<Timestamp> {
        let moments = [self.time.states.next_timer(), self.control.next_timer()];
        moments.into_iter().flatten().min()
    }

    /// The first moment at which an execution goes on.
    fn next_due(&self) -> Option<Timestamp> {
        let moments = [self.time.states.next_timer(), self.time.states.next_wait()];
        moments.into_iter().flatten().min()
    }

    /// Waits until everything has come to rest that the moment brought.
    async fn settle(&self) {
        loop {
            self.control.settle().await;
            if self.next_moment().is_none_or(|next| next > self.control.now()) {
                return;
            }
            // The task that wakes executions has been told of an earlier one and has not looked yet.
            tokio::task::yield_now().await;
        }
    }

    /// Has the clock show a moment, once that is written down.
    async fn show(&self, moment: Timestamp) -> Result<(), StoreError> {
        let course = match self.goes_on {
            Course::Standing { .. } => Course::Standing { now: moment },
            Course::Running { .. } => Course::Running { ahead: moment.duration_since(self.time.clock.machine().now()) },
        };
        course::write(&self.time.store, course).await?;
        self.control.advance_to(moment);
        Ok(())
    }
}
