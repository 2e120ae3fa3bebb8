//! The cloud's time: how far it is ahead of the machine's clock, or where it stands still; moved, told and kept.

mod course;
mod moving;

use std::sync::Arc;

use cloud_core::{Clock, Course};
use cloud_states::States;
use cloud_store::{Store, StoreError};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

pub(crate) use course::restore;
pub(crate) use moving::MoveError;
pub use moving::{Aim, Ending, Moved};

/// A cloud's clock, and what moves it.
pub(crate) struct CloudTime {
    clock: Clock,
    store: Store,
    states: Arc<States>,
    /// Held by who moves the clock.
    moving: tokio::sync::Mutex<()>,
}

/// What a cloud says of its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TimeReport {
    /// What its clock shows.
    pub now: Timestamp,
    /// By how many milliseconds that is ahead of the machine's clock; negative where it is behind.
    pub ahead_ms: i64,
    /// Whether it stands still until it is moved.
    pub stands_still: bool,
    /// Whether it is just being moved.
    pub is_moving: bool,
}

impl TimeReport {
    /// Whether it is not simply the machine's time.
    #[must_use]
    pub fn was_moved(&self) -> bool {
        self.stands_still || self.is_moving || self.ahead_ms != 0
    }
}

impl CloudTime {
    pub(crate) fn new(clock: Clock, store: Store, states: Arc<States>) -> Self {
        Self { clock, store, states, moving: tokio::sync::Mutex::default() }
    }

    /// What the clock shows, and how it goes.
    pub(crate) fn report(&self) -> TimeReport {
        let is_moving = self.moving.try_lock().is_err();
        let now = self.clock.now();
        let behind = now.duration_since(self.clock.machine().now());
        let (ahead, stands_still) = match self.clock.control().map(|control| control.course()) {
            None => (SignedDuration::ZERO, false),
            Some(Course::Running { ahead }) => (ahead, false),
            // While it is being moved it stands at each moment, and goes on afterwards.
            Some(Course::Standing { .. }) => (behind, !is_moving || self.stays_still()),
        };
        let ahead_ms = i64::try_from(ahead.as_millis()).unwrap_or(i64::MAX);
        TimeReport { now, ahead_ms, stands_still, is_moving }
    }

    /// Has the clock stand still until it is moved, over restarts too.
    ///
    /// # Errors
    /// When that can't be written.
    pub(crate) async fn stand_still(&self) -> Result<(), StoreError> {
        let _turn = self.moving.lock().await;
        let Some(control) = self.clock.control() else { return Ok(()) };
        control.stand_still();
        course::write(&self.store, Course::Standing { now: control.now() }).await
    }

    /// Has the clock of a new cloud stand still at a moment, before anything runs.
    ///
    /// # Errors
    /// When that can't be written.
    pub(crate) async fn stand_at(&self, moment: Timestamp) -> Result<(), StoreError> {
        let _turn = self.moving.lock().await;
        let Some(control) = self.clock.control() else { return Ok(()) };
        let course = Course::Standing { now: moment };
        control.set_course(course);
        course::write(&self.store, course).await
    }

    /// Whether the clock stands still when nobody moves it, as it was written last.
    fn stays_still(&self) -> bool {
        matches!(course::read(&self.store), Ok(Some(Course::Standing { .. })))
    }
}
